//! What `judder score` saw, in a few lines.

use judder_core::{Posture, Verdict};
use judder_model::{Model, Mounted, Outcome, Rule, Scored};

use crate::output::{counted, note, note_threshold, rounded, say};

/// How many windows of each kind there were.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    normal: usize,
    anomaly: usize,
    idle: usize,
    handled: usize,
    remounted: usize,
    settling: usize,
    /// Above the threshold, and yet not judged.
    excused: usize,
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
            Verdict::Settling => self.settling += 1,
            Verdict::Remounted => {
                self.remounted += 1;
                self.turned.push(window.posture);
            }
        }
        self.excused += usize::from(outcome.excused);
        self.drifting += usize::from(outcome.drifting);
    }

    /// How many windows are above the threshold, and yet not judged.
    pub(crate) fn excused(&self) -> usize {
        self.excused
    }

    /// Whether there are windows, none of them is judged, and the machine does not stand still in all.
    pub(crate) fn is_unjudged(&self) -> bool {
        self.normal + self.anomaly == 0 && self.handled + self.remounted > 0
    }

    pub(crate) fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Normal => self.normal,
            Verdict::Anomaly => self.anomaly,
            Verdict::Idle => self.idle,
            Verdict::Handled => self.handled,
            Verdict::Settling => self.settling,
            Verdict::Remounted => self.remounted,
        }
    }

    /// Says how many there were, and what to do about those that were not judged.
    pub(crate) fn say(&self, model: &Model) {
        let judged = self.normal + self.anomaly;
        let not_judged = self.idle + self.settling + self.handled + self.remounted;
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
        if self.is_unjudged() {
            note("no window was judged, so nothing is known of the machine");
        }
        if self.handled > 0 {
            note(format_args!(
                "{} not judged: the sensor or its base was moved meanwhile, by more than vibration explains \
                 (handled)",
                counted(self.handled, "window")
            ));
        }
        if self.idle > 0 {
            note(format_args!(
                "{} not judged: the machine stands still (idle)",
                counted(self.idle, "window")
            ));
        }
        if self.settling > 0 {
            note(format_args!(
                "{} not judged: the machine stood still, and is given time to settle (settling)",
                counted(self.settling, "window")
            ));
        }
        if self.remounted > 0 {
            self.say_remounted(model);
        }
        if self.excused > 0 {
            note(format_args!(
                "{} of those not judged above the threshold: look at the machine, as a fault may be among them",
                counted(self.excused, "window")
            ));
        }
        if self.drifting > 0 {
            note(format_args!(
                "the scores drift: at {} their mean was higher than the training lets expect of a healthy \
                 machine; look at the machine, and if it is as it should be, give it a new baseline \
                 (judder rebaseline)",
                counted(self.drifting, "window")
            ));
        }
        note_threshold(model);
    }

    fn say_remounted(&self, model: &Model) {
        let watching = model.watching();
        let remedy = "Put the sensor back, or give it a new baseline: judder rebaseline MODEL --normal \
                      DIR -o NEW";
        let nearest = |one| watching.nearest_mounting(one);
        let (lengths, turned): (Vec<_>, Vec<_>) = self
            .turned
            .iter()
            .filter_map(nearest)
            .zip(&self.turned)
            .partition(|((mounted, _), posture)| mounted.other_length(posture).is_some());
        let of = |((mounted, _), posture): &((&Mounted, f64), &Posture<f64>)| {
            mounted.other_length(posture)
        };
        if let Some(times) = lengths.iter().filter_map(of).reduce(f64::max) {
            note(format_args!(
                "{} not judged: gravity is up to {} times as long as at the baseline (remounted): are the \
                 readings in the unit and the range that the model was trained in?",
                counted(lengths.len(), "window"),
                rounded(times)
            ));
        }
        let farthest = turned.iter().map(|(nearest, _)| *nearest);
        if let Some((mounted, most)) = farthest.max_by(|(_, a), (_, b)| a.total_cmp(b)) {
            note(format_args!(
                "{} not judged: gravity is turned by up to {most:.1} degrees against the baseline, and \
                 {:.1} at most keep a mounting the same (remounted). {remedy}",
                counted(turned.len(), "window"),
                mounted.moved
            ));
        }
    }
}
