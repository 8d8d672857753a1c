//! Recordings as files: in the folder of the session that runs, or in that of `judder collect`.

use std::fs::File;
use std::path::Path;

use judder_data::{DataError, Entry, Kept as InFolder, Recording, read_text, store};

use super::arrived::Arrived;
use super::state::Fleet;
use crate::clock::written;

impl Fleet {
    /// Keeps a recording as a file, where it is to be one: its name, and if it was there before, whether
    /// with the same readings.
    pub(super) fn keep_file(
        &mut self,
        arrived: &Arrived,
        in_session: bool,
    ) -> Result<Option<(String, Option<bool>)>, DataError> {
        if !in_session && self.root.is_none() {
            return Ok(None);
        }
        let posted = &arrived.posted;
        let entry = Entry {
            // The collection knows which.
            file: String::new(),
            device: posted.device.clone(),
            label: self.label.clone(),
            time: Some(posted.time.clone().unwrap_or_else(|| written(arrived.at))),
            rate_hz: posted.recording.rate_hz(),
            unit: posted.recording.unit(),
            sequence: posted.sequence,
            source: Some("http".to_owned()),
        };
        let (kept, folder, label) = match (&mut self.session, &mut self.root) {
            (Some(session), _) if in_session => match session.keep(posted, entry) {
                Ok(kept) => (kept, session.folder().to_owned(), Some(session.wanted.label.clone())),
                Err(error) if error.is_full() => return Err(error),
                Err(error) => {
                    let label = &session.wanted.label;
                    tracing::error!(%error, label, "the session ends: its folder cannot be written to");
                    self.session = None;
                    self.changes.of_datasets();
                    // What the history has is watched and kept all the same.
                    return if self.recorded { Ok(None) } else { Err(error) };
                }
            },
            (_, Some(root)) => {
                (root.keep(&posted.recording, entry)?, root.folder().to_owned(), None)
            }
            _ => return Ok(None),
        };
        let (number, same) = match kept {
            InFolder::New(number) => (number, None),
            InFolder::Known(number) => {
                let path = folder.join(store::file_name(number));
                (number, Some(holds(&path, &posted.recording)))
            }
        };
        let file = store::file_name(number);
        let file = label.map_or(file.clone(), |label| format!("{label}/{file}"));
        Ok(Some((file, same)))
    }
}

/// Whether a file holds these readings.
fn holds(path: &Path, recording: &Recording) -> bool {
    // A file that somebody took away does not say that the device counts anew.
    let there = File::open(path).ok().and_then(|file| read_text(file, &mut Vec::new()).ok());
    there.is_none_or(|there| there.values() == recording.values())
}
