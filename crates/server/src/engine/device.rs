//! A device: what came from it last, and what is thought of it.

use std::borrow::Cow;
use std::sync::Arc;

use judder_core::Verdict;
use judder_data::{Recording, Starts};
use judder_history::{NewWindow, Verdict as Found};
use judder_model::{Explainer, Outcome, Scored};

use super::arrived::{Arrived, Judged};
use super::condition::{Conditions, Kind};
use super::pace::Pace;
use super::ring::Ring;
use super::watches::Watches;
use crate::clock::Millis;
use crate::shelf::Loaded;

/// Scores that a card shows.
const SPARK: usize = 60;

/// While an anomaly lasts, its reasons are looked for so often, in milliseconds.
const EXPLAINED_FOR: Millis = 2_000;

/// A device.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) name: Arc<str>,
    pub(super) first_seen: Millis,
    pub(super) last_seen: Millis,
    pub(super) recordings: u64,
    /// Whether it is waited for: not one that an earlier run saw for the last time long ago.
    pub(super) is_expected: bool,
    /// When it sent something last, kept or not.
    pub(super) heard: Millis,
    /// The same, or the start of this run.
    pub(super) waited_for_since: Millis,
    pub(super) pace: Pace,
    pub(super) conditions: Conditions,
    pub(super) last: Option<Last>,
    pub(super) spark: Ring<Option<f32>, SPARK>,
    pub(super) reasons: Vec<String>,
    /// The revision of the engine that changed it last.
    pub(super) revision: u64,
    /// Those that were seen, once they are asked for.
    pub(super) starts: Option<Starts>,
    watches: Watches,
    explained: Millis,
}

/// The last recording of a device, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Last {
    pub(super) recording: Arc<Recording>,
    pub(super) by: Option<Arc<Loaded>>,
    pub(super) outcome: Option<Outcome>,
    /// Why it could not be judged.
    pub(super) misfit: Option<String>,
}

/// Why there is a conflict, and what to do.
const CONFLICT: &str = "two boards send under this name, or a restart made one count anew: all is kept and judged, \
                        each start by itself; give every board a name of its own, and a start number where it may \
                        count anew";

/// What a recording says of a condition.
#[derive(Debug)]
pub(super) struct Says {
    pub(super) kind: Kind,
    pub(super) holds: bool,
    pub(super) words: Cow<'static, str>,
}

impl Device {
    /// A device of which nothing came yet.
    pub(super) fn new(name: &str, at: Millis) -> Self {
        Self {
            name: name.into(),
            first_seen: at,
            last_seen: at,
            recordings: 0,
            is_expected: true,
            heard: at,
            waited_for_since: at,
            pace: Pace::default(),
            conditions: Conditions::default(),
            last: None,
            spark: Ring::default(),
            reasons: Vec::new(),
            revision: 0,
            starts: None,
            watches: Watches::default(),
            explained: 0,
        }
    }

    /// Something came from it.
    pub(super) fn hear(&mut self, at: Millis) {
        (self.heard, self.waited_for_since, self.is_expected) = (at, at, true);
    }

    /// Takes a recording that is kept under a start: what its windows are, and what it says of each condition.
    pub(super) fn take(
        &mut self,
        arrived: &Arrived,
        start: Option<u64>,
    ) -> (Vec<NewWindow>, Vec<Says>) {
        self.pace.take(self.last_seen, arrived.at, self.recordings > 0);
        (self.last_seen, self.recordings) = (arrived.at, self.recordings + 1);
        self.hear(arrived.at);
        let mut says = Vec::with_capacity(Kind::ALL.len());
        says.push(Says::not(Kind::Silent));
        let (mut is_new, mut conflict) = (false, false);
        let posted = &arrived.posted;
        if let (Some(starts), Some(sequence), Some(_)) =
            (&mut self.starts, posted.sequence, &posted.device)
        {
            is_new = !starts.has(start);
            conflict = starts.take(start, sequence);
        }
        says.push(Says { kind: Kind::Conflict, holds: conflict, words: CONFLICT.into() });
        let misfit = arrived.misfit();
        for kind in [Kind::Rate, Kind::Stuck, Kind::Unfit, Kind::Unit] {
            let words = misfit.as_ref().filter(|(found, _)| *found == kind);
            says.push(Says {
                kind,
                holds: words.is_some(),
                words: words.map(|(_, words)| words.clone()).unwrap_or_default().into(),
            });
        }
        let recording = &arrived.posted.recording;
        let (mut windows, mut outcome) = (Vec::new(), None);
        match &arrived.judged {
            Some(judged @ Judged { scored: Ok(scored), .. }) => {
                let from = (start, is_new);
                outcome = self.follow(from, judged, scored, arrived.at, &mut windows, &mut says);
            }
            Some(Judged { scored: Err(_), .. }) => {
                windows.push(NewWindow {
                    start: 0,
                    score: None,
                    decision: None,
                    verdict: Found::Unfit,
                });
                self.shown(None);
            }
            // Without a model nothing is an anomaly, not even what was one.
            None => {
                self.watches.clear();
                self.reasons.clear();
                says.extend([Kind::Anomaly, Kind::Drift, Kind::Remounted].map(Says::not));
            }
        }
        self.last = Some(Last {
            recording: Arc::clone(recording),
            by: arrived.judged.as_ref().map(|judged| Arc::clone(&judged.by)),
            outcome,
            misfit: misfit.map(|(_, words)| words),
        });
        (windows, says)
    }

