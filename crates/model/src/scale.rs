//! What one number of a model's readings is worth, and what other readings look like beside them.

use judder_core::{Posture, Unit, gravity};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Model;
use crate::error::Problem;

/// Gravity that is longer than that of the baseline by this factor, or shorter, is one of another unit or
/// range: of a doubled range, the nearest there is, within the 15 % by which sensors are off.
const OTHER_SCALE: f64 = 2.0 / 1.15;

/// The most that vibration moves the mean of a window, as a share of the vibration: a tone of at least one
/// cycle in the window, `(1 / π) / (1 / √2)`, and a little more.
const MOVED_BY_VIBRATION: f64 = 0.5;

/// What one number of a model's readings is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scale {
    /// The unit of its readings, where that is known.
    pub unit: Option<Unit>,
    /// The length of gravity in them, where the sensor saw it in the normal recordings.
    pub gravity: Option<f64>,
}

impl Scale {
    /// The scale of a model; where it says none, what the gravity of its mounting tells.
    ///
    /// Models of format version 1 say none.
    pub(crate) fn of(model: &Model) -> Self {
        let said = model.said_scale();
        if said != Self::default() {
            return said;
        }
        let mounting = model.watching().mounting.first();
        let length = mounting.and_then(|mounting| gravity(&mounting.gravity, 0.0));
        // A mean that is no gravity, as an offset, has no length that means something.
        let unit = length.and_then(|length| Unit::of_gravity(length, true));
        Self { unit, gravity: length.filter(|_| unit.is_some()) }
    }

    /// What keeps it from being one.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let meant = self.gravity.is_none_or(|length| length.is_finite() && length > 0.0);
        (!meant).then(|| Problem::field("data.gravity", "is not a number above 0"))
    }

    /// Whether gravity of this length is that of another unit, or of another range of the sensor.
    pub fn is_other(&self, reads: f64) -> bool {
        let other = |length: f64| reads > OTHER_SCALE * length || reads < length / OTHER_SCALE;
        self.gravity.is_some_and(other)
    }

    /// The length of gravity in a window, where that is one of another unit or range: where it is gravity
    /// still, and the vibration of the window does not explain its length.
    pub fn other(&self, posture: &Posture<f64>) -> Option<f64> {
        let expected = self.gravity?;
        let (mean, vibration) = (posture.mean(), posture.rms());
        let explained = |reads: f64| (reads - expected).abs() <= MOVED_BY_VIBRATION * vibration;
        let reads = gravity(mean, vibration).filter(|reads| self.is_other(*reads))?;
        (!explained(reads)).then_some(reads)
    }
}

/// Writes a unit by its name.
pub(crate) fn name<S: Serializer>(unit: &Option<Unit>, to: S) -> Result<S::Ok, S::Error> {
    unit.map(|unit| unit.to_string()).serialize(to)
}

/// Reads a unit by its name.
pub(crate) fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Unit>, D::Error> {
    let name: Option<String> = Option::deserialize(from)?;
    let unit = name.map(|name| name.parse()).transpose();
    unit.map_err(serde::de::Error::custom)
}
