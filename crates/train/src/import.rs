//! Making a whole model of one that another program trained.

use std::path::{Path, PathBuf};

use judder_core::{Feature, FeatureSet, MAX_AXES, Unit};
use judder_data::sources;
use judder_model::{
    Binding, DetectorKind, ForeignModel, Metadata, Misfit, Model, ModelError, Precision, Problem,
    Provenance, Rule, Scale, Threshold, digits, read_foreign,
};

use crate::DEFAULT_RATE_HZ;
use crate::baseline::Baseline;
use crate::calibrate::{CHI_SQUARED, threshold};
use crate::deviations;
use crate::error::TrainError;
use crate::evaluate::judge;
use crate::pace::Pace;

/// The window of a model whose file does not tell it: the reference's.
const WINDOW: usize = 128;

/// What the file of another program does not say. Where it is one that judder exported, it says all
/// of this; what is given here counts more.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// What is computed from a window; else `mad`.
    pub features: Option<FeatureSet>,
    /// Readings in a window; else 128.
    pub window: Option<usize>,
    /// Sample rate in Hz; else 200.
    pub rate_hz: Option<f64>,
    /// What one number of its readings is worth; else it is not known.
    pub unit: Option<Unit>,
    /// The arithmetic of the scores; else double, as the other program's.
    pub precision: Option<Precision>,
    /// How the threshold is chosen; else from `normal`, or as the file says, or from χ² for a
    /// Mahalanobis model, or there is none.
    pub rule: Option<Rule>,
    /// The share of normal windows that may lie above it.
    pub false_alarm_rate: f64,
    /// The false alarms in a day, where they are given: they count more than the rate.
    pub false_alarms_per_day: Option<f64>,
    /// Windows that are judged in a day; else one each hop.
    pub windows_per_day: Option<f64>,
    /// Normal recordings that the model was not fitted to.
    pub normal: Vec<PathBuf>,
    /// What a median absolute deviation was multiplied by in the other program; else 1.4826, as here.
    pub mad_scale: Option<f64>,
}

/// An imported model.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model.
    pub model: Model,
    /// Whether the threshold in the file was left out, as it is not of these features, this window
    /// or this rate.
    pub threshold_dropped: bool,
    /// What the file holds besides, that does not bear on the model.
    pub ignored: Vec<String>,
    /// Whether the model has deviations whose factor is taken for 1.4826, and nothing says that it is.
    pub mad_scale_assumed: bool,
}

/// Reads a model from `.npz`, `.keras`, `.h5`, `.tflite` or `.onnx`, and gives it what it lacks.
///
/// # Errors
/// A [`TrainError`] that names the file and what does not fit.
pub fn import(path: &Path, options: &ImportOptions) -> Result<Imported, TrainError> {
    let at = |problem: Problem| ModelError { path: path.to_owned(), problem };
    let (detector, metadata, told_threshold, ignored) = match read_foreign(path).map_err(at)? {
        ForeignModel::Gaussians(foreign) => {
            let detector = foreign.detector().map_err(|error| at(error.into()))?;
            (detector, None, foreign.threshold, foreign.ignored)
        }
        ForeignModel::Network(foreign) => {
            let autoencoder = foreign.autoencoder().map_err(|error| at(error.into()))?;
            let detector = DetectorKind::Autoencoder(autoencoder);
            (detector, foreign.metadata, foreign.threshold, foreign.ignored)
        }
    };
    let features = match (options.features, &metadata) {
        (Some(given), _) => given,
        (None, Some(metadata)) => {
            metadata.features.parse().map_err(|error| at(field("features", error)))?
        }
        (None, None) => FeatureSet::new(&[Feature::Mad]).map_err(TrainError::Features)?,
    };
    let binding = binding(&detector, &features, metadata.as_ref(), options).map_err(at)?;
    let has_deviations = deviations::among(&features, binding.axes);
    let detector = match options.mad_scale {
        Some(_) if metadata.is_some() => {
            let why = "--mad-scale has no say: the file says what its features are";
            return Err(TrainError::Usage(why.to_owned()));
        }
        Some(scale) => deviations::scaled(detector, &features, binding.axes, scale)
            .map_err(TrainError::Usage)?,
        None => detector,
    };
    let mad_scale_assumed = has_deviations && metadata.is_none() && options.mad_scale.is_none();
    let precision = metadata.as_ref().map(|one| one.precision);
    let precision = options.precision.or(precision).unwrap_or(Precision::F64);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let count = detector.features();
    let told = metadata.as_ref().map(Metadata::scale).unwrap_or_default();
    // Gravity is of the unit that the file tells.
    let scale = options.unit.map_or(told, |unit| Scale { unit: Some(unit), ..Scale::default() });
    let scale = match options.normal.as_slice() {
        [] => scale,
        normal => held_to(scale, normal)?,
    };
    let model = |limit: Threshold| {
        let provenance =
            Provenance { origin: format!("imported from {name}"), ..Provenance::default() };
        Model::new(binding, precision, features, detector.clone(), limit, provenance)
            .and_then(|model| model.with_scale(scale))
            .map_err(at)
    };
    let rate = match options.false_alarms_per_day {
        Some(alarms) => Pace::of(binding, options.windows_per_day).rate(alarms),
        None => Ok(options.false_alarm_rate),
    };
    let rate = rate.map_err(|why| match options.windows_per_day {
        Some(_) => TrainError::Usage(why),
        None => TrainError::Option(why),
    })?;
    let limit = |rule: Rule, scores: &[f64]| {
        threshold(rule, rate, scores, count, precision).map_err(TrainError::Option)
    };
    let unmeasured = match detector {
        DetectorKind::Mahalanobis(_) | DetectorKind::Mixture(_) => Rule::ChiSquared,
        _ if options.rule == Some(Rule::ChiSquared) => {
            return Err(TrainError::Usage(CHI_SQUARED.to_owned()));
        }
        _ => Rule::None,
    };
    let is_same = |told: &Metadata| {
        told.features.parse().ok() == Some(features)
            && (binding.window, binding.rate_hz) == (told.data.window, told.data.rate_hz)
    };
    let told = metadata.as_ref().filter(|metadata| is_same(metadata));
    let threshold_dropped = metadata.is_some() && told.is_none();
    let is_given = options.rule.is_some() || !options.normal.is_empty() || told.is_some();
    let told_threshold = told_threshold.filter(|_| !is_given);
    let limit = match (options.rule, options.normal.as_slice(), told) {
        (None, [], Some(metadata)) => metadata.threshold.clone(),
        (None, [], None) if told_threshold.is_some() => {
            limit(told_threshold.map_or(unmeasured, Rule::Given), &[])?
        }
        (rule, [], _) => limit(rule.unwrap_or(unmeasured), &[])?,
        (rule, normal, _) => {
            let scores = scores(&model(limit(Rule::None, &[])?)?, normal)?;
            limit(rule.unwrap_or_default(), &scores)?
        }
    };
    Ok(Imported { model: model(limit)?, threshold_dropped, ignored, mad_scale_assumed })
}

