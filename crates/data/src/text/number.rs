//! A decimal number at the front of some bytes, quickly.

use super::scaled::scaled;

/// 10⁰ to 10¹⁵, which `f64` holds exactly.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The bytes that are looked at for a small number and what follows it.
pub(crate) const SMALL_BYTES: usize = 12;

/// 10⁰ to 10⁷, as integers and as numbers.
const SMALL_POWERS: [(u32, f64); 8] = [
    (1, 1e0),
    (10, 1e1),
    (100, 1e2),
    (1_000, 1e3),
    (10_000, 1e4),
    (100_000, 1e5),
    (1_000_000, 1e6),
    (10_000_000, 1e7),
];

/// The finite number at the front of `bytes`, correctly rounded, and how many bytes it takes.
///
/// Digits with at most one point are read here: an integer below 2⁵³ divided by an exact power of
/// ten rounds only once (Clinger 1990), one below 2⁶⁴ is `scaled` (`scaled.rs`). The rest is left to `fast-float2`.
pub fn number(bytes: &[u8]) -> Option<(f64, usize)> {
    if let Some(read) = bytes.first_chunk().and_then(fraction) {
        return Some(read);
    }
    let start = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
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
    if (16..=19).contains(&count)
        && !exponent
        && let Some(magnitude) = scaled(mantissa, -i32::try_from(fraction).ok()?)
    {
        return Some((if bytes.first() == Some(&b'-') { -magnitude } else { magnitude }, at));
    }
    if count == 0 || count > 15 || exponent {
        return fast_float2::parse_partial(bytes)
            .ok()
            .filter(|(value, _): &(f64, _)| value.is_finite());
    }
    let magnitude = mantissa as f64 / POWERS[fraction];
    Some((if bytes.first() == Some(&b'-') { -magnitude } else { magnitude }, at))
}

/// What an accelerometer writes in g, as `-0.984375`: one digit, a point and up to seven digits.
///
/// What follows the digits, at least two bytes, is the caller's to look at: it may be another digit
/// or an exponent.
#[inline(always)]
pub(crate) fn small(bytes: &[u8; SMALL_BYTES]) -> Option<(f64, usize)> {
    let start = usize::from(bytes[0] == b'-');
    let (magnitude, used) = match six_digits(*bytes[start..].first_chunk()?) {
        Some(magnitude) => (magnitude, 8),
        None => {
            let (magnitude, count) = few_digits(*bytes[start..].first_chunk()?)?;
            (magnitude, 2 + count)
        }
    };
    let sign = (start as u64) << 63;
    Some((f64::from_bits(magnitude.to_bits() | sign), start + used))
}

/// `0.984375`: a digit, a point and six digits, as steps of 1/2048 g mostly are.
#[inline(always)]
fn six_digits(bytes: [u8; 8]) -> Option<f64> {
    let bytes = u64::from_le_bytes(bytes);
    // Without the point: a zero byte, then seven digits.
    let values = ((bytes & 0xFF) << 8 | bytes & !0xFFFF) ^ 0x3030_3030_3030_3000;
    let plain = (bytes >> 8) as u8 == b'.' && others(values) == 0;
    plain.then(|| number_of(values) as f64 / 1e6)
}

/// `0.07666,`: a digit, a point and up to seven digits, which are counted.
#[inline(always)]
fn few_digits(bytes: [u8; 10]) -> Option<(f64, usize)> {
    let [ones, b'.', eight @ ..] = bytes else { return None };
    let ones = ones.wrapping_sub(b'0');
    let values = u64::from_le_bytes(eight) ^ 0x3030_3030_3030_3030;
    // 8 × the number of digits, and 7.
    let bits = others(values).trailing_zeros();
    let count = (bits / 8) as usize;
    // Eight digits or none.
    if ones > 9 || !(1..8).contains(&count) {
        return None;
    }
    // The digits move to the high bytes, zeros before them.
    let below = number_of(values << (71 - bits));
    let (scale, exact) = SMALL_POWERS[count];
    Some(((u32::from(ones) * scale + below) as f64 / exact, count))
}

