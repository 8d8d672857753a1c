//! The recordings that a page shows, once they agree on axes, rate and window.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use judder_core::Unit;
use judder_data::{Located, MAX_AXES, Progress, Source, map_recordings, sources, split};
use judder_model::{RATE_TOLERANCE, starts};
use judder_train::{DEFAULT_RATE_HZ, looks_like};

use crate::ReportError;
use crate::chart::{MOST_SERIES, Series, short_names};
use crate::number::counted;

use super::ExploreOptions;

/// Where states have fewer recordings than this, each is cut into windows of a second.
const FEW: usize = 10;

/// A state: the recordings of one folder, and its windows.
pub(super) struct State {
    pub(super) series: Series,
    /// Its folder, as it was found.
    pub(super) folder: PathBuf,
    pub(super) recordings: Vec<Located>,
    /// Of each window its recording and its first reading, in time order.
    pub(super) windows: Vec<(usize, usize)>,
}

impl State {
    /// The readings of a window, axis by axis.
    pub(super) fn window(&self, at: usize, length: usize) -> impl ExactSizeIterator<Item = &[f64]> {
        let (recording, start) = self.windows[at];
        let axes = self.recordings[recording].recording.iter_axes();
        axes.map(move |axis| &axis[start..start + length])
    }

    /// What a window is called: its file, and its place in it where that has several.
    pub(super) fn window_name(&self, at: usize) -> String {
        let (recording, start) = self.windows[at];
        let path = &self.recordings[recording].path;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let alone = |one: Option<&(usize, usize)>| one.is_none_or(|other| other.0 != recording);
        let before = at.checked_sub(1).and_then(|before| self.windows.get(before));
        if alone(before) && alone(self.windows.get(at + 1)) {
            name
        } else {
            format!("{name} from reading {start}")
        }
    }
}

/// All that a page shows.
pub(super) struct Gathered {
    pub(super) states: Vec<State>,
    pub(super) axes: usize,
    /// Readings of a window.
    pub(super) window: usize,
    pub(super) rate_hz: f64,
    /// The unit that recordings look like which name none, and are taken for, where that is not g.
    pub(super) looks: Option<Unit>,
    /// Whether anything told the rate.
    pub(super) rate_known: bool,
    /// Whether recordings were cut into several windows, as they are few.
    pub(super) cut: bool,
    /// Why recordings are not shown, each reason naming its file.
    pub(super) left_out: Vec<String>,
}

impl Gathered {
    /// Reads all recordings; those of a folder are a state.
    pub(super) fn read(
        normal: &[PathBuf],
        anomaly: &[PathBuf],
        options: &ExploreOptions,
        done: &dyn Progress,
    ) -> Result<(Self, Vec<Source>), ReportError> {
        let mut left_out = Vec::new();
        let normal_sources = all_sources(normal, options)?;
        let anomaly_sources = all_sources(anomaly, options)?;
        let normals: HashSet<PathBuf> = normal_sources.iter().map(place).collect();
        if let Some(both) = anomaly_sources.iter().find(|one| normals.contains(&place(one))) {
            return Err(ReportError::Both(both.path().to_owned()));
        }
        done.begin("reading files", normal_sources.len() + anomaly_sources.len());
        let mut groups = grouped(&normal_sources, false, done, &mut left_out);
        groups.extend(grouped(&anomaly_sources, true, done, &mut left_out));
        let looks = looks_like(groups.iter().flat_map(|group| &group.recordings));
        for group in &mut groups {
            group.in_g(looks);
        }
        let recordings = || groups.iter().flat_map(|group| &group.recordings);
        let axes = most_common_axes(recordings());
        let rate = options.rate_hz.or_else(|| median_rate(recordings()));
        let rate_hz = rate.unwrap_or(DEFAULT_RATE_HZ);
        for group in &mut groups {
            group.recordings.retain(|one| match misfit(one, axes, rate_hz) {
                None => true,
                Some(why) => {
                    left_out.push(format!("{}: {why}", one.path.display()));
                    false
                }
            });
        }
        groups.retain(|group| !group.recordings.is_empty());
        let (window, cut) = window(&groups, options.window, rate_hz);
        for group in &mut groups {
            group.recordings.retain(|one| {
                let length = one.recording.len();
                if length < window {
                    let path = one.path.display();
                    left_out.push(format!(
                        "{path}: has {}, fewer than a window of {window}",
                        counted(length, "reading")
                    ));
                }
                length >= window
            });
        }
        groups.retain(|group| !group.recordings.is_empty());
        if groups.is_empty() {
            let first = left_out.into_iter().next();
            return Err(ReportError::Nothing(first.unwrap_or_else(|| "there is none".to_owned())));
        }
        if groups.len() > MOST_SERIES {
            return Err(ReportError::TooMany(groups.len()));
        }
        let paths: Vec<String> =
            groups.iter().map(|group| group.folder.display().to_string()).collect();
        let named = short_names(&paths).into_iter().zip(groups.iter().map(|group| group.anomaly));
        let series = Series::all(named);
        let states = groups.into_iter().zip(series).map(|(group, series)| {
            let windows = group.recordings.iter().enumerate().flat_map(|(at, one)| {
                starts(one.recording.len(), window, window).map(move |start| (at, start))
            });
            let windows = windows.collect();
            State { series, folder: group.folder, windows, recordings: group.recordings }
        });
        let states = states.collect();
        let all = normal_sources.into_iter().chain(anomaly_sources).collect();
        let rate_known = rate.is_some();
        Ok((Self { states, axes, window, rate_hz, looks, rate_known, cut, left_out }, all))
    }

