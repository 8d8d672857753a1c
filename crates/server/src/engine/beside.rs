//! What is in the server's folder beside the history: labelled recordings and models. It counts as what is kept, and
//! never goes by itself.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use judder_data::SIDECAR;
use judder_history::Settler;

/// Looking takes at most one of so many parts of the time,
const PART: u32 = 100;
/// and is not done more often than that.
const SELDOM: Duration = Duration::from_secs(1);
/// What a file takes is a multiple of that.
const BLOCK: u64 = 4096;
/// Folders in folders that are looked at.
const DEPTH: usize = 2;

/// Looks now and then how much there is.
#[derive(Debug)]
pub(super) struct Beside {
    folder: Option<PathBuf>,
    next: Instant,
    is_much: bool,
}

impl Beside {
    /// Of the server's folder, if it has one.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, next: Instant::now(), is_much: false }
    }

    /// Looks, if it is time, and has the history count what there is.
    pub(super) fn look(&mut self, settler: &Settler) {
        let Some(folder) = self.folder.as_ref().filter(|_| Instant::now() >= self.next) else {
            return;
        };
        let began = Instant::now();
        let bytes = bytes(folder);
        let is_much = settler.count_beside(bytes);
        if is_much && !self.is_much {
            tracing::warn!(
                bytes,
                "labelled recordings and models take most of what may be kept (--keep-bytes): they stay, and a quarter \
                 of it is left to the history; move folders away, or allow more"
            );
        }
        self.is_much = is_much;
        self.next = began + SELDOM.max(began.elapsed() * PART);
    }
}

/// The bytes of labelled recordings and models in a folder: whatever else somebody keeps there is not the server's.
fn bytes(folder: &Path) -> u64 {
    let ours = |entry: &DirEntry| {
        entry.file_name() == "models" || entry.path().join(SIDECAR).symlink_metadata().is_ok()
    };
    folders(folder).filter(ours).map(|entry| all(&entry.path(), DEPTH)).sum()
}

fn folders(folder: &Path) -> impl Iterator<Item = DirEntry> {
    // What cannot be read now may be the next time.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
}

fn all(folder: &Path, depth: usize) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| {
        let there = entry.metadata().ok()?;
        if there.is_dir() {
            return (depth > 0).then(|| all(&entry.path(), depth - 1));
        }
        Some(there.len().next_multiple_of(BLOCK))
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_and_models_are_counted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: usize| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![1; bytes]).unwrap();
        };
        write("history.db", 100_000);
        write("photographs/one", 200_000);
        assert_eq!(bytes(folder.path()), 0);
        write("low/recording.jsonl", 100);
        write("low/0001.csv", 4097);
        write("models/m.json", 1);
        write("models/old/m.json", 4096);
        assert_eq!(bytes(folder.path()), (1 + 2 + 1 + 1) * BLOCK);
        assert_eq!(bytes(&folder.path().join("none")), 0);
    }
}
