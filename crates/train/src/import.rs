//! Making a whole model of one that another program trained.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use judder_core::{FeatureSet, MAX_AXES};
use judder_data::sources;
use judder_model::{
    Binding, DetectorKind, FormatError, FromNpz, Gaussian, Model, ModelError, Precision, Problem,
    Provenance, Rule, from_npz,
};

use crate::calibrate::threshold;
use crate::error::TrainError;
use crate::evaluate::judge;

/// What the file of another program does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// What is computed from a window.
    pub features: FeatureSet,
    /// Readings in a window.
    pub window: usize,
    /// Sample rate in Hz.
    pub rate_hz: f64,
    /// The arithmetic of the scores.
    pub precision: Precision,
    /// How the threshold is chosen; else from `normal`, or from χ² where there is none.
    pub rule: Option<Rule>,
    /// The share of normal windows that may lie above it.
    pub false_alarm_rate: f64,
    /// Normal recordings that the model was not fitted to.
    pub normal: Vec<PathBuf>,
}

/// An imported model.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model.
    pub model: Model,
    /// Whether its threshold rests on the assumption of Gaussian features alone.
    pub assumed: bool,
}

/// Reads a Mahalanobis model from `.npz` and gives it a threshold.
///
/// # Errors
/// A [`TrainError`] that names the file and what does not fit.
pub fn import(path: &Path, options: &ImportOptions) -> Result<Imported, TrainError> {
    let at = |problem: Problem| ModelError { path: path.to_owned(), problem };
    if path.is_dir() {
        return Err(at(std::io::Error::from(std::io::ErrorKind::IsADirectory).into()).into());
    }
    let file = File::open(path).map_err(|error| at(error.into()))?;
    let gaussian = match from_npz(BufReader::new(file)).map_err(|error| at(error.into()))? {
        FromNpz::Mahalanobis(gaussian) => gaussian,
        FromNpz::Network(_) => {
            let error = FormatError::Unsupported {
                format: ".npz",
                what: "an autoencoder".to_owned(),
                readable: "the mean and covariance of a Mahalanobis model",
            };
            return Err(at(error.into()).into());
        }
    };
    let features = gaussian.mean().len();
    let axes = (1..=MAX_AXES).find(|&axes| options.features.count(axes) == Ok(features));
    let axes = axes.ok_or_else(|| {
        let set = options.features;
        at(Problem::Field {
            field: "model_mu",
            reason: format!(
                "{features} numbers, which {set} gives for no number of axes; see --features"
            ),
        })
    })?;
    let binding =
        Binding { axes, window: options.window, hop: options.window, rate_hz: options.rate_hz };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let model = |limit| {
        Model::new(
            binding,
            options.precision,
            options.features,
            DetectorKind::Mahalanobis(Gaussian::clone(&gaussian)),
            limit,
            Provenance { origin: format!("imported from {name}"), ..Provenance::default() },
        )
        .map_err(at)
    };
    let unmeasured = if options.normal.is_empty() { Rule::ChiSquared } else { Rule::Conformal };
    let rule = options.rule.unwrap_or(unmeasured);
    let limit = |rule, scores: &[f64]| {
        threshold(rule, options.false_alarm_rate, scores, features, options.precision)
            .map_err(TrainError::Option)
    };
    let mut scores = Vec::new();
    if !options.normal.is_empty() {
        let scoring = model(limit(Rule::Given(0.0), &[])?)?;
        for path in &options.normal {
            for recordings in judge(&scoring, &sources(path)?, None, || ()) {
                for one in recordings? {
                    let windows = one
                        .windows
                        .map_err(|misfit| TrainError::Misfit { path: one.path, misfit })?;
                    scores.extend(windows.iter().map(|window| window.score));
                }
            }
        }
    }
    Ok(Imported { model: model(limit(rule, &scores)?)?, assumed: rule == Rule::ChiSquared })
}
