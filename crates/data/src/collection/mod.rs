//! A folder of recordings that grows: numbered files, and a line for each in the list beside them.
//!
//! The line is written before the file. So a crash leaves both, or a line without its file, which
//! stands for nothing: it is taken off when the folder is opened again, and its number is free.

mod file;
mod folder;
mod known;
mod list;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{DataError, LineProblem, Problem};
use crate::store::file_name;
use crate::{Entry, Recording, Starts, read_text, write_text};

pub use folder::FolderLock;

use folder::Found;
use known::{Known, Numbered};
use list::List;

/// A folder that recordings are added to, by one process at a time.
///
/// Only numbered files (`0000.csv`), the list `recording.jsonl` and hidden files that begin with
/// `.judder-collection` are its own; nothing else in the folder is touched.
#[derive(Debug)]
pub struct Collection {
    folder: PathBuf,
    sync: Sync,
    /// None after it could not be opened anew.
    held: Option<Held>,
    count: usize,
    next: usize,
    /// Reused from recording to recording.
    csv: Vec<u8>,
    line: Vec<u8>,
}

/// What came of keeping a recording, with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is on disk now, under this number.
    New(usize),
    /// The same readings of this device and sequence number were kept before, under this number; nothing was
    /// written.
    Known(usize),
}

/// How far what is kept is written out before [`Collection::keep`] returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// The operating system has it: it survives the end of the process, but the newest recordings
    /// may be missing or empty after a power cut.
    System,
    /// The disk has it: the file, the list and the folder are synced.
    Disk,
}

/// A folder that is locked, and what stands in it.
#[derive(Debug)]
struct Held {
    list: List,
    known: Known,
    _lock: FolderLock,
}

impl Collection {
    /// Opens a folder and locks it; makes it, with its parents, where there is none. Mends what a
    /// crash left behind: lines without their file, a torn last line, files half written.
    ///
    /// # Errors
    /// [`Problem::InUse`] where the folder is opened already, [`Problem::Sidecar`] where a line
    /// that others follow is damaged, or a [`DataError`] that names what could not be read, written.
    pub fn open(folder: &Path, sync: Sync) -> Result<Self, DataError> {
        folder::make(folder, sync).map_err(DataError::at(folder))?;
        let (held, found) = Held::open(folder, sync)?;
        Ok(Self {
            folder: folder.to_owned(),
            sync,
            held: Some(held),
            count: found.count(),
            next: found.next(),
            csv: Vec::new(),
            line: Vec::new(),
        })
    }

    /// Keeps a recording: when this returns, it is on disk whole, and so is its line, in which the
    /// file is filled in, and the rate and the unit if the recording has one that `entry` has not.
    ///
    /// A recording is known by device, start, sequence number, and its readings; without a device or a number it
    /// is always new. Other readings under a number that is known are kept under a start that is opened for them,
    /// as [`Starts`] says. The start that it is kept under is answered.
    ///
    /// # Errors
    /// [`Problem::Line`] where a value is not finite, or a [`DataError`] that names the file that
    /// could not be written. Nothing of the recording is then left, and the next call tries anew.
    pub fn keep(
        &mut self,
        recording: &Recording,
        mut entry: Entry,
    ) -> Result<(Kept, Option<u64>), DataError> {
        entry.rate_hz = entry.rate_hz.or(recording.rate_hz());
        entry.unit = entry.unit.or(recording.unit());
        check_finite(recording).map_err(DataError::at(&self.folder))?;
        let mut held = self.hold()?;
        let kept = self.keep_in(&mut held, recording, entry);
        self.held = Some(held);
        kept
    }

