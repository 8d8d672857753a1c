//! Columns of some blocks, read side by side: each in its order, and where it is free by whoever is free.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::cells::{Cells, Entries};
use super::damaged;
use super::leaf::{Leaf, Means};
use super::opened::{Opened, in_column};
use super::rows::Part;
use crate::error::{Problem, shown};
use crate::pieces::Block;

/// A column that was read into the middle of a row group.
pub(super) struct Open {
    leaf: usize,
    group: usize,
    /// The rows that were read.
    row: u64,
    cells: Cells,
}

/// Blocks that are to be read: each lies in one row group.
#[derive(Default)]
pub(super) struct Batch {
    places: Vec<Place>,
    values: Vec<Vec<f64>>,
}

#[derive(Clone, Copy)]
struct Place {
    group: usize,
    row: u64,
    len: usize,
}

/// Where the numbers of a column of the file go to: which of each list it is, and the numbers of a block.
type Columns<'a> = Vec<(usize, &'a mut [f64])>;

/// What is to be read of a column of the file, in the order of the rows.
struct Work<'a> {
    leaf: usize,
    /// Blocks in reverse, and of each the columns of the table that come of it.
    blocks: Vec<(usize, Columns<'a>)>,
    open: Option<Open>,
}

impl Batch {
    pub(super) fn blocks(&self) -> usize {
        self.places.len()
    }

    pub(super) fn add(&mut self, group: usize, row: u64, len: usize, columns: usize) {
        self.places.push(Place { group, row, len });
        self.values.push(vec![0.0; len * columns]);
    }

    /// The blocks up to what is wrong, and what that is.
    pub(super) fn read(
        mut self,
        file: &Opened,
        leaves: &[Leaf],
        parts: &[Part],
        widths: &[usize],
        open: &mut Vec<Open>,
    ) -> (Vec<Block>, Option<Problem>) {
        let places = self.places.as_slice();
        let works = works(places, &mut self.values, leaves, parts, std::mem::take(open));
        let queue = Mutex::new(works);
        let wrong: Mutex<Option<(usize, usize, Problem)>> = Mutex::new(None);
        let left = Mutex::new(Vec::new());
        let workers = rayon::current_num_threads().max(1);
        (0..workers).into_par_iter().with_max_len(1).for_each(|_| {
            while let Some(mut work) = first(&queue) {
                let Some((block, columns)) = work.blocks.pop() else {
                    left.lock().unwrap_or_else(PoisonError::into_inner).extend(work.open);
                    continue;
                };
                let read = places.get(block).map(|place| {
                    work.read(file, leaves, parts, widths.get(work.leaf).copied(), *place, columns)
                });
                match read {
                    Some(Ok(())) => queue.lock().unwrap_or_else(PoisonError::into_inner).push(work),
                    Some(Err(problem)) => {
                        let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                        let is_first = wrong
                            .as_ref()
                            .is_none_or(|(at, leaf, _)| (block, work.leaf) < (*at, *leaf));
                        if is_first {
                            *wrong = Some((block, work.leaf, problem));
                        }
                    }
                    None => {}
                }
            }
        });
        *open = left.into_inner().unwrap_or_else(PoisonError::into_inner);
        open.retain(|one| file.rows(one.group).is_some_and(|rows| one.row < rows));
        let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
        let good = wrong.as_ref().map_or(self.values.len(), |(block, ..)| *block);
        let blocks = self.places.iter().zip(self.values).take(good);
        let blocks = blocks.map(|(place, values)| Block::of_axes(place.len, values)).collect();
        (blocks, wrong.map(|(.., problem)| problem))
    }
}

/// The work whose next block comes first.
fn first<'a>(queue: &Mutex<Vec<Work<'a>>>) -> Option<Work<'a>> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let key = |work: &Work<'_>| work.blocks.last().map_or(usize::MAX, |(block, _)| *block);
    let at = (0..queue.len()).min_by_key(|at| queue.get(*at).map(&key))?;
    Some(queue.swap_remove(at))
}

