//! From normal recordings to a model.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use judder_core::{GravityAxes, Posture, Unit};
use judder_data::quality::Finding;
use judder_data::{Progress, ReadOptions, Source};
use judder_model::{Figure, LongRun, Model, Normal, Provenance, Watching, starts};
use rayon::prelude::*;

use crate::ahead::Ahead;
use crate::among::{Among, among};
use crate::baseline::{Baseline, Lengths, Rates};
use crate::days::Days;
use crate::decisions::Decisions;
use crate::error::TrainError;
use crate::fingerprint::{of_all, short};
use crate::folded::Folded;
use crate::folds::{self, FOLDS, JUDGED};
use crate::gates::{mountings, strong_above};
use crate::known::Known;
use crate::learner::Learner;
use crate::long_run::Levels;
use crate::look::{Side, judged_by_check};
use crate::lying_apart::Stretches;
use crate::measured;
use crate::method::{Fitted, Method};
use crate::options::Options;
use crate::outlier::{Outlier, outliers};
use crate::pace::Pace;
use crate::prepare::{Prepared, folder_rows};
use crate::profile::profile;
use crate::promise::{Promise, Served, promise, served_folders, served_unseen};
use crate::scored::{Origin, ScoredState};
use crate::stretch::Stretch;
use crate::table::Table;
use crate::watching::idle_below;

/// How many fits it takes to train a model: one to all windows, and for the threshold one without each
/// fifth; for each of two figures, and each part that is judged, as many again without it.
pub const FITS: usize = (1 + FOLDS) * (1 + 2 * JUDGED);

/// A model, and what is worth saying about how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// The unit that readings were in before they were brought into the model's, if it was another.
    pub converted: Option<Unit>,
    /// How the files were read.
    pub files: Arc<ReadOptions>,
    /// The sample rate, and where it is from.
    pub rate: Rates,
    /// The window, and where it is from.
    pub window: Lengths,
    /// Recordings it was fitted to.
    pub recordings: usize,
    /// Windows it was fitted to.
    pub windows: usize,
    /// Windows in which the sensor was handled, that were set aside.
    pub handled: usize,
    /// Windows far from all others, that were set aside.
    pub set_aside: usize,
    /// How many normal recordings there were, where they are so many that some stand for all.
    pub of: Option<usize>,
    /// How many of these recordings are copies of others.
    pub copies: usize,
    /// How many of these recordings have readings behind their last window.
    pub cut: usize,
    /// The detector as it was fitted.
    pub fitted: Fitted,
    /// Recordings that are far from normal, though they were given as such.
    pub outliers: Vec<Outlier>,
    /// The windows of each state, normal ones first. Normal windows are scored by fits that had not
    /// seen them, as the threshold is from them, but for those that were set aside; anomalous ones by
    /// the model, handled ones, too. Where `k` scores are averaged, the last of `k` windows stands for
    /// them, and the first of a folder, or after one that was set aside, have none.
    pub scored: Vec<ScoredState>,
    /// Stretches of normal recordings that lie apart from the rest of their folder.
    pub stretches: Stretches,
    /// How far the machine moves from one run of them to the next.
    pub days: Days,
    /// How many windows are left out, as was asked for.
    pub left: usize,
    /// The alerts that a server would have raised on the normal windows, each judged by a model that had not seen its tenth of
    /// the recordings; none of a model without a threshold.
    pub alerts: Option<Promise>,
    /// What a server would say of each anomalous folder.
    pub served: Vec<(String, Served)>,
    /// How many windows are left out, as the machine was given time to settle.
    pub settling: usize,
    /// Where most of the false alarms in time order were, if there were any.
    pub stretch: Option<Stretch>,
    /// Normal folders that are like anomalous ones.
    pub among: Vec<Among>,
    /// Stretches that repeat others within a recording, and the errors that a check finds, where it was trained all the same.
    pub findings: Vec<Finding>,
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

/// As [`train`], saying how far it is: in reading files, and in [`FITS`] fits.
///
/// # Errors
/// Those of [`train`].
pub fn train_with(
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: &Options,
    done: &dyn Progress,
) -> Result<Trained, TrainError> {
    let (baseline, anomalies) = read(normal, anomaly, options, done)?;
    fit_and_measure(baseline, anomalies, options, done)
}

/// Reads normal recordings, those that are to learn from, and anomalous ones, if any are named, saying how far it is.
///
/// # Errors
/// A [`TrainError`] that names the recording or the option.
pub fn read(
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: &Options,
    done: &dyn Progress,
) -> Result<(Baseline, Option<Baseline>), TrainError> {
    options.check()?;
    let guess = |sources: &[Vec<Source>]| Ahead::guess(sources, options);
    let baseline = Baseline::read_ahead(
        (normal, &options.files),
        options.hold_out,
        options.skip_bad,
        guess,
        done,
    )?;
    let baseline = baseline.or_unit(options.unit);
    if baseline.recordings.is_empty() {
        let share = options.hold_out;
        return Err(TrainError::Option(format!(
            "to hold out {share} of the normal recordings (--hold-out) leaves no recording to \
             learn from"
        )));
    }
    let anomalies = match anomaly {
        [] => None,
        paths => {
            let ahead = baseline.ahead.as_ref();
            let guess = |sources: &[Vec<Source>]| Some(ahead?.again(sources));
            let read =
                Baseline::read_ahead((paths, &options.files), 0.0, options.skip_bad, guess, done)?;
            Some(read.or_unit(options.unit))
        }
    };
    Ok((baseline, anomalies))
}

