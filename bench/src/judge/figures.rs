//! What scores are worth.

use judder_train::auc;

/// What is said of one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) score: f64,
    /// Whether it is above the threshold.
    pub(super) above: bool,
    /// Whether it is not judged: the sensor was handled or turned, or the machine stands still.
    pub(super) excused: bool,
}

/// What is said of the windows of a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scores {
    pub(super) normal: Vec<Window>,
    pub(super) anomaly: Vec<Window>,
}

/// What they are worth. All are shares of windows but for the area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figures {
    /// The area under the ROC curve, of all scores.
    pub(super) auc: f64,
    /// Normal windows that are called anomalies.
    pub(super) false_alarms: f64,
    /// Anomalous windows that are called so.
    pub(super) detected: f64,
    /// Anomalous windows above the threshold, whatever is said of them.
    pub(super) above: f64,
    /// Anomalous windows that are not judged.
    pub(super) not_judged: f64,
}

impl Scores {
    /// Of scores alone, with a threshold.
    pub(super) fn of(normal: &[f64], anomaly: &[f64], threshold: f64) -> Self {
        let windows = |scores: &[f64]| {
            let window = |&score: &f64| Window { score, above: score > threshold, excused: false };
            scores.iter().map(window).collect()
        };
        Self { normal: windows(normal), anomaly: windows(anomaly) }
    }

    pub(super) fn figures(&self) -> Figures {
        let of = |windows: &[Window]| windows.iter().map(|one| one.score).collect::<Vec<_>>();
        let share = |windows: &[Window], is: fn(&Window) -> bool| {
            windows.iter().filter(|one| is(one)).count() as f64 / windows.len() as f64
        };
        let alarm = |one: &Window| one.above && !one.excused;
        Figures {
            auc: auc(&of(&self.normal), &of(&self.anomaly)).unwrap_or(f64::NAN),
            false_alarms: share(&self.normal, alarm),
            detected: share(&self.anomaly, alarm),
            above: share(&self.anomaly, |one| one.above),
            not_judged: share(&self.anomaly, |one| one.excused),
        }
    }
}

impl Figures {
    /// The mean of several; nothing of none.
    pub(super) fn mean<'f>(all: impl Iterator<Item = &'f Self> + Clone) -> Option<Self> {
        let n = all.clone().count() as f64;
        let mean = |of: fn(&Self) -> f64| all.clone().map(of).sum::<f64>() / n;
        (n > 0.0).then(|| Self {
            auc: mean(|one| one.auc),
            false_alarms: mean(|one| one.false_alarms),
            detected: mean(|one| one.detected),
            above: mean(|one| one.above),
            not_judged: mean(|one| one.not_judged),
        })
    }
}
