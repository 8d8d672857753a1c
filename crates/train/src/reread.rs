//! Reading recordings again whose readings are not in memory.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use judder_core::{GravityAxes, Unit};
use judder_data::{
    Cut, DataError, Located, Piece, Problem, Progress, Recording, Source, Step, map_pieces,
};
use rayon::prelude::*;

use crate::ahead::Ahead;
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::known::Known;

/// Readings that are kept in memory, in bytes: more are read again whenever they are wanted.
const KEPT: usize = 32 << 20;

/// Recordings in memory that are mapped at once.
const AT_ONCE: usize = 256;

/// How readings are brought into the unit that all have in common.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Manner {
    /// The unit of those that name none.
    pub(crate) unit: Option<Unit>,
    /// Which axes see gravity, where nothing else tells.
    pub(crate) gravity: Option<GravityAxes>,
    /// The unit that all are brought into.
    pub(crate) to: Option<Unit>,
}

impl Manner {
    pub(crate) fn apply<'r>(&self, recording: &'r Recording) -> Cow<'r, Recording> {
        let from = recording.unit().or(self.unit);
        let is_other = |to: Unit| from.is_some_and(|from| from.per_g() != to.per_g());
        if from == recording.unit() && !self.to.is_some_and(is_other) {
            return Cow::Borrowed(recording);
        }
        let known = recording.clone().or_unit(self.unit);
        let known = self.gravity.into_iter().fold(known, Recording::with_accelerations);
        Cow::Owned(self.to.into_iter().fold(known, Recording::in_unit))
    }

    /// The same piece in the unit of all.
    pub(crate) fn piece<'p>(&self, piece: &'p Piece) -> Cow<'p, Piece> {
        match self.apply(&piece.recording) {
            Cow::Borrowed(_) => Cow::Borrowed(piece),
            Cow::Owned(recording) => {
                let Piece { path, start, fresh, last, .. } = piece;
                let (start, fresh, last) = (*start, *fresh, *last);
                Cow::Owned(Piece { path: path.clone(), recording, start, fresh, last })
            }
        }
    }
}

/// Sources that were read once, and whether all of their readings are still in memory.
#[derive(Debug)]
pub(crate) struct Met {
    sources: Vec<Source>,
    bytes: usize,
    keeps: AtomicBool,
}

impl Default for Met {
    fn default() -> Self {
        Self { sources: Vec::new(), bytes: 0, keeps: AtomicBool::new(true) }
    }
}

impl Met {
    /// The recordings of further sources, and the errors of those that could not be read.
    pub(crate) fn read(
        &mut self,
        sources: Vec<Source>,
        ahead: Option<&Ahead>,
        done: &dyn Progress,
    ) -> (Vec<Known>, Vec<DataError>) {
        let first = self.sources.len();
        let mut recordings = Vec::<Known>::with_capacity(sources.len());
        let mut errors = Vec::new();
        // Where the recordings of the source that is read begin.
        let mut begun = 0;
        let keeps = &self.keeps;
        let look = |piece: &Piece| {
            let known = match piece.start {
                0 if piece.last && keeps.load(Ordering::Relaxed) => {
                    let (path, recording) = (piece.path.clone(), piece.recording.clone());
                    Known::from(Located { path, recording })
                }
                0 => Known::begun(piece),
                _ => Known::of_fresh(piece),
            };
            (piece.start == 0, known, ahead.and_then(|ahead| ahead.part(piece)))
        };
        let bytes = &mut self.bytes;
        map_pieces(&sources, Cut::readings(), look, |step| {
            match step {
                Step::Piece { source, result: (true, mut known, part), .. } => {
                    *bytes += known.len() * known.axes() * size_of::<f64>();
                    if *bytes > KEPT || !known.is_here() {
                        keeps.store(false, Ordering::Relaxed);
                    }
                    let file = (first + source, recordings.len() - begun);
                    known.is_also(file);
                    if let (Some(ahead), Some(part)) = (ahead, part) {
                        ahead.keep(file, part);
                    }
                    recordings.push(known);
                }
                Step::Piece { result: (false, more, _), .. } => {
                    recordings.last_mut().into_iter().for_each(|known| known.go_on(&more));
                }
                Step::End { outcome, .. } => {
                    if let Err(error) = outcome {
                        recordings.truncate(begun);
                        errors.push(error);
                    }
                    begun = recordings.len();
                    done.step();
                }
            }
            if !keeps.load(Ordering::Relaxed) {
                recordings
                    .iter_mut()
                    .rev()
                    .take_while(|known| known.is_here())
                    .for_each(Known::leave);
            }
            ControlFlow::Continue(())
        });
        match self.sources.is_empty() {
            true => self.sources = sources,
            false => self.sources.extend(sources),
        }
        (recordings, errors)
    }

