//! Looking whether all in a server's folder can be read as it was written.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use judder_data::{map_recordings, sources};
use judder_history::Verified as History;
use judder_model::Model;

use super::{Doing, FolderError, MODELS, history_in, labels};
use crate::shelf::models_in;

/// What was found in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// What was found in the history.
    pub history: History,
    /// Folders of labelled recordings.
    pub labels: usize,
    /// Recordings in them.
    pub recordings: u64,
    /// Models.
    pub models: usize,
    /// Files of those that cannot be read: which, and why.
    pub unreadable: Vec<String>,
}

impl Verified {
    /// Whether nothing is damaged or gone.
    pub fn is_whole(&self) -> bool {
        self.history.is_whole() && self.unreadable.is_empty()
    }
}

/// Looks at the history in a folder, at each labelled recording and at each model; a server may write there meanwhile.
///
/// # Errors
/// Where it cannot be looked at. That something is damaged is none.
pub fn verify(folder: &Path, mut told: impl FnMut(Doing)) -> Result<Verified, FolderError> {
    let history = history_in(folder)?;
    let history = judder_history::verify(&history, |looking| told(Doing::Looking(looking)))?;
    beside(folder, history, told)
}

/// Looks at each labelled recording and at each model beside a history of which that was found.
pub(super) fn beside(
    folder: &Path,
    history: History,
    mut told: impl FnMut(Doing),
) -> Result<Verified, FolderError> {
    let mut found = Verified { history, ..Verified::default() };
    let labels = labels(folder)?;
    let models = models_in(&folder.join(MODELS))?;
    let (mut done, of) = (0, (labels.len() + models.len()) as u64);
    let mut next = || {
        done += 1;
        told(Doing::Files { done, of });
    };
    for label in &labels {
        found.labels += 1;
        match sources(label) {
            Ok(sources) => {
                let read = AtomicU64::new(0);
                let count = |_: &_| _ = read.fetch_add(1, Ordering::Relaxed);
                let all = map_recordings(&sources, count, || ());
                let errors = all.into_iter().filter_map(Result::err);
                found.unreadable.extend(errors.map(|error| error.to_string()));
                found.recordings += read.into_inner();
            }
            // A session that has just begun has none.
            Err(error) if matches!(error.problem, judder_data::Problem::NoRecordings) => {}
            Err(error) => found.unreadable.push(error.to_string()),
        }
        next();
    }
    for model in &models {
        found.models += 1;
        if let Err(error) = Model::read(model) {
            found.unreadable.push(error.to_string());
        }
        next();
    }
    Ok(found)
}
