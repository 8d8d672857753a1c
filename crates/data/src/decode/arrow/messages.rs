//! The messages of a file, whose sizes are looked at before anything is made of them.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::num::NonZero;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{CompressionType, MessageHeader, root_as_message};

use super::damaged;
use super::offsets;
use crate::error::{Problem, shown};

/// The most bytes that a batch of records may take.
const MOST: u64 = 1 << 30;

/// What stands before the length of a message.
const MARK: [u8; 4] = [0xff; 4];

/// The most bytes of a schema without its length.
const LONGEST_SCHEMA: usize = 1 << 20;

/// The batches of a file.
pub(super) struct Messages<R> {
    source: R,
    /// The bytes that were not read yet.
    left: u64,
    read: u64,
    decoder: StreamDecoder,
    ready: VecDeque<RecordBatch>,
    ended: bool,
    /// How often eight bytes of nothing may stand before the first message: some writers fill up to 64.
    padding: usize,
    /// The first bytes of the next message, if they were read with the one before.
    begun: Vec<u8>,
}

impl<R: Read> Messages<R> {
    /// Those of a source of so many bytes.
    pub(super) fn new(source: R, left: u64) -> Self {
        Self {
            source,
            left,
            read: 0,
            decoder: StreamDecoder::new(),
            ready: VecDeque::new(),
            ended: false,
            padding: 15,
            begun: Vec::new(),
        }
    }

    pub(super) fn read(&self) -> u64 {
        self.read
    }

    pub(super) fn schema(&self) -> Option<arrow_schema::SchemaRef> {
        self.decoder.schema()
    }

    /// The next batch; none after the last.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Problem> {
        while self.ready.is_empty() && !self.ended {
            self.read_on()?;
        }
        Ok(self.ready.pop_front())
    }

    /// Reads up to the schema.
    pub(super) fn open(&mut self) -> Result<(), Problem> {
        while self.decoder.schema().is_none() {
            if self.ended {
                return Err(early());
            }
            self.read_on()?;
        }
        Ok(())
    }

    /// Decodes the next message: what has no body is decoded with the one after it.
    fn read_on(&mut self) -> Result<(), Problem> {
        let message = self.message()?.unwrap_or_else(|| {
            self.ended = true;
            [MARK, [0; 4]].concat()
        });
        // The mark of a message ends the one before, so that the schema is known.
        let (mark, header, body) = parts(&message);
        self.decode(Buffer::from(mark))?;
        self.check_offsets(header, body)?;
        self.decode(Buffer::from_vec(message).slice(MARK.len()))
    }

    /// The bytes of the next message.
    fn message(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let mut message = std::mem::take(&mut self.begun);
        if message.is_empty() {
            if self.left < 8 {
                return Ok(None);
            }
            self.take(8, &mut message)?;
        }
        while self.padding > 0 && self.left >= 8 && message == [0; 8] {
            self.padding -= 1;
            message.clear();
            self.take(8, &mut message)?;
        }
        let is_first = std::mem::take(&mut self.padding) > 0;
        match length(&message) {
            Some(length) => self.take(u64::from(length.get()), &mut message)?,
            None if is_first && !message.starts_with(&MARK) => return self.unmarked(message),
            // The end; in a file, what it holds is said again after it.
            None => return Ok(None),
        }
        let body = {
            let header = message.get(8..).unwrap_or_default();
            let header = root_as_message(header).map_err(|_| damaged("a message in it is none"))?;
            u64::try_from(header.bodyLength()).map_err(|_| damaged("a message has no length"))?
        };
        let start = message.len();
        self.take(body, &mut message)?;
        let (header, body) = message.split_at_checked(start).unwrap_or_default();
        let header = header.get(8..).unwrap_or_default();
        check(header, body)?;
        Ok(Some(message))
    }

    fn decode(&mut self, mut bytes: Buffer) -> Result<(), Problem> {
        while !bytes.is_empty() {
            let batch = self.decoder.decode(&mut bytes);
            self.ready.extend(batch.map_err(|error| damaged(shown(&error.to_string(), 160)))?);
        }
        Ok(())
    }

    /// Looks at the offsets of a batch.
    fn check_offsets(&self, header: &[u8], body: &[u8]) -> Result<(), Problem> {
        let Ok(header) = root_as_message(header) else { return Ok(()) };
        let schema = self.decoder.schema();
        let are_whole = match header.header_type() {
            MessageHeader::RecordBatch => header
                .header_as_record_batch()
                .zip(schema)
                .is_none_or(|(batch, schema)| offsets::are_whole(schema.fields(), &batch, body)),
            MessageHeader::DictionaryBatch => header
                .header_as_dictionary_batch()
                .and_then(|one| one.data())
                .zip(schema)
                .is_none_or(|(batch, schema)| {
                    offsets::are_whole_in_dictionary(schema.fields(), &batch, body)
                }),
            _ => true,
        };
        if are_whole {
            Ok(())
        } else {
            Err(damaged("a column of texts or lists is cut short, or of a kind that is not read"))
        }
    }

    /// A schema that begins with these bytes, not with its length, as Polars writes files: it goes on up to the message
    /// behind it.
    fn unmarked(&mut self, mut schema: Vec<u8>) -> Result<Option<Vec<u8>>, Problem> {
        let none = || damaged("it does not begin with what it holds; write it anew");
        while length(&self.begun).is_none() {
            schema.append(&mut self.begun);
            if schema.len() > LONGEST_SCHEMA || self.left < 8 {
                return Err(none());
            }
            let mut begun = Vec::new();
            self.take(8, &mut begun)?;
            self.begun = begun;
        }
        let is_one = root_as_message(&schema)
            .is_ok_and(|message| message.header_type() == MessageHeader::Schema);
        let length = u32::try_from(schema.len()).ok().filter(|_| is_one).ok_or_else(none)?;
        Ok(Some([&MARK, &length.to_le_bytes()[..], &schema].concat()))
    }

    fn take(&mut self, count: u64, to: &mut Vec<u8>) -> Result<(), Problem> {
        if count > self.left {
            return Err(early());
        }
        if count > MOST {
            return Err(too_much());
        }
        self.left -= count;
        self.read += count;
        let read = (&mut self.source).take(count).read_to_end(to)?;
        if (read as u64) < count { Err(early()) } else { Ok(()) }
    }
}

