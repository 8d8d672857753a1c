//! A file at whose end batches are written, each whole or not at all: the fastest that something can be kept.
//!
//! It begins with whose it is (`JUDSEG`, a zero), its version (a byte) and the CRC-32 of these eight bytes; those of judder
//! 0.1 begin with a frame. Each batch is a frame: the length of what is in it and its CRC-32, four bytes each,
//! little-endian, then that. The highest bit of the length says that what is in it begins with a byte for the form of its
//! entries; without it, as judder 0.1 wrote them, they are of the first. A frame that is cut off was not acknowledged,
//! and ends the file. One that is damaged is passed over.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::entry::{FORM, of_first_form};
use crate::place::{self, identity};

/// Bytes before the entries of a frame.
pub(crate) const HEAD: usize = 9;

/// What a segment begins with, before the version.
const MAGIC: [u8; 7] = *b"JUDSEG\0";

/// The version of segments: of what frames are, not of what is in them.
pub(crate) const VERSION: u8 = 1;

/// Bytes before the first frame.
const BEGIN: usize = 12;

/// Of the length of a frame: that a form stands before its entries.
const HAS_FORM: u32 = 1 << 31;

/// What is in a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Entries, in the form in which they are written now.
    Entries(Vec<u8>),
    /// A whole frame that has no such entries, which a later judder may have written.
    Other,
    /// Frames of a version that is not known.
    Newer(u8),
}

/// A segment as it was read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) content: Content,
    /// Where its whole frames end.
    end: usize,
    /// Whether nothing in it was passed over.
    pub(crate) is_whole: bool,
    /// Whether its end was not written whole.
    pub(crate) is_torn: bool,
}

/// Frames in a file.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    file: File,
    identity: Option<(u64, u64)>,
    /// Where it was put as it was when it was opened, if not all of it could be read.
    aside: Option<PathBuf>,
    /// Where its whole frames end.
    end: u64,
    /// Whether something may stand behind that.
    is_torn: bool,
    /// Whether each frame waits for the disk.
    waits: bool,
}

impl Segment {
    /// Opens a segment, or begins one; and what is in it.
    ///
    /// What is in it and no whole frame is passed over, and the file as it was is put aside. One of another version is
    /// left as it is.
    ///
    /// # Errors
    /// Where it cannot be opened, read, or put aside.
    pub(crate) fn open(path: PathBuf, waits: bool) -> io::Result<(Self, Content)> {
        is_ours(&path)?;
        let mut file =
            place::private().read(true).write(true).create(true).truncate(false).open(&path)?;
        if waits && let Some(folder) = path.parent() {
            // Its name is to be there after a power cut as well.
            File::open(folder).and_then(|folder| folder.sync_all())?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let Parsed { content, end, is_whole, is_torn } = parse(&bytes);
        let aside = if is_whole && !is_torn { None } else { Some(put_aside(&path)?) };
        let (end, identity) = (end as u64, identity(&path));
        Ok((Self { path, file, identity, aside, end, is_torn, waits }, content))
    }

    /// Writes a frame; the first [`HEAD`] bytes of it are this function's.
    ///
    /// # Errors
    /// Where it could not be written; then nothing of it is there.
    pub(crate) fn append(&mut self, frame: &mut [u8]) -> io::Result<()> {
        let (head, payload) = frame.split_at_mut(HEAD - 1);
        let length = u32::try_from(payload.len()).ok().filter(|length| *length < HAS_FORM);
        let length = length.ok_or(io::ErrorKind::FileTooLarge)? | HAS_FORM;
        if let Some(form) = payload.first_mut() {
            *form = FORM;
        }
        head[..4].copy_from_slice(&length.to_le_bytes());
        head[4..].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
        if self.is_torn {
            self.cut()?;
        }
        self.is_torn = true;
        let begin = if self.end == 0 { &begin()[..] } else { &[] };
        let written = self.file.write_all(begin).and_then(|()| self.file.write_all(frame));
        let written = written.and_then(|()| self.sync());
        if written.is_err() {
            // If even that fails, it is tried again before the next frame.
            let _ = self.cut();
            return written;
        }
        (self.end, self.is_torn) = (self.end + (begin.len() + frame.len()) as u64, false);
        Ok(())
    }

    /// Takes all frames away. Who reads them all the same, because that failed, has to know them.
    pub(crate) fn clear(&mut self) {
        self.end = 0;
        self.is_torn = self.cut().is_err();
    }

    /// Whether the file is still the one that was opened.
    pub(crate) fn is_there(&self) -> bool {
        identity(&self.path) == self.identity
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it was put as it was when it was opened, if not all of it could be read.
    pub(crate) fn aside(&self) -> Option<&Path> {
        self.aside.as_deref()
    }

    /// Takes away what stands behind the frames, and goes there.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.is_torn = false;
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        if self.waits { self.file.sync_data() } else { Ok(()) }
    }
}

/// Reads a segment that somebody else may be writing to; one that is not there is empty.
///
/// # Errors
/// Where it cannot be read.
pub(crate) fn peek(path: &Path) -> io::Result<Parsed> {
    is_ours(path)?;
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(parse(&[])),
        bytes => Ok(parse(&bytes?)),
    }
}

