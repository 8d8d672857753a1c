//! The recordings of NumPy's arrays in blocks.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use judder_npz::{Elements, Parted, open_npy, open_npz};

use super::{Block, Stream};
use crate::Recording;
use crate::error::Problem;
use crate::numpy::{self, Layout, not_finite, wrong};

/// A file up to this many bytes is read as a whole, if it is no archive.
const SHORT: u64 = 1 << 20;

/// Numbers that are read at a time.
const NUMBERS: usize = 1 << 15;

/// A recording of at most so many numbers, 8 MiB, is held as a whole where its axes stand one after the other.
const HELD: usize = 1 << 20;

/// Whether a file of arrays is to be read in blocks: it is long, and not a pipe.
pub(super) fn is_long(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    // An archive of few bytes may hold many numbers.
    let short = if is_npy(path) { SHORT } else { SHORT / 64 };
    metadata.is_file() && metadata.len() > short
}

fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"))
}

/// A recording, and its name.
type Named = (String, Box<dyn Stream>);

/// The arrays of a file, a recording after the other.
pub(super) struct Arrays {
    arrays: std::vec::IntoIter<Array>,
    current: Option<(Array, usize, Option<Elements>)>,
    /// Recordings that were read as a whole.
    whole: std::vec::IntoIter<(String, Recording)>,
    read: Arc<AtomicU64>,
    failed: bool,
}

struct Array {
    name: String,
    parted: Arc<Parted>,
    layout: Layout,
}

impl Arrays {
    /// # Errors
    /// A [`Problem`] that names the array.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let found = if is_npy(path) {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            vec![(stem, open_npy(path)?)]
        } else {
            open_npz(path)?
        };
        let mut arrays = Vec::with_capacity(found.len());
        for (name, parted) in found {
            let parted = parted.map_err(|defect| wrong(&name, &defect.to_string()))?;
            let mut layout = Layout::of(&name, parted.shape())?;
            // One Fortran array of one recording is the other C array.
            let is_interleaved = parted.is_fortran() && layout.count > 1;
            if is_interleaved {
                return Self::whole(path);
            }
            layout.by_axis ^= parted.is_fortran() && parted.shape().len() > 1;
            arrays.push(Array { name, parted: Arc::new(parted), layout });
        }
        if arrays.is_empty() {
            return Err(Problem::NoReadings);
        }
        Ok(Self { arrays: arrays.into_iter(), ..Self::none() })
    }

    /// Those of a file whose numbers are in no order to be read in.
    fn whole(path: &Path) -> Result<Self, Problem> {
        let read = numpy::read(path).map_err(|error| error.problem)?;
        Ok(Self { whole: read.into_iter(), ..Self::none() })
    }

    fn none() -> Self {
        Self {
            arrays: Vec::new().into_iter(),
            current: None,
            whole: Vec::new().into_iter(),
            read: Arc::default(),
            failed: false,
        }
    }

    /// The next recording, and its name. The one before must have been read.
    pub(super) fn next(&mut self) -> Option<Result<Named, Problem>> {
        if self.failed {
            return None;
        }
        if let Some((name, recording)) = self.whole.next() {
            return Some(Ok((name, Box::new(Whole::of(recording)))));
        }
        let next = self.begin().transpose()?;
        self.failed = next.is_err();
        Some(next)
    }

    fn begin(&mut self) -> Result<Option<Named>, Problem> {
        if self.current.as_ref().is_none_or(|(array, index, _)| *index == array.layout.count) {
            let Some(array) = self.arrays.next() else { return Ok(None) };
            self.current = Some((array, 0, None));
        }
        let Some((array, index, elements)) = &mut self.current else { return Ok(None) };
        let layout = array.layout;
        let name = layout.name(&array.name, *index);
        let of = |from: usize| array.parted.from(from);
        let base = *index * layout.len * layout.axes;
        let columns = if layout.by_axis && layout.axes > 1 && layout.len * layout.axes > HELD {
            if *index == 0 {
                check(array)?;
            }
            let axes = (0..layout.axes).map(|axis| of(base + axis * layout.len));
            Columns::Each(axes.collect::<Result<_, _>>()?)
        } else {
            let elements = match elements.take() {
                Some(elements) => elements,
                None => of(base)?,
            };
            Columns::All(Some(elements))
        };
        *index += 1;
        let mut stream = Numbers {
            array: array.name.clone(),
            parted: Arc::clone(&array.parted),
            layout,
            base,
            done: 0,
            columns,
            values: Vec::new(),
            read: Arc::clone(&self.read),
        };
        // Recordings that are short are held, so that the next one reads on where this one ended.
        if layout.count > 1
            && let Columns::All(_) = stream.columns
            && layout.len * layout.axes <= HELD
        {
            let block = stream.rows(layout.len)?;
            if let Columns::All(reader) = &mut stream.columns {
                *elements = reader.take();
            }
            let held =
                Whole { axes: layout.axes, block: Some(block), read: Arc::clone(&self.read) };
            return Ok(Some((name, Box::new(held))));
        }
        Ok(Some((name, Box::new(stream))))
    }
}

