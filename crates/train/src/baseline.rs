//! The normal recordings a model is fitted to, once they agree on axes, rate and window.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use judder_data::{DataError, Located, load};
use judder_model::{Misfit, RATE_TOLERANCE};

use crate::error::TrainError;

/// The sample rate of a baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rates {
    /// It was given.
    Given(f64),
    /// The median of what is written beside the recordings, or in their time columns.
    Measured(f64),
    /// Nothing tells it.
    Unknown,
}

/// The window of a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// It was given.
    Given(usize),
    /// The length that the recordings share.
    Shared(usize),
    /// One second, as there are too few recordings of their whole length.
    Second(usize),
}

impl Lengths {
    /// Readings in a window.
    pub fn window(self) -> usize {
        match self {
            Self::Given(window) | Self::Shared(window) | Self::Second(window) => window,
        }
    }
}

/// Recordings that can be used, in the order of the paths given and then of their own paths.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// The recordings.
    pub recordings: Vec<Located>,
    /// For each path given: how many of the recordings are from there.
    pub given: Vec<(PathBuf, usize)>,
    /// Why the others are left out, each reason naming its file.
    pub left_out: Vec<String>,
}

impl Baseline {
    /// Reads all recordings at the paths, none twice, whichever of them leads to it. The last share
    /// `hold_out` of each folder, in time, is left alone.
    ///
    /// # Errors
    /// [`TrainError::Data`] where a path cannot be read; [`TrainError::Unusable`] where recordings
    /// cannot, unless `skip_bad`.
    pub fn read(paths: &[PathBuf], hold_out: f64, skip_bad: bool) -> Result<Self, TrainError> {
        let mut all = Self { recordings: Vec::new(), given: Vec::new(), left_out: Vec::new() };
        let (mut errors, mut total): (Vec<DataError>, usize) = (Vec::new(), 0);
        let mut held_out = hold_out == 0.0;
        let mut seen = HashSet::new();
        for path in paths {
            let (mut recordings, bad) = load(path)?;
            let found = recordings.len();
            recordings.retain(|one| seen.insert(place(&one.path)));
            if recordings.is_empty() && found > 0 {
                continue;
            }
            total += recordings.len() + bad.len();
            errors.extend(bad);
            let read = recordings.len();
            let kept = first_share(recordings, 1.0 - hold_out);
            held_out |= kept.len() < read;
            all.given.push((path.clone(), kept.len()));
            all.recordings.extend(kept);
        }
        if !errors.is_empty() && !skip_bad {
            // One bad file is the usual case, and wants one line.
            if errors.len() == 1 {
                return Err(errors.swap_remove(0).into());
            }
            let reasons = errors.iter().map(ToString::to_string).collect();
            return Err(TrainError::Unusable { reasons, of: total });
        }
        if !held_out {
            return Err(TrainError::Option(format!(
                "to hold out {hold_out} (--hold-out) keeps nothing for judging: only whole \
                 recordings are held out, and the folders have too few"
            )));
        }
        all.left_out.extend(errors.iter().map(ToString::to_string));
        match (all.recordings.is_empty(), errors.into_iter().next()) {
            (true, Some(first)) => Err(first.into()),
            _ => Ok(all),
        }
    }

    /// Leaves out the recordings with these indices, in ascending order, for these reasons.
    pub(crate) fn leave_out(&mut self, bad: impl Iterator<Item = usize>, reasons: Vec<String>) {
        let mut keep = vec![true; self.recordings.len()];
        bad.for_each(|index| keep[index] = false);
        let mut from = 0;
        for (_, count) in &mut self.given {
            let all = *count;
            *count = keep[from..from + all].iter().filter(|&&kept| kept).count();
            from += all;
        }
        let mut kept = keep.into_iter();
        self.recordings.retain(|_| kept.next().unwrap_or(true));
        self.left_out.extend(reasons);
    }

    /// The number of axes that all recordings have; those with another than most are left out
    /// first, where that is wanted.
    pub(crate) fn agree_on_axes(&mut self, skip_bad: bool) -> Result<usize, TrainError> {
        if skip_bad { Ok(self.keep_common_axes()) } else { self.axes() }
    }

    /// Holds the recordings to a number of axes, those with another than most being left out first
    /// where that is wanted.
    pub(crate) fn agree_on(&mut self, expected: usize, skip_bad: bool) -> Result<(), TrainError> {
        let found = self.agree_on_axes(skip_bad)?;
        match self.recordings.first() {
            Some(first) if found != expected => {
                let (path, misfit) = (first.path.clone(), Misfit::Axes { found, expected });
                Err(TrainError::Misfit { path, misfit })
            }
            _ => Ok(()),
        }
    }