    /// Gives a baseline what it needs to read its recordings again.
    pub(crate) fn settle(self, baseline: &mut Baseline) {
        if !self.keeps.into_inner() {
            baseline.recordings.iter_mut().for_each(Known::leave);
            baseline.sources = Arc::new(self.sources);
        }
    }
}

impl Baseline {
    /// Maps the pieces of some recordings, in the unit of all, on all threads; `take` is given what comes of each, with the index
    /// of its recording and where it begins, in order. `some` are indices in ascending order.
    ///
    /// # Errors
    /// [`TrainError::Data`] where a file cannot be read any more, or has changed.
    pub(crate) fn pass<R: Send>(
        &self,
        cut: Cut,
        some: &[usize],
        map: impl Fn(&Piece) -> R + Sync,
        mut take: impl FnMut(usize, R),
    ) -> Result<(), TrainError> {
        let here = |&at: &usize| Some((at, self.recordings[at].readings.as_deref()?));
        let kept: Option<Vec<(usize, &Recording)>> = some.iter().map(here).collect();
        let Some(kept) = kept else { return self.pass_files(cut, some, map, take) };
        for chunk in kept.chunks(AT_ONCE) {
            let of = |(at, recording): &(usize, &Recording)| {
                let recording = self.manner.apply(recording).into_owned();
                let path = self.recordings[*at].path.clone();
                map(&Piece { path, recording, start: 0, fresh: 0, last: true })
            };
            let all: Vec<R> = chunk.par_iter().map(of).collect();
            chunk.iter().zip(all).for_each(|((at, _), result)| take(*at, result));
        }
        Ok(())
    }

    fn pass_files<R: Send>(
        &self,
        cut: Cut,
        some: &[usize],
        map: impl Fn(&Piece) -> R + Sync,
        mut take: impl FnMut(usize, R),
    ) -> Result<(), TrainError> {
        let file = |&at: &usize| {
            let (source, within) = self.recordings[at].file;
            (source, within, at)
        };
        let wanted: Vec<(usize, usize, usize)> = some.iter().map(file).collect();
        let mut numbers: Vec<usize> = wanted.iter().map(|(source, ..)| *source).collect();
        numbers.dedup();
        let sources: Vec<Source> = numbers.iter().map(|&at| self.sources[at].clone()).collect();
        let (mut next, mut within, mut error) = (0, 0, None);
        let mut current: Option<(usize, usize)> = None;
        let look = |piece: &Piece| {
            let (end, first) = (piece.start + piece.recording.len(), piece.start == 0);
            (first, end, map(&self.manner.piece(piece)))
        };
        map_pieces(&sources, cut, look, |step| {
            match step {
                Step::Piece { source, result: (first, end, result), .. } => {
                    if first {
                        let is_it = wanted
                            .get(next)
                            .filter(|one| (one.0, one.1) == (numbers[source], within));
                        current = is_it.map(|one| (one.2, 0));
                        next += usize::from(current.is_some());
                        within += 1;
                    }
                    if let Some((at, found)) = &mut current {
                        *found = end;
                        take(*at, result);
                    }
                }
                Step::End { source, outcome } => {
                    let changed = current
                        .take()
                        .is_some_and(|(at, found)| found != self.recordings[at].len())
                        || wanted.get(next).is_some_and(|one| one.0 == numbers[source]);
                    within = 0;
                    let path = sources[source].path();
                    let outcome = match changed {
                        true => outcome.and(Err(DataError::new(path, Problem::Changed))),
                        false => outcome,
                    };
                    if let Err(wrong) = outcome {
                        error = Some(wrong);
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        });
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Forgets the files of which no recording is left.
    pub(crate) fn forget_sources(&mut self) {
        let mut kept = Vec::new();
        let mut last = None;
        for one in self.recordings.iter_mut().filter(|one| one.readings.is_none()) {
            if last.replace(one.file.0) != Some(one.file.0) {
                kept.extend(self.sources.get(one.file.0).cloned());
            }
            one.file.0 = kept.len() - 1;
        }
        self.sources = Arc::new(kept);
    }

    /// The indices of all recordings.
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.recordings.len()).collect()
    }

    /// All recordings with their readings, in the unit of all: all of it in memory.
    ///
    /// # Errors
    /// [`TrainError::Data`] where a file cannot be read any more, or has changed.
    pub fn readings(&self) -> Result<Vec<Located>, TrainError> {
        self.located(&self.all())
    }

    /// Some recordings with all of their readings, in the unit of all.
    ///
    /// # Errors
    /// Those of [`Baseline::pass`].
    pub(crate) fn located(&self, some: &[usize]) -> Result<Vec<Located>, TrainError> {
        let mut all = Vec::with_capacity(some.len());
        let whole = |piece: &Piece| Located {
            path: piece.path.clone(),
            recording: piece.recording.clone(),
        };
        self.pass(Cut::whole(), some, whole, |_, located| all.push(located))?;
        Ok(all)
    }
}
