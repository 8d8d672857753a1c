//! Numbers that stand in chunks. The library would allocate what a damaged index says that a chunk has, and reads whole
//! rows, of which MATLAB's vectors have one; so only the index comes from it.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::ZlibDecoder;
use hdf5_pure::{Chunk, Dataset};

use super::kinds::Element;
use super::{FORMAT, broken, lzf, wrong};
use crate::decode::arrays::{Numbers, Origin};
use crate::decode::stretch::{Field, damaged, rows};
use crate::error::Problem;

/// The most bytes of chunks that are held, if it is more than two of them: a row may stand in several.
const MOST_HELD: usize = 16 << 20;

/// The most chunks that are held.
const MOST_CHUNKS: usize = 64;

const DEFLATE: u16 = 1;
const SHUFFLE: u16 = 2;
const FLETCHER: u16 = 3;
const LZF: u16 = 32_000;

/// The filters that are undone.
pub(super) const FILTERS: [u16; 4] = [DEFLATE, SHUFFLE, FLETCHER, LZF];

/// The most bytes of a chunk.
const MOST: usize = 256 << 20;

/// Opens the numbers of a dataset in a file of so many bytes.
pub(super) fn open(
    (path, size): (&Path, u64),
    name: &str,
    dataset: &Dataset,
    sizes: &[usize],
    edges: &[u64],
    element: &Element,
) -> Result<Arc<dyn Origin>, Problem> {
    let edges: Vec<usize> =
        edges.iter().filter_map(|&n| usize::try_from(n).ok()).filter(|n| *n > 0).collect();
    if edges.len() != sizes.len() {
        return Err(broken_chunk(name));
    }
    let bytes = edges.iter().try_fold(element.bytes, |all, n| all.checked_mul(*n));
    let Some(bytes) = bytes.filter(|bytes| *bytes <= MOST) else {
        let said = format!("`{name}` is in parts of more than 256 MiB; write smaller ones");
        return Err(wrong(said));
    };
    let mut chunked = Chunked {
        path: path.to_owned(),
        name: name.to_owned(),
        sizes: sizes.to_vec(),
        edges,
        bytes,
        element: element.bytes,
        fields: element.fields.clone(),
        filters: dataset.filters(),
        places: HashMap::new(),
        held: Mutex::default(),
    };
    for Chunk { offset, address, storage_size, filter_mask, .. } in
        dataset.chunks().map_err(broken)?
    {
        if address.checked_add(storage_size).is_none_or(|end| end > size) {
            return Err(wrong(format!("`{name}` is cut short; copy or write it again")));
        }
        let offset = offset.iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX));
        let key = chunked.key(offset);
        chunked.places.insert(key, (address, storage_size, filter_mask));
    }
    Ok(Arc::new(Chunks(Arc::new(chunked))))
}

fn broken_chunk(name: &str) -> Problem {
    wrong(format!("`{name}` is damaged; copy or write it again"))
}

struct Chunks(Arc<Chunked>);

struct Chunked {
    path: PathBuf,
    name: String,
    /// Elements of the dataset and of a chunk in each dimension.
    sizes: Vec<usize>,
    edges: Vec<usize>,
    /// Bytes of a chunk, and of an element.
    bytes: usize,
    element: usize,
    fields: Vec<Field>,
    filters: Vec<u16>,
    /// Address, bytes, and which filters were left out, by the number of the chunk.
    places: HashMap<usize, (u64, u64, u32)>,
    held: Mutex<VecDeque<(usize, Held)>>,
}

/// The bytes of a chunk; none of one that was never written.
type Held = Option<Arc<Vec<u8>>>;

impl Chunked {
    /// The number of the chunk in which an element is.
    fn key(&self, element: impl Iterator<Item = usize>) -> usize {
        let all = element.zip(self.sizes.iter().zip(&self.edges));
        all.fold(0usize, |key, (at, (size, edge))| {
            key.wrapping_mul(size.div_ceil(*edge)).wrapping_add(at / edge)
        })
    }

