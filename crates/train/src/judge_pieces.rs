//! Judging recordings of any length as they are read.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use judder_core::{Unit, Verdict};
use judder_data::{Cut, DataError, Piece, Source, Step, map_pieces};
use judder_model::{Explainer, Misfit, Model, Reason, Scale, Scored, Scorer};

use crate::unit::{in_unit_of, misnamed};

/// The most windows that are held back while most of them are in another unit: then it is one.
const MOST_HELD: usize = 1 << 14;

/// What comes of recordings, in their order.
#[derive(Debug)]
pub enum Judging {
    /// The next windows of a recording.
    Windows {
        /// The recording.
        path: PathBuf,
        /// Some windows of it, that follow those before.
        windows: Vec<Scored>,
        /// When they are.
        begins: Begins,
        /// Of each that may be an anomaly the reasons, where they are asked for: where an alarm depends on one window alone,
        /// of those above the threshold, else of all.
        reasons: Vec<Vec<Reason>>,
    },
    /// A recording that the model is not for, or its rest.
    Misfit {
        /// The recording.
        path: PathBuf,
        /// Why it is not judged, or not further.
        misfit: Misfit,
    },
    /// A file that cannot be read, or its rest.
    Unreadable(DataError),
    /// So much of a source is read.
    Read {
        /// Its number.
        source: usize,
        /// The bytes of it; none where all of it is.
        bytes: Option<u64>,
    },
}

/// When a recording begins, and how quickly its readings follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Begins {
    /// The seconds from the first reading of its file.
    pub start_s: f64,
    /// When its first reading was taken, where that is known.
    pub taken: Option<SystemTime>,
    /// Its sample rate in Hz, or the model's.
    pub rate_hz: f64,
}

impl Begins {
    /// The seconds from the first reading of the file to this one of the recording.
    pub fn seconds(&self, reading: usize) -> f64 {
        self.start_s + reading as f64 / self.rate_hz
    }

    /// When this reading of the recording was taken.
    pub fn time(&self, reading: usize) -> Option<SystemTime> {
        let since = Duration::try_from_secs_f64(reading as f64 / self.rate_hz).ok()?;
        self.taken?.checked_add(since)
    }
}

/// Scores every recording of the sources on all threads, a piece at a time: what is in memory does not grow with
/// their length. `take` gets what comes of them in order, on this thread.
///
/// What is wrong with a recording as a whole, as its axes, is told before its windows. A line that is wrong, or a
/// window that has no score, is told where it comes, and ends the recording. Whether readings are in another unit
/// goes by most of the windows so far: windows are held back as long as most say so, up to 16 384 of them.
///
/// `rate_hz` is the sample rate of recordings that tell none. With `why` the windows are explained, too.
pub fn judge_pieces(
    model: &Model,
    sources: &[Source],
    rate_hz: Option<f64>,
    why: bool,
    mut take: impl FnMut(Judging) -> ControlFlow<()>,
) {
    let judge = Judge {
        model,
        scorer: Scorer::new(model).of_any_gravity(),
        scale: model.scale(),
        explainer: why.then(|| Explainer::new(model)),
        by_window: model.watching().is_by_window(),
        rate_hz,
    };
    let binding = model.binding();
    let mut ongoing = Ongoing::default();
    map_pieces(
        sources,
        Cut::new(binding.window, binding.hop),
        |piece| judge.piece(piece),
        |step| match step {
            Step::Piece { source, read, result } => {
                ongoing.take(result, &judge.scale, &mut take)?;
                if read > 0 {
                    take(Judging::Read { source, bytes: Some(read) })?;
                }
                ControlFlow::Continue(())
            }
            Step::End { source, outcome } => {
                if let Err(error) = outcome {
                    // What was held back is of a recording that did not come to its end.
                    ongoing = Ongoing::default();
                    take(Judging::Unreadable(error))?;
                }
                take(Judging::Read { source, bytes: None })
            }
        },
    );
}

struct Judge<'m> {
    model: &'m Model,
    scorer: Scorer,
    scale: Scale,
    explainer: Option<Explainer<'m>>,
    by_window: bool,
    rate_hz: Option<f64>,
}