/// Looks at all numbers of an array whose axes are then read side by side.
fn check(array: &Array) -> Result<(), Problem> {
    let mut elements = array.parted.from(0)?;
    let (mut values, mut at) = (Vec::new(), 0);
    while at < array.parted.count() {
        values.clear();
        elements.read(NUMBERS, &mut values)?;
        if let Some(wrong) = values.iter().position(|x| !x.is_finite()) {
            // In a Fortran array the numbers stand in another order than they are counted in.
            let at = if array.parted.is_fortran() { first_of(array)? } else { at + wrong };
            return Err(not_finite(&array.name, at));
        }
        at += values.len();
    }
    Ok(())
}

/// The first element that is not finite, counted row by row, of an array whose axes stand one after the other.
fn first_of(array: &Array) -> Result<usize, Problem> {
    let Layout { len, axes, .. } = array.layout;
    let mut first = usize::MAX;
    for axis in 0..axes {
        let mut elements = array.parted.from(axis * len)?;
        let (mut values, mut at) = (Vec::new(), 0);
        while at < len {
            values.clear();
            elements.read(NUMBERS.min(len - at), &mut values)?;
            if let Some(wrong) = values.iter().position(|x| !x.is_finite()) {
                first = first.min((at + wrong) * axes + axis);
                break;
            }
            at += values.len();
        }
    }
    Ok(first)
}

/// The numbers of one recording.
struct Numbers {
    array: String,
    parted: Arc<Parted>,
    layout: Layout,
    /// Elements of the array before it.
    base: usize,
    /// Readings that are done.
    done: usize,
    columns: Columns,
    values: Vec<f64>,
    read: Arc<AtomicU64>,
}

enum Columns {
    /// Row by row, or one axis after the other where the whole is held.
    All(Option<Elements>),
    /// Each axis by itself.
    Each(Vec<Elements>),
}

impl Numbers {
    /// So many readings more.
    fn rows(&mut self, count: usize) -> Result<Block, Problem> {
        let Layout { axes, by_axis, .. } = self.layout;
        self.values.clear();
        let mut bytes = 0;
        match &mut self.columns {
            Columns::All(Some(elements)) => {
                let before = elements.bytes();
                elements.read(count * axes, &mut self.values)?;
                bytes += elements.bytes() - before;
            }
            Columns::All(None) => {}
            Columns::Each(all) => {
                for elements in all {
                    let before = elements.bytes();
                    elements.read(count, &mut self.values)?;
                    bytes += elements.bytes() - before;
                }
            }
        }
        self.read.fetch_add(bytes, Ordering::Relaxed);
        if let Some(at) = self.values.iter().position(|x| !x.is_finite()) {
            return Err(self.not_finite(at, count));
        }
        self.done += count;
        Ok(if by_axis {
            Block::of_axes(count, std::mem::take(&mut self.values))
        } else {
            let all: Vec<usize> = (0..axes).collect();
            Block::of_rows(&self.values, axes, &all)
        })
    }

    /// The number of those just read that is not finite, as an element of the array.
    fn not_finite(&self, at: usize, count: usize) -> Problem {
        let Layout { axes, len, by_axis, .. } = self.layout;
        // The array counts by rows where its last index is the axis.
        let counts_by_axis = by_axis != (self.parted.is_fortran() && self.parted.shape().len() > 1);
        let (row, axis) = if by_axis { (at % count, at / count) } else { (at / axes, at % axes) };
        let row = self.done + row;
        let within = if counts_by_axis { axis * len + row } else { row * axes + axis };
        not_finite(&self.array, self.base + within)
    }
}

impl Stream for Numbers {
    fn next(&mut self) -> Option<Result<Block, Problem>> {
        let Layout { len, axes, by_axis, .. } = self.layout;
        let left = len - self.done;
        let held = by_axis && axes > 1 && matches!(self.columns, Columns::All(_));
        let count = if held { left } else { left.min(NUMBERS / axes) };
        if count == 0 {
            return None;
        }
        let block = self.rows(count);
        if block.is_err() {
            self.done = len;
        }
        Some(block)
    }

    fn axes(&self) -> usize {
        self.layout.axes
    }

    fn describe(&self, recording: Recording) -> Recording {
        recording
    }

    fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// A recording that is in memory.
struct Whole {
    axes: usize,
    block: Option<Block>,
    read: Arc<AtomicU64>,
}

impl Whole {
    fn of(recording: Recording) -> Self {
        let (axes, len) = (recording.axes(), recording.len());
        let block = Some(Block::of_axes(len, recording.values().to_vec()));
        Self { axes, block, read: Arc::default() }
    }
}

impl Stream for Whole {
    fn next(&mut self) -> Option<Result<Block, Problem>> {
        self.block.take().map(Ok)
    }

    fn axes(&self) -> usize {
        self.axes
    }

    fn describe(&self, recording: Recording) -> Recording {
        recording
    }

    fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}