/// The high bit of every byte that is above 9.
#[inline(always)]
fn others(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// The number of eight decimal digits, the first in the lowest byte (D. Lemire, *Quickly parsing
/// eight digits*, 2022).
#[inline(always)]
fn number_of(digits: u64) -> u32 {
    let pairs = (digits & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(0xA01) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(0x64_0001) >> 16;
    ((fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(0x2710_0000_0001) >> 32) as u32
}

/// Bytes that are looked at for a fraction: a sign, a digit, a point, three times eight digits, and five of
/// an exponent.
pub(crate) const FRACTION_BYTES: usize = 32;

/// `-0.01220703125`, `1.036752576194358011e-01`: a digit, a point and 1 to 18 digits, with an exponent or not;
/// how many digits these are makes no branch.
#[inline(always)]
pub(crate) fn fraction(bytes: &[u8; FRACTION_BYTES]) -> Option<(f64, usize)> {
    let sign = usize::from(bytes[0] == b'-');
    let [ones, point, digits @ ..] = *bytes[sign..].first_chunk::<26>()?;
    let ones = ones.wrapping_sub(b'0');
    let eight = |at: usize| digits[at..].first_chunk().map(|eight| u64::from_le_bytes(*eight));
    let [first, second, third] =
        [eight(0)?, eight(8)?, eight(16)?].map(|eight| eight ^ 0x3030_3030_3030_3030);
    if ones > 9 || point != b'.' {
        return None;
    }
    // The digits move to the high bytes, zeros before them; of none nothing is left.
    let below =
        |values: u64, count: u32| u64::from(number_of((values << (8 * (7 - (count & 7)))) << 8));
    let (mantissa, count) = if others(first) == 0 {
        let all = u64::from(ones) * TENS[8] + u64::from(number_of(first));
        let [more, last] = [second, third].map(|values| others(values).trailing_zeros() / 8);
        if more == 8 {
            if last > 2 {
                return None;
            }
            let all = all * TENS[8] + u64::from(number_of(second));
            (all * TENS[last as usize & 3] + below_two(third, last), 16 + last as usize)
        } else {
            (all * TENS[more as usize & 7] + below(second, more), 8 + more as usize)
        }
    } else {
        let count = others(first).trailing_zeros() / 8;
        if count == 0 {
            return None;
        }
        let all = u64::from(ones) * TENS[count as usize & 7] + below(first, count);
        (all, count as usize)
    };
    let end = sign + 2 + count;
    let (exponent, used) = match bytes[end] | 0x20 {
        b'e' => few_exponent(bytes, end)?,
        _ => (0, 0),
    };
    let magnitude = if count < POWERS.len() - 1 && exponent == 0 {
        mantissa as f64 / POWERS[count]
    } else {
        scaled(mantissa, exponent - count as i32)?
    };
    Some((f64::from_bits(magnitude.to_bits() | (sign as u64) << 63), end + used))
}

/// The number of at most two digits, the first in the lowest byte.
#[inline(always)]
fn below_two(digits: u64, count: u32) -> u64 {
    // The last one moves to the second byte.
    let two = digits << (8 * (2 - (count & 3)).min(2)) & if count == 0 { 0 } else { 0x0F0F };
    (two & 0xFF) * 10 + (two >> 8)
}

/// `e-01`: an exponent with a sign and two digits at `at`, and how many bytes it takes.
#[inline(always)]
fn few_exponent(bytes: &[u8; FRACTION_BYTES], at: usize) -> Option<(i32, usize)> {
    let [_, sign, tens, units, behind] = *bytes.get(at..)?.first_chunk::<5>()?;
    let [tens, units, behind] = [tens, units, behind].map(|byte| byte.wrapping_sub(b'0'));
    let is_signed = matches!(sign, b'-' | b'+');
    // One digit, or no sign, is for others.
    if !is_signed || tens > 9 || units > 9 || behind < 10 {
        return None;
    }
    let value = i32::from(tens * 10 + units);
    Some((if sign == b'-' { -value } else { value }, 4))
}

/// 10⁰ to 10⁸, as integers.
const TENS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Appends the digits from `start` on to `value`, wrapping, and returns it with where they end.
fn digits(bytes: &[u8], start: usize, value: u64) -> (u64, usize) {
    let (mut value, mut at) = (value, start);
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let values = u64::from_le_bytes(*eight) ^ 0x3030_3030_3030_3030;
        // 8 × the number of digits, and 7; 64 where all are.
        let bits = others(values).trailing_zeros();
        let count = (bits / 8) as usize;
        if count == 0 {
            return (value, at);
        }
        // The digits move to the high bytes, zeros before them.
        let below = number_of(values << (64 - 8 * count));
        value = value.wrapping_mul(TENS[count]).wrapping_add(u64::from(below));
        at += count;
        if count < 8 {
            return (value, at);
        }
    }
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
        fn small_numbers_are_read_alike_by_both_ways(
            text in "-?[0-9]\\.[0-9]{0,8}",
            behind in "[,\n e][0-9, ]{12}",
        ) {
            let line = format!("{text}{behind}");
            let digits = text.len() - text.find('.').unwrap() - 1;
            match small(line.as_bytes().first_chunk().unwrap()) {
                Some((value, used)) => {
                    let read = &text[..used];
                    prop_assert_eq!(value.to_bits(), read.parse::<f64>().unwrap().to_bits());
                    prop_assert_eq!(number(read.as_bytes()), Some((value, used)));
                    // A seventh digit is left for the caller to see.
                    prop_assert!(used == text.len() || digits > 6, "{:?}", line);
                }
                None => prop_assert!(!(1..8).contains(&digits), "{:?}", line),
            }
        }

        #[test]
        fn fractions_are_read_as_std_reads_them(
            text in "-?[0-9]\\.[0-9]{0,20}",
            exponent in "([eE][-+]?[0-9]{0,3})?",
            behind in "[,\\].x \n][0-9,e.-]{0,32}",
        ) {
            let line = format!("{text}{exponent}{behind}");
            let digits = text.len() - text.find('.').unwrap() - 1;
            if let Some((value, used)) = line.as_bytes().first_chunk().and_then(fraction) {
                prop_assert_eq!(&line[..used], format!("{text}{exponent}"));
                let expected: f64 = line[..used].parse().unwrap();
                prop_assert_eq!(value.to_bits(), expected.to_bits(), "{}", line);
            } else {
                let long = line.len() >= FRACTION_BYTES;
                let plain = (1..=18).contains(&digits) && exponent.is_empty();
                prop_assert!(!long || !plain, "{}", line);
            }
        }

        /// Numbers half way between two others, a little more, and a little less.
        #[test]
        fn what_lies_half_way_is_rounded_as_std_does(
            bits in 1u64..(1 << 53), power in -70i32..10, more in -1i128..=1,
        ) {
            // (2m + 1) · 2^(p - 1), exactly: as an integer times a power of ten.
            let (odd, power) = (2 * u128::from(bits) + 1, power - 1);
            let digits = match power < 0 {
                true => odd.checked_mul(5u128.pow(power.unsigned_abs().min(30))),
                false => odd.checked_mul(1 << power),
            };
            if let Some(digits) = digits {
                let text = format!("{}e{}", digits as i128 + more, power.clamp(-30, 0));
                let (read, used) = number(text.as_bytes()).unwrap();
                prop_assert_eq!(used, text.len());
                prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
            }
        }

        #[test]
        fn reads_what_std_reads(
            value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL,
        ) {
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
