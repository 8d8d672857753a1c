//! Numbers side by side: the same is done to each, in the order in which it would be done to one alone, so with the
//! same bits. A machine that computes with several numbers at once does it in one step.

use core::ops::{Add, Mul, Sub};

use crate::Real;

/// What a transform computes with: a number, or several side by side.
pub(crate) trait Lanes<T>:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Mul<T, Output = Self>
{
    const ZERO: Self;
}

impl<T: Real> Lanes<T> for T {
    const ZERO: Self = T::ZERO;
}

/// Four numbers that nothing is exchanged between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Four<T>(pub(crate) [T; 4]);

impl<T: Real> Lanes<T> for Four<T> {
    const ZERO: Self = Self([T::ZERO; 4]);
}

impl<T: Real> Four<T> {
    #[inline(always)]
    fn with(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        let (Self([a, b, c, d]), Self([p, q, r, s])) = (self, other);
        Self([f(a, p), f(b, q), f(c, r), f(d, s)])
    }
}

impl<T: Real> Add for Four<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }
}

impl<T: Real> Sub for Four<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }
}

impl<T: Real> Mul for Four<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }
}

/// All of them by one number.
impl<T: Real> Mul<T> for Four<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, by: T) -> Self {
        self.with(Self([by; 4]), |a, b| a * b)
    }
}
