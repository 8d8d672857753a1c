//! Recordings that were watched and could not be kept: their boards send them again until they are, and none of them
//! is to count twice.

use std::collections::VecDeque;
use std::sync::Arc;

use judder_data::Starts;
use judder_history::{Batch, NewWindow};

use super::arrived::Arrived;
use super::condition::Kind;
use super::device::{Device, Says};
use super::state::Fleet;

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

impl Fleet {
    /// Watches a recording that is not kept: unless it is one that came before.
    pub(super) fn watch_unkept(&mut self, batch: &mut Batch<'_>, arrived: &Arrived) {
        let Arrived { device, posted, at, .. } = arrived;
        let in_session = self.session.as_ref().is_some_and(|session| session.takes(device, *at));
        let is_crowded =
            self.devices.len() >= self.most_devices && !self.devices.contains_key(device);
        if self.sessions_only && !in_session || is_crowded {
            return;
        }
        // What cannot be looked up is new.
        let loaded = self.starts(batch, arrived).unwrap_or_default();
        let mut start = posted.start.map(u64::from);
        if let (true, Some(_), Some(sequence)) = (self.recorded, &posted.device, posted.sequence) {
            let seen = self.devices.get(device).and_then(|device| device.starts.as_ref());
            let none = Starts::default();
            let starts = seen.or(loaded.as_ref()).unwrap_or(&none);
            match self.find(batch, starts, arrived, sequence) {
                Ok(Ok(found)) => start = found,
                Ok(Err(_)) => return self.again(arrived),
                Err(_) => {}
            }
        }
        self.watch_only(arrived, start, loaded);
    }

    /// Watches a recording that is not kept, under a start.
    pub(super) fn watch_only(
        &mut self,
        arrived: &Arrived,
        start: Option<u64>,
        loaded: Option<Starts>,
    ) {
        let Arrived { device, at, .. } = arrived;
        let same = Same::of(arrived);
        let known = match self.devices.get_mut(device) {
            Some(known) => known,
            None => self.devices.entry(device.clone()).or_insert(Device::new(device, at.wall)),
        };
        if loaded.is_some() {
            known.starts = loaded;
        }
        if known.watched.has(same) {
            return self.again(arrived);
        }
        let is_new = known.starts.as_ref().is_some_and(|starts| !starts.has(start));
        let less = known.last.as_ref().map_or(0, |last| last.held.bytes());
        let excused = known.excused;
        let (windows, says) = known.watch(arrived, (start, is_new), self.unjudged_after);
        known.watched.put(same, &windows);
        self.judged.excused += known.excused - excused;
        self.judged.windows.extend(windows.iter().map(|window| window.verdict.as_str()));
        self.holds(arrived.readings.bytes(), less);
        self.tell(device, says, *at);
    }

    /// A recording came again: its device is not silent.
    pub(super) fn again(&mut self, arrived: &Arrived) {
        if let Some(device) = self.devices.get_mut(&arrived.device) {
            device.hear(arrived.at);
            if device.conditions.is_open(Kind::Silent) {
                self.tell(&arrived.device, vec![Says::not(Kind::Silent)], arrived.at);
            }
        }
    }
}
