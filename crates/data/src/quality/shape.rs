//! Recordings that do not go with the others: their length, axes and sample rate.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::robust::{median_of, most_common};
use super::summary::Summary;

/// Below so many readings a recording is short: a median absolute deviation is then uncertain by
/// more than a fifth.
const SHORT: usize = 32;

/// Sample rates may differ by so much of the rate they share; a clock drifts less.
const RATE_TOLERANCE: f64 = 0.02;

pub(super) fn findings(folders: &[Members], found: &mut Vec<Finding>) {
    let all = || folders.iter().flat_map(|folder| &folder.recordings);
    axes(folders, most_common(all().map(|r| r.axes.len())), found);
    lengths(folders, all().map(|r| r.len).collect(), found);
    rates(folders, all().filter_map(|r| r.rate_hz).collect(), found);
    for folder in folders {
        found.extend(folder.finding(
            (Severity::Warning, Kind::ShortRecording),
            |r| r.len < SHORT,
            |short| {
                format!(
                    "{}, too few to judge a vibration by; record at least {SHORT}, better 128",
                    number(lengths_of(short), "readings")
                )
            },
        ));
    }
}

fn axes(folders: &[Members], shared: Option<(usize, usize)>, found: &mut Vec<Finding>) {
    let Some((shared, _)) = shared else { return };
    for folder in folders {
        found.extend(folder.finding(
            (Severity::Error, Kind::AxesDiffer),
            |r| r.axes.len() != shared,
            |others| {
                let axes = others.iter().map(|r| r.axes.len()).collect();
                format!(
                    "{} where most recordings have {shared}; check these together with their \
                     like only, or remove the columns that are no axes",
                    number(axes, "axes")
                )
            },
        ));
    }
}

fn lengths(folders: &[Members], all: Vec<usize>, found: &mut Vec<Finding>) {
    let Some((shared, count)) = most_common(all.iter().copied()) else { return };
    if 2 * count < all.len() {
        let message = format!(
            "The {} recordings have no length in common ({}); say how long a window is with \
             --window.",
            all.len(),
            number(all.clone(), "readings")
        );
        let (severity, kind) = (Severity::Info, Kind::LengthDiffers);
        let count = all.len();
        found.push(Finding { severity, kind, folder: None, count, files: Vec::new(), message });
        return;
    }
    for folder in folders {
        let shorter = folder.recordings.iter().any(|r| r.len < shared);
        let severity = if shorter { Severity::Warning } else { Severity::Info };
        found.extend(folder.finding(
            (severity, Kind::LengthDiffers),
            |r| r.len != shared,
            |others| {
                let what = number(lengths_of(others), "readings");
                let remedy = if shorter {
                    "leave the shorter ones out, or choose a --window that fits all"
                } else {
                    "choose a --window to use all of them"
                };
                format!("{what} where most recordings have {shared}; {remedy}")
            },
        ));
    }
}

fn rates(folders: &[Members], known: Vec<f64>, found: &mut Vec<Finding>) {
    let Some(shared) = median_of(&known) else { return };
    let differs = |r: &Summary| {
        r.rate_hz.is_some_and(|rate| (rate - shared).abs() > RATE_TOLERANCE * shared.abs())
    };
    for folder in folders {
        found.extend(folder.finding((Severity::Warning, Kind::RateDiffers), differs, |others| {
            let rates = others.iter().filter_map(|r| r.rate_hz);
            let (low, high) = range(rates);
            let rates = if low == high { format!("{low}") } else { format!("{low} to {high}") };
            format!(
                "sampled at {rates} Hz where most recordings are at {shared} Hz; a model is \
                     for one rate: leave these out"
            )
        }));
    }
}

fn lengths_of(recordings: &[&Summary]) -> Vec<usize> {
    recordings.iter().map(|r| r.len).collect()
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

/// `100 readings`, or `80 to 120 readings`.
fn number(counts: Vec<usize>, of: &str) -> String {
    match (counts.iter().min(), counts.iter().max()) {
        (Some(low), Some(high)) if low != high => format!("{low} to {high} {of}"),
        (Some(1), _) if of == "axes" => "1 axis".to_owned(),
        (Some(1), _) => "1 reading".to_owned(),
        (Some(count), _) => format!("{count} {of}"),
        (None, _) => format!("no {of}"),
    }
}
