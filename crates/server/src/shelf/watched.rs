//! The file of a model, looked at beside all else: it may lie where reading hangs.

use std::path::PathBuf;
use std::sync::Arc;

use judder_model::Model;

use super::file::{Stamp, is_file, keep_old};
use super::loaded::{Deciding, Loaded};

/// The file of a model, and what was last known of it.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) stamp: Option<Stamp>,
    pub(super) loaded: Arc<Loaded>,
    pub(super) deciding: Deciding,
}

/// What a file was found to be that has changed.
#[derive(Debug)]
pub(crate) struct Reread {
    pub(super) name: String,
    /// What it was read to before.
    pub(super) before: Arc<Loaded>,
    pub(super) stamp: Option<Stamp>,
    /// None where that is what it says still; or why it cannot be used.
    pub(super) found: Result<Option<Arc<Loaded>>, String>,
}

impl Watched {
    /// Reads the file, if it has changed.
    pub(crate) fn look(self) -> Option<Reread> {
        let Self { name, path, stamp: before, loaded, deciding } = self;
        let stamp = Stamp::of(&path);
        if stamp == before {
            return None;
        }
        let found = match is_file(&path) {
            // Reading a pipe would wait for who writes to it.
            Some(false) => {
                Err(format!("{}: is no file any more; put the model there", path.display()))
            }
            _ => Model::read(&path).map_err(|error| error.to_string()),
        };
        let found = found.map(|model| {
            if model == *loaded.model {
                return None;
            }
            // The new one counts, even where the old one cannot be kept.
            if let Err(error) = keep_old(&path, &loaded.model) {
                tracing::warn!(%error, "the old model could not be kept");
            }
            Some(Arc::new(Loaded::new(&name, model, deciding)))
        });
        Some(Reread { name, before: loaded, stamp, found })
    }
}
