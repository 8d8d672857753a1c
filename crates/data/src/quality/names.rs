//! What axes are called, and whether those of a folder are called alike.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::robust::most_common;
use super::summary::{Axis, Summary};
use crate::error::shown;

/// The longest name that a message shows, in characters.
const LONGEST: usize = 40;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    found.extend(folder.finding(
        (Severity::Warning, Kind::ClockAxis),
        |r| r.axes.iter().any(|axis| axis.clock),
        |clocks| {
            let axes = axis_names(clocks, |_, axis| axis.clock);
            let looks =
                if axes.starts_with("axis") { "looks like a time" } else { "look like times" };
            format!(
                "{axes} {looks}: the readings grow evenly; say which columns are axes (--columns), \
                 or which is the time (--time-column)"
            )
        },
    ));
    let named = || folder.recordings.iter().filter(|r| !r.told.names.is_empty());
    let Some((shared, _)) = most_common(named().map(alike)) else { return };
    found.extend(folder.finding(
        (Severity::Warning, Kind::NamesDiffer),
        // Where there are more or fewer of them, that is told.
        |r| !r.told.names.is_empty() && r.axes.len() == shared.len() && alike(r) != shared,
        |others| {
            let of = |one: Option<&Summary>| one.map(|r| listed(&r.told.names)).unwrap_or_default();
            let most = named().find(|r| alike(r) == shared);
            format!(
                "the axes are called {} where most recordings have {}; an axis of a model is one \
                 column: bring them into one order, or say which they are (--columns)",
                of(others.first().copied()),
                of(most)
            )
        },
    ));
}

/// The names as they are compared: in small letters.
fn alike(recording: &Summary) -> Vec<String> {
    recording.told.names.iter().map(|name| name.trim().to_lowercase()).collect()
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| shown(name, LONGEST)).collect::<Vec<_>>().join(", ")
}

/// The axes that are `so` in any of the recordings: `axis x` or `axes x, z`.
pub(super) fn axis_names(recordings: &[&Summary], so: impl Fn(usize, &Axis) -> bool) -> String {
    let most = recordings.iter().map(|r| r.axes.len()).max().unwrap_or(0);
    let is_so = |r: &Summary, at: usize| r.axes.get(at).is_some_and(|axis| so(at, axis));
    let name = |at: usize| {
        let those: Vec<&Summary> = recordings.iter().copied().filter(|r| is_so(r, at)).collect();
        (!those.is_empty()).then(|| axis_name(&those, at))
    };
    let names: Vec<String> = (0..most).filter_map(name).collect();
    format!("{} {}", if names.len() == 1 { "axis" } else { "axes" }, names.join(", "))
}

/// What the first of the recordings calls an axis; else `x`, `y`, `z`, then numbers counted from 1.
pub(super) fn axis_name(recordings: &[&Summary], axis: usize) -> String {
    let name = recordings.first().and_then(|r| r.told.names.get(axis));
    match (name.map(|name| shown(name, LONGEST)).filter(|name| !name.is_empty()), axis) {
        (Some(name), _) => name,
        (None, 0) => "x".to_owned(),
        (None, 1) => "y".to_owned(),
        (None, 2) => "z".to_owned(),
        (None, _) => (axis + 1).to_string(),
    }
}
