//! How the sensor was mounted, in each normal state.

use judder_core::{Error, Mounting, Orientation, Posture, Real};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// Where gravity pointed at the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mounted {
    /// The mean of each axis that sees gravity.
    pub gravity: Vec<f64>,
    /// The sensor was mounted anew where gravity is turned by more than this, in degrees,
    pub moved: f64,
    /// until it is turned by no more than this.
    pub same: f64,
}

impl Mounted {
    pub(crate) fn mounting<T: Real>(&self) -> Result<Mounting<T>, Error> {
        // The chord of an angle beyond these is also that of one within.
        if ![self.moved, self.same].iter().all(|angle| (0.0..=180.0).contains(angle)) {
            return Err(Error::Mounting);
        }
        let mean: Vec<T> = self.gravity.iter().map(|&x| T::from_f64(x)).collect();
        let chord = |degrees: f64| T::from_f64(4.0 * (degrees.to_radians() / 2.0).sin().powi(2));
        Mounting::new(&mean, chord(self.moved), chord(self.same))
    }

    /// By how many degrees the mean of a window is turned, whatever its length.
    pub fn turned(&self, posture: &Posture<f64>) -> Option<f64> {
        let chord = self.mounting::<f64>().ok()?.squared_chord(posture).ok()?;
        Some(2.0 * (chord.sqrt() / 2.0).min(1.0).asin().to_degrees())
    }

    /// How many times as long as gravity was the mean of a window is, where that is not gravity.
    pub fn other_length(&self, posture: &Posture<f64>) -> Option<f64> {
        match self.mounting::<f64>().ok()?.orientation(posture, false).ok()? {
            Orientation::OtherLength(times) => Some(times),
            Orientation::Same | Orientation::Turned => None,
        }
    }
}

/// A list, or the one mounting that a model of version 1 has.
pub(crate) fn one_or_several<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Mounted>, D::Error> {
    struct Several;
    impl<'de> Visitor<'de> for Several {
        type Value = Vec<Mounted>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of mountings")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(vec![Mounted::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = list.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }
    from.deserialize_any(Several)
}
