//! Values of the configuration, as they are written in a file, an option and the environment.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use judder_core::Unit;
use judder_server::{Network, NetworkError, PublicUrl, PublicUrlError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A time: `30 d`, `2 h`, `90 s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// M of the last N: `3/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Votes {
    pub(crate) votes: usize,
    pub(crate) of: usize,
}

impl Default for Votes {
    fn default() -> Self {
        let (votes, of) = judder_model::SERVED_VOTES;
        Self { votes, of }
    }
}

/// A share of the threshold, above 0 and at most 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share(pub(crate) f64);

/// A number of bytes: `4 MB`, `500 kB`, `1000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) u64);

/// The unit of readings: `g`, `mg`, `m/s2`, `counts:2048`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct In(pub(crate) Unit);

/// An address or a network: `127.0.0.1`, `10.1.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Net(pub(crate) Network);

/// Where the page is: `https://fans.example/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Public(pub(crate) PublicUrl);

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A line of text
    #[default]
    Text,
    /// A line of JSON
    Json,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Nothing
    Off,
    /// What went wrong
    Error,
    /// And what may be wrong
    Warn,
    /// And what happens seldom
    #[default]
    Info,
    /// And what is of use in finding a fault
    Debug,
    /// Everything
    Trace,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = humantime::parse_duration(text).ok().filter(|span| !span.is_zero());
        span.map(Self).ok_or_else(|| {
            "a time is a number above 0 with its unit, as 30 s or 2 h or 30 d".to_owned()
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Years and months are of no fixed length: days say the same without.
        let seconds = self.0.as_secs();
        match (self.0.subsec_nanos(), seconds) {
            (0, s) if s % 86_400 == 0 => write!(f, "{} d", s / 86_400),
            (0, s) if s % 3600 == 0 => write!(f, "{} h", s / 3600),
            (0, s) if s % 60 == 0 => write!(f, "{} m", s / 60),
            (0, s) => write!(f, "{s} s"),
            (nanos, 0) => write!(f, "{nanos} ns"),
            (nanos, s) => write!(f, "{s} s {nanos} ns"),
        }
    }
}

impl FromStr for In {
    type Err = judder_core::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for In {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Net {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Public {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Votes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let most = judder_core::MOST_SCORES;
        let parts = text.split_once('/');
        let parts = parts.and_then(|(m, n)| Some((m.trim().parse().ok()?, n.trim().parse().ok()?)));
        parts
            .filter(|&(m, n)| 1 <= m && m <= n && n <= most)
            .map(|(votes, of)| Self { votes, of })
            .ok_or_else(|| format!("votes are M/N with 1 <= M <= N <= {most}, as 3/5"))
    }
}

impl fmt::Display for Votes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.votes, self.of)
    }
}

impl Share {
    fn new(share: f64) -> Result<Self, String> {
        let fits = share > 0.0 && share <= 1.0;
        let wrong = "a share of the threshold is a number above 0 and at most 1, as 0.7";
        fits.then_some(Self(share)).ok_or_else(|| wrong.to_owned())
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::new(text.parse().unwrap_or(f64::NAN))
    }
}

/// Units of bytes, the largest first.
const UNITS: [(&str, u64); 8] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
];

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unit = UNITS.iter().find_map(|(unit, of)| Some((text.strip_suffix(unit)?, *of)));
        let (number, of) = unit.unwrap_or((text, 1));
        let count = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(of));
        count.filter(|count| *count > 0).map(Self).ok_or_else(|| {
            "bytes are a whole number above 0, as 4000000, 4 MB, or 4 MiB".to_owned()
        })
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, of)| self.0.is_multiple_of(*of)) {
            Some((unit, of)) => write!(f, "{} {unit}", self.0 / of),
            None => write!(f, "{}", self.0),
        }
    }
}

/// Read from a text, and written as one.
macro_rules! as_text {
    ($($of:ty: $example:literal),*) => {$(
        impl<'de> Deserialize<'de> for $of {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $of;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a text, as \"", $example, "\""))
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$of, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                from.deserialize_str(Text)
            }
        }

        impl Serialize for $of {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )*};
}

as_text!(
    Span: "30 d", Votes: "3/5", Bytes: "4 MB", In: "mg", Net: "10.1.0.0/16", Public: "https://fans.example/"
);

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.0)
    }
}
