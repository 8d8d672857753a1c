//! A device: what came from it last, and what is thought of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use judder_core::Verdict;
use judder_data::Starts;
use judder_history::{NewWindow, Verdict as Found};
use judder_model::{Explainer, Outcome, Scored};

use super::arrived::{Arrived, Judged};
use super::condition::{Conditions, Kind};
use super::flapping::Flapping;
use super::last::Held;
use super::pace::Pace;
use super::restored::Restored;
use super::ring::Ring;
use super::unjudged::Unjudged;
use super::watched::{Same, Watched};
use super::watches::Watches;
use crate::clock::{Millis, Moment};
use crate::shelf::Loaded;

/// Scores that a card shows.
pub(super) const SPARK: usize = 60;

/// While an anomaly lasts, its reasons are looked for so often.
const EXPLAINED_FOR: Duration = Duration::from_secs(2);

/// Alerts that say why nothing is judged.
const EXPLAINS: [Kind; 5] = [Kind::Remounted, Kind::Rate, Kind::Stuck, Kind::Unfit, Kind::Unit];

/// A device.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) name: Arc<str>,
    pub(super) first_seen: Millis,
    /// When the last recording that is kept came, in an earlier run,
    pub(super) last_seen: Millis,
    /// or in this one.
    pub(super) kept: Option<Moment>,
    pub(super) recordings: u64,
    /// When it sent something last in this run, kept or not.
    pub(super) heard: Option<Moment>,
    pub(super) pace: Pace,
    pub(super) conditions: Conditions,
    /// The alerts of the last hour, by kind.
    pub(super) flapping: BTreeMap<Kind, Flapping>,
    pub(super) last: Option<Last>,
    pub(super) spark: Ring<Option<f32>, SPARK>,
    pub(super) reasons: Vec<String>,
    /// What an earlier run saw last, until something comes.
    pub(super) restored: Option<Restored>,
    pub(super) unjudged: Unjudged,
    /// Windows above the threshold that a gate kept from being judged.
    pub(super) excused: u64,
    /// The revision of the engine that changed it last.
    pub(super) revision: u64,
    /// Whether somebody gave it a model of its own.
    pub(super) fixed: bool,
    /// The model that judged it last, if one did.
    pub(super) judged_by: Option<Arc<str>>,
    /// Those that were seen, once they are asked for.
    pub(super) starts: Option<Starts>,
    /// What was watched and could not be kept.
    pub(super) watched: Watched,
    watches: Watches,
    explained: Option<Instant>,
}

/// The last recording of a device, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Last {
    pub(super) held: Held,
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
#[derive(Debug, Clone)]
pub(super) struct Says {
    pub(super) kind: Kind,
    pub(super) holds: bool,
    pub(super) words: Cow<'static, str>,
    /// Whether outlets are told: of many that are alike, one tells of the others.
    pub(super) told: bool,
}

impl Device {
    /// A device of which nothing came yet.
    pub(super) fn new(name: &str, at: Millis) -> Self {
        Self {
            name: name.into(),
            first_seen: at,
            last_seen: at,
            kept: None,
            recordings: 0,
            heard: None,
            pace: Pace::default(),
            conditions: Conditions::default(),
            flapping: BTreeMap::new(),
            last: None,
            spark: Ring::default(),
            reasons: Vec::new(),
            restored: None,
            unjudged: Unjudged::default(),
            excused: 0,
            revision: 0,
            fixed: false,
            judged_by: None,
            starts: None,
            watched: Watched::default(),
            watches: Watches::default(),
            explained: None,
        }
    }

    /// Something came from it.
    pub(super) fn hear(&mut self, at: Moment) {
        // Those that come at the same time are not taken in the order in which they came.
        if self.heard.is_none_or(|heard| heard.steady <= at.steady) {
            self.heard = Some(at);
        }
    }

    /// Takes a recording that is kept under a start: what its windows are, and what it says of each condition. How
    /// long without a verdict is too long, if that was asked for.
    pub(super) fn take(
        &mut self,
        arrived: &Arrived,
        start: Option<u64>,
        unjudged_after: Option<Duration>,
    ) -> (Vec<NewWindow>, Vec<Says>) {
        let at = arrived.at;
        // How long the server was away is no pace of a device.
        if let Some(heard) = self.heard {
            self.pace.take(at.since(heard.steady), at.steady);
        }
        (self.kept, self.recordings) = (Some(at), self.recordings + 1);
        let (mut is_new, mut conflict) = (false, false);
        let posted = &arrived.posted;
        if let (Some(starts), Some(sequence), Some(_)) =
            (&mut self.starts, posted.sequence, &posted.device)
        {
            is_new = !starts.has(start);
            conflict = starts.take(start, sequence);
        }
        let (windows, mut says) = match self.watched.take(Same::of(arrived)) {
            // It counted when it came first.
            Some(windows) => {
                self.hear(at);
                if let Some(last) = &mut self.last {
                    last.held = Held::new(&arrived.posted.recording, Arc::clone(&arrived.readings));
                }
                (windows, vec![Says::not(Kind::Silent)])
            }
            None => self.watch(arrived, (start, is_new), unjudged_after),
        };
        says.push(Says::new(Kind::Conflict, conflict, CONFLICT));
        (windows, says)
    }

