//! The normal recordings a model is fitted to, once they agree on axes, rate and window.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use judder_data::{DataError, Located, Progress, ReadOptions, Source, sources};
use judder_model::{Misfit, RATE_TOLERANCE};
use sha2::{Digest, Sha256};

use crate::ahead::Ahead;
use crate::error::TrainError;
use crate::known::Known;
use crate::reread::{Manner, Met};

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
///
/// Of many the readings stay on the disk, and are read again when they are wanted.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The recordings.
    pub recordings: Vec<Known>,
    /// For each path given: how many of the recordings are from there.
    pub given: Vec<(PathBuf, usize)>,
    /// Why the others are left out, each reason naming its file.
    pub left_out: Vec<String>,
    /// Where readings come from that are not in memory.
    pub(crate) sources: Arc<Vec<Source>>,
    /// How readings are brought into the unit of all.
    pub(crate) manner: Manner,
    /// What was measured while they were read.
    pub(crate) ahead: Option<Arc<Ahead>>,
}

impl Baseline {
    /// Recordings that are in memory, from the paths given.
    pub fn of(recordings: Vec<Located>, given: Vec<(PathBuf, usize)>) -> Self {
        let recordings = recordings.into_iter().map(Known::from).collect();
        Self { recordings, given, left_out: Vec::new(), ..Self::none() }
    }

    fn none() -> Self {
        Self {
            recordings: Vec::new(),
            given: Vec::new(),
            left_out: Vec::new(),
            sources: Arc::default(),
            manner: Manner::default(),
            ahead: None,
        }
    }

    /// Reads all recordings at the paths, none twice, whichever of them leads to it. The last share
    /// `hold_out` of each folder, in time, is left alone.
    ///
    /// # Errors
    /// [`TrainError::Data`] where a path cannot be read; [`TrainError::Unusable`] where recordings
    /// cannot, unless `skip_bad`.
    pub fn read(paths: &[PathBuf], hold_out: f64, skip_bad: bool) -> Result<Self, TrainError> {
        Self::read_with(paths, &Arc::default(), hold_out, skip_bad, &|| ())
    }

    /// The same, of files that are to be read so, saying how many are.
    ///
    /// # Errors
    /// Those of [`Baseline::read`].
    pub fn read_with(
        paths: &[PathBuf],
        files: &Arc<ReadOptions>,
        hold_out: f64,
        skip_bad: bool,
        done: &dyn Progress,
    ) -> Result<Self, TrainError> {
        Self::read_ahead((paths, files), hold_out, skip_bad, |_| None, done)
    }

    /// The same, while windows are measured ahead by what some recordings say of all.
    pub(crate) fn read_ahead(
        (paths, files): (&[PathBuf], &Arc<ReadOptions>),
        hold_out: f64,
        skip_bad: bool,
        guess: impl FnOnce(&[Vec<Source>]) -> Option<Ahead>,
        done: &dyn Progress,
    ) -> Result<Self, TrainError> {
        let mut all = Self::none();
        let of_path = |path: &PathBuf| -> Result<Vec<Source>, DataError> {
            Ok(sources(path)?.into_iter().map(|one| one.with(files)).collect())
        };
        let found = paths.iter().map(of_path).collect::<Result<Vec<_>, _>>()?;
        all.ahead = guess(&found).map(Arc::new);
        done.begin("reading files", found.iter().map(Vec::len).sum());
        let (mut errors, mut total): (Vec<DataError>, usize) = (Vec::new(), 0);
        let mut held_out = hold_out == 0.0;
        let mut places = Places::default();
        let mut met = Met::default();
        for (path, sources) in paths.iter().zip(found) {
            let (mut recordings, bad) = met.read(sources, all.ahead.as_deref(), done);
            let found = recordings.len();
            recordings.retain(|one| places.is_new(&one.path));
            if recordings.is_empty() && found > 0 {
                continue;
            }
            total += recordings.len() + bad.len();
            errors.extend(bad);
            let read = recordings.len();
            let kept = first_share(recordings, 1.0 - hold_out);
            held_out |= kept.len() < read;
            all.given.push((path.clone(), kept.len()));
            match all.recordings.is_empty() {
                true => all.recordings = kept,
                false => all.recordings.extend(kept),
            }
        }
        met.settle(&mut all);
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
        let axes = |one: &Known| one.axes();
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
        let axes = self.recordings.first().map_or(0, |first| first.axes());
        match self.recordings.iter().find(|one| one.axes() != axes) {
            None => Ok(axes),
            Some(other) => Err(TrainError::Differs {
                path: other.path.clone(),
                what: format!(
                    "has {} axes, but {} has {axes}; train on recordings of one kind",
                    other.axes(),
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
        let mut known: Vec<f64> = self.recordings.iter().filter_map(|one| one.rate_hz()).collect();
        known.sort_by(f64::total_cmp);
        let rates = match (given, known.get(known.len() / 2)) {
            (Some(given), _) => Rates::Given(given),
            (None, Some(&median)) => Rates::Measured(median),
            (None, None) => return Ok(Rates::Unknown),
        };
        let (Rates::Given(rate) | Rates::Measured(rate)) = rates else { return Ok(rates) };
        let differs = |found: f64| (found - rate).abs() > RATE_TOLERANCE * rate;
        let other = self.recordings.iter().find_map(|one| {
            one.rate_hz().filter(|&found| differs(found)).map(|found| (one, found))
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

    /// The window: as given, or else the length that the recordings share, of which there are so many in all. `needed` is how
    /// many windows there must be, and `rate_hz` serves where whole recordings are fewer.
    pub(crate) fn window(
        &self,
        given: Option<usize>,
        (all, needed): (usize, usize),
        rate_hz: f64,
    ) -> Lengths {
        if let Some(window) = given {
            return Lengths::Given(window);
        }
        let mut lengths: Vec<usize> = self.recordings.iter().map(|one| one.len()).collect();
        lengths.sort_unstable();
        // A few short recordings do not shorten the window of all others.
        let shared = lengths.get(lengths.len() / 20).copied().unwrap_or(0);
        let second = (rate_hz.round() as usize).max(judder_core::MIN_LENGTH);
        if all < needed && shared >= 2 * second {
            return Lengths::Second(second);
        }
        Lengths::Shared(shared)
    }
}

/// Where recordings lie, whichever way a path leads there; arrays of a file by their own names.
#[derive(Debug, Default)]
struct Places {
    /// What is known of them: a digest of each place.
    known: HashSet<[u8; 16]>,
    /// The last folder, and what it is called without links.
    folder: (PathBuf, PathBuf),
}

impl Places {
    /// Whether a recording lies where none did before.
    fn is_new(&mut self, path: &Path) -> bool {
        let digest = Sha256::digest(self.place(path).as_os_str().as_encoded_bytes());
        let mut short = [0; 16];
        short.iter_mut().zip(digest).for_each(|(slot, byte)| *slot = byte);
        self.known.insert(short)
    }

    fn place(&mut self, path: &Path) -> PathBuf {
        let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
        if is_link && let Ok(place) = path.canonicalize() {
            return place;
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return path.canonicalize().unwrap_or_else(|_| path.to_owned());
        };
        if self.folder.0 != folder || self.folder.1.as_os_str().is_empty() {
            let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let place = here.canonicalize().unwrap_or_else(|_| folder.to_owned());
            self.folder = (folder.to_owned(), place);
        }
        self.folder.1.join(name)
    }
}

/// The first share, in time, of every folder's recordings.
fn first_share(recordings: Vec<Known>, share: f64) -> Vec<Known> {
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
