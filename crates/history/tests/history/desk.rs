//! A file to try a history in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use judder_history::{
    Batch, History, HistoryError, NewRecording, NewWindow, Now, Packed, RecordingId, Retention,
    Sync, Verdict,
};

pub(crate) const FOR_EVER: Retention =
    Retention { scores: Duration::MAX, readings: Duration::MAX, bytes: None };

/// A folder with a history that is not there yet.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        path(self.folder.path())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self) -> History {
        History::open(&self.path(), Sync::System, FOR_EVER).unwrap()
    }

    pub(crate) fn open_with(&self, retention: Retention) -> History {
        History::open(&self.path(), Sync::System, retention).unwrap()
    }
}

pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("history?.db")
}

/// A time in milliseconds by a clock that began at 0 with the history, and was never set.
pub(crate) fn clock(ms: i64) -> Now {
    Now { at: ms, lived: Duration::from_millis(ms.unsigned_abs()) }
}

/// A digest that tells device and number.
pub(crate) fn digest(device: &str, sequence: u64) -> u64 {
    device.bytes().fold(sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15), |digest, byte| {
        digest.rotate_left(8) ^ u64::from(byte)
    })
}

/// Readings that tell the number: 2 axes of so many.
pub(crate) fn readings(sequence: u64, count: usize) -> Vec<f32> {
    (0..2 * count).map(|at| sequence as f32 + at as f32 / 1024.0).collect()
}

pub(crate) fn window(start: u32, score: f64, verdict: Verdict) -> NewWindow {
    NewWindow { start, score: Some(score), decision: Some(score / 2.0), verdict }
}

/// Adds the recording of a device with this number: `count` readings, and a window.
pub(crate) fn add(
    batch: &mut Batch<'_>,
    device: &str,
    sequence: u64,
    at: i64,
    count: usize,
) -> Result<RecordingId, HistoryError> {
    batch.add(&NewRecording {
        device,
        sequence: Some(sequence),
        digest: digest(device, sequence),
        at,
        axes: 2,
        readings: Some(&Packed::new(&readings(sequence, count))),
        model: Some("fan"),
        threshold: Some(9.5),
        windows: &[window(0, sequence as f64, Verdict::Normal)],
        ..NewRecording::default()
    })
}

/// Adds one, in a batch of its own.
pub(crate) fn keep(history: &mut History, device: &str, sequence: u64, at: i64) -> RecordingId {
    let mut batch = history.batch();
    let id = add(&mut batch, device, sequence, at, 10).unwrap();
    batch.commit().unwrap();
    id
}
