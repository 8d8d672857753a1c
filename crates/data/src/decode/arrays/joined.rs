//! The rows of arrays that stand beside each other.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Array, Layout, Numbers};
use crate::decode::{Head, Table};
use crate::error::Problem;
use crate::pieces::Block;

/// The numbers of a block.
const NUMBERS: usize = 1 << 16;

/// A recording of at most so many numbers, 8 MiB, is held as a whole where its axes stand one after the other.
const HELD: usize = 1 << 20;

/// An array of one or more recordings.
pub(super) struct Part {
    pub(super) array: Array,
    pub(super) layout: Layout,
    /// Where the recording before ended, so that the next one reads on.
    rest: Mutex<Option<(usize, Box<dyn Numbers>)>>,
}

impl Part {
    pub(super) fn new(array: Array, layout: Layout) -> Self {
        Self { array, layout, rest: Mutex::new(None) }
    }

    /// Its numbers from this one on.
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        match rest.take() {
            Some((at, numbers)) if at == element => Ok(numbers),
            _ => self.array.origin.from(element),
        }
    }

    fn give_back(&self, element: usize, numbers: Box<dyn Numbers>) {
        let is_more = element < self.array.count();
        let rest = is_more.then_some((element, numbers));
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = rest;
    }

    /// Whether each of its axes is read by itself.
    fn is_split(&self) -> bool {
        let Layout { len, axes, by_axis, .. } = self.layout;
        by_axis && axes > 1 && len.saturating_mul(axes) > HELD
    }
}

/// One recording of each of some arrays.
pub(super) struct Joined {
    head: Head,
    parts: Vec<Reading>,
    /// The columns that are kept: which part they are of, and which axis of it.
    kept: Vec<(usize, usize)>,
    /// Readings in all, and those that are done.
    len: usize,
    done: usize,
    read: u64,
}

/// A part that is being read.
struct Reading {
    part: Arc<Part>,
    /// Elements of the array before it.
    base: usize,
    is_kept: bool,
    state: State,
    /// Rows that were just read.
    rows: Vec<f64>,
}

enum State {
    Closed,
    /// Row by row.
    Rows(Box<dyn Numbers>),
    /// All of it, axis by axis.
    Held(Vec<f64>),
    /// Each axis by itself.
    Split(Vec<Option<Box<dyn Numbers>>>),
}

impl Joined {
    pub(super) fn new(head: Head, parts: Vec<Arc<Part>>, index: usize, len: usize) -> Self {
        let axes = |(at, part): (usize, &Arc<Part>)| {
            (0..part.layout.axes).map(move |axis| (at, axis)).collect::<Vec<_>>()
        };
        let kept = parts.iter().enumerate().flat_map(axes).collect();
        let reading = |part: Arc<Part>| {
            let base = index * part.layout.len * part.layout.axes;
            Reading { part, base, is_kept: true, state: State::Closed, rows: Vec::new() }
        };
        let parts = parts.into_iter().map(reading).collect();
        Self { head, parts, kept, len, done: 0, read: 0 }
    }

    fn block(&mut self, count: usize) -> Result<Block, Problem> {
        let kept = self.kept.clone();
        for (at, reading) in self.parts.iter_mut().enumerate().filter(|(_, one)| one.is_kept) {
            let wants = |axis: usize| kept.contains(&(at, axis));
            self.read += reading.rows(count, wants)?;
        }
        let mut values = Vec::with_capacity(count * kept.len());
        for (at, axis) in kept {
            if let Some(reading) = self.parts.get(at) {
                reading.column(axis, self.done, count, &mut values);
            }
        }
        self.done += count;
        if self.done == self.len {
            self.parts.iter_mut().for_each(Reading::close);
        }
        Ok(Block::of_axes(count, values))
    }
}

