//! What was said of the gates when a model was trained, so that every later command keeps to it.

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// Of a gate that is switched off: `"never"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Never {
    /// No window is left out for this reason.
    Never,
}

/// By how much gravity turns at least where the sensor was mounted anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turned {
    /// `"any"`: that is not looked at.
    Any,
    /// By so many degrees.
    Degrees(f64),
}

const ANY: &str = "any";

impl Serialize for Turned {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Any => to.serialize_str(ANY),
            Self::Degrees(degrees) => to.serialize_f64(degrees),
        }
    }
}

impl<'de> Deserialize<'de> for Turned {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Angle;
        impl Visitor<'_> for Angle {
            type Value = Turned;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"any\", or degrees above 0 and below 180")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Turned, E> {
                match word {
                    ANY => Ok(Turned::Any),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }

            fn visit_f64<E: de::Error>(self, degrees: f64) -> Result<Turned, E> {
                if degrees > 0.0 && degrees < 180.0 {
                    return Ok(Turned::Degrees(degrees));
                }
                Err(E::invalid_value(de::Unexpected::Float(degrees), &self))
            }

            fn visit_u64<E: de::Error>(self, degrees: u64) -> Result<Turned, E> {
                self.visit_f64(degrees as f64)
            }

            fn visit_i64<E: de::Error>(self, degrees: i64) -> Result<Turned, E> {
                self.visit_f64(degrees as f64)
            }
        }
        from.deserialize_any(Angle)
    }
}