    /// Watches a recording of a start that may be new, whether it is kept or not: what its windows are, and what it
    /// says of each condition.
    pub(super) fn watch(
        &mut self,
        arrived: &Arrived,
        from: (Option<u64>, bool),
        unjudged_after: Option<Duration>,
    ) -> (Vec<NewWindow>, Vec<Says>) {
        let at = arrived.at;
        self.hear(at);
        self.restored = None;
        let excused = self.excused;
        let mut says = Vec::with_capacity(Kind::ALL.len());
        says.push(Says::not(Kind::Silent));
        let misfit = arrived.misfit();
        let by_model = [Kind::Rate, Kind::Unfit, Kind::Unit].into_iter();
        let by_model = by_model.filter(|_| arrived.judged.is_some());
        for kind in std::iter::once(Kind::Stuck).chain(by_model) {
            let words = misfit.as_ref().filter(|(found, _)| *found == kind);
            let said = words.map(|(_, words)| words.clone()).unwrap_or_default();
            says.push(Says::new(kind, words.is_some(), said));
        }
        let recording = &arrived.posted.recording;
        let (mut windows, mut outcome) = (Vec::new(), None);
        match &arrived.judged {
            Some(judged @ Judged { scored: Ok(scored), .. }) => {
                outcome = self.follow(from, judged, scored, at.steady, &mut windows, &mut says);
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
            // Without a model nothing is an anomaly; but of what was one nobody says that it is over.
            None => self.watches.clear(),
        }
        if let Some(Judged { by, .. }) = &arrived.judged
            && self.judged_by.as_deref() != Some(&by.name)
        {
            self.judged_by = Some(by.name.as_str().into());
        }
        self.last = Some(Last {
            held: Held::new(recording, Arc::clone(&arrived.readings)),
            by: arrived.judged.as_ref().map(|judged| Arc::clone(&judged.by)),
            outcome,
            misfit: misfit.map(|(_, words)| words),
        });
        let above = u32::try_from(self.excused - excused).unwrap_or(u32::MAX);
        self.unjudged.take(&windows, above, at.steady, self.pace.silent_after(None));
        says.push(match arrived.judged {
            Some(_) => self.is_unjudged(unjudged_after),
            None => self.is_without_model(),
        });
        (windows, says)
    }

    /// Whether it is time to say that nothing is judged. Where another alert says why, that is enough; but what is
    /// said is so until something is judged again.
    fn is_unjudged(&self, asked: Option<Duration>) -> Says {
        let explained = EXPLAINS.into_iter().any(|kind| self.conditions.is_open(kind));
        let holds = match self.conditions.is_open(Kind::Unjudged) {
            true => self.unjudged.windows() > 0,
            false => !explained && self.unjudged.is_enough(asked),
        };
        let words = if holds { self.unjudged.words().into() } else { Cow::Borrowed("") };
        Says::new(Kind::Unjudged, holds, words)
    }

    /// Whether it had a model and has none any more: that is so at once, and as long as nothing is judged.
    fn is_without_model(&self) -> Says {
        let words = match &self.judged_by {
            Some(by) => format!(
                "no model: {by} judged it before, and nothing does now, so that alerts that are open stay open: give \
                 it a model"
            ),
            None => String::new(),
        };
        let holds = self.judged_by.is_some() || self.conditions.is_open(Kind::Unjudged);
        Says::new(Kind::Unjudged, holds, words)
    }

    /// Watches the windows of a recording, of a start that may be new. The last outcome.
    fn follow(
        &mut self,
        (start, is_new): (Option<u64>, bool),
        Judged { by, recording, .. }: &Judged,
        scored: &[Scored],
        at: Instant,
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
            if by.is_above(window.score) {
                strange = Some(window.start);
                self.excused += u64::from(is_excused(outcome.verdict));
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
            self.explained = None;
        } else if watch.alarm
            && let Some(start) = strange
            && self.explained.is_none_or(|last| at.saturating_duration_since(last) >= EXPLAINED_FOR)
        {
            let reasons = Explainer::new(&by.model).explain(recording.values(), start);
            // A window that has a score has features too.
            self.reasons = reasons.unwrap_or_default().iter().map(ToString::to_string).collect();
            self.explained = Some(at);
        }
        if let Some(outcome) = &last {
            // After a start, an alert of an earlier run stays until the watch has seen enough.
            let knows = watch.judged >= by.memory() || outcome.verdict != Verdict::Normal;
            // A window that a gate excused says nothing of how the machine is.
            let tells = !matches!(outcome.verdict, Verdict::Handled | Verdict::Remounted);
            if alarm || (knows && tells) {
                says.push(Says::new(Kind::Anomaly, alarm, self.reasons.join("; ")));
                let words = "scores are too high in the long run";
                let holds = outcome.drifting || self.watches.any(|other| other.drifting);
                says.push(Says::new(Kind::Drift, holds, words));
            }
            if outcome.verdict != Verdict::Handled {
                let words = "gravity points elsewhere than at the baseline: mount the sensor as it was, or \
                             train a new baseline";
                let holds = watch.remounted || self.watches.any(|other| other.remounted);
                says.push(Says::new(Kind::Remounted, holds, words));
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
    /// Whether a condition holds, and why.
    pub(super) fn new(kind: Kind, holds: bool, words: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, holds, words: words.into(), told: true }
    }

    /// That a condition does not hold.
    pub(super) fn not(kind: Kind) -> Self {
        Self::new(kind, false, "")
    }
}

/// Whether a gate kept a window from being judged though the machine runs.
pub(super) fn is_excused(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Handled | Verdict::Remounted)
}

/// The history's word for a verdict.
fn found(verdict: Verdict) -> Found {
    match verdict {
        Verdict::Normal => Found::Normal,
        Verdict::Anomaly => Found::Anomaly,
        // A machine that settles is on its way from standing still; the history has one word for both.
        Verdict::Idle | Verdict::Settling => Found::Idle,
        Verdict::Handled => Found::Handled,
        Verdict::Remounted => Found::Remounted,
    }
}