/// Whether there is a file, or nothing: a pipe is never opened.
fn is_ours(path: &Path) -> io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("is no file that judder wrote; move it away"));
    }
    Ok(())
}

/// What a segment begins with.
fn begin() -> [u8; BEGIN] {
    let mut begin = [0; BEGIN];
    let (of, crc) = begin.split_at_mut(BEGIN - 4);
    of[..MAGIC.len()].copy_from_slice(&MAGIC);
    of[MAGIC.len()] = VERSION;
    crc.copy_from_slice(&crc32fast::hash(of).to_le_bytes());
    begin
}

/// Where the first frame is, and whether what is before it is as it was written; or the version, if it is not known.
fn frames(bytes: &[u8]) -> Result<(usize, bool), u8> {
    let is_frame =
        |bytes: Option<&[u8]>| bytes.and_then(first).is_some_and(|(frame, _)| frame.is_some());
    let Some((of, crc)) = bytes.get(..BEGIN).and_then(<[u8]>::split_last_chunk::<4>) else {
        // Its begin was not written whole, if it is one.
        return Ok((0, true));
    };
    let is_begin = crc32fast::hash(of) == u32::from_le_bytes(*crc);
    match of.strip_prefix(&MAGIC) {
        Some([VERSION]) if is_begin => Ok((BEGIN, true)),
        Some([version]) if is_begin => Err(*version),
        // Damaged, where what follows is a frame; else of judder 0.1.
        _ if is_frame(bytes.get(BEGIN..)) && !is_frame(Some(bytes)) => Ok((BEGIN, false)),
        _ => Ok((0, true)),
    }
}

/// What is in the bytes of a segment.
fn parse(bytes: &[u8]) -> Parsed {
    let (at, mut is_whole) = match frames(bytes) {
        Ok(found) => found,
        Err(version) => {
            let (content, end) = (Content::Newer(version), bytes.len());
            return Parsed { content, end, is_whole: true, is_torn: false };
        }
    };
    let mut entries = Some(Vec::with_capacity(bytes.len()));
    let mut rest = bytes.get(at..).unwrap_or_default();
    while let Some((frame, behind)) = first(rest) {
        match frame {
            Some(frame) => entries = entries.and_then(|entries| put(entries, frame)),
            None => is_whole = false,
        }
        rest = behind;
    }
    let content = entries.map_or(Content::Other, Content::Entries);
    Parsed { content, end: bytes.len() - rest.len(), is_whole, is_torn: !rest.is_empty() }
}

/// A whole frame.
struct Frame<'b> {
    payload: &'b [u8],
    has_form: bool,
}

/// The frame at the front, if that is as it was written, and what is behind it; None where it is cut off.
fn first(bytes: &[u8]) -> Option<(Option<Frame<'_>>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (crc, rest) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    let (payload, rest) = rest.split_at_checked((length & !HAS_FORM) as usize)?;
    let whole = !payload.is_empty() && crc32fast::hash(payload) == u32::from_le_bytes(*crc);
    Some((whole.then_some(Frame { payload, has_form: length & HAS_FORM != 0 }), rest))
}

/// Puts the entries of a frame behind others, in the form in which they are written now.
fn put(mut entries: Vec<u8>, frame: Frame<'_>) -> Option<Vec<u8>> {
    if !frame.has_form {
        return of_first_form(entries, frame.payload);
    }
    let (form, payload) = frame.payload.split_first()?;
    entries.extend_from_slice(payload);
    (*form == FORM).then_some(entries)
}

/// Copies a file to one beside it, in place of one that was put aside before.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = place::beside(path, ".damaged");
    place::copy_private(path, &aside)?;
    Ok(aside)
}
