//! Fractions with commas between, as a list of readings in JSON has them, quickly.

use std::hint::{cold_path, select_unpredictable};

use super::number::{number_of, others};

/// The bytes before a number that are looked at: its digits are read from behind, and there may be few.
const BEFORE: usize = 16;

/// The bytes from a number on that are looked at: a sign, a digit, a point, 14 digits and what follows, which
/// may be digits too.
const FROM: usize = 21;

/// The most digits behind the point: with the one before it, an integer that `f64` holds exactly.
const MOST: usize = 14;

/// What so many digits behind a point take: which of 16 bytes they are, and the power of ten.
#[derive(Clone, Copy)]
struct Scale {
    digits: [u64; 2],
    whole: u64,
    exact: [f64; 2],
}

const SCALES: [Scale; 16] = scales();

/// Appends to `values` the fractions `-0.01220703125` from `at` on, as long as each is one digit, a point and
/// 1 to 14 digits, with a comma behind it. Returns where the next number begins, which is another matter.
///
/// What is read so is a number of JSON, and correctly rounded: an integer below 2⁵³ divided by an exact power
/// of ten rounds only once (Clinger 1990).
pub fn fractions(bytes: &[u8], at: usize, values: &mut Vec<f64>) -> usize {
    let begin = at.checked_sub(BEFORE);
    let Some(mut rest) = begin.and_then(|begin| bytes.get(begin..)) else { return at };
    while let Some(near) = rest.first_chunk()
        && let Some((value, used)) = fraction(near)
    {
        values.push(value);
        let mut after = used + 1;
        if near[BEFORE + after] == b' ' {
            cold_path();
            after += 1;
        }
        rest = &rest[after..];
    }
    bytes.len() - rest.len() + BEFORE
}

/// The fraction in the middle, and how many bytes it takes, where a comma follows.
#[inline(always)]
fn fraction(near: &[u8; BEFORE + FROM]) -> Option<(f64, usize)> {
    let eight =
        |at: usize| near[at..].first_chunk().map(|eight| u64::from_le_bytes(*eight) ^ ZEROS);
    // The comma is the first that is no digit, from the fourth byte on. The next number waits for this.
    let [first, second] = [eight(BEFORE + 3)?, eight(BEFORE + 11)?].map(others);
    let bits =
        select_unpredictable(first == 0, 64 + second.trailing_zeros(), first.trailing_zeros());
    let used = 3 + (bits / 8) as usize;

    let sign = usize::from(near[BEFORE] == b'-');
    let begin = near[BEFORE + sign..].first_chunk().map(|begin| u32::from_le_bytes(*begin))?;
    let count = used - 2 - sign;
    if !begins(begin) || count > MOST || near[BEFORE + used] != b',' {
        return None;
    }
    // The sixteen bytes before the comma, of which the last ones are the digits.
    let scale = &SCALES[count];
    let [high, low] = [eight(used)? & scale.digits[0], eight(used + 8)? & scale.digits[1]];
    let below = u64::from(number_of(high)) * 100_000_000 + u64::from(number_of(low));
    let mantissa = u64::from(begin & 0xF) * scale.whole + below;
    Some((mantissa as i64 as f64 / scale.exact[sign], used))
}

/// Whether these are a digit, a point and a digit.
#[inline(always)]
fn begins(bytes: u32) -> bool {
    let values = (bytes ^ 0x30_2E_30) & 0xFF_FF_FF;
    // The high bit of a digit that is above 9, and of a point that is none.
    ((values + 0x76_7F_76) | values) & 0x80_80_80 == 0
}

/// Eight digits that are 0.
const ZEROS: u64 = 0x3030_3030_3030_3030;

const fn scales() -> [Scale; 16] {
    let mut scales = [Scale { digits: [0; 2], whole: 1, exact: [1.0, -1.0] }; 16];
    let mut count = 1;
    while count < scales.len() {
        let whole = scales[count - 1].whole * 10;
        let digits = u128::MAX << (128 - 8 * count);
        let digits = [digits as u64, (digits >> 64) as u64];
        scales[count] = Scale { digits, whole, exact: [whole as f64, -(whole as f64)] };
        count += 1;
    }
    scales
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What `fractions` reads behind so many other bytes, and how many bytes it takes.
    fn read(before: usize, text: &str) -> (Vec<f64>, usize) {
        let mut values = Vec::new();
        let all = format!("{:>before$}{text}", "");
        let end = fractions(all.as_bytes(), before, &mut values);
        (values, end - before)
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn fractions_are_read_as_std_reads_them(
            texts in proptest::collection::vec("-?[0-9]\\.[0-9]{1,14}", 0..8),
            blanks in any::<bool>(),
            behind in "([-+]?[0-9]{0,2}[.,:/]?[0-9]{0,20}[,\\]eE x])?[0-9,e.-]{24,30}",
        ) {
            let between = if blanks { ", " } else { "," };
            let list: String = texts.iter().flat_map(|text| [text, between]).collect();
            let (values, used) = read(BEFORE, &format!("{list}{behind}"));
            let expected: Vec<f64> = texts.iter().map(|text| text.parse().unwrap()).collect();
            prop_assert_eq!(bits(&values[..expected.len()]), bits(&expected));
            // What is read of the rest is numbers and commas too, each as JSON has it.
            let rest = list + &behind;
            let read: Vec<&str> = rest[..used].trim_end().split_terminator(',').map(str::trim).collect();
            prop_assert_eq!(read.len(), values.len());
            for (text, value) in read.into_iter().zip(values) {
                let json: f64 = serde_json::from_str(text).unwrap();
                prop_assert_eq!((value.to_bits(), text.parse()), (json.to_bits(), Ok(json)));
            }
        }

        #[test]
        fn a_reading_is_read_as_it_was_written(count in -20_480..20_480, steps in 1..4096) {
            let value = f64::from(count) / f64::from(steps);
            let text = format!("{value},");
            let (values, used) = read(BEFORE, &format!("{text}{:x>FROM$}", ""));
            if let [read] = values[..] {
                prop_assert_eq!((read.to_bits(), used), (value.to_bits(), text.len()));
            } else {
                let digits = text.find('.').map(|point| (point, text.len() - point - 2));
                let usual = |(point, digits)| point == 1 + usize::from(value < 0.0) && digits <= MOST;
                prop_assert!(!digits.is_some_and(usual), "{}", text);
            }
        }
    }

    #[test]
    fn what_is_no_fraction_is_left_where_it_is() {
        for text in [
            "1,",
            "10.5,",
            ".5,",
            "-.5,",
            "0.,",
            "-0.,",
            "+0.5,",
            "0.5]",
            "0.5 ,",
            "0.5e1,",
            "0.5,",
            "00.5,",
            "0:5,",
            "0./,",
            "--0.5,",
            "0.123456789012345,",
            "0.1234567890123456,",
            "0.12345678901234567,",
        ] {
            let short = text == "0.5,";
            let behind = if short { 0 } else { 40 };
            assert_eq!(read(BEFORE, &format!("{text}{:x>behind$}", "")), (vec![], 0), "{text}");
        }
        let text = format!("0.5,-0.25,{:x>FROM$}", "");
        assert_eq!(read(BEFORE - 1, &text), (vec![], 0));
        assert_eq!(read(BEFORE, &text), (vec![0.5, -0.25], 10));
    }
}
