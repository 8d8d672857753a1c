//! Watching the windows of many recordings, folder by folder.

use std::path::{Path, PathBuf};

use judder_core::Error;
use judder_model::{Model, Outcome, Scored, Watcher, Watching};

use crate::evaluate::Judged;

/// What comes of each window, where those of a folder follow each other in the order of its
/// recordings. A recording that has no scores is passed over.
///
/// # Errors
/// Where the model cannot watch like that.
pub fn follow(
    model: &Model,
    watching: &Watching,
    recordings: &[&Judged],
) -> Result<Vec<Vec<Outcome>>, Error> {
    let mut follower = Follower::new(model, watching)?;
    recordings
        .iter()
        .map(|one| {
            let windows = one.windows.iter().flatten();
            windows.map(|window| follower.next(&one.path, window)).collect()
        })
        .collect()
}

/// Watches windows as they come, folder by folder.
#[derive(Debug, Clone)]
pub struct Follower {
    fresh: Watcher,
    watcher: Watcher,
    folder: Option<PathBuf>,
}

impl Follower {
    /// One that has seen nothing yet.
    ///
    /// # Errors
    /// Where the model cannot watch like that.
    pub fn new(model: &Model, watching: &Watching) -> Result<Self, Error> {
        let fresh = Watcher::new(model, watching)?;
        Ok(Self { watcher: fresh.clone(), fresh, folder: None })
    }

    /// What comes of the next window, which is one of this recording.
    ///
    /// # Errors
    /// Where the window is not one of the model.
    pub fn next(&mut self, recording: &Path, window: &Scored) -> Result<Outcome, Error> {
        let folder = recording.parent().unwrap_or(Path::new(""));
        if self.folder.as_deref() != Some(folder) {
            (self.folder, self.watcher) = (Some(folder.to_owned()), self.fresh.clone());
        }
        self.watcher.next(window)
    }
}