/// What the data must be: as given, or as the file says, or as the reference has it.
fn binding(
    detector: &DetectorKind,
    features: &FeatureSet,
    metadata: Option<&Metadata>,
    options: &ImportOptions,
) -> Result<Binding, Problem> {
    let told = metadata.map(|one| one.data);
    let count = detector.features();
    let mut all = (1..=MAX_AXES).filter(|&axes| features.count(axes) == Ok(count));
    let axes = match told {
        Some(told) if features.count(told.axes) == Ok(count) => Some(told.axes),
        _ => all.next(),
    };
    let axes = axes.ok_or_else(|| {
        let reason = format!(
            "takes {count} features, which {features} gives for no number of axes; see --features"
        );
        field("features", reason)
    })?;
    let window = options.window.or(told.map(|told| told.window)).unwrap_or(WINDOW);
    let hop = match (options.window, told) {
        (None, Some(told)) => told.hop,
        _ => window,
    };
    let rate_hz = options.rate_hz.or(told.map(|told| told.rate_hz)).unwrap_or(DEFAULT_RATE_HZ);
    Ok(Binding { axes, window, hop, rate_hz })
}

/// The scale of a model whose threshold comes from these recordings: where nothing tells its unit, g, as far as
/// gravity in them bears that out.
fn held_to(scale: Scale, normal: &[PathBuf]) -> Result<Scale, TrainError> {
    let unit = scale.unit.unwrap_or(Unit::G);
    let gravity = scale.gravity.or(Some(unit.per_g()));
    let mut recordings = Baseline::read(normal, 0.0, true)?;
    let seen = recordings.seeing_gravity();
    recordings.bring_to(&Scale { unit: Some(unit), gravity }, seen).map_err(|error| match error {
        TrainError::Misfit { path, misfit: Misfit::Unit { found, .. } } => TrainError::Differs {
            path,
            what: format!(
                "gravity reads {}, where it is {} in the readings of the model: name the unit of the recordings \
                 in their header or beside them, or say with --unit what the model takes",
                digits(found),
                digits(gravity.unwrap_or_default())
            ),
        },
        other => other,
    })?;
    let held = recordings.scale(Some(unit));
    Ok(if held.gravity.is_some() && scale.gravity.is_none() { held } else { scale })
}

/// The scores of all windows of normal recordings.
fn scores(model: &Model, normal: &[PathBuf]) -> Result<Vec<f64>, TrainError> {
    let mut scores = Vec::new();
    for path in normal {
        for recordings in judge(model, &sources(path)?, None, || ()) {
            for one in recordings? {
                let windows =
                    one.windows.map_err(|misfit| TrainError::Misfit { path: one.path, misfit })?;
                scores.extend(windows.iter().map(|window| window.score));
            }
        }
    }
    Ok(scores)
}

fn field(field: &'static str, reason: impl ToString) -> Problem {
    Problem::Field { field, reason: reason.to_string() }
}