    /// The starts of a device that were seen.
    #[must_use]
    pub fn starts(&self, device: &str) -> Starts {
        self.held.as_ref().map(|held| held.known.starts(device)).unwrap_or_default()
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many recordings it holds, those without a line included.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number that the next recording gets: one above the largest there is.
    pub fn next_number(&self) -> usize {
        self.next
    }

    /// What is held; all of it is opened and mended anew if the list is not as it was left, because
    /// somebody else changed it or a line could not be taken back.
    fn hold(&mut self) -> Result<Held, DataError> {
        if let Some(held) = self.held.take()
            && held.list.is_as_left()
        {
            return Ok(held);
        }
        let (held, found) = Held::open(&self.folder, self.sync)?;
        (self.count, self.next) = (found.count(), found.next());
        Ok(held)
    }

    fn keep_in(
        &mut self,
        held: &mut Held,
        recording: &Recording,
        mut entry: Entry,
    ) -> Result<(Kept, Option<u64>), DataError> {
        let sequence = entry.device.clone().zip(entry.sequence);
        if let Some((device, sequence)) = &sequence {
            let starts = held.known.starts(device);
            let mut taken = Vec::new();
            for start in starts.places(entry.start) {
                let Some(number) = held.known.number(device, start, *sequence) else { continue };
                let number = number as usize;
                if holds(&self.folder.join(file_name(number)), recording) {
                    return Ok((Kept::Known(number), start));
                }
                taken.push(start);
            }
            entry.start = starts.place(entry.start, *sequence, &taken);
        }
        self.csv.clear();
        write_text(recording, &mut self.csv).map_err(DataError::at(&self.folder))?;
        let number = loop {
            let number = self.next;
            entry.file = file_name(number);
            let is_new = self.add(held, &entry)?;
            (self.next, self.count) = (number + 1, self.count + 1);
            if is_new {
                break number;
            }
            // Somebody else's file has the number: it stays, and is counted.
        };
        if let (Some((device, sequence)), Ok(number)) = (sequence, number.try_into()) {
            held.known.add(device, Numbered { start: entry.start, sequence, number });
        }
        Ok((Kept::New(number), entry.start))
    }

    /// Adds the line and the file of a recording, or neither; false where the file is there already.
    fn add(&mut self, held: &mut Held, entry: &Entry) -> Result<bool, DataError> {
        let path = self.folder.join(&entry.file);
        // Looked for first: after a crash, the line would seem to be that of the other's file.
        if path.symlink_metadata().is_ok() {
            return Ok(false);
        }
        self.line.clear();
        serde_json::to_writer(&mut self.line, entry)
            .map_err(|error| DataError::new(&path, io::Error::from(error)))?;
        self.line.push(b'\n');
        held.list.add(&self.line, self.sync)?;
        let written = file::write_new(&self.folder, &path, &self.csv, self.sync);
        match written {
            Ok(true) => held.list.accept(),
            // Written, but not synced, and it could not be removed: its line has to stay. It is not
            // accepted, so the list is read anew before the next recording.
            Err(_) if path.symlink_metadata().is_ok() => {}
            _ => held.list.take_back(),
        }
        written.map_err(DataError::at(&path))
    }
}

/// Whether a file holds these readings. One that cannot be read, or that somebody took away, is taken for it.
fn holds(path: &Path, recording: &Recording) -> bool {
    let there = File::open(path).ok().and_then(|file| read_text(file, &mut Vec::new()).ok());
    there.is_none_or(
        |there| matches!(there.as_slice(), [(_, there)] if there.values() == recording.values()),
    )
}

/// What cannot be read back is not kept.
fn check_finite(recording: &Recording) -> Result<(), Problem> {
    let mut axes = recording.iter_axes().zip(1..);
    let found = axes.find_map(|(values, column)| {
        let row = values.iter().position(|value| !value.is_finite())?;
        Some((row, column, values[row]))
    });
    match found {
        None => Ok(()),
        Some((row, column, value)) => Err(Problem::Line {
            line: row as u64 + 1,
            what: LineProblem::NonFinite { field: value.to_string(), column },
        }),
    }
}

impl Held {
    fn open(folder: &Path, sync: Sync) -> Result<(Self, Found), DataError> {
        let lock = FolderLock::take_by(folder, false)?;
        let found = Found::look(folder).map_err(DataError::at(folder))?;
        let (list, known) = List::mend(folder, &found, sync)?;
        Ok((Self { list, known, _lock: lock }, found))
    }
}
