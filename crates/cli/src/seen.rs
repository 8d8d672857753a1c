//! What `judder score` saw, in a few lines.

use judder_core::{Posture, Verdict};
use judder_model::{Model, Outcome, Rule, Scored};

use crate::output::{counted, note, note_threshold, rounded, say};

/// How many windows of each kind there were.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    normal: usize,
    anomaly: usize,
    idle: usize,
    handled: usize,
    remounted: usize,
    /// Of those in which the sensor was mounted anew.
    turned: Vec<Posture<f64>>,
    drifting: usize,
}

impl Seen {
    pub(crate) fn count(&mut self, window: &Scored, outcome: &Outcome) {
        match outcome.verdict {
            Verdict::Normal => self.normal += 1,
            Verdict::Anomaly => self.anomaly += 1,
            Verdict::Idle => self.idle += 1,
            Verdict::Handled => self.handled += 1,
            Verdict::Remounted => {
                self.remounted += 1;
                self.turned.push(window.posture);
            }
        }
        self.drifting += usize::from(outcome.drifting);
    }

    pub(crate) fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Normal => self.normal,
            Verdict::Anomaly => self.anomaly,
            Verdict::Idle => self.idle,
            Verdict::Handled => self.handled,
            Verdict::Remounted => self.remounted,
        }
    }

    /// Says how many there were, and what to do about those that were not judged.
    pub(crate) fn say(&self, model: &Model) {
        let judged = self.normal + self.anomaly;
        let not_judged = self.idle + self.handled + self.remounted;
        if judged + not_judged == 0 {
            return;
        }
        let windows = counted(judged, "window");
        match model.threshold().rule {
            Rule::None => say(format_args!("{windows} scored")),
            _ if judged == 0 => say(format_args!("no window judged")),
            _ => {
                let above =
                    if model.watching().is_by_window() { "above" } else { "in alarm above" };
                let limit = rounded(model.threshold().value);
                say(format_args!("{} of {windows} {above} {limit}", self.anomaly));
            }
        }
        if self.handled > 0 {
            note(format_args!(
                "{} not judged: the sensor or its base was moved meanwhile (handled)",
                counted(self.handled, "window")
            ));
        }
        if self.idle > 0 {
            note(format_args!(
                "{} not judged: the machine stands still (idle)",
                counted(self.idle, "window")
            ));
        }
        if self.remounted > 0 {
            self.say_remounted(model);
        }
        if self.drifting > 0 {
            note(format_args!(
                "the scores drift: over {} of windows that raise no alarm they are higher on average \
                 than they ever were in training; look at the machine, and if it is as it should be, \
                 give it a new baseline (judder rebaseline)",
                counted(self.drifting, "window")
            ));
        }
        note_threshold(model);
    }

    fn say_remounted(&self, model: &Model) {
        let windows = counted(self.remounted, "window");
        let Some(mounted) = &model.watching().mounting else { return };
        let degrees: Vec<f64> = self.turned.iter().filter_map(|one| mounted.turned(one)).collect();
        let most = degrees.iter().copied().fold(0.0, f64::max);
        note(format_args!(
            "{windows} not judged: gravity is turned by up to {most:.1} degrees against the baseline, \
             and {:.1} at most keep a mounting the same (remounted). Put the sensor back, or give it \
             a new baseline: judder rebaseline MODEL --normal DIR -o NEW",
            mounted.moved
        ));
    }
}