    fn chunk(&self, key: usize, file: &mut File, read: &mut u64) -> Result<Held, Problem> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = held.iter().find(|(one, _)| *one == key) {
            return Ok(bytes.clone());
        }
        let Some(&(address, size, left_out)) = self.places.get(&key) else { return Ok(None) };
        file.seek(SeekFrom::Start(address))?;
        let mut bytes = Vec::new();
        file.take(size).read_to_end(&mut bytes)?;
        *read += bytes.len() as u64;
        for (at, filter) in self.filters.iter().enumerate().rev() {
            if left_out.checked_shr(at as u32).unwrap_or(0) & 1 == 0 {
                bytes = self.undone(*filter, bytes)?;
            }
        }
        if bytes.len() < self.bytes {
            return Err(broken_chunk(&self.name));
        }
        let bytes = Some(Arc::new(bytes));
        if held.len() >= (MOST_HELD / self.bytes.max(1)).clamp(2, MOST_CHUNKS) {
            held.pop_front();
        }
        held.push_back((key, bytes.clone()));
        Ok(bytes)
    }

    /// Bytes before a filter was applied to them.
    fn undone(&self, filter: u16, mut bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
        // With the checksum that a filter before it may have put behind them.
        let most = self.bytes + 4;
        match filter {
            DEFLATE => {
                let mut expanded = Vec::new();
                let inflated = ZlibDecoder::new(&bytes[..]);
                let read = inflated.take(most as u64).read_to_end(&mut expanded);
                read.map_err(|error| damaged(FORMAT, error))?;
                Ok(expanded)
            }
            LZF => lzf::expand(&bytes, most).ok_or_else(|| broken_chunk(&self.name)),
            FLETCHER => {
                bytes.truncate(bytes.len().saturating_sub(4));
                Ok(bytes)
            }
            _ => Ok(unshuffled(&bytes, self.element)),
        }
    }
}

/// Puts the bytes of each number together again.
fn unshuffled(bytes: &[u8], width: usize) -> Vec<u8> {
    let count = bytes.len() / width.max(1);
    let mut whole = vec![0; bytes.len()];
    for (index, plane) in bytes.chunks_exact(count.max(1)).take(width).enumerate() {
        let places = whole.iter_mut().skip(index).step_by(width);
        places.zip(plane).for_each(|(place, byte)| *place = *byte);
    }
    // What is no whole number stays where it is.
    let done = count * width;
    if let (Some(to), Some(from)) = (whole.get_mut(done..), bytes.get(done..)) {
        to.copy_from_slice(from);
    }
    whole
}

impl Origin for Chunks {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let file = File::open(&self.0.path)?;
        let at = element / self.0.fields.len().max(1);
        Ok(Box::new(ChunksRead { of: Arc::clone(&self.0), file, at, current: None, read: 0 }))
    }
}

struct ChunksRead {
    of: Arc<Chunked>,
    file: File,
    /// The element that is read next.
    at: usize,
    current: Option<(usize, Held)>,
    read: u64,
}

/// Elements that stand one after the other in the dataset and in a chunk.
struct Run {
    /// The number of the chunk, where they begin in it, and how many there are.
    key: usize,
    start: usize,
    len: usize,
}

impl Chunked {
    /// Those from this element on.
    fn run(&self, element: usize) -> Run {
        let mut rest = element;
        let mut run = Run { key: 0, start: 0, len: 1 };
        // Of the dimensions behind this one: chunks and elements of a chunk, and whether the run goes on across them.
        let (mut chunks, mut elements, mut goes_on) = (1usize, 1usize, true);
        for (size, edge) in self.sizes.iter().zip(&self.edges).rev() {
            let at = rest % size;
            rest /= size;
            run.key = run.key.wrapping_add((at / edge).wrapping_mul(chunks));
            run.start += at % edge * elements;
            if goes_on {
                run.len *= (edge - at % edge).min(size - at);
                goes_on = size == edge && at == 0;
            }
            chunks = chunks.wrapping_mul(size.div_ceil(*edge));
            elements *= edge;
        }
        run
    }
}

impl Numbers for ChunksRead {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let of = Arc::clone(&self.of);
        let fields = of.fields.len().max(1);
        let mut left = count / fields;
        while left > 0 {
            let Run { key, start, len } = of.run(self.at);
            if self.current.as_ref().is_none_or(|(current, _)| *current != key) {
                let chunk = of.chunk(key, &mut self.file, &mut self.read)?;
                self.current = Some((key, chunk));
            }
            let now = left.min(len);
            match &self.current {
                Some((_, Some(chunk))) => {
                    let part = chunk.get(start * of.element..(start + now) * of.element);
                    let part = part.ok_or_else(|| broken_chunk(&of.name))?;
                    rows(part, of.element, &of.fields, to);
                }
                _ => to.resize(to.len() + now * fields, f64::NAN),
            }
            self.at += now;
            left -= now;
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read
    }
}
