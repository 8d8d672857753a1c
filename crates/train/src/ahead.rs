//! Measuring windows while recordings are read for the first time, by what some of them say of all.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use judder_core::{FeatureSet, GravityAxes};
use judder_data::{Piece, Source};
use judder_model::{Binding, Precision, starts};

use crate::baseline::Baseline;
use crate::measured::{Measuring, Part};
use crate::options::Options;
use crate::prepare::Agreed;
use crate::reread::{Manner, Met};
use crate::thinned::{MOST_WINDOWS, kept};

/// Recordings of each path that are looked at first, from first to last.
const LOOKED_AT: usize = 16;

/// What is taken for granted of all recordings, and what was measured by it.
#[derive(Debug)]
pub(crate) struct Ahead {
    binding: Binding,
    features: FeatureSet,
    precision: Precision,
    manner: Manner,
    /// Windows of a recording.
    windows: usize,
    /// The sources that are learnt from, where they are so many that some stand for all.
    some: Option<HashSet<PathBuf>>,
    /// For each recording, by its source and its number in that, what was measured.
    parts: Mutex<Vec<((usize, usize), Part)>>,
}

impl Ahead {
    /// By some recordings of each path; `None` where these do not agree.
    pub(crate) fn guess(paths: &[Vec<Source>], options: &Options) -> Option<Self> {
        let mut baseline = Baseline::of(Vec::new(), Vec::new());
        let mut met = Met::default();
        for sources in paths {
            let every = sources.len().div_ceil(LOOKED_AT).max(1);
            let some = sources.iter().step_by(every).cloned().collect();
            let (recordings, errors) = met.read(some, None, &|| ());
            if !errors.is_empty() {
                return None;
            }
            baseline.recordings.extend(recordings);
        }
        let length = baseline.recordings.first()?.len();
        let all = paths.iter().map(Vec::len).sum();
        let binding = Agreed::on(&mut baseline, options, all).ok()?.binding;
        let windows = starts(length, binding.window, binding.hop).count();
        Some(Self {
            binding,
            windows,
            features: options.features,
            precision: options.precision,
            manner: baseline.manner,
            some: some_of(paths, windows),
            parts: Mutex::default(),
        })
    }

    /// The same of other recordings, all of them.
    pub(crate) fn again(&self, paths: &[Vec<Source>]) -> Self {
        let Self { binding, features, precision, manner, windows, .. } = *self;
        let (some, parts) = (some_of(paths, windows), Mutex::default());
        Self { binding, features, precision, manner, windows, some, parts }
    }

    /// What is measured of a recording that is one piece, if it is one of those that are learnt from.
    pub(crate) fn part(&self, piece: &Piece) -> Option<Part> {
        let wanted = |some: &HashSet<PathBuf>| some.contains(&piece.path);
        if !(piece.start == 0 && piece.last && self.some.as_ref().is_none_or(wanted)) {
            return None;
        }
        let piece = self.manner.piece(piece);
        let fits = piece.recording.axes() == self.binding.axes;
        fits.then(|| self.measuring().part(&piece))
    }

    fn measuring(&self) -> Measuring<'_> {
        let Self { binding, features, precision, .. } = self;
        let (binding, precision) = (*binding, *precision);
        let gravity = Some(GravityAxes::All);
        Measuring { binding, features, precision, gravity, look: true }
    }

    /// Keeps what was measured of a recording.
    pub(crate) fn keep(&self, file: (usize, usize), part: Part) {
        if let Ok(mut parts) = self.parts.lock() {
            parts.push((file, part));
        }
    }

    /// What was measured of all these recordings, in their order, if that is what is wanted of them; it is given once.
    pub(crate) fn of(
        &self,
        baseline: &Baseline,
        some: &[usize],
        wanted: Measuring<'_>,
    ) -> Option<Vec<Part>> {
        let own = self.measuring();
        let same = |one: Binding| (one.axes, one.window, one.hop);
        let is_it = same(own.binding) == same(wanted.binding)
            && (own.features, own.precision) == (wanted.features, wanted.precision)
            && wanted.look
            && self.manner == baseline.manner;
        if !is_it || wanted.gravity.is_some_and(|gravity| gravity != GravityAxes::All) {
            return None;
        }
        let mut parts = std::mem::take(&mut *self.parts.lock().ok()?).into_iter().peekable();
        let mut all = Vec::with_capacity(some.len());
        for &at in some {
            let file = baseline.recordings[at].read_as;
            while parts.next_if(|(other, _)| *other < file).is_some() {}
            all.push(parts.next_if(|(other, _)| *other == file)?.1);
        }
        Some(all)
    }
}

/// Which sources are learnt from, each of so many windows, where they are so many that some stand for all.
fn some_of(paths: &[Vec<Source>], windows: usize) -> Option<HashSet<PathBuf>> {
    let sources: Vec<&Path> = paths.iter().flatten().map(Source::path).collect();
    kept(&sources, &vec![windows; sources.len()], MOST_WINDOWS).map(|kept| {
        let kept = sources.iter().zip(kept).filter(|(_, kept)| *kept);
        kept.map(|(path, _)| path.to_path_buf()).collect()
    })
}
