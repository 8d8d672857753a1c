//! How far a number may be from another, by name.

use judder_core::Real;

/// How far a number may be from the expected one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tolerance {
    /// Not at all.
    Exact,
    /// The rounding of a few operations.
    Close,
    /// The rounding of sums over a window.
    Summed,
}

impl Tolerance {
    /// In units of the last place.
    fn ulps(self) -> f64 {
        match self {
            Self::Exact => 0.0,
            Self::Close => 8.0,
            Self::Summed => 64.0,
        }
    }

    /// Whether `found` is close enough, where the numbers it comes from are as large as `scale`.
    ///
    /// What lies between two subnormal numbers is always forgiven but to `Exact`.
    pub(crate) fn holds<T: Real>(self, found: T, expected: f64, scale: f64) -> bool {
        let difference = (found.to_f64() - expected).abs();
        let (epsilon, smallest) = precision::<T>();
        let scale = scale.max(expected.abs());
        difference <= self.ulps() * (epsilon * scale + smallest)
    }
}

/// The distance from 1 to the next number, and the smallest number.
pub(crate) fn precision<T: Real>() -> (f64, f64) {
    if size_of::<T>() == 4 {
        (f64::from(f32::EPSILON), f64::from(f32::from_bits(1)))
    } else {
        (f64::EPSILON, f64::from_bits(1))
    }
}
