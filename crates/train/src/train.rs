//! From normal recordings to a model.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

use judder_core::FeatureSet;
use judder_data::{Located, split};
use judder_model::{Binding, Figure, Model, Normal, Precision, Provenance, Rule, starts};
use rayon::prelude::*;

use crate::baseline::{Baseline, Lengths, Rates};
use crate::calibrate::CHI_SQUARED;
use crate::error::TrainError;
use crate::fingerprint::{fingerprint, of_all, short};
use crate::folds::{self, FOLDS};
use crate::learner::Learner;
use crate::method::{Fitted, Method};
use crate::outlier::{Outlier, outliers};
use crate::pace::Pace;
use crate::table::Table;
use crate::usable::usable;

/// The feature set of a model for which none is named.
pub const DEFAULT_FEATURES: &str = "log-mad+correlation";

/// The sample rate of recordings that tell none.
pub const DEFAULT_RATE_HZ: f64 = 200.0;

/// The fewest windows that a model is fitted to.
const FEWEST_WINDOWS: usize = 10;

/// How many fits it takes to train a model: one to all windows; for the threshold one without each
/// part; for each of two figures and each part as many again without it, and one to the rest.
pub const FITS: usize = 1 + FOLDS + 2 * FOLDS * FOLDS;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What is computed from a window.
    pub features: FeatureSet,
    /// Sample rate in Hz, where the recordings do not tell it or not truly.
    pub rate_hz: Option<f64>,
    /// Readings in a window; else the length that the recordings share.
    pub window: Option<usize>,
    /// Readings from one window to the next; else the window's length.
    pub hop: Option<usize>,
    /// The arithmetic of the model.
    pub precision: Precision,
    /// How the threshold is chosen.
    pub rule: Rule,
    /// The share of normal windows that may lie above it.
    pub false_alarm_rate: f64,
    /// The false alarms in a day, where they are given: they count more than the rate.
    pub false_alarms_per_day: Option<f64>,
    /// Windows that are judged in a day; else one each hop.
    pub windows_per_day: Option<f64>,
    /// The detector, and how it is fitted.
    pub method: Method,
    /// The seed of what is drawn by chance: the shuffled figures.
    pub seed: u64,
    /// The share of each folder, the last in time, that is kept for judging.
    pub hold_out: f64,
    /// Whether recordings that cannot be used are left out rather than refused.
    pub skip_bad: bool,
}

impl Default for Options {
    fn default() -> Self {
        let features = DEFAULT_FEATURES.parse();
        Self {
            features: features.unwrap_or_else(|_| unreachable!("they are features, and differ")),
            rate_hz: None,
            window: None,
            hop: None,
            precision: Precision::F32,
            rule: Rule::Conformal,
            false_alarm_rate: 0.01,
            false_alarms_per_day: None,
            windows_per_day: None,
            method: Method::default(),
            seed: 0,
            hold_out: 0.0,
            skip_bad: false,
        }
    }
}

/// A model, and what is worth saying about how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// The sample rate, and where it is from.
    pub rate: Rates,
    /// The window, and where it is from.
    pub window: Lengths,
    /// Recordings it was fitted to.
    pub recordings: usize,
    /// Windows it was fitted to.
    pub windows: usize,
    /// How many of these recordings are copies of others.
    pub copies: usize,
    /// How many of these recordings have readings behind their last window.
    pub cut: usize,
    /// The detector as it was fitted.
    pub fitted: Fitted,
    /// Recordings that are far from normal, though they were given as such.
    pub outliers: Vec<Outlier>,
    /// Why recordings were left out, each reason naming its file.
    pub left_out: Vec<String>,
}

/// Reads the recordings at the paths, and trains on them as [`train_on`] does.
///
/// # Errors
/// A [`TrainError`] that names the recording or the option.
pub fn train(
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: &Options,
) -> Result<Trained, TrainError> {
    train_with(normal, anomaly, options, &|| ())
}