    /// Leaves out recordings with another number of axes than most have, and returns that number;
    /// of two that are equally common the smaller.
    fn keep_common_axes(&mut self) -> usize {
        let axes = |one: &Located| one.recording.axes();
        let having = |n: usize| self.recordings.iter().filter(|one| axes(one) == n).count();
        let common = (1..=judder_data::MAX_AXES).rev().max_by_key(|&n| having(n)).unwrap_or(0);
        let others: Vec<usize> =
            (0..self.recordings.len()).filter(|&at| axes(&self.recordings[at]) != common).collect();
        let reason = |&at: &usize| {
            let one = &self.recordings[at];
            format!("{}: has {} axes, but most have {common}", one.path.display(), axes(one))
        };
        let reasons = others.iter().map(reason).collect();
        self.leave_out(others.into_iter(), reasons);
        common
    }

    /// The number of axes that all recordings have.
    ///
    /// # Errors
    /// [`TrainError::Differs`] that names the first recording that differs.
    pub fn axes(&self) -> Result<usize, TrainError> {
        let axes = self.recordings.first().map_or(0, |first| first.recording.axes());
        match self.recordings.iter().find(|one| one.recording.axes() != axes) {
            None => Ok(axes),
            Some(other) => Err(TrainError::Differs {
                path: other.path.clone(),
                what: format!(
                    "has {} axes, but {} has {axes}; train on recordings of one kind",
                    other.recording.axes(),
                    self.recordings[0].path.display()
                ),
            }),
        }
    }

    /// The sample rate of the recordings.
    ///
    /// # Errors
    /// [`TrainError::Differs`] that names the first recording whose rate is another.
    pub fn rate(&self, given: Option<f64>) -> Result<Rates, TrainError> {
        let mut known: Vec<f64> =
            self.recordings.iter().filter_map(|one| one.recording.rate_hz()).collect();
        known.sort_by(f64::total_cmp);
        let rates = match (given, known.get(known.len() / 2)) {
            (Some(given), _) => Rates::Given(given),
            (None, Some(&median)) => Rates::Measured(median),
            (None, None) => return Ok(Rates::Unknown),
        };
        let (Rates::Given(rate) | Rates::Measured(rate)) = rates else { return Ok(rates) };
        let differs = |found: f64| (found - rate).abs() > RATE_TOLERANCE * rate;
        let other = self.recordings.iter().find_map(|one| {
            one.recording.rate_hz().filter(|&found| differs(found)).map(|found| (one, found))
        });
        match other {
            None => Ok(rates),
            Some((other, found)) => Err(TrainError::Differs {
                path: other.path.clone(),
                what: match rates {
                    Rates::Given(_) => {
                        format!("was sampled at {found} Hz, not at {rate} Hz as given")
                    }
                    _ => format!(
                        "was sampled at {found} Hz, but the others at {rate} Hz; \
                         train on recordings of one rate"
                    ),
                },
            }),
        }
    }

    /// The window: as given, or else the length that the recordings share. `needed` is how many
    /// windows there must be, and `rate_hz` serves where whole recordings are fewer.
    pub fn window(&self, given: Option<usize>, needed: usize, rate_hz: f64) -> Lengths {
        if let Some(window) = given {
            return Lengths::Given(window);
        }
        let mut lengths: Vec<usize> =
            self.recordings.iter().map(|one| one.recording.len()).collect();
        lengths.sort_unstable();
        // A few short recordings do not shorten the window of all others.
        let shared = lengths.get(lengths.len() / 20).copied().unwrap_or(0);
        let second = (rate_hz.round() as usize).max(judder_core::MIN_LENGTH);
        if lengths.len() < needed && shared >= 2 * second {
            return Lengths::Second(second);
        }
        Lengths::Shared(shared)
    }
}

/// Where a recording lies, whichever way its path leads there; an array of a file by its own name.
fn place(path: &Path) -> PathBuf {
    let inside = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(inside).unwrap_or_else(|| path.to_owned())
}

/// The first share, in time, of every folder's recordings.
fn first_share(recordings: Vec<Located>, share: f64) -> Vec<Located> {
    if share >= 1.0 {
        return recordings;
    }
    let paths: Vec<&Path> = recordings.iter().map(|one| one.path.as_path()).collect();
    let kept: Vec<bool> = judder_data::split::folders(&paths)
        .into_iter()
        .flat_map(|(_, run)| {
            let keep = (run.len() as f64 * share).round() as usize;
            run.clone().map(move |at| at - run.start < keep)
        })
        .collect();
    recordings.into_iter().zip(kept).filter_map(|(one, keep)| keep.then_some(one)).collect()
}
