//! The order of recordings: that of their paths, with numbers in them compared as numbers.

use std::cmp::Ordering;
use std::path::Path;

/// Compares two paths part by part; runs of digits as numbers, so `9999.csv` precedes `10000.csv`.
///
/// As recordings are numbered as they arrive, this is the order of time.
pub fn path_order(a: &Path, b: &Path) -> Ordering {
    let mut others = b.components();
    for part in a.components() {
        let Some(other) = others.next() else { return Ordering::Greater };
        let order =
            name_order(part.as_os_str().as_encoded_bytes(), other.as_os_str().as_encoded_bytes());
        if order.is_ne() {
            return order;
        }
    }
    if others.next().is_some() { Ordering::Less } else { Ordering::Equal }
}

pub(crate) fn name_order(a: &[u8], b: &[u8]) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        match (left.first(), right.first()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (number, other) = (digits(left), digits(right));
                let zeros = |run: &[u8]| run.iter().position(|&d| d != b'0').unwrap_or(run.len());
                let (plain, plain_other) = (&number[zeros(number)..], &other[zeros(other)..]);
                let order = plain.len().cmp(&plain_other.len()).then(plain.cmp(plain_other));
                if order.is_ne() {
                    return order;
                }
                (left, right) = (&left[number.len()..], &right[other.len()..]);
            }
            (Some(x), Some(y)) if x == y => (left, right) = (&left[1..], &right[1..]),
            // What is equal but for leading zeros still needs an order.
            (None, None) => return a.cmp(b),
            (x, y) => return x.cmp(&y),
        }
    }
}

fn digits(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = ["10000.csv", "9999.csv", "0002.csv", "2.csv", "a10", "a9b", "a9", "a"];
        names.sort_by(|a, b| name_order(a.as_bytes(), b.as_bytes()));
        assert_eq!(names, ["0002.csv", "2.csv", "9999.csv", "10000.csv", "a", "a9", "a9b", "a10"]);
        let order = path_order(Path::new("low/9.csv"), Path::new("low-moving/1.csv"));
        assert_eq!(order, Ordering::Less);
    }

    proptest! {
        #[test]
        fn is_a_total_order(a in "[a01]{0,5}", b in "[a01]{0,5}", c in "[a01]{0,5}") {
            let order = |x: &str, y: &str| name_order(x.as_bytes(), y.as_bytes());
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &b).is_eq(), a == b);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le());
            }
        }
    }
}
