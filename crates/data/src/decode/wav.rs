//! WAV files: RIFF, RIFX, RF64 and BW64, with integers and floats.
//!
//! From "Multimedia Programming Interface and Data Specifications 1.0" (Microsoft, IBM, 1991), "Multiple Channel
//! Audio Data and WAVE Files" (Microsoft, 2007), and EBU Tech 3306 (RF64).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::listed::Listed;
use super::scalar::{Of, Scalar};
use super::{Column, Head, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// The numbers of a block.
const NUMBERS: usize = 1 << 16;

/// The most chunks that stand before the data.
const MOST_CHUNKS: usize = 4096;

/// The length of data that a program wrote which did not know it.
const UNKNOWN: u32 = u32::MAX;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    let starts =
        ["RIFF", "RIFX", "RF64", "BW64"].iter().any(|tag| head.starts_with(tag.as_bytes()));
    starts && head.get(8..12) == Some(b"WAVE")
}

/// Its channels, without names.
///
/// # Errors
/// A [`Problem`] that names the chunk or the coding that is not read.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let found = chunks(&mut file, size)?;
    let Some((start, length)) = found.data else {
        return Err(wrong("it has no data chunk; record it again"));
    };
    let format = found.format.ok_or_else(|| wrong("it has no format chunk before its data"))?;
    file.seek(SeekFrom::Start(start))?;
    let columns = vec![Column::numbers(""); format.channels];
    let rate_hz = (format.rate > 0).then(|| f64::from(format.rate));
    let head = Head { columns, rate_hz, is_normalized: true, ..Head::default() };
    let frame = format.frame as u64;
    Ok(Listed::one(Channels {
        head,
        kept: (0..format.channels).collect(),
        file,
        left: length / frame,
        read: start,
        bytes: Vec::new(),
        format,
    }))
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "WAV", reason: reason.into() }
}

/// What the chunks before the data say.
#[derive(Default)]
struct Chunks {
    format: Option<Format>,
    /// Where the data begin, and how many bytes of them there are.
    data: Option<(u64, u64)>,
}

/// How its samples stand in the data.
#[derive(Debug, Clone, Copy)]
struct Format {
    channels: usize,
    rate: u32,
    scalar: Scalar,
    /// Bytes of one sample of all channels.
    frame: usize,
    /// What full scale is taken for, and what zero is.
    full: f64,
    zero: f64,
}

/// Goes from chunk to chunk up to the data.
fn chunks(file: &mut File, size: u64) -> Result<Chunks, Problem> {
    let mut start = [0; 12];
    file.read_exact(&mut start).map_err(cut)?;
    let is_big = start.starts_with(b"RIFX");
    let mut found = Chunks::default();
    // The length of the data where they are longer than 4 GiB.
    let mut long: Option<u64> = None;
    let mut at = start.len() as u64;
    for _ in 0..MOST_CHUNKS {
        let mut header = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        let is_there = size.saturating_sub(at) >= header.len() as u64;
        if !is_there {
            break;
        }
        file.read_exact(&mut header)?;
        at += header.len() as u64;
        let [a, b, c, d, length @ ..] = header;
        let length = number(length, is_big);
        match &[a, b, c, d] {
            b"fmt " => found.format = Some(format(&part(file, length, 40)?, is_big)?),
            b"ds64" => {
                let sizes = part(file, length, 16)?;
                long = sizes
                    .get(8..)
                    .and_then(|sizes| sizes.first_chunk())
                    .copied()
                    .map(u64::from_le_bytes);
            }
            b"data" => {
                let rest = size - at;
                let length = match (length, long) {
                    (UNKNOWN, Some(long)) if long > 0 => long.min(rest),
                    (UNKNOWN, _) => rest,
                    (0, _) if !are_chunks(file, at, size, is_big)? => rest,
                    (length, _) => u64::from(length).min(rest),
                };
                found.data = Some((at, length));
                return Ok(found);
            }
            _ => {}
        }
        // Chunks of an odd length have a byte after them.
        at += u64::from(length) + u64::from(length % 2);
    }
    Ok(found)
}

