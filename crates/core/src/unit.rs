//! The unit of a reading, and the length of gravity that tells it.

use core::fmt;
use core::str::FromStr;

use crate::Error;
use crate::direction::norm;

/// Standard gravity, in m/s² (CGPM 1901): so many are 1 g.
const STANDARD_GRAVITY: f64 = 9.806_65;

/// How far from its nominal length gravity may read, as a share: offset and scale errors of cheap sensors.
const TOLERANCE: f64 = 0.15;

/// Below this share of the vibration a mean reading is no gravity.
const NO_GRAVITY: f64 = 0.2;

/// Counts of so many bits a g are the most that a sensor gives.
const MOST_BITS: u32 = 24;

/// The most digits of a number that is read exactly: those that a product of 53 bits holds.
const MOST_DIGITS: u32 = 15;

/// What one number of a reading is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit(Kind);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    G,
    MilliG,
    MetresPerSecondSquared,
    /// So many of what the sensor counts are 1 g.
    Counts(f64),
}

impl Unit {
    /// `g`: gravity reads 1.
    pub const G: Self = Self(Kind::G);

    /// `mg`: gravity reads 1000.
    pub const MILLI_G: Self = Self(Kind::MilliG);

    /// `m/s2`: gravity reads 9.80665.
    pub const METRES_PER_SECOND_SQUARED: Self = Self(Kind::MetresPerSecondSquared);

    /// How many of it are 1 g; above 0.
    pub fn per_g(self) -> f64 {
        match self.0 {
            Kind::G => 1.0,
            Kind::MilliG => 1000.0,
            Kind::MetresPerSecondSquared => STANDARD_GRAVITY,
            Kind::Counts(per_g) => per_g,
        }
    }

    /// A number of this unit in another one; the same bits where both are worth the same.
    pub fn in_unit(self, other: Self, value: f64) -> f64 {
        let (from, to) = (self.per_g(), other.per_g());
        // Each step is left out where it is one of 1, so that it rounds once at the most then.
        if from == to {
            return value;
        }
        let g = if from == 1.0 { value } else { value / from };
        if to == 1.0 { g } else { g * to }
    }

    /// The unit in which gravity reads so, within 15 %: g, m/s² or mg, and where all readings are
    /// `whole` numbers counts of a power of two.
    pub fn of_gravity(reads: f64, whole: bool) -> Option<Self> {
        let near = |unit: &Self| is_near(reads, unit.per_g());
        let named = [Self::G, Self::METRES_PER_SECOND_SQUARED, Self::MILLI_G];
        let counts = (1..=MOST_BITS).map(|bits| Self(Kind::Counts(f64::from(1u32 << bits))));
        named.into_iter().chain(counts.filter(|_| whole)).find(near)
    }
}

/// Whether gravity that reads so may be one of the nominal length.
fn is_near(reads: f64, nominal: f64) -> bool {
    (reads - nominal).abs() <= TOLERANCE * nominal
}

/// The length of gravity in the unit of the readings, where the sensor sees it: the length of the mean
/// of three axes that stands out of the `vibration`, the root of the sum of their variances.
pub fn gravity(mean: &[f64], vibration: f64) -> Option<f64> {
    let length = if mean.len() == 3 { norm(mean) } else { 0.0 };
    (length > 0.0 && length.is_finite() && length >= NO_GRAVITY * vibration).then_some(length)
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::G => f.pad("g"),
            Kind::MilliG => f.pad("mg"),
            Kind::MetresPerSecondSquared => f.pad("m/s2"),
            Kind::Counts(per_g) => write!(f, "counts:{per_g}"),
        }
    }
}

impl FromStr for Unit {
    type Err = Error;

    /// `g`, `mg`, `m/s2` or `counts:N`, N counts being 1 g: a decimal number above 0, without an
    /// exponent and of 15 digits at the most.
    ///
    /// # Errors
    /// [`Error::UnknownUnit`].
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "g" => Ok(Self::G),
            "mg" => Ok(Self::MILLI_G),
            "m/s2" => Ok(Self::METRES_PER_SECOND_SQUARED),
            _ => {
                let counts = name.strip_prefix("counts:").and_then(decimal);
                let counts = counts.filter(|counts| *counts > 0.0);
                counts.map(|counts| Self(Kind::Counts(counts))).ok_or(Error::UnknownUnit)
            }
        }
    }
}

/// A decimal number without a sign. Its digits and the power of ten are exact, so that it is rounded
/// once, as any other reader of decimals does; that of the standard library is not free of panics.
fn decimal(text: &str) -> Option<f64> {
    let (mut number, mut scale) = (0u64, 1.0);
    let (mut digits, mut fraction) = (0, None);
    for byte in text.bytes() {
        if byte == b'.' && digits > 0 && fraction.is_none() {
            fraction = Some(0u32);
            continue;
        }
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        number = number.checked_mul(10)?.checked_add(digit.into())?;
        digits += 1;
        if let Some(places) = &mut fraction {
            *places += 1;
            scale *= 10.0;
        }
    }
    let whole = digits > 0 && digits <= MOST_DIGITS && fraction != Some(0);
    whole.then(|| number as f64 / scale)
}
