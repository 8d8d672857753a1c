//! What scores of a device say of its threshold: alarms that were seen against those that were asked for, and the
//! threshold that these scores would give.

use std::sync::Arc;

use judder_history::{ScorePoint, Verdict};
use judder_model::Rule;
use judder_train::{Runs, Told, share_interval, windows_for};

use crate::clock::Millis;
use crate::shelf::{Chosen, Kept, Loaded};
use crate::view::{ChosenView, LimitView, ShareView, ThresholdView};

/// The scores of a device in a stretch of time, as far as they are of the model that it has.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) model: Arc<Loaded>,
    runs: Runs,
    from: Millis,
    until: Millis,
}

impl Seen {
    /// Of windows in order of time, from one moment to another.
    pub(super) fn of(
        points: &[ScorePoint],
        (from, until): (Millis, Millis),
        model: &Arc<Loaded>,
        kept: Option<&Kept>,
    ) -> Self {
        let mut runs = Runs::new(model.model.watching());
        for point in points {
            match point.verdict {
                _ if !is_of(point, model, kept) => runs.end(),
                Verdict::Normal | Verdict::Anomaly => {
                    if let Some(score) = point.decision {
                        runs.judged(score);
                    }
                }
                // The watch goes on behind these.
                Verdict::Handled | Verdict::Unfit => {}
                Verdict::Remounted | Verdict::Idle => runs.end(),
            }
        }
        Self { model: Arc::clone(model), runs, from, until }
    }

    /// The threshold that is chosen from them.
    ///
    /// # Errors
    /// A sentence, where there can be none.
    pub(super) fn chosen(&self, at: Millis) -> Result<Chosen, String> {
        let threshold = self.runs.threshold(&self.model.model)?;
        let (windows, from, until) = (self.runs.len(), self.from, self.until);
        Ok(Chosen { value: threshold.value, windows, from, until, at })
    }

    /// What they say, where these thresholds are kept of the device; none where the model has no threshold.
    pub(super) fn view(&self, kept: Option<&Kept>) -> Option<ThresholdView> {
        let limit = self.model.model.threshold();
        let (windows, asked) = (self.runs.len(), limit.false_alarm_rate);
        let counted = |threshold: f64| {
            let alarms = self.runs.alarms(threshold);
            let seen = share_interval(alarms, windows).map(|one| ShareView {
                share: alarms as f64 / windows as f64,
                low: one.low,
                high: one.high,
            });
            LimitView { threshold, alarms, seen }
        };
        let chosen = kept.filter(|kept| kept.fingerprint == self.model.fingerprint());
        let chosen = chosen.and_then(|kept| kept.chosen.as_ref());
        let of_model = (limit.rule != Rule::None).then_some(limit.value)?;
        let in_use = counted(chosen.map_or(of_model, |chosen| chosen.value));
        let offered = self.runs.threshold(&self.model.model);
        let watching = self.model.model.watching();
        let together = watching.average + watching.of - 1;
        Some(ThresholdView {
            model: self.model.name.clone(),
            from: self.from,
            until: self.until,
            windows,
            needed: asked.map(Told::windows),
            fewest: asked.map(|rate| windows_for(rate).saturating_mul(together)),
            asked,
            told: asked.map(|rate| Told::of(in_use.alarms, windows, rate).as_str()),
            in_use,
            of_model: counted(of_model),
            why_not: offered.as_ref().err().cloned(),
            offered: offered.ok().map(|offered| counted(offered.value)),
            chosen: chosen.map(|chosen| ChosenView {
                at: chosen.at,
                from: chosen.from,
                until: chosen.until,
                windows: chosen.windows,
            }),
        })
    }
}

/// Whether a score is of the model that the device has: by its name, and a threshold that it has or had.
fn is_of(point: &ScorePoint, model: &Loaded, kept: Option<&Kept>) -> bool {
    let Some(threshold) = point.threshold else { return false };
    let kept = kept.filter(|kept| kept.fingerprint == model.fingerprint()).into_iter();
    let own = kept.flat_map(|kept| {
        kept.past.iter().copied().chain(kept.chosen.as_ref().map(|chosen| chosen.value))
    });
    let mut known = std::iter::once(model.model.threshold().value).chain(own);
    point.model.as_deref() == Some(&*model.name) && known.any(|one| one == threshold)
}