impl Reading {
    /// Reads so many rows more; the bytes that this took.
    fn rows(&mut self, count: usize, wants: impl Fn(usize) -> bool) -> Result<u64, Problem> {
        let Layout { len, axes, by_axis, .. } = self.part.layout;
        let mut bytes = 0;
        if let State::Closed = self.state {
            self.state = if self.part.is_split() {
                let open = |axis: usize| self.part.array.origin.from(self.base + axis * len);
                let each = |axis| wants(axis).then(|| open(axis)).transpose();
                State::Split((0..axes).map(each).collect::<Result<_, _>>()?)
            } else {
                let mut numbers = self.part.from(self.base)?;
                if by_axis && axes > 1 {
                    let before = numbers.bytes();
                    let mut held = Vec::new();
                    numbers.read(len * axes, &mut held)?;
                    bytes += numbers.bytes() - before;
                    self.part.give_back(self.base + len * axes, numbers);
                    State::Held(held)
                } else {
                    State::Rows(numbers)
                }
            };
        }
        self.rows.clear();
        match &mut self.state {
            State::Rows(numbers) => {
                let before = numbers.bytes();
                numbers.read(count * axes, &mut self.rows)?;
                bytes += numbers.bytes() - before;
            }
            State::Split(all) => {
                for numbers in all {
                    match numbers {
                        Some(numbers) => {
                            let before = numbers.bytes();
                            numbers.read(count, &mut self.rows)?;
                            bytes += numbers.bytes() - before;
                        }
                        None => self.rows.resize(self.rows.len() + count, f64::NAN),
                    }
                }
            }
            State::Held(_) | State::Closed => {}
        }
        Ok(bytes)
    }

    /// Appends one axis of the rows just read; NaN where there are none.
    fn column(&self, axis: usize, done: usize, count: usize, to: &mut Vec<f64>) {
        let Layout { len, axes, .. } = self.part.layout;
        let filled = to.len() + count;
        match &self.state {
            State::Rows(_) if axes == 1 => to.extend(self.rows.iter().take(count)),
            State::Rows(_) => to.extend(self.rows.iter().skip(axis).step_by(axes).take(count)),
            State::Held(all) => {
                let start = axis * len + done;
                to.extend(all.get(start..start + count).unwrap_or_default());
            }
            State::Split(_) => {
                to.extend(self.rows.get(axis * count..(axis + 1) * count).unwrap_or_default());
            }
            State::Closed => {}
        }
        to.resize(filled, f64::NAN);
    }

    /// Leaves what is read on to the recording that follows.
    fn close(&mut self) {
        if let State::Rows(numbers) = std::mem::replace(&mut self.state, State::Closed) {
            let Layout { len, axes, .. } = self.part.layout;
            self.part.give_back(self.base + len * axes, numbers);
        }
    }
}

impl Table for Joined {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        let kept = columns.iter().filter_map(|column| self.kept.get(*column).copied()).collect();
        self.kept = kept;
        for (at, reading) in self.parts.iter_mut().enumerate() {
            reading.is_kept = self.kept.iter().any(|(part, _)| *part == at);
        }
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        let columns: usize =
            self.parts.iter().filter(|one| one.is_kept).map(|one| one.part.layout.axes).sum();
        let count = (self.len - self.done).min((NUMBERS / columns.max(1)).max(1));
        if count == 0 {
            return None;
        }
        let block = self.block(count);
        if block.is_err() {
            self.done = self.len;
        }
        Some(block)
    }

    fn read(&self) -> u64 {
        self.read
    }

    fn wrong(&self, column: usize, row: u64) -> Problem {
        let name = self.head.columns.get(column).map(|one| one.name.clone()).unwrap_or_default();
        let mut axis = column;
        for Reading { part, base, .. } in &self.parts {
            let Layout { axes, len, by_axis, .. } = part.layout;
            if axis >= axes {
                axis -= axes;
                continue;
            }
            // The array counts by rows where its last index is the axis.
            let is_turned = part.array.is_fortran && part.array.shape.len() > 1;
            let row = usize::try_from(row).unwrap_or_default();
            let within = if by_axis != is_turned { axis * len + row } else { row * axes + axis };
            if let Some(problem) = part.array.origin.wrong(base + within) {
                return problem;
            }
            break;
        }
        Problem::NotFinite { row: row + 1, column: column + 1, name }
    }
}
