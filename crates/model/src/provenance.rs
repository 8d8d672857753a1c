//! Where a model came from, and what was measured when it was made.

use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// Where a model came from. No time and no machine: equal inputs give an equal file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What made it: `judder train`, or the file it was imported from.
    pub origin: String,
    /// The normal recordings it was fitted to.
    #[serde(default)]
    pub normal: Vec<Normal>,
    /// SHA-256 of the normal recordings, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_sha256: Option<String>,
    /// What it was before it was given a new baseline: the SHA-256 of the recordings then, or where
    /// the model came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The shrinkage of the covariance, by name, and its intensity from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrinkage: Option<(String, f64)>,
    /// How an autoencoder was trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning: Option<Learning>,
    /// The seed of everything drawn by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The first 32 bits of the SHA-256 of each recording it was fitted to, in hexadecimal: by
    /// these `judder evaluate` knows what the model has seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
}

/// How the training of an autoencoder went.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learning {
    /// Passes over the windows until it stopped.
    pub epochs: usize,
    /// The mean squared error on the windows that it was chosen by.
    pub loss: f64,
    /// The share of the variance of the normal features that it explains.
    pub explained: f64,
    /// How many starts were tried.
    pub starts: usize,
    /// In how many a unit was dead, or next to nothing was explained.
    pub refused: usize,
}

/// One folder or file of normal recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// As it was given.
    pub path: String,
    /// How many recordings of it were used.
    pub recordings: usize,
    /// How many windows these gave.
    pub windows: usize,
}

/// What was measured at training on windows that the fit had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// How the normal windows were split: `time-ordered`, `shuffled`.
    pub split: String,
    /// Normal windows that were scored.
    pub normal_windows: usize,
    /// How many of them were above the threshold.
    pub false_alarms: usize,
    /// Anomalous windows, scored by the finished model; 0 where none were given.
    pub anomaly_windows: usize,
    /// How many of them were not above the threshold.
    pub missed: usize,
    /// The area under the ROC curve, where there were anomalies: mean over the parts of the split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
}

/// That a list has eight hexadecimal digits for each recording.
pub(crate) fn check_prints(field: &'static str, list: &str) -> Result<(), Problem> {
    match list.len().is_multiple_of(8) && list.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(()),
        false => Err(Problem::field(field, "is not eight hexadecimal digits for each recording")),
    }
}
