//! Options that several subcommands share.

use std::path::PathBuf;

use clap::Args;
use judder_core::{Feature, FeatureSet};
use judder_model::Rule;

/// A feature set from its name.
pub(crate) fn feature_set(name: &str) -> Result<FeatureSet, String> {
    name.parse().map_err(|error| {
        let known = Feature::ALL.map(Feature::name).join(", ");
        format!("{error}; join any of {known} with +, as in log-mad+correlation")
    })
}

/// Labelled recordings.
#[derive(Args, Clone)]
pub(crate) struct Labelled {
    /// Folders or files of normal recordings
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    pub(crate) normal: Vec<PathBuf>,
    /// Folders or files of anomalous recordings; they are judged, never learnt from
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(crate) anomaly: Vec<PathBuf>,
    /// Leave out recordings that cannot be used, and say which, instead of stopping
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// How a threshold is chosen.
#[derive(Args, Clone)]
pub(crate) struct Limit {
    /// How the threshold is chosen: conformal, quantile, chi-squared, mean+3sd, or a number
    #[arg(long, value_name = "RULE")]
    pub(crate) threshold: Option<Rule>,
    /// The share of normal windows that may be above the threshold
    #[arg(long, default_value_t = 0.01, value_name = "R")]
    pub(crate) false_alarm_rate: f64,
}
