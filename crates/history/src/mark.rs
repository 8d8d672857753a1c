//! A mark beside the history of how far its tables have come, by which it is noticed where they are behind that: where
//! the log is gone or damaged, say, of which SQLite reads what is whole and says nothing.
//!
//! It is written over after each commit, with neither a new block nor a wait for the disk: after the end of the
//! process it is of the last commit that anybody was told of, or one before; after a power cut it may be older.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::place::{self, Place};

/// The ending of its name.
pub(crate) const ENDING: &str = "-mark";

/// What it begins with: whose it is, and its version.
const MAGIC: [u8; 8] = *b"JUDMARK\x01";
/// That, two numbers and a checksum.
const BYTES: usize = 28;

/// How far the tables have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    /// How often something was committed.
    pub(crate) commits: i64,
    /// The largest number of a recording.
    pub(crate) last: i64,
}

/// The file of the mark.
#[derive(Debug)]
pub(crate) struct Mark(Option<File>);

impl Mark {
    /// Opens the mark of a history, or begins one. Where that fails there is none, and all else goes on.
    pub(crate) fn open(place: &Place) -> Self {
        let path = place.beside(ENDING);
        let is_file = path.symlink_metadata().is_ok_and(|there| there.is_file());
        if !place.is_lasting() || (path.symlink_metadata().is_ok() && !is_file) {
            return Self(None);
        }
        Self(place::private().write(true).create(true).truncate(false).open(path).ok())
    }

    /// Notes how far the tables have come. Where that fails they are said to be where they were before.
    pub(crate) fn set(&mut self, reached: Reached) {
        let Some(file) = &mut self.0 else { return };
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(MAGIC);
        bytes.extend(reached.commits.to_le_bytes());
        bytes.extend(reached.last.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&bytes));
    }
}

/// What the mark of a history says, if there is one that is whole.
pub(crate) fn read(path: &Path) -> Option<Reached> {
    let path = place::beside(path, ENDING);
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(2 * BYTES as u64).read_to_end(&mut bytes).ok()?;
    let (of, crc) = bytes.split_last_chunk::<4>()?;
    let numbers = of.strip_prefix(&MAGIC)?;
    let (commits, rest) = numbers.split_first_chunk()?;
    let last = rest.try_into().ok().filter(|_| crc32fast::hash(of) == u32::from_le_bytes(*crc))?;
    Some(Reached { commits: i64::from_le_bytes(*commits), last: i64::from_le_bytes(last) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_last_is_read_and_nothing_that_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("h");
        let mut mark = Mark::open(&Place::new(&path));
        assert_eq!(read(&path), None);
        for reached in [Reached { commits: 7, last: -1 }, Reached { commits: i64::MAX, last: 90 }] {
            mark.set(reached);
            assert_eq!(read(&path), Some(reached));
        }
        let beside = folder.path().join("h-mark");
        let whole = std::fs::read(&beside).unwrap();
        assert_eq!(whole.len(), BYTES);
        for at in 0..BYTES {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&beside, &bytes).unwrap();
            assert_eq!(read(&path), None, "byte {at}");
            std::fs::write(&beside, &whole[..at]).unwrap();
            assert_eq!(read(&path), None, "{at} bytes");
        }
    }
}