/// As [`train`], calling `done` after each of [`FITS`] fits.
///
/// # Errors
/// Those of [`train`].
pub fn train_with(
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: &Options,
    done: &(dyn Fn() + Sync),
) -> Result<Trained, TrainError> {
    check(options)?;
    let baseline = Baseline::read(normal, options.hold_out, options.skip_bad)?;
    if baseline.recordings.is_empty() {
        let share = options.hold_out;
        return Err(TrainError::Option(format!(
            "to hold out {share} of the normal recordings (--hold-out) leaves no recording to \
             learn from"
        )));
    }
    let anomalies = match anomaly {
        [] => None,
        paths => Some(Baseline::read(paths, 0.0, options.skip_bad)?),
    };
    fit_and_measure(baseline, anomalies, options, done)
}

/// Fits a model to normal recordings, sets its threshold from windows that the fit which scored
/// them had not seen, and measures it. Anomalous recordings are only measured.
///
/// # Errors
/// A [`TrainError`] that names the recording or the option.
pub fn train_on(
    baseline: Baseline,
    anomalies: Option<Baseline>,
    options: &Options,
) -> Result<Trained, TrainError> {
    check(options)?;
    fit_and_measure(baseline, anomalies, options, &|| ())
}

fn fit_and_measure(
    mut baseline: Baseline,
    anomalies: Option<Baseline>,
    options: &Options,
    done: &(dyn Fn() + Sync),
) -> Result<Trained, TrainError> {
    let axes = baseline.agree_on_axes(options.skip_bad)?;
    let columns = options.features.count(axes).map_err(TrainError::Features)?;
    let needed = FEWEST_WINDOWS.max(options.method.windows_per_feature() * columns);
    let rate = baseline.rate(options.rate_hz)?;
    let rate_hz = match rate {
        Rates::Given(rate) | Rates::Measured(rate) => rate,
        Rates::Unknown => DEFAULT_RATE_HZ,
    };
    let lengths = baseline.window(options.window, needed, rate_hz);
    let window = lengths.window();
    let binding = Binding { axes, window, hop: options.hop.unwrap_or(window), rate_hz };
    let (features, precision) = (&options.features, options.precision);
    let table = usable(&mut baseline, binding, features, precision, options.skip_bad)?;
    if table.rows() < needed {
        return Err(TrainError::TooFew {
            windows: table.rows(),
            window,
            features: columns,
            set: options.features.to_string(),
            needed,
        });
    }
    let folders = folder_rows(&baseline, &table);
    let all: Vec<usize> = (0..table.rows()).collect();
    let options = &with_rate(options, binding)?;
    let learner = Learner { table: &table, options, axes, done };
    // First to all, so that what is wrong with them is not said of a part.
    let fitted = learner.fit(&all)?;
    let detector = fitted.detector();
    let in_time = folds::in_time(&folders);
    let unseen = learner.unseen(&all, &in_time)?;
    let limit = learner.calibrate(&unseen)?;
    let outliers = outliers(&unseen, &table, &baseline.recordings);

    let anomalies = match anomalies {
        None => Vec::new(),
        Some(mut others) => {
            let values =
                usable(&mut others, binding, features, precision, options.skip_bad)?.values;
            baseline.left_out.extend(others.left_out);
            values
        }
    };
    let figures =
        [("time-ordered", in_time), ("shuffled", folds::shuffled(table.rows(), options.seed))];
    let missed = learner
        .scores(&detector, anomalies.chunks_exact(columns))?
        .into_iter()
        .filter(|&score| score <= limit.value)
        .count();
    let figures = figures
        .into_par_iter()
        .map(|(split, parts)| {
            let figure = learner.measure(split, &parts, &anomalies)?;
            Ok(Figure { missed, ..figure })
        })
        .collect::<Result<Vec<_>, TrainError>>()?;

    let prints: Vec<[u8; 32]> =
        baseline.recordings.par_iter().map(|one| fingerprint(&one.recording)).collect();
    let copies = prints.len() - prints.iter().collect::<HashSet<_>>().len();
    let is_cut = |one: &&Located| {
        let length = one.recording.len();
        starts(length, window, binding.hop).last().is_some_and(|start| start + window < length)
    };
    let cut = baseline.recordings.iter().filter(is_cut).count();
    let provenance = provenance(&baseline, &table, options, &fitted, &prints);
    let model =
        Model::new(binding, options.precision, options.features, detector, limit, provenance)?
            .with_figures(figures);
    Ok(Trained {
        model,
        rate,
        window: lengths,
        recordings: baseline.recordings.len(),
        windows: table.rows(),
        copies,
        cut,
        fitted,
        outliers,
        left_out: baseline.left_out,
    })
}

