//! How many windows were told rightly, wherever the scores are from.

use judder_model::{Model, Rule};
use judder_train::{Interval, ScoredState, auc, auc_interval, share_interval};

use super::Origin;

/// Windows, by what they are and what they were judged to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) true_negatives: usize,
    pub(super) false_positives: usize,
    pub(super) false_negatives: usize,
    pub(super) true_positives: usize,
}

impl Counts {
    pub(super) fn normal(&self) -> usize {
        self.true_negatives + self.false_positives
    }

    pub(super) fn anomalous(&self) -> usize {
        self.false_negatives + self.true_positives
    }

    /// The share of normal windows that raised an alarm.
    pub(super) fn false_alarm_rate(&self) -> Option<f64> {
        (self.normal() > 0).then(|| self.false_positives as f64 / self.normal() as f64)
    }

    /// Its 95 % confidence interval.
    pub(super) fn false_alarm_interval(&self) -> Option<Interval> {
        share_interval(self.false_positives, self.normal())
    }

    /// The share of anomalous windows that were noticed.
    pub(super) fn detection_rate(&self) -> Option<f64> {
        (self.anomalous() > 0).then(|| self.true_positives as f64 / self.anomalous() as f64)
    }
}

/// What the scores are worth in a few numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// None of a model without a threshold.
    pub(super) counts: Option<Counts>,
    /// The area under the ROC curve of all scores that are shown, and its 95 % confidence interval.
    pub(super) auc: Option<(f64, Option<Interval>)>,
}

impl Told {
    pub(super) fn of(model: &Model, scored: &[ScoredState], origin: Origin<'_>) -> Self {
        let pooled = |anomaly: bool| -> Vec<f64> {
            let of = scored.iter().filter(|state| state.anomaly == anomaly);
            of.flat_map(ScoredState::scores).collect()
        };
        let (normal, anomalous) = (pooled(false), pooled(true));
        let area = auc(&normal, &anomalous)
            .map(|area| (area, auc_interval(area, normal.len(), anomalous.len())));
        let counts = match origin {
            Origin::Evaluated(one) => Some(Counts {
                true_negatives: one.true_negatives,
                false_positives: one.false_positives,
                false_negatives: one.false_negatives,
                true_positives: one.true_positives,
            }),
            // The threshold was chosen by these very scores; the figure is by models that had seen
            // neither these windows nor their scores.
            Origin::Trained(trained) => trained.model.figures().first().map(|figure| {
                let above = anomalous_above(scored);
                Counts {
                    true_negatives: figure.normal_windows - figure.false_alarms,
                    false_positives: figure.false_alarms,
                    false_negatives: anomalous.len() - above,
                    true_positives: above,
                }
            }),
        };
        let judged = model.threshold().rule != Rule::None;
        Self { counts: counts.filter(|_| judged), auc: area }
    }
}

fn anomalous_above(scored: &[ScoredState]) -> usize {
    scored.iter().filter(|state| state.anomaly).map(ScoredState::above).sum()
}
