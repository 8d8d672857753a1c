//! The last recordings of devices: packed, and in memory only as far as there is room for them.

use std::sync::Arc;

use judder_core::Unit;
use judder_data::Recording;
use judder_history::{Packed, RecordingId};

use super::Engine;
use super::state::Fleet;

/// A recording as it is held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) axes: usize,
    /// How many readings there are of each axis.
    pub(crate) len: usize,
    pub(crate) rate_hz: Option<f64>,
    unit: Option<Unit>,
    /// None where others needed the room.
    readings: Option<Arc<Packed>>,
    /// Its number in the history, if it is there.
    pub(super) id: Option<RecordingId>,
}

impl Held {
    /// A recording, and its readings as they are packed.
    pub(super) fn new(recording: &Recording, readings: Arc<Packed>) -> Self {
        Self {
            axes: recording.axes(),
            len: recording.len(),
            rate_hz: recording.rate_hz(),
            unit: recording.unit(),
            readings: Some(readings),
            id: None,
        }
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.readings.as_ref().map_or(0, |readings| readings.bytes())
    }

    fn of(&self, readings: &[f32]) -> Option<Recording> {
        let values = readings.iter().map(|reading| widened(*reading)).collect();
        let recording = Recording::from_axes(self.axes, self.len, values)?;
        Some(recording.with_rate(self.rate_hz).with_unit(self.unit))
    }
}

/// A reading with the digits that were sent: a count of a sensor is a fraction of a power of two, and exact; of others
/// it is those that tell it from the next `f32`, 0.1 and not 0.10000000149.
fn widened(reading: f32) -> f64 {
    let exact = f64::from(reading);
    let is_count = exact.abs() < 16.0 && (exact * 16_384.0).fract() == 0.0;
    if is_count { exact } else { reading.to_string().parse().unwrap_or(exact) }
}

impl Engine {
    /// The recording that is held: from memory, else from the history, if it is there still.
    pub(crate) async fn unpacked(&self, held: Held) -> Option<Recording> {
        let unpacked = tokio::task::spawn_blocking(move || match &held.readings {
            Some(readings) => Ok(held.of(&readings.readings())),
            None => Err(held),
        });
        let held = match unpacked.await.ok()? {
            Ok(recording) => return recording,
            Err(held) => held,
        };
        let id = held.id?;
        let read = self.readers().read(move |reader| reader.recording(id)).await.ok()??;
        held.of(&read.readings)
    }
}

impl Fleet {
    /// That last recordings take so many bytes more, and so many less: beyond what there is room for, those go that
    /// were heard longest ago.
    pub(super) fn holds(&mut self, more: usize, less: usize) {
        self.held = (self.held + more).saturating_sub(less);
        if self.held <= self.most_held {
            return;
        }
        let mut all: Vec<_> = self
            .devices
            .values_mut()
            .filter_map(|device| {
                let heard = device.heard.map(|heard| heard.steady);
                let held = &mut device.last.as_mut()?.held;
                held.readings.is_some().then_some((heard, held))
            })
            .collect();
        all.sort_by_key(|(heard, _)| *heard);
        // What was taken back meanwhile is not counted any more.
        self.held = all.iter().map(|(_, held)| held.bytes()).sum();
        // So many at once that it is not soon looked again.
        for (_, held) in all {
            if self.held <= self.most_held / 4 * 3 {
                break;
            }
            self.held -= held.bytes();
            held.readings = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_with_the_digits_that_were_sent() {
        let sent = [0.1, -0.25, 1.0 / 3.0, 9.81, 0.0, 11.03955078125];
        let recording = Recording::from_axes(1, 6, sent.to_vec()).unwrap().with_rate(Some(200.0));
        let readings: Vec<f32> = sent.iter().map(|one| *one as f32).collect();
        let held = Held::new(&recording, Arc::new(Packed::new(&readings)));
        let back = held.of(&held.readings.as_ref().unwrap().readings()).unwrap();
        assert_eq!(back.values(), [0.1, -0.25, 0.33333334, 9.81, 0.0, 11.03955078125]);
        assert_eq!((back.rate_hz(), back.len()), (Some(200.0), 6));
    }
}
