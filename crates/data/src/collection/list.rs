//! The list of a collection: mended when it is opened, then added to line by line.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::folder::{self, Found};
use super::known::{Known, Numbered};
use super::{Sync, file};
use crate::error::{DataError, Problem};
use crate::{Entry, SIDECAR};

/// What the list is called until it is whole, where it has to be written anew.
const UNFINISHED: &str = ".judder-collection.jsonl";

/// The list, open at its end.
#[derive(Debug)]
pub(super) struct List {
    path: PathBuf,
    file: File,
    /// Its bytes without a line that is not accepted.
    length: u64,
    /// The line that is not accepted, in bytes.
    added: u64,
}

impl List {
    /// Opens the list of a folder; takes out the lines whose files are not there, and a torn one at
    /// the end. What is right stays as it is, byte for byte.
    ///
    /// # Errors
    /// [`Problem::Sidecar`] where a line that others follow is damaged.
    pub(super) fn mend(
        folder: &Path,
        found: &Found,
        sync: Sync,
    ) -> Result<(Self, Known), DataError> {
        let path = folder.join(SIDECAR);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            text => text.map_err(DataError::at(&path))?,
        };
        let right =
            Right::of(&text, |name| found.has(folder, name)).map_err(DataError::at(&path))?;
        let list = Self::write(folder, &path, &text, &right.text, sync);
        Ok((list.map_err(DataError::at(&path))?, Known::collect(right.kept)))
    }

    fn write(folder: &Path, path: &Path, old: &[u8], new: &[u8], sync: Sync) -> io::Result<Self> {
        let unfinished = folder.join(UNFINISHED);
        file::remove(&folder.join(file::UNFINISHED))?;
        file::remove(&unfinished)?;
        if !old.starts_with(new) {
            let (mut file, whole) = file::create(&unfinished)?;
            file.write_all(new)?;
            file.sync_all()?;
            whole.persist(path)?;
        }
        let file = File::options().append(true).create(true).open(path)?;
        let length = new.len() as u64;
        // A torn line is cut off in place, which takes no space.
        if file.metadata()?.len() != length {
            file.set_len(length)?;
        }
        if sync == Sync::Disk {
            file.sync_all()?;
            folder::write_out(folder)?;
        }
        Ok(Self { path: path.to_owned(), file, length, added: 0 })
    }

    /// Whether the list is at its place, and has the lines that were accepted and no more.
    pub(super) fn is_as_left(&self) -> bool {
        let is_same = |there: &Metadata| {
            self.file.metadata().is_ok_and(|open| same_file(&open, there))
                && there.len() == self.length
        };
        fs::metadata(&self.path).is_ok_and(|there| is_same(&there))
    }

    /// Adds a line, which is to be accepted or taken back. After an error it is not there.
    pub(super) fn add(&mut self, line: &[u8], sync: Sync) -> Result<(), DataError> {
        let mut added = self.file.write_all(line);
        if sync == Sync::Disk {
            added = added.and_then(|()| self.file.sync_data());
        }
        self.added = line.len() as u64;
        added.map_err(|error| {
            self.take_back();
            DataError::new(&self.path, error)
        })
    }

    /// Makes the line that was added last one of the list.
    pub(super) fn accept(&mut self) {
        self.length += self.added;
    }

    /// Cuts off the line that was added last, or as much of it as there is. If that cannot be done,
    /// the list is not as it was left.
    pub(super) fn take_back(&mut self) {
        let _ = self.file.set_len(self.length);
    }
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    a.created().ok() == b.created().ok()
}

/// What is right in a list.
struct Right {
    /// Its lines.
    text: Vec<u8>,
    /// What has a number, by device, in order.
    kept: HashMap<String, Vec<Numbered>>,
}

impl Right {
    fn of(text: &[u8], is_there: impl Fn(&str) -> bool) -> Result<Self, Problem> {
        let mut right = Self { text: Vec::with_capacity(text.len()), kept: HashMap::new() };
        let mut lines = text.split_inclusive(|&byte| byte == b'\n').zip(1..).peekable();
        while let Some((line, number)) = lines.next() {
            if line.trim_ascii().is_empty() {
                right.text.extend_from_slice(line);
                continue;
            }
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) if is_there(&entry.file) => right.take(line, entry),
                Ok(_) => {}
                // Half a line, or the zeros that a power cut leaves in place of what was not written.
                Err(_) if lines.peek().is_none() || line.contains(&0) => {}
                Err(error) => {
                    return Err(Problem::Sidecar { line: number, reason: error.to_string() });
                }
            }
        }
        Ok(right)
    }

    fn take(&mut self, line: &[u8], entry: Entry) {
        self.text.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            // Whole all the same: no part of a JSON object is one.
            self.text.push(b'\n');
        }
        if let (Some(device), Some(sequence), Some(number)) =
            (entry.device, entry.sequence, folder::number(&entry.file))
        {
            let one = Numbered { start: entry.start, sequence, number };
            self.kept.entry(device).or_default().push(one);
        }
    }
}
