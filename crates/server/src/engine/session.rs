//! A session: recordings of one state of the machine, kept under its label.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use judder_data::{Collection, DataError, Entry, Kept, Recording, Sync};

use crate::clock::Moment;
use crate::wire::Posted;

/// What a session is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The state of the machine, and the folder in that of the server. A name that may be one.
    pub label: String,
    /// The device; all of them where none is named.
    pub device: Option<String>,
    /// How long.
    pub duration: Option<Duration>,
    /// How many recordings.
    pub recordings: Option<u64>,
}

/// A session that runs.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) wanted: Wanted,
    pub(super) started: Moment,
    pub(super) kept: u64,
    pub(super) last: Option<Arc<Recording>>,
    collection: Collection,
}

impl Session {
    /// Begins a session in a folder of recordings.
    pub(super) fn begin(
        within: &Path,
        wanted: Wanted,
        sync: Sync,
        now: Moment,
    ) -> Result<Self, DataError> {
        let collection = Collection::open(&within.join(&wanted.label), sync)?;
        Ok(Self { wanted, started: now, kept: 0, last: None, collection })
    }

    /// Its folder.
    pub(super) fn collection(&self) -> &Collection {
        &self.collection
    }

    /// Whether it takes what comes from a device now.
    pub(super) fn takes(&self, device: &str, now: Moment) -> bool {
        !self.is_over(now) && self.wanted.device.as_deref().is_none_or(|wanted| wanted == device)
    }

    /// Keeps a recording.
    pub(super) fn keep(
        &mut self,
        posted: &Posted,
        entry: Entry,
    ) -> Result<(Kept, Option<u64>), DataError> {
        let entry = Entry { label: Some(self.wanted.label.clone()), ..entry };
        let (kept, start) = self.collection.keep(&posted.recording, entry)?;
        if matches!(kept, Kept::New(_)) {
            self.kept += 1;
            self.last = Some(Arc::clone(&posted.recording));
        }
        Ok((kept, start))
    }

    /// Whether it has all it was to have.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        let lasted = now.since(self.started.steady);
        self.wanted.duration.is_some_and(|most| lasted >= most)
            || self.wanted.recordings.is_some_and(|most| self.kept >= most)
    }
}
