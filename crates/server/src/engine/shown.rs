//! Devices, sessions and models as the page sees them.

use judder_core::Verdict;
use judder_history::Alert;

use super::condition::Kind;
use super::device::{Device, Last};
use super::session::Session;
use crate::clock::Millis;
use crate::shelf::{Listed, Shelf};
use crate::view::{AlertView, DeviceView, ModelView, SessionView};

impl Device {
    pub(super) fn view(&self, now: Millis) -> DeviceView {
        let last = self.last.as_ref();
        let outcome = last.and_then(|last| last.outcome.as_ref());
        let judged = |verdict| matches!(verdict, Verdict::Normal | Verdict::Anomaly);
        let score = outcome.filter(|one| judged(one.verdict)).map(|one| one.score);
        let by = last.and_then(|last| last.by.as_deref());
        let threshold = by.and_then(|by| by.threshold());
        let recording = last.map(|last| &last.recording);
        let state = self.state();
        DeviceView {
            name: self.name.to_string(),
            state,
            words: self.words(state, now, score.zip(threshold)),
            score,
            threshold,
            model: by.map(|by| by.name.clone()),
            axes: recording.map(|one| one.axes()),
            readings: recording.map(|one| one.len()),
            rate_hz: recording.and_then(|one| one.rate_hz()),
            every_s: self.pace.usual().map(|usual| usual.as_secs_f64()),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            recordings: self.recordings,
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
        match &self.last {
            Some(Last { misfit: Some(_), .. }) => "unfit",
            Some(Last { outcome: Some(outcome), .. }) => outcome.verdict.as_str(),
            _ => "unwatched",
        }
    }

    /// Why the device is in this state.
    fn words(&self, state: &str, now: Millis, score: Option<(f64, f64)>) -> String {
        match state {
            "silent" => {
                let seconds = (now - self.heard) / 1000;
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
            "idle" => "the machine stands still".to_owned(),
            _ => String::new(),
        }
    }
}

impl Session {
    pub(super) fn view(&self) -> SessionView {
        let wanted = &self.wanted;
        SessionView {
            label: wanted.label.clone(),
            device: wanted.device.clone(),
            started: self.started,
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
        device: alert.device,
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
        let mut device = Device::new("a", 0);
        device.hear(100_000);
        assert_eq!(device.words("silent", 130_500, None), "nothing came for 30 s");
        assert_eq!(device.view(130_500).last_seen, 0);
    }
}
