//! The two floating-point types that judder computes in.

use core::fmt::{Debug, Display};
use core::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::lanes::SideBySide;
use crate::sines::{TABLE, TURNS};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl Sealed for i32 {}
    impl Sealed for i64 {}
}

/// `f32` or `f64`, with the few operations that a detector needs.
///
/// All of them give the same bits on every platform. Sealed: there is no third one.
pub trait Real:
    sealed::Sealed
    + SideBySide
    + Copy
    + Debug
    + Display
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// An integer that orders like the number it was made from.
    type Key: Key;

    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// ½
    const HALF: Self;
    /// Not a number.
    const NAN: Self;
    /// 1 ½ times the power of 2 from which on all numbers are whole.
    const WHOLE: Self;
    /// The smallest number with all its digits.
    const MIN_POSITIVE: Self;
    /// From here on, what the subnormal numbers round off does not show in a sum of squares.
    const LEAST_SQUARE: Self;
    /// The sine in equal steps from 0 to a quarter of a turn.
    const SINES: &'static [Self; 129];
    /// Cosine and sine in equal steps from 0 to half a turn.
    const TURNS: &'static [[Self; 2]; 129];

    /// The nearest representable number to `value`.
    fn from_f64(value: f64) -> Self;

    /// This number, exactly.
    fn to_f64(self) -> f64;

    /// The nearest representable number to a count.
    fn from_count(count: usize) -> Self;

    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;

    /// The absolute value.
    fn abs(self) -> Self;

    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;

    /// The natural logarithm.
    fn ln(self) -> Self;

    /// The exponential.
    fn exp(self) -> Self;

    /// The exponential less 1.
    fn exp_m1(self) -> Self;

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// The complementary error function, 2/√π ∫ₓ exp(-t²) dt up to infinity.
    fn erfc(self) -> Self;

    /// The key of this number: keys of finite numbers compare as the numbers do, with -0 below +0.
    fn key(self) -> Self::Key;

    /// The key of its absolute value.
    fn size_key(self) -> Self::Key;

    /// The number that a key was made from.
    fn from_key(key: Self::Key) -> Self;
}

/// An integer that stands for a number where only order matters.
pub trait Key: sealed::Sealed + Copy + Ord + Default + Debug + Send + Sync + 'static {
    /// The smallest key.
    const LEAST: Self;
    /// The largest key.
    const MOST: Self;

    /// 1 where it is before another one, else 0.
    fn is_before(self, other: Self) -> usize;

    /// Whether it is none of those before the first key and behind the last one, which is not before the first.
    fn is_within(self, first: Self, last: Self) -> bool;

    /// The middle between two keys, rounded down.
    fn midpoint(self, other: Self) -> Self;
}

macro_rules! real {
    ($float:ident, $key:ident, $sqrt:path, $ln:path, $exp:path, $expm1:path, $erfc:path) => {
        impl Real for $float {
            type Key = $key;

            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const HALF: Self = 0.5;
            const NAN: Self = $float::NAN;
            const WHOLE: Self = 1.5 / $float::EPSILON;
            const MIN_POSITIVE: Self = $float::MIN_POSITIVE;
            const LEAST_SQUARE: Self = $float::MIN_POSITIVE / $float::EPSILON;
            const SINES: &'static [Self; 129] = {
                let (mut sines, mut at) = ([0.0; 129], 0);
                while at < sines.len() {
                    sines[at] = TABLE[at] as $float;
                    at += 1;
                }
                &{ sines }
            };
            const TURNS: &'static [[Self; 2]; 129] = {
                let (mut turns, mut at) = ([[0.0; 2]; 129], 0);
                while at < turns.len() {
                    turns[at] = [TURNS[at][0] as $float, TURNS[at][1] as $float];
                    at += 1;
                }
                &{ turns }
            };

            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $float
            }

            #[inline]
            fn to_f64(self) -> f64 {
                self.into()
            }

            #[inline]
            fn from_count(count: usize) -> Self {
                count as $float
            }

            #[inline]
            fn is_finite(self) -> bool {
                self.is_finite()
            }

            #[inline]
            fn abs(self) -> Self {
                self.abs()
            }

            #[inline]
            fn sqrt(self) -> Self {
                $sqrt(self)
            }

            #[inline]
            fn ln(self) -> Self {
                $ln(self)
            }

            #[inline]
            fn exp(self) -> Self {
                $exp(self)
            }

            #[inline]
            fn exp_m1(self) -> Self {
                $expm1(self)
            }

            #[inline]
            fn erfc(self) -> Self {
                $erfc(self)
            }

            // fdlibm's formula, which the C libraries of most systems and chips have too.
            #[inline]
            fn tanh(self) -> Self {
                let x = self.abs();
                let tanh = if x >= 1.0 {
                    1.0 - 2.0 / ($expm1(2.0 * x) + 2.0)
                } else {
                    let t = $expm1(-2.0 * x);
                    -t / (t + 2.0)
                };
                tanh.copysign(self)
            }

            #[inline]
            fn key(self) -> $key {
                let bits = self.to_bits().cast_signed();
                // A negative float orders backwards by its magnitude bits: flip them.
                bits ^ ((bits >> ($key::BITS - 1)).cast_unsigned() >> 1).cast_signed()
            }

            #[inline]
            fn size_key(self) -> $key {
                self.to_bits().cast_signed() & $key::MAX
            }

            #[inline]
            fn from_key(key: $key) -> Self {
                let bits = key ^ ((key >> ($key::BITS - 1)).cast_unsigned() >> 1).cast_signed();
                Self::from_bits(bits.cast_unsigned())
            }
        }

        impl Key for $key {
            const LEAST: Self = Self::MIN;
            const MOST: Self = Self::MAX;

            #[inline]
            fn is_before(self, other: Self) -> usize {
                usize::from(self < other)
            }

            #[inline]
            fn is_within(self, first: Self, last: Self) -> bool {
                let from_first = |key: Self| key.wrapping_sub(first).cast_unsigned();
                from_first(self) <= from_first(last)
            }

            #[inline]
            fn midpoint(self, other: Self) -> Self {
                (self & other) + ((self ^ other) >> 1)
            }
        }
    };
}

real!(f32, i32, libm::sqrtf, libm::logf, libm::expf, libm::expm1f, libm::erfcf);
real!(f64, i64, libm::sqrt, libm::log, libm::exp, libm::expm1, libm::erfc);
