//! Recordings that were watched and could not be kept: their boards send them again until they are, and none of them
//! is to count twice.

use std::collections::VecDeque;
use std::sync::Arc;

use judder_history::NewWindow;

use super::arrived::Arrived;

/// Those of one device that are remembered, at most: boards send them again in order, from the first on.
const MOST: usize = 32;

/// Recordings of a device that were watched and could not be kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched(VecDeque<One>);

#[derive(Debug, Clone)]
struct One {
    recording: Same,
    windows: Arc<[NewWindow]>,
}

/// What tells a recording from others of its device; without a number it is none that is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Same {
    start: Option<u32>,
    sequence: u64,
    digest: u64,
}

impl Same {
    pub(super) fn of(arrived: &Arrived) -> Option<Self> {
        let Arrived { posted, digest, .. } = arrived;
        posted.device.as_ref()?;
        Some(Self { start: posted.start, sequence: posted.sequence?, digest: *digest })
    }
}

impl Watched {
    /// Whether a recording was watched before.
    pub(super) fn has(&self, recording: Option<Same>) -> bool {
        recording.is_some_and(|recording| self.0.iter().any(|one| one.recording == recording))
    }

    /// A recording was watched, and its windows are these.
    pub(super) fn put(&mut self, recording: Option<Same>, windows: &[NewWindow]) {
        let Some(recording) = recording else { return };
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(One { recording, windows: windows.into() });
    }

    /// A recording is kept now: its windows, if it was watched before.
    pub(super) fn take(&mut self, recording: Option<Same>) -> Option<Vec<NewWindow>> {
        let recording = recording?;
        let at = self.0.iter().position(|one| one.recording == recording)?;
        self.0.remove(at).map(|one| one.windows.to_vec())
    }
}