/// Trains as [`train_on`] does on what [`read`] gave, calling `done` after each of [`FITS`] fits.
///
/// # Errors
/// Those of [`train`].
pub fn train_read(
    baseline: Baseline,
    anomalies: Option<Baseline>,
    options: &Options,
    done: &dyn Progress,
) -> Result<Trained, TrainError> {
    options.check()?;
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
    options.check()?;
    fit_and_measure(baseline, anomalies, options, &|| ())
}

fn fit_and_measure(
    mut baseline: Baseline,
    mut others: Option<Baseline>,
    options: &Options,
    done: &dyn Progress,
) -> Result<Trained, TrainError> {
    let mut prepared = Prepared::of(&mut baseline, options)?;
    let anomalous =
        others.as_mut().map(|others| prepared.features_of(others, options)).transpose()?;
    let normal = Side {
        baseline: &baseline,
        prints: &prepared.prints,
        looked: std::mem::take(&mut prepared.looked),
    };
    let mut anomalous = anomalous;
    let sides = others.iter().zip(&mut anomalous).map(|(side, found)| Side {
        baseline: side,
        prints: &found.prints,
        looked: std::mem::take(&mut found.looked),
    });
    let findings = judged_by_check(normal, sides.collect(), options.force)?;
    let anomalous = anomalous.map(|found| found.table);
    let options = &options.with_rate(prepared.binding)?;
    let settle = options.watch.settling(Pace::of(prepared.binding, options.windows_per_day));
    let settling = prepared.without_starts(settle as usize)?;
    let mut found = None;
    if !options.leave_out.is_empty() {
        let learner = Learner { prepared: &prepared, options, done: &|| () };
        let stretches = Stretches::of(&learner, &baseline, &learner.unseen(&prepared.rows)?)?;
        prepared.rows = stretches.left_in(&prepared.rows, &options.leave_out);
        found = Some(stretches);
    }
    let Prepared { binding, table, rows: all, .. } = &prepared;
    let (binding, columns) = (*binding, table.columns);
    done.begin("fitting", FITS);
    let learner = Learner { prepared: &prepared, options, done };
    // First to all, so that what is wrong with them is not said of a part.
    let fitted = learner.fit(all)?;
    let detector = fitted.detector();
    let (unseen, wandered) = Folded::of(&learner, all).wandered()?;
    let limit = learner.calibrate(&unseen)?;
    let left = found.as_ref().map_or(0, |found| found.left_out(&options.leave_out));
    let stretches = match found {
        Some(found) => found,
        None => Stretches::of(&learner.quiet(), &baseline, &unseen)?,
    };
    let days = Days::of(&learner.quiet(), &baseline.recordings);
    let levels = Levels {
        scores: &unseen,
        wandered: &wandered,
        decisions: &learner.decisions(&unseen),
        threshold: limit.value,
        folders: &prepared.folders,
    };
    let watching = watching(&prepared, options, levels.limit())?;
    let outliers = outliers(&unseen, table, &baseline.recordings);
    let hop = binding.hop;
    let origin = Origin { recordings: &baseline.recordings, table, hop, anomaly: false };
    let mut scored = origin.states(&unseen, &options.watch, limit.value);

    let (mut anomalies, mut anomalous_recordings) = (Vec::new(), None);
    let (mut missed, mut alike) = (0, Vec::new());
    if let Some((others, table)) = others.zip(anomalous) {
        let both = (&baseline.recordings[..], &prepared.table);
        alike = among(both, (&others.recordings, &table), binding.axes, options);
        let anomalous = learner.scores(&detector, table.values.chunks_exact(columns))?;
        let rows: Vec<(usize, f64)> = anomalous.into_iter().enumerate().collect();
        let folders = folder_rows(&others.recordings, &table);
        let alarms =
            Decisions::on(&rows, &folders, &options.watch).alarms(&options.watch, limit.value);
        missed = alarms.into_iter().filter(|alarm| !alarm).count();
        let origin = Origin { recordings: &others.recordings, table: &table, hop, anomaly: true };
        scored.extend(origin.states(&rows, &options.watch, limit.value));
        baseline.left_out.extend(others.left_out.iter().cloned());
        anomalies = table.values;
        anomalous_recordings = Some(others);
    }
    let in_time = folds::in_time(all, &prepared.folders, JUDGED);
    let mut splits = vec![("time-ordered", in_time)];
    // Shuffled windows do not follow each other.
    if options.watch.is_by_window() {
        splits.push(("shuffled", folds::shuffled(table.rows(), options.seed, JUDGED)));
    }
    let measured = splits
        .into_par_iter()
        .map(|(split, parts)| learner.measure(split, all, &parts, &anomalies))
        .collect::<Result<Vec<_>, TrainError>>()?;
    let stretch = measured.first().and_then(|(_, alarms)| {
        Stretch::of(alarms, &prepared.folders, table, &baseline.recordings)
    });
    let unseen_alarms = measured.first().map_or(&[][..], |(_, alarms)| alarms);
    let normal = served_unseen(unseen_alarms, all, &prepared.folders, table, &options.watch);
    let figures = measured.into_iter().map(|(figure, _)| Figure { missed, ..figure }).collect();

    let profile = profile(&baseline, &prepared, &detector);
    let prints = &prepared.prints;
    let copies = prints.len() - prints.iter().collect::<HashSet<_>>().len();
    let is_cut = |one: &&Known| {
        let length = one.len();
        let starts = starts(length, binding.window, binding.hop);
        starts.last().is_some_and(|start| start + binding.window < length)
    };
    let cut = baseline.recordings.iter().filter(is_cut).count();
    let provenance = provenance(&baseline, table, options, &fitted, prints);
    let model =
        Model::new(binding, options.precision, options.features, detector, limit, provenance)?
            .with_scale(prepared.scale)?
            .with_watching(watching)?
            .with_profile(profile)?
            .with_figures(figures);
    let windows_per_day = Pace::of(binding, options.windows_per_day).windows_per_day();
    let alerts = promise(&model, normal.iter(), windows_per_day);
    let served = match &anomalous_recordings {
        Some(others) => served_folders(&model, others)?,
        None => Vec::new(),
    };
    Ok(Trained {
        model,
        converted: prepared.converted,
        files: Arc::clone(&options.files),
        rate: prepared.rate,
        window: prepared.lengths,
        recordings: baseline.recordings.len(),
        of: prepared.of,
        windows: all.len(),
        handled: prepared.handled,
        set_aside: table.rows() - all.len() - prepared.handled - left - settling,
        copies,
        cut,
        fitted,
        outliers,
        scored,
        stretches,
        days,
        left,
        settling,
        alerts,
        served,
        stretch,
        among: alike,
        findings,
        left_out: baseline.left_out,
    })
}

