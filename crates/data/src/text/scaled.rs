//! An integer times a power of ten, correctly rounded.

/// The largest power of five, and its inverse, that the table has: 5⁵⁴ is below 2¹²⁶.
const LARGEST: i32 = 54;

/// The first 128 bits of 5^(i - 54), for i from 0 on.
static FIVES: [u128; 2 * LARGEST as usize + 1] = fives();

/// From here on down the inverse of a power of five is not rounded up.
const ROUNDED_UP: u32 = 27;

/// `integer` · 10^`power`; none where that is beyond the table, or too near to the middle of two numbers to be
/// told from it.
///
/// Source: D. Lemire, *Number parsing at a gigabyte per second*, 2021 (Eisel and Lemire's algorithm), and
/// N. Mushtak and D. Lemire, *Fast number parsing without fallback*, 2023.
#[inline]
pub(super) fn scaled(integer: u64, power: i32) -> Option<f64> {
    if integer == 0 {
        return Some(0.0);
    }
    let five = *FIVES.get(usize::try_from(power + LARGEST).ok()?)?;
    let zeros = integer.leading_zeros();
    let normal = integer << zeros;
    let product = |by: u64| u128::from(normal) * u128::from(by);
    let mut first = product((five >> 64) as u64);
    // The lower half of the power counts where it may carry into the bits that are kept.
    if (first >> 64) & 0x1FF == 0x1FF {
        first += product(five as u64) >> 64;
    }
    let (high, low) = ((first >> 64) as u64, first as u64);
    if low == u64::MAX && !(-27..=55).contains(&power) {
        return None;
    }
    let upper = (high >> 63) as u32;
    let shift = upper + 9;
    let mut mantissa = high >> shift;
    // Exactly half way: to the even one.
    if low <= 1 && (-4..=23).contains(&power) && mantissa & 3 == 1 && mantissa << shift == high {
        mantissa &= !1;
    }
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    // ⌊power · log₂ 10⌋, which holds for all powers of the table.
    let binary = (power * 217_706) >> 16;
    // Of 54 bits one more is carried where all were 1.
    let exponent = binary + 63 + 1023 + upper as i32 - zeros as i32;
    Some(f64::from_bits(
        (mantissa & ((1 << 52) - 1)) | ((exponent as u64 + (mantissa >> 53)) << 52),
    ))
}

const fn fives() -> [u128; 2 * LARGEST as usize + 1] {
    let mut table = [0; 2 * LARGEST as usize + 1];
    let (mut at, mut five) = (0, 1u128);
    while at <= LARGEST as u32 {
        table[(LARGEST as u32 + at) as usize] = five << five.leading_zeros();
        table[(LARGEST as u32 - at) as usize] = if at == 0 { 1 << 127 } else { inverse(five, at) };
        five *= 5;
        at += 1;
    }
    table
}

/// The first 128 bits of 1 / `five`, which is 5^`power`.
const fn inverse(five: u128, power: u32) -> u128 {
    // Long division, a bit at a time, from the first one that is 1.
    let mut rest = 1 << (127 - five.leading_zeros());
    let (mut quotient, mut bits) = (0u128, 0);
    while bits < 128 {
        rest <<= 1;
        quotient <<= 1;
        if rest >= five {
            rest -= five;
            quotient |= 1;
        }
        bits += 1;
    }
    if power <= ROUNDED_UP { quotient + 1 } else { quotient }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn is_what_std_reads(bits in any::<u64>(), zeros in 0u32..64, power in -60i32..60) {
            let integer = bits >> zeros;
            let expected: f64 = format!("{integer}e{power}").parse().unwrap();
            match scaled(integer, power) {
                Some(value) => prop_assert_eq!(value.to_bits(), expected.to_bits(), "{}e{}", integer, power),
                None => prop_assert!(power.abs() > 27, "{}e{}", integer, power),
            }
        }

        /// The digits of numbers as programs write them, and their neighbours.
        #[test]
        fn shortest_digits_are_read_back(value in 1e-30f64..1e30, more in -2i64..3, digits in 14usize..19) {
            let text = format!("{value:.digits$e}");
            let (mantissa, exponent) = text.split_once('e').unwrap();
            let integer: u64 = mantissa.replace('.', "").parse().unwrap();
            let integer = integer.saturating_add_signed(more);
            let power = exponent.parse::<i32>().unwrap() - digits as i32;
            let expected: f64 = format!("{integer}e{power}").parse().unwrap();
            if let Some(found) = scaled(integer, power) {
                prop_assert_eq!(found.to_bits(), expected.to_bits());
            }
        }

        /// Exactly half way between two numbers, where an integer can be, and next to it.
        #[test]
        fn half_way_goes_to_the_even_one(bits in (1u64 << 52)..(1 << 53), power in 0u32..5, more in -1i64..2) {
            // (2m + 1) · 5^p / 10^p = (2m + 1) / 2^p.
            let integer = (2 * bits + 1).checked_mul(5u64.pow(power));
            if let Some(integer) = integer.map(|all| all.saturating_add_signed(more)) {
                let expected: f64 = format!("{integer}e-{power}").parse().unwrap();
                prop_assert_eq!(scaled(integer, -(power as i32)).map(f64::to_bits), Some(expected.to_bits()));
            }
        }
    }

    #[test]
    fn powers_are_those_of_long_arithmetic() {
        // As Python's integers have them.
        assert_eq!(FIVES[LARGEST as usize], 1 << 127);
        assert_eq!(FIVES[LARGEST as usize + 1], 5 << 125);
        assert_eq!(FIVES[LARGEST as usize - 1], 0xCCCC_CCCC_CCCC_CCCC_CCCC_CCCC_CCCC_CCCD);
        assert_eq!(FIVES[LARGEST as usize + 54], 0xA70C_3C40_A64E_6C51_9990_90B6_5F67_D924);
        assert_eq!(FIVES[0], 0xC428_D05A_A475_1E4C_AA97_E14C_3C26_B886);
        assert_eq!(FIVES[LARGEST as usize - 27], 0x9E74_D1B7_91E0_7E48_775E_A264_CF55_347E);
    }
}
