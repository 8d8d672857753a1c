//! Watching the windows of many recordings, folder by folder.

use judder_core::Error;
use judder_model::{Model, Outcome, Watcher, Watching};

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
    let mut watcher = Watcher::new(model, watching)?;
    let fresh = watcher.clone();
    let mut folder = None;
    recordings
        .iter()
        .map(|one| {
            let parent = one.path.parent();
            if folder != Some(parent) {
                (folder, watcher) = (Some(parent), fresh.clone());
            }
            one.windows.iter().flatten().map(|window| watcher.next(window)).collect()
        })
        .collect()
}
