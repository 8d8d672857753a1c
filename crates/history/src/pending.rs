//! What is kept, and not yet in the tables: in two segments, of which one is written to while the other is
//! taken over.

use std::io;
use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::error::{HistoryError, Problem};
use crate::known::{Few, Number, Numbers};
use crate::mark::Kept;
use crate::place::Place;
use crate::recording::{Known, RecordingId, SeenStart};
use crate::segment::{Content, HEAD, Segment, VERSION};
use crate::settle::ROOM;

/// The endings of the segments' names.
pub(crate) const SEGMENTS: [&str; 2] = ["-new-0", "-new-1"];

/// What is kept, and not yet in the tables.
#[derive(Debug)]
pub(crate) struct Pending {
    /// Is written to.
    new: Part,
    /// Is taken over, or was to be: what is in it is older.
    old: Part,
    kept: Kept,
}

/// One segment.
#[derive(Debug)]
struct Part {
    segment: Segment,
    /// The entries in its file.
    entries: Vec<u8>,
    known: Numbers,
}

impl Pending {
    /// Opens the segments of a history, with what an earlier run left in them, and the numbers of those recordings.
    /// `kept` is told which are kept.
    pub(crate) fn open(
        place: &Place,
        waits: bool,
        kept: Kept,
    ) -> Result<(Self, Vec<i64>), HistoryError> {
        let [one, other] = SEGMENTS.map(|ending| Part::open(place, ending, waits));
        let ((one, mut ids), (other, others)) = (one?, other?);
        // All in one of them came later, if there is something.
        let (last, other_last) = (ids.iter().max(), others.iter().max());
        let is_older = last.is_some() && (other_last.is_none() || last < other_last);
        let (old, new) = if is_older { (one, other) } else { (other, one) };
        ids.extend(others);
        Ok((Self { new, old, kept }, ids))
    }

    /// Keeps entries: what is in `frame` behind its head, up to the number `last`. All of them or none.
    pub(crate) fn keep(&mut self, frame: &mut [u8], known: &Few, last: i64) -> io::Result<()> {
        self.new.segment.append(frame)?;
        self.kept.set(last);
        self.new.entries.extend_from_slice(&frame[HEAD..]);
        for (device, number, known) in known.iter() {
            self.new.known.insert(device, number, known);
        }
        Ok(())
    }

    /// The entries to be taken over next, until they are [given back](Self::give_back) or
    /// [taken over](Self::taken_over). Nothing where there are none.
    pub(crate) fn lend(&mut self) -> Vec<u8> {
        if self.old.entries.is_empty() && !self.new.entries.is_empty() {
            std::mem::swap(&mut self.new, &mut self.old);
        }
        std::mem::take(&mut self.old.entries)
    }

    /// Those that were lent could not be taken over.
    pub(crate) fn give_back(&mut self, entries: Vec<u8>) {
        self.old.entries = entries;
    }

    /// Those that were lent are in the tables: their memory can be used again.
    pub(crate) fn taken_over(&mut self, mut entries: Vec<u8>) {
        self.old.segment.clear();
        self.old.known.clear();
        entries.clear();
        entries.shrink_to(ROOM);
        self.old.entries = entries;
    }

    /// Bytes of entries that are not in the tables, those that are lent not counted.
    pub(crate) fn bytes(&self) -> usize {
        self.new.entries.len() + self.old.entries.len()
    }

    /// The recording that a device sent under a number.
    pub(crate) fn known(&self, device: &str, number: Number) -> Option<Known> {
        let newer = self.new.known.get(device, number);
        newer.or_else(|| self.old.known.get(device, number))
    }

    /// The largest number of a device since a start.
    pub(crate) fn largest(&self, device: &str, start: Option<i64>) -> Option<i64> {
        let of = |part: &Part| part.known.largest_of(device, start);
        of(&self.new).max(of(&self.old))
    }

    /// The starts of a device that have recordings in it, in no order.
    pub(crate) fn starts(&self, device: &str) -> Vec<SeenStart> {
        let mut starts = self.new.known.starts_of(device);
        starts.extend(self.old.known.starts_of(device));
        starts
    }

    /// The file that is not any more the one that was opened, if one is not.
    pub(crate) fn missing(&self) -> Option<&Path> {
        self.segments().into_iter().find(|segment| !segment.is_there()).map(Segment::path)
    }

    /// The files that could not be read whole, and where they were put as they were.
    pub(crate) fn aside(&self) -> Vec<(PathBuf, PathBuf)> {
        let aside = |one: &Segment| Some((one.path().to_owned(), one.aside()?.to_owned()));
        self.segments().into_iter().filter_map(aside).collect()
    }

    fn segments(&self) -> [&Segment; 2] {
        [&self.new.segment, &self.old.segment]
    }
}

/// The entries of a segment, or why there are none to be read.
pub(crate) fn entries(path: &Path, content: Content) -> Result<Vec<u8>, HistoryError> {
    match content {
        Content::Entries(entries) => Ok(entries),
        Content::Other => Err(HistoryError::new(path, Problem::NoRecordings)),
        Content::Newer(version) => {
            Err(HistoryError::new(path, Problem::NewerSegment { version, known: VERSION }))
        }
    }
}

impl Part {
    /// Opens a segment; and the numbers of the recordings in it.
    fn open(place: &Place, ending: &str, waits: bool) -> Result<(Self, Vec<i64>), HistoryError> {
        let path = place.beside(ending);
        let opened = Segment::open(path.clone(), waits);
        let (segment, content) = opened.map_err(HistoryError::at(&path))?;
        let entries = entries(&path, content)?;
        let damaged = || HistoryError::new(&path, Problem::NoRecordings);
        let (mut known, mut ids) = (Numbers::default(), Vec::new());
        let mut rest = &entries[..];
        while !rest.is_empty() {
            let (entry, behind) = Entry::read(rest).ok_or_else(damaged)?;
            if let Some(sequence) = entry.sequence {
                let one = Known { recording: RecordingId(entry.id), digest: entry.digest };
                known.insert(entry.device, (entry.start, sequence), one);
            }
            ids.push(entry.id);
            rest = behind;
        }
        Ok((Self { segment, entries, known }, ids))
    }
}