/// The first bytes of a chunk, up to so many.
fn part(file: &mut File, length: u32, most: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    file.take(most.min(u64::from(length))).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether chunks stand from here to the end of the file, so that data of no length are none.
fn are_chunks(file: &mut File, mut at: u64, size: u64, is_big: bool) -> Result<bool, Problem> {
    for _ in 0..MOST_CHUNKS {
        if at >= size {
            return Ok(true);
        }
        let mut header = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        if size - at < header.len() as u64 {
            return Ok(false);
        }
        file.read_exact(&mut header)?;
        let [a, b, c, d, length @ ..] = header;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b'_';
        if ![a, b, c, d].into_iter().all(is_name) {
            return Ok(false);
        }
        let length = u64::from(number(length, is_big));
        at += 8 + length;
        if at > size {
            return Ok(false);
        }
        at += length % 2;
    }
    Ok(false)
}

/// What a format chunk says.
fn format(chunk: &[u8], is_big: bool) -> Result<Format, Problem> {
    let short = |at: usize| -> Result<u16, Problem> {
        let bytes = chunk.get(at..).and_then(|rest| rest.first_chunk::<2>());
        let bytes = bytes.ok_or_else(|| wrong("its format chunk is cut short"))?;
        Ok(if is_big { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) })
    };
    let (tag, channels) = (short(0)?, short(2)?);
    let (rate, frame, bits) = ((short(4)?, short(6)?), short(12)?, short(14)?);
    let (high, low) = if is_big { rate } else { (rate.1, rate.0) };
    // The long form of the chunk has the coding at the start of an identifier.
    let coding = if tag == EXTENSIBLE { short(24)? } else { tag };
    if ![PCM, FLOAT].contains(&coding) {
        return Err(coded(coding));
    }
    let (channels, frame) = (usize::from(channels), usize::from(frame));
    if channels == 0 || frame == 0 || frame % channels != 0 {
        return Err(wrong(format!("its format chunk says {channels} channels in {frame} bytes")));
    }
    let bytes = frame / channels;
    if usize::from(bits) > 8 * bytes || bits == 0 {
        return Err(wrong(format!("its format chunk says {bits} bits in {bytes} bytes")));
    }
    let of = match (coding, bytes) {
        (PCM, 1) => Of::U8,
        (PCM, 2) => Of::I16,
        (PCM, 3) => Of::I24,
        (PCM, 4) => Of::I32,
        (PCM, 8) => Of::I64,
        (FLOAT, 4) => Of::F32,
        (FLOAT, 8) => Of::F64,
        _ => {
            let kind = if coding == PCM { "integers" } else { "floats" };
            return Err(wrong(format!(
                "its samples are {kind} of {bytes} bytes; save it as 16-bit or 32-bit PCM"
            )));
        }
    };
    // Samples of fewer bits than their bytes have are the upper bits.
    let (full, zero) = match of {
        Of::U8 => (128.0, 128.0),
        Of::F32 | Of::F64 => (1.0, 0.0),
        _ => (2f64.powi(8 * bytes as i32 - 1), 0.0),
    };
    let rate = u32::from(high) << 16 | u32::from(low);
    Ok(Format { channels, rate, scalar: Scalar { of, is_big }, frame, full, zero })
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;

/// Names a coding that is not read.
fn coded(coding: u16) -> Problem {
    let name = match coding {
        0x02 | 0x11 => "ADPCM",
        0x06 => "A-law",
        0x07 => "µ-law",
        0x31 => "GSM 6.10",
        0x50 | 0x55 => "MPEG audio",
        _ => return wrong(format!("its coding {coding:#06x} is unknown; save it as 16-bit PCM")),
    };
    wrong(format!("it is compressed with {name}; save it as 16-bit PCM"))
}

fn number(bytes: [u8; 4], is_big: bool) -> u32 {
    if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

fn cut(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => wrong("it is cut short"),
        _ => error.into(),
    }
}

/// The channels of a file.
struct Channels {
    head: Head,
    kept: Vec<usize>,
    file: File,
    /// Frames that are not read yet.
    left: u64,
    read: u64,
    bytes: Vec<u8>,
    format: Format,
}

impl Channels {
    fn block(&mut self, frames: usize) -> io::Result<Block> {
        let Format { scalar, frame, channels, full, zero, .. } = self.format;
        self.bytes.clear();
        (&mut self.file).take((frames * frame) as u64).read_to_end(&mut self.bytes)?;
        self.read += self.bytes.len() as u64;
        // It may have become shorter since it was opened.
        let frames = self.bytes.len() / frame;
        let mut values = Vec::with_capacity(frames * self.kept.len());
        for channel in &self.kept {
            scalar.numbers(&self.bytes, frame, channel * (frame / channels), &mut values);
        }
        if full > 1.0 {
            let part = 1.0 / full;
            values.iter_mut().for_each(|value| *value = (*value - zero) * part);
        }
        Ok(Block::of_axes(frames, values))
    }
}

impl Table for Channels {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.kept = columns.iter().copied().filter(|one| *one < self.format.channels).collect();
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        let most = (NUMBERS / self.format.channels).max(1) as u64;
        let frames = self.left.min(most);
        if frames == 0 {
            return None;
        }
        let block = self.block(frames as usize);
        match block {
            Ok(ref block) if block.len() == frames as usize => self.left -= frames,
            _ => self.left = 0,
        }
        match block {
            Ok(block) if block.len() == 0 => None,
            block => Some(block.map_err(Problem::from)),
        }
    }

    fn read(&self) -> u64 {
        self.read
    }
}

#[cfg(test)]
mod tests;
