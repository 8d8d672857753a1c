//! What an earlier run saw of a device last: shown until something comes.

use std::sync::Arc;

use judder_history::{HistoryError, Problem, Reader, Verdict};

use super::device::{Device, SPARK};

/// What an earlier run saw of a device last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Restored {
    pub(super) verdict: Verdict,
    /// The score that was decided on, where one was.
    pub(super) score: Option<f64>,
    pub(super) threshold: Option<f64>,
    pub(super) model: Option<String>,
    pub(super) axes: Option<usize>,
    /// How many readings there are of each axis, where they are still kept.
    pub(super) readings: Option<usize>,
    pub(super) rate_hz: Option<f64>,
}

impl Device {
    /// Takes up which model judged what an earlier run saw last, if one did: for a device that has none now.
    pub(super) fn restore_judge(&mut self, reader: &Reader) -> Result<(), HistoryError> {
        let newest = reader.latest_until(&self.name, self.last_seen, 1)?;
        let last = newest.last().filter(|last| last.at >= self.last_seen);
        self.judged_by = last.and_then(|last| last.model.as_deref().map(Arc::from));
        Ok(())
    }

    /// Takes up what an earlier run saw last: the newest windows that are not stamped later than the newest recording,
    /// which a clock that was ahead may have done.
    pub(super) fn restore(&mut self, reader: &Reader) -> Result<(), HistoryError> {
        let newest = reader.latest_until(&self.name, self.last_seen, SPARK)?;
        let Some(last) = newest.last() else { return Ok(()) };
        for point in &newest {
            let share = point.decision.zip(point.threshold);
            self.spark.push(share.map(|(score, threshold)| (score / threshold) as f32));
        }
        // One that is damaged is told of, and is not in the way of all that comes.
        let recording = match reader.recording(last.recording) {
            Err(error) if matches!(error.problem, Problem::Altered(_)) => {
                tracing::error!(%error, "the last recording of a device is damaged");
                None
            }
            recording => recording?,
        };
        let recording = recording.as_ref();
        self.restored = Some(Restored {
            verdict: last.verdict,
            score: last.decision,
            threshold: last.threshold,
            model: last.model.as_deref().map(str::to_owned),
            axes: recording.map(|one| one.axes),
            readings: recording
                .filter(|one| one.axes > 0 && !one.readings.is_empty())
                .map(|one| one.readings.len() / one.axes),
            rate_hz: recording.and_then(|one| one.rate_hz),
        });
        Ok(())
    }
}
