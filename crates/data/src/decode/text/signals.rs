//! Texts in which each line is a recording: all numbers of one signal, as NanoEdge AI Studio takes them.

use super::LineAxes;
use super::blocks::Blocks;
use crate::decode::{Column, Head, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// The axes that are looked for in a line, the likeliest first.
const AXES: [usize; 3] = [3, 6, 2];

/// What is explained by the axis that a number is of, as a share of all variance, from which there are axes.
const EXPLAINED: f64 = 0.5;

/// The lines of a text, a recording each.
pub(super) struct Signals {
    text: Blocks,
    axes: LineAxes,
    /// The lines that were read, column by column, and how many of them are done.
    block: Option<(Block, usize)>,
    done: u64,
}

impl Signals {
    pub(super) fn new(text: Blocks, axes: LineAxes) -> Self {
        Self { text, axes, block: None, done: 0 }
    }
}

impl Tables for Signals {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        if self.block.as_ref().is_none_or(|(block, done)| *done == block.len()) {
            let Some(block) = self.text.next() else { return Ok(None) };
            self.block = Some((block?, 0));
        }
        let Some((block, at)) = &mut self.block else { return Ok(None) };
        let count = self.text.head().columns.len();
        let line: Vec<f64> = (0..count).filter_map(|n| block.axis(n).get(*at).copied()).collect();
        if let Some(column) = line.iter().position(|value| !value.is_finite()) {
            return Err(self.text.wrong(column, self.done));
        }
        *at += 1;
        self.done += 1;
        // All lines are of as many axes as the first.
        let count = *self.axes.count.get_or_insert_with(|| axes_of(&line));
        let signal = Signal::new(&line, (count, self.axes.apart), self.done, self.text.read());
        signal.map(|signal| Some(Box::new(signal) as Box<dyn Table>))
    }
}

/// How many axes the numbers of a line are of, one after the other: as many as explain most of their variance, as
/// where gravity differs between them.
fn axes_of(line: &[f64]) -> usize {
    let mean = line.iter().sum::<f64>() / line.len() as f64;
    let total: f64 = line.iter().map(|x| (x - mean) * (x - mean)).sum();
    let explained = |axes: usize| {
        let of_axis = |axis: usize| line.iter().skip(axis).step_by(axes);
        let between = |axis: usize| {
            let count = of_axis(axis).count() as f64;
            let own = of_axis(axis).sum::<f64>() / count;
            count * (own - mean) * (own - mean)
        };
        (0..axes).map(between).sum::<f64>()
    };
    let fits =
        |axes: &usize| line.len().is_multiple_of(*axes) && explained(*axes) > EXPLAINED * total;
    AXES.into_iter().find(fits).unwrap_or(1)
}

/// One line.
struct Signal {
    head: Head,
    block: Option<Block>,
    read: u64,
}

impl Signal {
    fn new(
        line: &[f64],
        (axes, apart): (usize, bool),
        number: u64,
        read: u64,
    ) -> Result<Self, Problem> {
        if axes == 0 || !line.len().is_multiple_of(axes) {
            let (found, expected) = (line.len(), axes);
            return Err(Problem::Signal { line: number, found, expected });
        }
        let all: Vec<usize> = (0..axes).collect();
        let columns = all.iter().map(|_| Column::numbers("")).collect();
        let name = Some(format!("[{}]", number - 1));
        let head = Head { name, columns, ..Head::default() };
        let block = match apart {
            true => Block::of_axes(line.len() / axes, line.to_vec()),
            false => Block::of_rows(line, axes, &all),
        };
        Ok(Self { head, block: Some(block), read })
    }
}

impl Table for Signal {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        let kept = self.block.take().map(|block| block.of_columns(columns));
        self.block = kept;
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        self.block.take().map(Ok)
    }

    fn read(&self) -> u64 {
        self.read
    }
}
