//! Keeping what is posted in a folder.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use judder_data::{Collection, DataError, Entry, Kept as InFolder, store};

use crate::keep::{Keep, Kept};
use crate::wire::Posted;

/// Keeps recordings in a folder, and counts them.
#[derive(Debug)]
pub struct Collector {
    collection: Collection,
    label: Option<String>,
    kept: Arc<AtomicUsize>,
}

impl Collector {
    /// Keeps recordings in this collection; `label` is the state that they are taken in.
    pub fn new(collection: Collection, label: Option<String>) -> Self {
        Self { collection, label, kept: Arc::default() }
    }

    /// How many recordings were kept so far; it counts on.
    pub fn counter(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.kept)
    }
}

impl Keep for Collector {
    fn keep(&mut self, posted: &Posted) -> Result<Kept, DataError> {
        let now = || humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let entry = Entry {
            // The collection knows which.
            file: String::new(),
            device: posted.device.clone(),
            label: self.label.clone(),
            time: Some(posted.time.clone().unwrap_or_else(now)),
            rate_hz: posted.recording.rate_hz(),
            sequence: posted.sequence,
            source: Some("http".to_owned()),
        };
        let (number, before) = match self.collection.keep(&posted.recording, entry)? {
            InFolder::New(number) => (number, false),
            InFolder::Known(number) => (number, true),
        };
        if !before {
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Kept { file: store::file_name(number), before })
    }
}
