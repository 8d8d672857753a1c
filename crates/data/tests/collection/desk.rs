//! A folder to try a collection in.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::{Collection, DataError, Entry, Kept, Recording, SIDECAR, Sync, read_text};

/// The hidden file that stays in the folder.
pub(crate) const LOCK: &str = ".judder-collection.lock";

/// A folder of its own, and what is in it.
pub(crate) struct Desk {
    _parent: tempfile::TempDir,
    pub(crate) folder: PathBuf,
}

impl Desk {
    /// A folder that is not there yet, nor the one that it lies in.
    pub(crate) fn new() -> Self {
        let parent = tempfile::tempdir().unwrap();
        Self { folder: parent.path().join("data/fan"), _parent: parent }
    }

    /// A folder with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self::new();
        fs::create_dir_all(&desk.folder).unwrap();
        files.iter().for_each(|(name, text)| desk.write(name, text));
        desk
    }

    /// A folder with this many recordings of board `a`, from sequence number 0.
    pub(crate) fn of(recordings: u64) -> Self {
        let desk = Self::new();
        let mut collection = desk.open();
        for sequence in 0..recordings {
            let number = sequence as usize;
            assert_eq!(keep(&mut collection, "a", sequence).unwrap(), Kept::New(number));
        }
        desk
    }

    pub(crate) fn open(&self) -> Collection {
        Collection::open(&self.folder, Sync::System).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names in the folder, hidden ones too, but for the lock.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.folder)
    }

    /// The list, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.read(SIDECAR).lines().map(str::to_owned).collect()
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != LOCK).collect();
    names.sort();
    names
}

/// What is known of a recording.
pub(crate) fn entry(device: Option<&str>, sequence: Option<u64>) -> Entry {
    Entry {
        file: String::new(),
        device: device.map(str::to_owned),
        label: None,
        time: None,
        rate_hz: None,
        unit: None,
        sequence,
        start: None,
        source: None,
    }
}

/// A recording that tells its sequence number: no two are equal.
pub(crate) fn recording(sequence: u64) -> Recording {
    let values = (0..30).map(|at| sequence as f64 + f64::from(at * 7 % 5) / 1e3).collect();
    Recording::from_axes(3, 10, values).unwrap()
}

/// Keeps the recording of a device with this sequence number.
pub(crate) fn keep(
    collection: &mut Collection,
    device: &str,
    sequence: u64,
) -> Result<Kept, DataError> {
    let (kept, start) =
        collection.keep(&recording(sequence), entry(Some(device), Some(sequence)))?;
    assert_eq!(start, None);
    Ok(kept)
}

/// The recording in a file.
pub(crate) fn read(path: &Path) -> Recording {
    read_text(fs::File::open(path).unwrap(), &mut Vec::new()).unwrap().remove(0).1
}
