//! A decimal number at the front of some bytes, quickly.

/// 10⁰ to 10²², which `f64` holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number at the front of `bytes`, correctly rounded, and how many bytes it takes.
///
/// Digits with at most one point are read here: an integer below 2⁵³ divided by an exact power of
/// ten rounds only once (Clinger 1990). The rest is left to `fast-float2`. `None` where there is
/// no number; a number that is not finite is returned as such.
#[inline]
pub(super) fn number(bytes: &[u8]) -> Option<(f64, usize)> {
    let sign = bytes.first().is_some_and(|b| matches!(b, b'-' | b'+'));
    let start = usize::from(sign);
    let (mut mantissa, mut at) = digits(bytes, start, 0);
    let mut count = at - start;
    let mut fraction = 0;
    if bytes.get(at) == Some(&b'.') {
        let (all, end) = digits(bytes, at + 1, mantissa);
        fraction = end - at - 1;
        count += fraction;
        (mantissa, at) = (all, end);
    }
    let exponent = bytes.get(at).is_some_and(|b| matches!(b, b'e' | b'E'));
    if count == 0 || count > 15 || exponent {
        return fast_float2::parse_partial(bytes).ok();
    }
    let magnitude = mantissa as f64 / POWERS.get(fraction)?;
    Some((if bytes.first() == Some(&b'-') { -magnitude } else { magnitude }, at))
}

/// Appends the digits from `start` on to `value`, wrapping, and returns it with where they end.
#[inline]
fn digits(bytes: &[u8], start: usize, value: u64) -> (u64, usize) {
    let (mut value, mut at) = (value, start);
    while let Some(digit) = bytes.get(at).map(|b| b.wrapping_sub(b'0')).filter(|&d| d < 10) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_what_std_reads(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            let text = format!("{value}, 1");
            let (read, used) = number(text.as_bytes()).unwrap();
            prop_assert_eq!(read.to_bits(), value.to_bits());
            prop_assert_eq!(used, text.len() - 3);
        }

        #[test]
        fn reads_short_decimals_exactly(text in "[-+]?[0-9]{0,9}\\.?[0-9]{0,9}(e-?[0-9]{1,2})?") {
            let expected: Option<f64> = text.parse().ok();
            match number(text.as_bytes()) {
                Some((value, used)) if used == text.len() => prop_assert_eq!(Some(value), expected),
                other => prop_assert!(expected.is_none(), "{:?} for {:?}", other, text),
            }
        }
    }
}
