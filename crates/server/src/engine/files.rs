//! Recordings as files: in the folder of the session that runs, or in that of `judder collect`.

use judder_data::{DataError, Entry, Kept as InFolder, store};

use super::arrived::Arrived;
use super::session::Session;
use super::state::Fleet;
use crate::clock::{Moment, written};

/// A recording as a file.
pub(super) struct InFile {
    /// Its name.
    pub(super) name: String,
    /// Whether it was there before, with the same readings.
    pub(super) known: bool,
    /// The start that it is kept under there.
    pub(super) start: Option<u64>,
}

impl Fleet {
    /// Goes on with the session that ran when the server ended.
    pub(super) fn resume_session(&mut self, now: Moment) {
        let Some(place) = &self.place else { return };
        match Session::resume(place.folder(), self.sync, now) {
            Ok(None) => {}
            Ok(Some(session)) => {
                let (label, kept) = (&session.wanted.label, session.kept);
                tracing::info!(label, kept, "the session that ran before goes on");
                self.session = Some(session);
            }
            Err(error) => {
                let aside =
                    error.put_aside(place.folder()).map(|aside| aside.display().to_string());
                tracing::error!(%error, aside, "the session that ran before does not go on; start it anew");
            }
        }
    }

    /// Keeps a recording as a file, where it is to be one; `start` is that of the history.
    pub(super) fn keep_file(
        &mut self,
        arrived: &Arrived,
        start: Option<u64>,
        in_session: bool,
    ) -> Result<Option<InFile>, DataError> {
        if !in_session && self.root.is_none() {
            return Ok(None);
        }
        // What is written to one that takes its place may be hidden by the next mount.
        if let Some(place) = self.place.as_ref().filter(|place| !place.is_there()) {
            let gone = std::io::Error::new(std::io::ErrorKind::NotFound, place.missing());
            return Err(DataError::new(place.folder(), gone));
        }
        let posted = &arrived.posted;
        let entry = Entry {
            // The collection knows which.
            file: String::new(),
            device: posted.device.clone(),
            label: self.label.clone(),
            time: Some(posted.time.clone().unwrap_or_else(|| written(arrived.at.wall))),
            rate_hz: posted.recording.rate_hz(),
            unit: posted.recording.unit(),
            sequence: posted.sequence,
            start: start.or(posted.start.map(u64::from)),
            source: Some("http".to_owned()),
        };
        let ((kept, start), label) = match (&mut self.session, &mut self.root) {
            (Some(session), _) if in_session => match session.keep(posted, entry) {
                Ok(kept) => (kept, Some(session.wanted.label.clone())),
                // Who sent it tries again.
                Err(error) if error.is_full() || !session.is_broken() => return Err(error),
                Err(error) => {
                    let label = &session.wanted.label;
                    tracing::error!(%error, label, "the session ends: its folder cannot be written to");
                    session.end();
                    self.session = None;
                    self.look_into_another_folder();
                    self.changes.of_datasets();
                    // What the history has is watched and kept all the same.
                    return if self.recorded { Ok(None) } else { Err(error) };
                }
            },
            (_, Some(root)) => (root.keep(&posted.recording, entry)?, None),
            _ => return Ok(None),
        };
        let (number, known) = match kept {
            InFolder::New(number) => (number, false),
            InFolder::Known(number) => (number, true),
        };
        let file = store::file_name(number);
        let name = label.map_or(file.clone(), |label| format!("{label}/{file}"));
        Ok(Some(InFile { name, known, start }))
    }
}
