//! What can go wrong between a chip and its sensor.

use core::fmt;

use crate::{Power, Rate, register};

/// What went wrong; `E` is the error of the bus.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Error<E> {
    /// The bus did not carry it.
    Bus(E),
    /// Something else than an MSA301 or MSA311 answers at the address.
    WrongId {
        /// What it says it is.
        found: u8,
    },
    /// A setting that the sensor does not have. Nothing was written.
    Setting(SettingError),
}

/// A setting that the sensor does not have.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SettingError {
    /// A rate that the power mode does not have: 1 and 1.95 Hz are for low power, 500 and 1000 Hz
    /// for normal.
    Rate {
        /// The rate.
        rate: Rate,
        /// The power mode.
        power: Power,
    },
    /// A number that its register cannot hold.
    OutOfRange {
        /// Which.
        what: &'static str,
        /// What it was to be.
        found: f32,
        /// The least it can be.
        least: f32,
        /// The most.
        most: f32,
    },
    /// A resolution other than the one the MSA311 has.
    Resolution,
    /// An interrupt that is on, but for no axis, or for neither one tap nor two.
    NoSource {
        /// Which.
        what: &'static str,
    },
}

impl<E> From<SettingError> for Error<E> {
    fn from(error: SettingError) -> Self {
        Self::Setting(error)
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { rate, power } => write!(
                f,
                "{} Hz is no rate of the power mode {power:?}: 1 and 1.95 Hz are for low power, 500 \
                 and 1000 Hz for normal",
                rate.hz()
            ),
            Self::OutOfRange { what, found, least, most } => {
                write!(f, "{what} cannot be {found}: choose from {least} to {most}")
            }
            Self::Resolution => f.write_str("an MSA311 has 12 bits only: choose Resolution::Full"),
            Self::NoSource { what } => {
                write!(f, "{what} is on, but nothing sets it off: choose an axis, or a tap")
            }
        }
    }
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bus(error) => write!(
                f,
                "the bus failed ({error:?}): check wires, pull-ups and the sensor's address"
            ),
            Self::WrongId { found } => write!(
                f,
                "part id {found:#04x} where {:#04x} is expected: this is another chip",
                register::ID
            ),
            Self::Setting(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SettingError {}
impl<E: fmt::Debug> core::error::Error for Error<E> {}
