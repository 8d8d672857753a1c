//! What vibration is normal, in words that people know: how much of it, on which axis, at which
//! frequencies. It explains a verdict of any detector, and none depends on it.

use judder_core::{Bands, Error, Feature, FeatureSet};
use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// The vibration of normal windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Bands that share the frequencies from 0 to half the sample rate equally.
    pub bands: u8,
    /// The states in which the machine is normal: one for each mode of a mixture, else one.
    pub states: Vec<NormalState>,
}

/// One state in which the machine is normal: of each number of [`Profile::features`] where it lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormalState {
    /// Its median.
    pub median: Vec<f64>,
    /// How far it usually is from there: an estimate of the standard deviation, above 0.
    pub spread: Vec<f64>,
}

impl Profile {
    /// What a profile with so many bands is of: `log-std` of each axis, then `bands:N` of each.
    ///
    /// # Errors
    /// Where there cannot be so many bands.
    pub fn features(bands: u8) -> Result<FeatureSet, Error> {
        FeatureSet::new(&[Feature::LogStd, Feature::Bands(Bands::new(bands)?)])
    }

    /// What keeps this from being the profile of a model of so many axes and normal states.
    pub(crate) fn problem(&self, axes: usize, states: usize) -> Option<Problem> {
        let wrong = |field: String, reason: String| {
            Some(Problem::Value { field: format!("profile.{field}"), reason })
        };
        let count = match Self::features(self.bands).and_then(|set| set.count(axes)) {
            Ok(count) => count,
            Err(error) => return wrong("bands".to_owned(), error.to_string()),
        };
        if self.states.len() != states {
            let reason = format!("{} states, but the detector knows {states}", self.states.len());
            return wrong("states".to_owned(), reason);
        }
        self.states.iter().enumerate().find_map(|(at, state)| {
            let lists = [("median", &state.median), ("spread", &state.spread)];
            lists.into_iter().find_map(|(name, list)| {
                let field = || format!("states[{at}].{name}");
                if list.len() != count {
                    let bands = self.bands;
                    let reason = format!(
                        "{} numbers, but {bands} bands of {axes} axes take {count}",
                        list.len()
                    );
                    return wrong(field(), reason);
                }
                let usable = |x: &f64| x.is_finite() && (name == "median" || *x > 0.0);
                let bad = list.iter().position(|x| !usable(x))?;
                wrong(field(), format!("number {bad} is not above 0, or not finite"))
            })
        })
    }
}