/// What is to be read of each column: numbers of each row group apart, words in the order of the file.
fn works<'a>(
    places: &[Place],
    values: &'a mut [Vec<f64>],
    leaves: &[Leaf],
    parts: &[Part],
    mut open: Vec<Open>,
) -> Vec<Work<'a>> {
    let mut works: Vec<Work<'a>> = Vec::new();
    let mut last_group = None;
    let mut begins = 0;
    for (block, (place, values)) in places.iter().zip(values).enumerate() {
        if last_group.replace(place.group) != Some(place.group) {
            begins = works.len();
        }
        for (column, values) in parts.iter().zip(values.chunks_mut(place.len.max(1))) {
            let is_ordered = leaves.get(column.leaf).is_some_and(|leaf| leaf.means == Means::Words);
            let from = if is_ordered { 0 } else { begins };
            let known = works.iter_mut().skip(from).find(|one| one.leaf == column.leaf);
            match known {
                Some(work) => match work.blocks.last_mut().filter(|(at, _)| *at == block) {
                    Some((_, columns)) => columns.push((column.part, values)),
                    None => work.blocks.push((block, vec![(column.part, values)])),
                },
                None => {
                    let place = open
                        .iter()
                        .position(|one| one.leaf == column.leaf && one.group == place.group);
                    works.push(Work {
                        leaf: column.leaf,
                        blocks: vec![(block, vec![(column.part, values)])],
                        open: place.map(|at| open.swap_remove(at)),
                    });
                }
            }
        }
    }
    works.iter_mut().for_each(|work| work.blocks.reverse());
    works
}

impl Work<'_> {
    fn read(
        &mut self,
        file: &Opened,
        leaves: &[Leaf],
        parts: &[Part],
        width: Option<usize>,
        place: Place,
        mut columns: Vec<(usize, &mut [f64])>,
    ) -> Result<(), Problem> {
        let leaf = leaves.get(self.leaf).ok_or(Problem::NoReadings)?;
        if leaf.is_unread {
            columns.iter_mut().for_each(|(_, column)| column.fill(f64::NAN));
            return Ok(());
        }
        let is_there =
            self.open.as_ref().is_some_and(|one| one.group == place.group && one.row == place.row);
        if !is_there {
            let part =
                parts.iter().find(|part| part.leaf == self.leaf).ok_or(Problem::NoReadings)?;
            let mut cells = file.cells(place.group, leaf, &part.words)?;
            let before = usize::try_from(place.row).map_err(|_| Problem::NoReadings)?;
            cells.skip(before).map_err(|error| in_column(leaf, error))?;
            self.open = Some(Open { leaf: self.leaf, group: place.group, row: place.row, cells });
        }
        let open = self.open.as_mut().ok_or(Problem::NoReadings)?;
        open.row += place.len as u64;
        match (columns.as_mut_slice(), leaf.lists) {
            ([(_, column)], 0) => open.cells.fill(column).map_err(|error| in_column(leaf, error)),
            (columns, 0) => {
                let mut all = vec![0.0; place.len];
                open.cells.fill(&mut all).map_err(|error| in_column(leaf, error))?;
                columns.iter_mut().for_each(|(_, column)| column.copy_from_slice(&all));
                Ok(())
            }
            (columns, _) => {
                arrays(&mut open.cells, leaf, width.unwrap_or_default(), place, columns)
            }
        }
    }
}

/// Reads lists of one length, each number of it to a column of its own.
fn arrays(
    cells: &mut Cells,
    leaf: &Leaf,
    width: usize,
    place: Place,
    columns: &mut [(usize, &mut [f64])],
) -> Result<(), Problem> {
    let mut entries = Entries::default();
    cells.entries(place.len, &mut entries).map_err(|error| in_column(leaf, error))?;
    let mut numbers = entries.numbers.as_slice();
    for (row, length) in entries.lengths.iter().enumerate() {
        let Some((of_row, rest)) = numbers.split_at_checked(*length) else { break };
        numbers = rest;
        if *length != width && *length != 0 {
            return Err(damaged(format!(
                "column `{}` has {length} numbers in row {} of row group {}, and {width} in the first; write as many in each",
                shown(&leaf.name, 40),
                place.row + row as u64 + 1,
                place.group + 1,
            )));
        }
        for (part, column) in columns.iter_mut() {
            if let Some(to) = column.get_mut(row) {
                *to = of_row.get(*part).copied().unwrap_or(f64::NAN);
            }
        }
    }
    Ok(())
}
