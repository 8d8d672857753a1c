//! A session: recordings of one state of the machine, kept under its label.
//!
//! What it is to be stands in a file of the server's folder, so that it goes on after a restart.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use judder_data::store::write_private;
use judder_data::{Collection, DataError, Entry, Kept, Recording, SIDECAR, Sync};
use serde::{Deserialize, Serialize};

use crate::clock::{Millis, Moment};
use crate::regular::regular_file;
use crate::wire::{Posted, is_name};

/// The file that says which session runs.
const NOTE: &str = "session.json";

/// So many errors in a row end a session; what came meanwhile was refused, and comes again.
const MOST_ERRORS: u32 = 10;

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
    /// How long it had run before the server was started anew.
    before: Duration,
    /// Recordings that could not be kept since the last that was.
    errors: u32,
    collection: Collection,
    note: PathBuf,
}

/// What a session is to be, as it is noted.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    label: String,
    device: Option<String>,
    seconds: Option<f64>,
    recordings: Option<u64>,
    /// When it began, in milliseconds since 1970.
    started: Millis,
    /// Recordings that were in the folder then.
    had: u64,
}

/// Why a session does not go on after a restart.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error("its folder {0} is gone")]
    Gone(PathBuf),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("{NOTE} cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("{NOTE} is not what judder wrote: {0}")]
    Note(#[from] serde_json::Error),
    #[error("{NOTE} is not what judder wrote: its label is none")]
    Label,
    #[error("{NOTE} is not what judder wrote: it lasts less than no time")]
    Seconds,
}

impl Ended {
    /// Puts a note that is none beside, so that it is told of once; where it is now, if that could be done.
    pub(super) fn put_aside(&self, within: &Path) -> Option<PathBuf> {
        let is_none = matches!(self, Self::Note(_) | Self::Label | Self::Seconds);
        let aside = within.join(format!("{NOTE}.damaged"));
        (is_none && fs::rename(within.join(NOTE), &aside).is_ok()).then_some(aside)
    }
}

/// Whether a label is, on some file system, what the server itself keeps in its folder.
pub(crate) fn is_taken(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    ["models", "token", NOTE, SIDECAR].contains(&label.as_str())
        || label.starts_with("history.db")
        || label.ends_with(".csv")
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
        let note = within.join(NOTE);
        let noted = Noted {
            label: wanted.label.clone(),
            device: wanted.device.clone(),
            seconds: wanted.duration.map(|duration| duration.as_secs_f64()),
            recordings: wanted.recordings,
            started: now.wall,
            had: collection.count() as u64,
        };
        write_private(&note, |file| {
            serde_json::to_writer(&mut *file, &noted)?;
            writeln!(file)
        })?;
        Ok(Self::of(wanted, collection, note, now))
    }

    /// The session that ran when the server ended, if one did: it goes on.
    pub(super) fn resume(within: &Path, sync: Sync, now: Moment) -> Result<Option<Self>, Ended> {
        let note = within.join(NOTE);
        regular_file(&note)?;
        let text = match fs::read(&note) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let noted: Noted = serde_json::from_slice(&text)?;
        if !is_name(&noted.label) || is_taken(&noted.label) {
            return Err(Ended::Label);
        }
        let folder = within.join(&noted.label);
        if noted.seconds.is_some_and(|seconds| seconds.is_nan() || seconds < 0.0) {
            return Err(Ended::Seconds);
        }
        // One made anew may hide that of a disk which is not there yet.
        if !folder.is_dir() {
            return Err(Ended::Gone(folder));
        }
        let collection = Collection::open(&folder, sync)?;
        let kept = (collection.count() as u64).saturating_sub(noted.had);
        let ran = u64::try_from(now.wall.saturating_sub(noted.started)).unwrap_or(0);
        let wanted = Wanted {
            label: noted.label,
            device: noted.device,
            duration: noted.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            recordings: noted.recordings,
        };
        let started = Moment { wall: noted.started, ..now };
        let session = Self::of(wanted, collection, note, started);
        Ok(Some(Self { kept, before: Duration::from_millis(ran), ..session }))
    }

    fn of(wanted: Wanted, collection: Collection, note: PathBuf, started: Moment) -> Self {
        let (last, before) = (None, Duration::ZERO);
        Self { wanted, started, kept: 0, last, before, errors: 0, collection, note }
    }

    /// It is over: it does not go on after a restart.
    pub(super) fn end(&self) {
        if let Err(error) = fs::remove_file(&self.note)
            && error.kind() != ErrorKind::NotFound
        {
            let note = self.note.display();
            tracing::warn!(%note, %error, "the session is over, but would go on after a restart: remove this file");
        }
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
        let kept = self.collection.keep(&posted.recording, entry);
        self.errors = if kept.is_ok() { 0 } else { self.errors.saturating_add(1) };
        let (kept, start) = kept?;
        if matches!(kept, Kept::New(_)) {
            self.kept += 1;
            self.last = Some(Arc::clone(&posted.recording));
        }
        Ok((kept, start))
    }

    /// Whether its folder cannot be written to any more: one error, or a few, may pass.
    pub(super) fn is_broken(&self) -> bool {
        self.errors >= MOST_ERRORS
    }

    /// Whether it has all it was to have.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        let lasted = now.since(self.started.steady).saturating_add(self.before);
        self.wanted.duration.is_some_and(|most| lasted >= most)
            || self.wanted.recordings.is_some_and(|most| self.kept >= most)
    }
}