    /// Watches the windows of a recording, of a start that may be new. The last outcome.
    fn follow(
        &mut self,
        (start, is_new): (Option<u64>, bool),
        Judged { by, recording, .. }: &Judged,
        scored: &[Scored],
        at: Millis,
        windows: &mut Vec<NewWindow>,
        says: &mut Vec<Says>,
    ) -> Option<Outcome> {
        let mut watch = self.watches.take(start, is_new, by)?;
        let mut last = None;
        let mut strange = None;
        for window in scored {
            let Ok(outcome) = watch.watcher.next(window) else { continue };
            let judged = matches!(outcome.verdict, Verdict::Normal | Verdict::Anomaly);
            watch.alarm ^= outcome.alarm_changed;
            watch.judged += usize::from(judged);
            windows.push(NewWindow {
                start: window.start as u32,
                score: Some(window.score),
                decision: judged.then_some(outcome.score),
                verdict: found(outcome.verdict),
            });
            if window.verdict == Verdict::Anomaly {
                strange = Some(window.start);
            }
            self.shown(judged.then_some(outcome.score).zip(by.threshold()));
            last = Some(outcome);
        }
        if let Some(outcome) = &last {
            watch.drifting = outcome.drifting;
            watch.remounted = outcome.verdict == Verdict::Remounted;
        }
        // What is so of one board is so of the device.
        let alarm = watch.alarm || self.watches.any(|other| other.alarm);
        if !alarm {
            self.reasons.clear();
            self.explained = 0;
        } else if watch.alarm
            && let Some(start) = strange
            && at - self.explained >= EXPLAINED_FOR
        {
            let reasons = Explainer::new(&by.model).explain(recording.values(), start);
            // A window that has a score has features too.
            self.reasons = reasons.unwrap_or_default().iter().map(ToString::to_string).collect();
            self.explained = at;
        }
        if let Some(outcome) = &last {
            // After a start, an alert of an earlier run stays until the watch has seen enough.
            let knows = watch.judged >= by.memory() || outcome.verdict != Verdict::Normal;
            if alarm || (knows && outcome.verdict != Verdict::Handled) {
                says.push(Says {
                    kind: Kind::Anomaly,
                    holds: alarm,
                    words: self.reasons.join("; ").into(),
                });
                let words = "scores are too high in the long run".into();
                let holds = outcome.drifting || self.watches.any(|other| other.drifting);
                says.push(Says { kind: Kind::Drift, holds, words });
            }
            if outcome.verdict != Verdict::Handled {
                let words = "gravity points elsewhere than at the baseline: mount the sensor as it was, or \
                             train a new baseline"
                    .into();
                let holds = watch.remounted || self.watches.any(|other| other.remounted);
                says.push(Says { kind: Kind::Remounted, holds, words });
            }
        }
        self.watches.put(start, watch);
        last
    }

    fn shown(&mut self, score: Option<(f64, f64)>) {
        self.spark.push(score.map(|(score, threshold)| (score / threshold) as f32));
    }
}

impl Says {
    /// That a condition does not hold.
    pub(super) fn not(kind: Kind) -> Self {
        Self { kind, holds: false, words: Cow::Borrowed("") }
    }
}

/// The history's word for a verdict.
fn found(verdict: Verdict) -> Found {
    match verdict {
        Verdict::Normal => Found::Normal,
        Verdict::Anomaly => Found::Anomaly,
        Verdict::Idle => Found::Idle,
        Verdict::Handled => Found::Handled,
        Verdict::Remounted => Found::Remounted,
    }
}