    /// What an axis is called.
    pub(super) fn axis_name(&self, axis: usize) -> String {
        let letters = ["x", "y", "z"];
        match letters.get(axis) {
            Some(letter) if self.axes <= letters.len() => (*letter).to_owned(),
            _ => (axis + 1).to_string(),
        }
    }

    /// Its series, in order.
    pub(super) fn series(&self) -> Vec<Series> {
        self.states.iter().map(|state| state.series.clone()).collect()
    }

    /// How many windows there are.
    pub(super) fn windows(&self) -> usize {
        self.states.iter().map(|state| state.windows.len()).sum()
    }

    /// The states of one kind.
    pub(super) fn of(&self, anomaly: bool) -> impl Iterator<Item = &State> {
        self.states.iter().filter(move |state| state.series.anomaly == anomaly)
    }
}

struct Group {
    folder: PathBuf,
    anomaly: bool,
    recordings: Vec<Located>,
}

impl Group {
    /// Brings its recordings to g, those that name no unit from this one.
    fn in_g(&mut self, looks: Option<Unit>) {
        let in_g = |Located { path, recording }| Located {
            path,
            recording: recording.or_unit(looks).in_unit(Unit::G),
        };
        self.recordings = std::mem::take(&mut self.recordings).into_iter().map(in_g).collect();
    }
}

/// The sources at all paths, none twice, however their paths are written.
fn all_sources(paths: &[PathBuf], options: &ExploreOptions) -> Result<Vec<Source>, ReportError> {
    let mut all: Vec<Source> = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        let found = sources(path)?;
        let found = found.into_iter().filter(|one| seen.insert(place(one)));
        all.extend(found.map(|one| one.with(&options.files).or_unit(options.unit)));
    }
    Ok(all)
}

/// Where a source lies, whichever way its path leads there.
fn place(source: &Source) -> PathBuf {
    // Where nobody can tell, reading it says why.
    let place = source.path().canonicalize().unwrap_or_else(|_| source.path().to_owned());
    // Recordings of a file are told apart by their names in it.
    source.within().map_or(place.clone(), |within| place.join(within))
}

fn grouped(
    sources: &[Source],
    anomaly: bool,
    done: &dyn Progress,
    left_out: &mut Vec<String>,
) -> Vec<Group> {
    let mut all = Vec::new();
    for read in map_recordings(sources, Located::clone, || done.step()) {
        match read {
            Ok(recordings) => all.extend(recordings),
            Err(error) => left_out.push(error.to_string()),
        }
    }
    let paths: Vec<&Path> = all.iter().map(|one| one.path.as_path()).collect();
    let folders: Vec<(PathBuf, usize)> = split::folders(&paths)
        .into_iter()
        .map(|(folder, run)| (folder.into(), run.len()))
        .collect();
    let mut rest = all.into_iter();
    let mut groups: Vec<Group> = Vec::new();
    for (folder, count) in folders {
        let recordings = rest.by_ref().take(count);
        match groups.iter_mut().find(|group| group.folder == folder) {
            Some(group) => group.recordings.extend(recordings),
            None => groups.push(Group { folder, anomaly, recordings: recordings.collect() }),
        }
    }
    groups
}

/// The number of axes that most recordings have; of two that are as common the smaller.
fn most_common_axes<'r>(recordings: impl Iterator<Item = &'r Located>) -> usize {
    let mut counts = [0; MAX_AXES + 1];
    recordings.for_each(|one| counts[one.recording.axes()] += 1);
    (1..=MAX_AXES).rev().max_by_key(|&axes| counts[axes]).unwrap_or(1)
}

fn median_rate<'r>(recordings: impl Iterator<Item = &'r Located>) -> Option<f64> {
    let mut rates: Vec<f64> = recordings.filter_map(|one| one.recording.rate_hz()).collect();
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied()
}

/// Why a recording cannot be shown beside the others.
fn misfit(one: &Located, axes: usize, rate_hz: f64) -> Option<String> {
    let (found, rate) = (one.recording.axes(), one.recording.rate_hz());
    if found != axes {
        return Some(format!("has {found} axes, but most have {axes}; look at them by themselves"));
    }
    let differs = |rate: &f64| (rate - rate_hz).abs() > RATE_TOLERANCE * rate_hz;
    rate.filter(differs).map(|rate| {
        format!(
            "was sampled at {rate} Hz, not at {rate_hz} Hz; look at it by itself, or see --rate"
        )
    })
}

/// The window, and whether it is a part of each recording.
fn window(groups: &[Group], given: Option<usize>, rate_hz: f64) -> (usize, bool) {
    if let Some(window) = given {
        return (window, false);
    }
    // A few short recordings do not shorten the window of all others.
    let shared = groups.iter().filter_map(|group| {
        let mut lengths: Vec<usize> =
            group.recordings.iter().map(|one| one.recording.len()).collect();
        lengths.sort_unstable();
        lengths.get(lengths.len() / 20).copied()
    });
    let shared = shared.min().unwrap_or(0).max(judder_core::MIN_LENGTH);
    let second = (rate_hz.round() as usize).max(judder_core::MIN_LENGTH);
    let few = groups.iter().any(|group| group.recordings.len() < FEW);
    if few && shared >= 2 * second { (second, true) } else { (shared, false) }
}