/// What came of a piece.
struct Judged {
    path: PathBuf,
    start: usize,
    last: bool,
    begins: Begins,
    windows: Result<Vec<Scored>, Misfit>,
    reasons: Vec<Vec<Reason>>,
    /// How gravity reads in the windows in which it has another length.
    other: Vec<f64>,
    /// The unit that the readings name.
    unit: Option<Unit>,
    /// Whether all readings are whole numbers, as they are written and in the model's unit.
    whole: [bool; 2],
}

impl Judge<'_> {
    fn piece(&self, piece: &Piece) -> Judged {
        let written = &piece.recording;
        let recording = in_unit_of(self.model, written);
        let rate_hz = recording.rate_hz().or(self.rate_hz);
        let windows = self.scorer.score(recording.values(), recording.axes(), rate_hz);
        let reasons = match &self.explainer {
            None => Vec::new(),
            Some(explainer) => {
                let why = |window: &Scored| {
                    if self.by_window && window.verdict != Verdict::Anomaly {
                        return Vec::new();
                    }
                    // A window that was scored has features; what cannot be explained is still an anomaly.
                    explainer.explain(recording.values(), window.start).unwrap_or_default()
                };
                windows.iter().flatten().map(why).collect()
            }
        };
        let windows = windows.map_err(|misfit| match misfit {
            Misfit::Window { start, error } => Misfit::Window { start: piece.start + start, error },
            misfit => misfit,
        });
        let windows = windows.map(|mut windows| {
            windows.iter_mut().for_each(|one| one.start += piece.start);
            windows
        });
        let postures = windows.iter().flatten().map(|one| &one.posture);
        let other: Vec<f64> = postures.filter_map(|one| self.scale.other(one)).collect();
        Judged {
            path: piece.path.clone(),
            start: piece.start,
            last: piece.last,
            begins: Begins {
                start_s: written.about().map_or(0.0, |about| about.start_s),
                taken: written.taken(),
                rate_hz: rate_hz.unwrap_or(self.model.binding().rate_hz),
            },
            windows,
            reasons,
            other,
            unit: written.unit(),
            whole: [written.is_whole(), recording.is_whole()],
        }
    }
}

/// The recording that is being judged.
#[derive(Default)]
struct Ongoing {
    windows: usize,
    other: Vec<f64>,
    whole: [bool; 2],
    held: Vec<Scored>,
    reasons: Vec<Vec<Reason>>,
    /// Whether it is refused already.
    refused: bool,
}

impl Ongoing {
    fn take(
        &mut self,
        judged: Judged,
        scale: &Scale,
        take: &mut impl FnMut(Judging) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if judged.start == 0 {
            *self = Self { whole: [true; 2], ..Self::default() };
        }
        if self.refused {
            return ControlFlow::Continue(());
        }
        let Judged { path, last, begins, windows, reasons, other, unit, whole, .. } = judged;
        let windows = match windows {
            Ok(windows) => windows,
            Err(misfit) => {
                self.refused = true;
                return take(Judging::Misfit { path, misfit });
            }
        };
        self.windows += windows.len();
        self.other.extend(other);
        self.whole = [self.whole[0] && whole[0], self.whole[1] && whole[1]];
        self.held.extend(windows);
        self.reasons.extend(reasons);
        if 2 * self.other.len() > self.windows {
            if last || self.held.len() > MOST_HELD {
                self.refused = true;
                let misfit = self.other_unit(unit, scale);
                return take(Judging::Misfit { path, misfit });
            }
            return ControlFlow::Continue(());
        }
        let (windows, reasons) =
            (std::mem::take(&mut self.held), std::mem::take(&mut self.reasons));
        take(Judging::Windows { path, windows, begins, reasons })
    }

    /// What most windows tell of another unit.
    fn other_unit(&mut self, named: Option<Unit>, scale: &Scale) -> Misfit {
        self.other.sort_by(f64::total_cmp);
        let found = self.other.get(self.other.len() / 2).copied().unwrap_or_default();
        let expected = scale.gravity.unwrap_or_default();
        let [written_whole, whole] = self.whole;
        match named {
            None => Misfit::Unit { found, expected, looks: Unit::of_gravity(found, whole) },
            Some(named) => misnamed(named, (found, expected), written_whole, scale),
        }
    }
}