/// When a window is not judged, learnt from the windows that are.
fn watching(
    prepared: &Prepared,
    options: &Options,
    drift: Option<LongRun>,
) -> Result<Watching, TrainError> {
    let Prepared { binding, folders, gravity, postures, rows, handled_above, .. } = prepared;
    let kept: Vec<Posture<f64>> =
        rows.iter().filter_map(|&row| postures.get(row)).copied().collect();
    let mut watch = options.watch;
    if !options.idle.is_empty() {
        let mut idle =
            Baseline::read_with(&options.idle, &options.files, 0.0, options.skip_bad, &|| ())?;
        idle.agree_on(binding.axes, options.skip_bad)?;
        idle.take_for(options.unit);
        idle.bring_to(&prepared.scale, prepared.gravity)?;
        let idle = measured::postures(&idle, *binding, *gravity)?;
        watch.idle_below = Some(idle_below(&idle, &kept)?);
    }
    if let Some(limit) = watch.idle_below
        && let Some(least) = kept.iter().map(Posture::activity).reduce(f64::min)
        && least < limit
    {
        return Err(TrainError::Option(format!(
            "normal windows vibrate by as little as {least:.3e}, and below {limit:.3e} they would be \
             called idle (--idle-below): choose a smaller limit, or leave out the normal recordings \
             of a machine that stands still"
        )));
    }
    let mounting = match watch.degrees() {
        Some(turned) if *gravity != GravityAxes::Unseen => {
            mountings(postures, folders, rows, turned)
        }
        _ => Vec::new(),
    };
    let settle = watch.settling(Pace::of(*binding, options.windows_per_day));
    let is_gated = handled_above.is_some() || !mounting.is_empty() || settle > 0;
    let kept: Vec<&Posture<f64>> = kept.iter().collect();
    Ok(Watching {
        gravity: *gravity,
        handled_above: *handled_above,
        mounting,
        settle,
        strong_above: strong_above(&kept).filter(|_| is_gated),
        drift,
        ..watch.watching()
    })
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
        (Method::Mahalanobis(how) | Method::Mixture(how) | Method::Rebaseline(_, how), fitted) => {
            fitted.shrinkage().map(|far| (how.to_string(), far))
        }
        _ => None,
    };
    Provenance {
        origin: "judder train".to_owned(),
        normal,
        data_sha256: Some(of_all(prints.iter())),
        before: None,
        shrinkage,
        learning: fitted.learning(),
        seed: Some(options.seed),
        seen: prints.iter().map(short).collect(),
    }
}
