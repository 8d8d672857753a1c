//! A mark beside the history of how far its tables have come, and what waits for them, by which it is noticed where they
//! are behind that: where the log is gone or damaged, say, of which SQLite reads what is whole and says nothing, or a
//! segment.
//!
//! It is written over after each commit, with neither a new block nor a wait for the disk: after the end of the
//! process it is of the last commit that anybody was told of, or one before; after a power cut it may be older.
//!
//! It has `JUDMARK`, a version, how often something was committed to the tables and the largest number in them, with the
//! CRC-32 of that; then the largest number of a recording that was kept in a segment, with the CRC-32 of it and of the
//! first eight bytes. Numbers are little-endian, eight bytes each. The second part is not there before the first recording.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::place::{self, Place};

/// The ending of its name.
pub(crate) const ENDING: &str = "-mark";

/// What it begins with: whose it is, and its version.
const MAGIC: [u8; 8] = *b"JUDMARK\x01";
/// That, two numbers and a checksum.
const BYTES: usize = 28;
/// The number of the last recording that was kept, and a checksum, behind them.
const KEPT: usize = 12;

/// How far the tables have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    /// How often something was committed.
    pub(crate) commits: i64,
    /// The largest number of a recording in the tables.
    pub(crate) last: i64,
}

/// What is known of a history by its mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// How far the tables have come.
    pub(crate) tables: Reached,
    /// The largest number of a recording, in the tables or waiting for them.
    pub(crate) kept: i64,
}

/// The file of the mark, for who writes to the tables.
#[derive(Debug)]
pub(crate) struct Mark(Option<File>);

/// The same, for who keeps recordings beside them.
#[derive(Debug, Default)]
pub(crate) struct Kept(Option<File>);

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
        let Some(file) = &self.0 else { return };
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(MAGIC);
        bytes.extend(reached.commits.to_le_bytes());
        bytes.extend(reached.last.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        let _ = put(file, &bytes, 0);
    }

    /// What notes which recordings are kept beside the tables.
    pub(crate) fn kept(&self) -> Kept {
        Kept(self.0.as_ref().and_then(|file| file.try_clone().ok()))
    }
}

impl Kept {
    /// Notes the largest number of a recording that is kept.
    pub(crate) fn set(&mut self, last: i64) {
        let Some(file) = &self.0 else { return };
        let mut bytes = [0; KEPT];
        let (number, crc) = bytes.split_at_mut(KEPT - 4);
        number.copy_from_slice(&last.to_le_bytes());
        crc.copy_from_slice(&of_kept(number).to_le_bytes());
        let _ = put(file, &bytes, BYTES as u64);
    }
}

fn of_kept(number: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&MAGIC);
    crc.update(number);
    crc.finalize()
}

/// Writes at a place in a file, in one go and wherever others write.
fn put(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Seek, SeekFrom, Write};
        let mut file = file;
        file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes))
    }
}

/// What the mark of a history says, if there is one that is whole.
pub(crate) fn read(path: &Path) -> Option<Known> {
    let path = place::beside(path, ENDING);
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(2 * BYTES as u64).read_to_end(&mut bytes).ok()?;
    let (tables, kept) = bytes.split_at_checked(BYTES)?;
    let (of, crc) = tables.split_last_chunk::<4>()?;
    let numbers = of.strip_prefix(&MAGIC)?;
    let (commits, rest) = numbers.split_first_chunk()?;
    let last = rest.try_into().ok().filter(|_| crc32fast::hash(of) == u32::from_le_bytes(*crc))?;
    let tables = Reached { commits: i64::from_le_bytes(*commits), last: i64::from_le_bytes(last) };
    let kept = match kept.split_first_chunk::<8>() {
        Some((number, crc)) if crc == of_kept(number).to_le_bytes() => i64::from_le_bytes(*number),
        // Nothing was kept yet.
        None if kept.is_empty() => tables.last,
        _ => return None,
    };
    Some(Known { tables, kept: kept.max(tables.last) })
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
        for tables in [Reached { commits: 7, last: -1 }, Reached { commits: i64::MAX, last: 90 }] {
            mark.set(tables);
            assert_eq!(read(&path), Some(Known { tables, kept: tables.last }));
        }
        let tables = Reached { commits: i64::MAX, last: 90 };
        let mut kept = mark.kept();
        for last in [80, 91, 70_000] {
            kept.set(last);
            assert_eq!(read(&path), Some(Known { tables, kept: last.max(90) }));
        }
        mark.set(tables);
        let beside = folder.path().join("h-mark");
        let whole = std::fs::read(&beside).unwrap();
        assert_eq!(whole.len(), BYTES + KEPT);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&beside, &bytes).unwrap();
            assert_eq!(read(&path), None, "byte {at}");
            std::fs::write(&beside, &whole[..at]).unwrap();
            let first = (at == BYTES).then_some(Known { tables, kept: 90 });
            assert_eq!(read(&path), first, "{at} bytes");
        }
    }
}