/// The length of a message that begins with these bytes, if one does that has any.
fn length(first: &[u8]) -> Option<NonZero<u32>> {
    let length = first.strip_prefix(&MARK)?.first_chunk()?;
    let length = i32::from_le_bytes(*length);
    NonZero::new(u32::try_from(length).ok()?)
}

/// The mark of a message, its header and its body.
fn parts(message: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (mark, rest) = message.split_at_checked(MARK.len()).unwrap_or((message, &[]));
    let count = length(message).map_or(0, NonZero::get);
    let rest = rest.get(4..).unwrap_or_default();
    let (header, body) = rest.split_at_checked(count as usize).unwrap_or((rest, &[]));
    (mark, header, body)
}

/// Looks at what compressed buffers say that they expand to.
fn check(header: &[u8], body: &[u8]) -> Result<(), Problem> {
    let Ok(header) = root_as_message(header) else { return Ok(()) };
    let batch = match header.header_type() {
        MessageHeader::RecordBatch => header.header_as_record_batch(),
        MessageHeader::DictionaryBatch => {
            header.header_as_dictionary_batch().and_then(|one| one.data())
        }
        _ => None,
    };
    let Some(batch) = batch else { return Ok(()) };
    let nodes = batch.nodes().into_iter().flatten();
    let rows = [batch.length()].into_iter().chain(nodes.map(|node| node.length()));
    for rows in rows {
        // Each value takes a bit at least, or is one that is missing.
        if u64::try_from(rows).ok().is_none_or(|rows| rows > MOST) {
            return Err(damaged("a batch has more rows than can be"));
        }
    }
    let mut all = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let place =
            usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
        let bytes = place.and_then(|(from, length)| body.get(from..from.checked_add(length)?));
        let bytes = bytes.ok_or_else(|| damaged("a column is not where the file says"))?;
        if batch.compression().is_some() && !bytes.is_empty() {
            let expanded = bytes.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes));
            if expanded >= 0 {
                let is_lz4 = batch
                    .compression()
                    .is_some_and(|how| how.codec() == CompressionType::LZ4_FRAME);
                // A byte of LZ4 is 255 at the most; a block of Zstandard 128 KiB for some bytes.
                let times: u64 = if is_lz4 { 256 } else { 1 << 16 };
                if expanded.unsigned_abs() > times.saturating_mul(bytes.len() as u64) {
                    return Err(damaged("a column says that it is longer than it can be"));
                }
                all = all.saturating_add(expanded.unsigned_abs());
            } else if expanded < -1 {
                return Err(damaged("a column has no length"));
            }
            if all > MOST {
                return Err(too_much());
            }
        }
    }
    Ok(())
}

fn early() -> Problem {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it ends too early; bring it here anew").into()
}

fn too_much() -> Problem {
    damaged(format!(
        "a batch of records takes more than the {} MiB that are read at once; write smaller ones (chunksize)",
        MOST >> 20
    ))
}
