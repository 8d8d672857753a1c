//! Devices, sessions and models as the page sees them.

use judder_core::Verdict;
use judder_history::Alert;

use super::condition::Kind;
use super::device::{Device, Last};
use super::session::Session;
use super::state::Fleet;
use crate::clock::Moment;
use crate::shelf::{Listed, Shelf};
use crate::view::{AlertView, DeviceView, ModelView, SessionView};

impl Fleet {
    /// A device.
    pub(super) fn view(&self, device: &Device, now: Moment) -> DeviceView {
        let silent_after = device.pace.silent_after(self.silent_after);
        DeviceView {
            silent_after_s: silent_after.as_secs_f64(),
            ..device.view(now, now.since(self.began).as_secs())
        }
    }

    /// All devices, by name.
    pub(super) fn views(&self, now: Moment) -> impl Iterator<Item = DeviceView> {
        self.devices.values().map(move |device| self.view(device, now))
    }
}

impl Device {
    /// It `after` so many seconds of this run.
    fn view(&self, now: Moment, after: u64) -> DeviceView {
        let (last, restored) = (self.last.as_ref(), self.restored.as_ref());
        let outcome = last.and_then(|last| last.outcome.as_ref());
        let judged = |verdict| matches!(verdict, Verdict::Normal | Verdict::Anomaly);
        let score = outcome.filter(|one| judged(one.verdict)).map(|one| one.score);
        let score = score.or(restored.and_then(|one| one.score));
        let by = last.and_then(|last| last.by.as_deref());
        let threshold = by.and_then(|by| by.threshold());
        let threshold = threshold.or(restored.and_then(|one| one.threshold));
        let held = last.map(|last| &last.held);
        let state = self.state();
        let model = by.map(|by| by.name.clone());
        let rate = held.and_then(|one| one.rate_hz);
        DeviceView {
            name: self.name.to_string(),
            state,
            words: self.words(state, now, after, score.zip(threshold)),
            score,
            threshold,
            model: model.or_else(|| restored.and_then(|one| one.model.clone())),
            axes: held.map(|one| one.axes).or(restored.and_then(|one| one.axes)),
            readings: held.map(|one| one.len).or(restored.and_then(|one| one.readings)),
            rate_hz: rate.or(restored.and_then(|one| one.rate_hz)),
            every_s: self.pace.usual().map(|usual| usual.as_secs_f64()),
            silent_after_s: 0.0,
            first_seen: self.first_seen,
            last_seen: self.kept.map_or(self.last_seen, |kept| now.stamp_of(kept)),
            recordings: self.recordings,
            restored: restored.is_some(),
            unjudged: self.unjudged.windows(),
            excused: self.excused,
            conditions: self.conditions.open().map(Kind::as_str).collect(),
            spark: self.spark.iter().collect(),
        }
    }

    fn state(&self) -> &'static str {
        if self.conditions.is_open(Kind::Silent) {
            return "silent";
        }
        if self.conditions.is_open(Kind::Anomaly) {
            return "anomaly";
        }
        match (&self.last, &self.restored) {
            (Some(Last { misfit: Some(_), .. }), _) => "unfit",
            (Some(Last { outcome: Some(outcome), .. }), _) => outcome.verdict.as_str(),
            (None, Some(restored)) => restored.verdict.as_str(),
            _ => "unwatched",
        }
    }

    /// Why the device is in this state.
    fn words(&self, state: &str, now: Moment, after: u64, score: Option<(f64, f64)>) -> String {
        match state {
            "silent" => {
                let seconds = self.quiet_for(now, after);
                let usual = self.pace.usual().map(|usual| usual.as_secs_f64());
                let usual = usual.map(|every| {
                    let places = if every < 0.1 { 3 } else { 1 };
                    format!("; one came every {every:.places$} s")
                });
                format!("nothing came for {seconds} s{}", usual.unwrap_or_default())
            }
            "unfit" => self.last.as_ref().and_then(|last| last.misfit.clone()).unwrap_or_default(),
            "anomaly" => {
                let times = score
                    .map(|(score, threshold)| format!("{:.1} × the threshold", score / threshold));
                let reasons = self.reasons.iter().cloned();
                times.into_iter().chain(reasons).collect::<Vec<_>>().join("; ")
            }
            "handled" => "the sensor was moved".to_owned(),
            "remounted" => "gravity points elsewhere than at the baseline".to_owned(),
            "idle" => "the machine stands still, or settles after it did".to_owned(),
            _ => String::new(),
        }
    }

    /// For how many seconds nothing came, this run being so old: of an earlier one the clock has to say it.
    pub(super) fn quiet_for(&self, now: Moment, after: u64) -> u64 {
        match self.heard {
            Some(heard) => now.since(heard.steady).as_secs(),
            None => {
                let ago = now.wall.saturating_sub(self.last_seen) / 1000;
                u64::try_from(ago).unwrap_or_default().max(after)
            }
        }
    }
}

