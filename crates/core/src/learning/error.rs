//! Why bytes are not taken for a baseline.

use core::fmt;

use crate::Error;

/// Why bytes are not taken for a baseline, or cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaselineError {
    /// They are another number than a baseline of these features has.
    Length {
        /// Bytes there must be.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
    /// They do not begin as a baseline does.
    NoBaseline,
    /// A version that is not known here.
    Version {
        /// Which.
        found: u8,
    },
    /// Numbers of another kind: `f64` where there are `f32`, or the other way round.
    Number {
        /// Bytes of a number.
        found: u8,
    },
    /// Another number of features.
    Features {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// It belongs to something else.
    Tag {
        /// The tag it has.
        found: u32,
    },
    /// The checksum does not agree: bytes were lost or changed.
    Damaged,
    /// It is whole, but no detector can be made of it.
    Unfit(Error),
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, found } => {
                write!(f, "{found} bytes where a baseline of these features has {expected}")
            }
            Self::NoBaseline => f.write_str("the bytes are no baseline: learn anew"),
            Self::Version { found } => {
                write!(f, "a baseline of version {found}, which is not known here: learn anew")
            }
            Self::Number { found } => {
                write!(f, "a baseline of numbers of {found} bytes, which this detector has not")
            }
            Self::Features { expected, found } => {
                write!(f, "a baseline of {found} features where there are {expected}")
            }
            Self::Tag { found } => {
                write!(f, "a baseline of another detector (tag {found:#010x}): learn anew")
            }
            Self::Damaged => f.write_str("the baseline is damaged: learn anew"),
            Self::Unfit(error) => write!(f, "no detector can be made of the baseline: {error}"),
        }
    }
}

impl core::error::Error for BaselineError {}
