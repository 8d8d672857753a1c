//! Fractions with commas between, as a list of readings in JSON has them, quickly.

use std::hint::cold_path;

use memchr::memchr;
use wide::{i16x8, u8x16, u16x8};

/// The bytes before a number that are looked at: its digits are read from behind, and there may be few.
const BEFORE: usize = 16;

/// The bytes from a number on that are looked at: a sign, a digit, a point, 14 digits and what follows, which
/// may be digits too.
const FROM: usize = 21;

/// The most digits behind the point: with the one before it, an integer that `f64` holds exactly.
const MOST: usize = 14;

/// Fractions that are read before the list is looked at: in many a list there are others between them.
const FIRST: usize = 8;

/// The bytes of a list that are shared by two readers,
const SHARED: usize = 3 << 10;
/// if there are so many at least,
const WORTH: usize = 256;
/// and the fractions that the second one may be ahead.
const AHEAD: usize = 128;

/// What so many digits behind a point take: which of 16 bytes they are, and the power of ten.
#[derive(Clone, Copy)]
struct Scale {
    digits: u8x16,
    whole: u64,
    exact: [f64; 2],
}

static SCALES: [Scale; 16] = scales();

/// Appends to `values` the fractions `-0.01220703125` from `at` on, as long as each is one digit, a point and
/// 1 to 14 digits, with a comma behind it. Returns where the next number begins, which is another matter.
///
/// What is read so is a number of JSON, and correctly rounded: an integer below 2⁵³ divided by an exact power
/// of ten rounds only once (Clinger 1990).
pub fn fractions(bytes: &[u8], at: usize, values: &mut Vec<f64>) -> usize {
    let begin = at.checked_sub(BEFORE);
    let Some(rest) = begin.and_then(|begin| bytes.get(begin..)) else { return at };
    let mut reader = Fractions { rest };
    if reader.by_ref().take(FIRST).map(|value| values.push(value)).count() == FIRST {
        while reader.read_half(values) {}
        values.extend(&mut reader);
    }
    bytes.len() - reader.rest.len() + BEFORE
}

/// Reads fractions.
struct Fractions<'b> {
    /// From [`BEFORE`] bytes before the next one on.
    rest: &'b [u8],
}

impl Fractions<'_> {
    /// Reads what is in front, or all of that and as much behind it: where a fraction begins is known only when the
    /// one before it is read, so two readers are quicker than one. False where they did not meet.
    fn read_half(&mut self, values: &mut Vec<f64>) -> bool {
        let Some(mut second) = self.half() else { return false };
        let middle = second.rest.len();
        let (mut ahead, mut count) = ([0.0; AHEAD], 0);
        while self.rest.len() > middle
            && let Some(value) = self.next()
        {
            values.push(value);
            if let Some(room) = ahead.get_mut(count)
                && let Some(value) = second.next()
            {
                *room = value;
                count += 1;
            }
        }
        let met = self.rest.len() == middle;
        if met {
            values.extend_from_slice(&ahead[..count]);
            *self = second;
        }
        met
    }

    /// One who begins in the middle of what is in front, if that is long.
    fn half(&self) -> Option<Self> {
        let list = self.rest.get(BEFORE..)?;
        let near = &list[..list.len().min(SHARED)];
        let length = memchr(b']', near).unwrap_or(near.len());
        let half = (length > WORTH).then_some(length / 2)?;
        let comma = half + memchr(b',', &near[half..length])?;
        let blank = usize::from(list.get(comma + 1) == Some(&b' '));
        Some(Self { rest: &self.rest[comma + 1 + blank..] })
    }
}

impl Iterator for Fractions<'_> {
    type Item = f64;

    #[inline(always)]
    fn next(&mut self) -> Option<f64> {
        let near = self.rest.first_chunk()?;
        let (value, used) = fraction(near)?;
        let mut after = used + 1;
        if near[BEFORE + after] == b' ' {
            cold_path();
            after += 1;
        }
        self.rest = &self.rest[after..];
        Some(value)
    }
}

/// The fraction in the middle, and how many bytes it takes, where a comma follows.
#[inline(always)]
fn fraction(near: &[u8; BEFORE + FROM]) -> Option<(f64, usize)> {
    let sixteen =
        |at: usize| near[at..].first_chunk().map(|bytes| u8x16::new(*bytes) - u8x16::splat(b'0'));
    // The comma is the first that is no digit, from the fourth byte on. The next number waits for this.
    let values = sixteen(BEFORE + 3)?;
    let others = !values.min(u8x16::splat(9)).simd_eq(values).to_bitmask();
    let used = 3 + others.trailing_zeros() as usize;

    let sign = usize::from(near[BEFORE] == b'-');
    let begin = near[BEFORE + sign..].first_chunk().map(|begin| u32::from_le_bytes(*begin))?;
    let count = used - 2 - sign;
    if !begins(begin) || count > MOST || near[BEFORE + used] != b',' {
        return None;
    }
    let scale = &SCALES[count];
    // Of the sixteen bytes before the comma the last ones are the digits.
    let below = number_of(sixteen(used)? & scale.digits);
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

/// The number of sixteen decimal digits, the first in the lowest byte: of pairs of them, of pairs of those, and
/// so on.
#[inline(always)]
fn number_of(digits: u8x16) -> u64 {
    let digits: u16x8 = bytemuck::cast(digits);
    let pairs = (digits & u16x8::splat(0xFF)) * u16x8::splat(10) + (digits >> 8_u32);
    let hundreds = i16x8::new([100, 1, 100, 1, 100, 1, 100, 1]);
    let fours = bytemuck::cast::<_, i16x8>(pairs).dot(hundreds);
    // The first of two is ten thousand times the second; their sum is in the upper half.
    let eights = bytemuck::cast::<_, [u64; 2]>(fours);
    let [high, low] = eights.map(|fours| fours.wrapping_mul(10_000 << 32 | 1) >> 32);
    high * 100_000_000 + low
}

const fn scales() -> [Scale; 16] {
    let mut scales = [Scale { digits: u8x16::new([0; 16]), whole: 1, exact: [1.0, -1.0] }; 16];
    let mut count = 1;
    while count < scales.len() {
        let whole = scales[count - 1].whole * 10;
        let digits = u8x16::new((u128::MAX << (128 - 8 * count)).to_le_bytes());
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
            texts in proptest::collection::vec("-?[0-9]\\.[0-9]{1,14}", 0..120),
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
        fn reading_ends_at_what_is_no_fraction_wherever_that_is(
            texts in proptest::collection::vec("-?[0-9]\\.[0-9]{1,14}", 30..250),
            other in prop_oneof!["[0-9]{1,2}", "[0-9]\\.[0-9]{3}]", Just("\t0.5".to_owned())],
            at in any::<proptest::sample::Index>(),
            between in prop_oneof![Just(","), Just(", ")],
        ) {
            let at = at.index(texts.len());
            let mut all = texts.clone();
            all.insert(at, other);
            let list = all.join(between);
            let (values, used) = read(BEFORE, &format!("{list},{:x>FROM$}", ""));
            let expected: Vec<f64> = texts[..at].iter().map(|text| text.parse().unwrap()).collect();
            prop_assert_eq!(bits(&values), bits(&expected));
            prop_assert_eq!(used, all[..at].iter().map(|text| text.len() + between.len()).sum::<usize>());
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
            "0.5:5,",
            "0.5/5,",
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