impl Session {
    pub(super) fn view(&self) -> SessionView {
        let wanted = &self.wanted;
        SessionView {
            label: wanted.label.clone(),
            device: wanted.device.clone(),
            started: self.started.wall,
            seconds: wanted.duration.map(|duration| duration.as_secs_f64()),
            recordings: wanted.recordings,
            kept: self.kept,
            folder: wanted.label.clone(),
        }
    }
}

impl Shelf {
    pub(crate) fn view(&self) -> Vec<ModelView> {
        self.list().map(|listed| listed.view()).collect()
    }
}

impl Listed<'_> {
    pub(crate) fn view(&self) -> ModelView {
        let (loaded, model) = (self.loaded, &self.loaded.model);
        let binding = model.binding();
        ModelView {
            name: loaded.name.clone(),
            default: self.is_default,
            devices: self.devices.iter().map(ToString::to_string).collect(),
            features: model.features().to_string(),
            detector: model.detector().name(),
            threshold: loaded.threshold(),
            rule: model.threshold().rule.to_string(),
            rate_hz: binding.rate_hz,
            window: binding.window,
            axes: binding.axes,
            decision: loaded.decision(),
            sha256: loaded.sha256.clone(),
            problem: self.problem.map(ToOwned::to_owned),
        }
    }
}

/// An alert of the history.
pub(crate) fn alert(alert: Alert) -> AlertView {
    AlertView {
        id: alert.id.0,
        device: alert.of_device().map(str::to_owned),
        kind: alert.kind,
        words: alert.words,
        score: alert.score,
        threshold: alert.threshold,
        model: alert.model.map(|model| model.to_string()),
        raised: alert.raised_at,
        cleared: alert.cleared_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_from_what_came_last_though_it_was_not_kept() {
        let start = std::time::Instant::now();
        let at = |seconds: u64| Moment {
            wall: 1000 * seconds.cast_signed(),
            steady: start + std::time::Duration::from_secs(seconds),
        };
        let mut device = Device::new("a", 0);
        device.hear(at(100));
        assert_eq!(device.words("silent", at(130), 130, None), "nothing came for 30 s");
        assert_eq!(device.view(at(130), 130).last_seen, 0);
        // Whatever the clock says.
        let set = Moment { wall: 0, ..at(130) };
        assert_eq!(device.words("silent", set, 130, None), "nothing came for 30 s");
    }

    #[test]
    fn what_was_heard_is_as_long_ago_as_it_was_when_the_clock_is_set() {
        let start = std::time::Instant::now();
        let later = std::time::Duration::from_secs(60);
        let mut device = Device::new("a", 5_000);
        device.kept = Some(Moment { wall: 5_000, steady: start });
        let seen = |wall| device.view(Moment { wall, steady: start + later }, 60).last_seen;
        assert_eq!(seen(65_000), 5_000);
        assert_eq!(seen(65_000 + 86_400_000), 86_405_000);
        assert_eq!(seen(61_000_000), 60_940_000);
    }
}