fn check(options: &Options) -> Result<(), TrainError> {
    let wrong = |what: &str| Err(TrainError::Usage(what.to_owned()));
    if options.rate_hz.is_some_and(|rate| !(rate.is_finite() && rate > 0.0)) {
        return wrong("the sample rate (--rate) is a number of Hz above 0");
    }
    if options.window.is_some_and(|window| window < judder_core::MIN_LENGTH) {
        return wrong(&format!(
            "a window (--window) has at least {} readings",
            judder_core::MIN_LENGTH
        ));
    }
    if options.hop == Some(0) {
        return wrong("the hop (--hop) is at least 1 reading");
    }
    if !(0.0..1.0).contains(&options.hold_out) {
        return wrong("the share to hold out (--hold-out) lies between 0 and 1");
    }
    if let Method::Autoencoder(autoencoder) = &options.method
        && let Some(fault) = autoencoder.fault()
    {
        return wrong(&fault);
    }
    if options.rule == Rule::ChiSquared && matches!(options.method, Method::Autoencoder(_)) {
        return wrong(CHI_SQUARED);
    }
    if let (Some(alarms), Some(windows)) = (options.false_alarms_per_day, options.windows_per_day) {
        Pace::PerDay(windows).rate(alarms).map_err(TrainError::Usage)?;
    }
    if !(options.false_alarm_rate > 0.0 && options.false_alarm_rate < 1.0) {
        return wrong("the false-alarm rate (--false-alarm-rate) lies between 0 and 1");
    }
    Ok(())
}

/// The options with the false-alarm rate that the false alarms of a day come to.
fn with_rate(options: &Options, binding: Binding) -> Result<Options, TrainError> {
    let mut options = options.clone();
    if let Some(alarms) = options.false_alarms_per_day {
        let pace = Pace::of(binding, options.windows_per_day);
        options.false_alarm_rate = pace.rate(alarms).map_err(TrainError::Option)?;
    }
    Ok(options)
}

/// The rows of each folder, in order.
fn folder_rows(baseline: &Baseline, table: &Table) -> Vec<Range<usize>> {
    let paths: Vec<_> = baseline.recordings.iter().map(|one| &one.path).collect();
    split::folders(&paths)
        .into_iter()
        .map(|(_, run)| table.recordings[run.start].start..table.recordings[run.end - 1].end)
        .collect()
}

fn provenance(
    baseline: &Baseline,
    table: &Table,
    options: &Options,
    fitted: &Fitted,
    prints: &[[u8; 32]],
) -> Provenance {
    let mut from = 0;
    let normal = baseline
        .given
        .iter()
        .map(|(path, recordings)| {
            let rows = &table.recordings[from..from + recordings];
            from += recordings;
            Normal {
                path: path.display().to_string(),
                recordings: *recordings,
                windows: rows.iter().map(Range::len).sum(),
            }
        })
        .collect();
    let shrinkage = match (&options.method, fitted) {
        (Method::Mahalanobis(how), Fitted::Mahalanobis(_, far)) => Some((how.to_string(), *far)),
        _ => None,
    };
    Provenance {
        origin: "judder train".to_owned(),
        normal,
        data_sha256: Some(of_all(prints.iter())),
        shrinkage,
        learning: fitted.learning(),
        seed: Some(options.seed),
        seen: prints.iter().map(short).collect(),
    }
}
