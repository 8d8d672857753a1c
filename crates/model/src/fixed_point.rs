//! Multiplying integers by a real number, as TensorFlow Lite's kernels do: both rounded.

/// A real number as `multiplier / 2^31 · 2^shift`, the multiplier of 31 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FixedPoint {
    multiplier: i32,
    shift: i32,
}

impl FixedPoint {
    /// The nearest one to a real number.
    pub(crate) fn new(real: f64) -> Self {
        let zero = Self { multiplier: 0, shift: 0 };
        if !real.is_normal() {
            return zero;
        }
        if real < 0.0 {
            let Self { multiplier, shift } = Self::new(-real);
            return Self { multiplier: -multiplier, shift };
        }
        // The exponent of a fraction from ½ to 1; both steps are exact.
        let mut shift = ((real.to_bits() >> 52) & 0x7FF) as i32 - 1022;
        let fraction = f64::from_bits(real.to_bits() & !(0x7FF << 52) | (1022 << 52));
        let mut multiplier = (fraction * 2f64.powi(31)).round() as i64;
        if multiplier == 1 << 31 {
            multiplier /= 2;
            shift += 1;
        }
        if shift < -31 { zero } else { Self { multiplier: multiplier as i32, shift } }
    }

    /// The product with an integer, below 2^30 also before the second rounding; rounded twice: to 31 bits, halves up; then by the
    /// shift, halves away from 0.
    pub(crate) fn times(self, x: i32) -> i32 {
        let x = i64::from(x) << self.shift.max(0);
        let product = x * i64::from(self.multiplier);
        // Rounded by adding a half and cutting off towards 0, below 0 a half less one.
        let nudge = if product >= 0 { 1 << 30 } else { 1 - (1 << 30) };
        let high = (product + nudge) / (1 << 31);
        let right = (-self.shift).max(0);
        let (half, rest) = ((1i64 << right) >> 1, high & ((1 << right) - 1));
        let threshold = if high < 0 { half + 1 } else { half };
        let up = i64::from(right > 0 && rest >= threshold);
        ((high >> right) + up) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_apart() {
        for (real, multiplier, shift) in [
            (0.0, 0, 0),
            (0.5, 1 << 30, 0),
            (1.0, 1 << 30, 1),
            (0.75, 3 << 29, 0),
            (0.1875, 3 << 29, -2),
            // Rounds up to the next power of two.
            (1.0 - 2f64.powi(-33), 1 << 30, 1),
            (2f64.powi(-32), 1 << 30, -31),
            (2f64.powi(-33), 0, 0),
            (f64::MIN_POSITIVE / 2.0, 0, 0),
        ] {
            assert_eq!(FixedPoint::new(real), FixedPoint { multiplier, shift }, "{real}");
        }
    }

    /// The first rounding is up at a half, the second away from 0.
    #[test]
    fn halves_are_rounded_as_the_kernels_do() {
        let times = |real, numbers: [i32; 6]| numbers.map(|x| FixedPoint::new(real).times(x));
        assert_eq!(times(1.0, [-3, -1, 0, 1, 3, 1 << 29]), [-3, -1, 0, 1, 3, 1 << 29]);
        assert_eq!(times(0.5, [-5, -3, -1, 1, 3, 5]), [-2, -1, 0, 1, 2, 3]);
        // ½ · 2^-1: -6 becomes -3, then -1.5, which is -2.
        assert_eq!(times(0.25, [-6, -2, -1, 1, 2, 6]), [-2, -1, 0, 1, 1, 2]);
        assert_eq!(times(0.75, [-100, -10, 10, 100, 1000, 1 << 29])[..5], [-75, -7, 8, 75, 750]);
    }
}
