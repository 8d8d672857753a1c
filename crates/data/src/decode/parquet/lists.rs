//! A file in which each row is a recording: its readings stand in lists, and what is known of it beside them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::cells::{Cells, Entries};
use super::damaged;
use super::leaf::{Leaf, Means};
use super::opened::{Opened, cache, in_column};
use super::words::Cache;
use crate::decode::held::Held;
use crate::decode::{Column, Head, Kind, Table, Tables, beside};
use crate::error::{Problem, shown};

/// The most numbers of a list that are the columns of a reading.
const MOST_COLUMNS: usize = 16;

/// Rows that tell whether a list is a reading or a recording.
const SAMPLE: u64 = 64;

/// How many numbers each column has in each row: more than one where its lists are all as short, and so are readings;
/// none where they are recordings.
///
/// # Errors
/// A [`Problem`] that names the column.
pub(super) fn widths(file: &Opened) -> Result<Vec<Option<usize>>, Problem> {
    let first = (0..).map_while(|group| file.rows(group)).position(|rows| rows > 0);
    let width = |leaf: &Leaf| match (leaf.lists, first) {
        (0, _) => Ok(Some(1)),
        (1, Some(group)) => width(file, leaf, group),
        _ => Ok(None),
    };
    file.leaves.iter().map(width).collect()
}

/// The length of the lists of a column, if they are readings.
fn width(file: &Opened, leaf: &Leaf, group: usize) -> Result<Option<usize>, Problem> {
    let rows = file.rows(group).unwrap_or_default();
    if rows <= MOST_COLUMNS as u64 {
        return Ok(None);
    }
    let mut cells = file.cells(group, leaf, &Arc::default())?;
    let mut entries = Entries::default();
    let mut width = None;
    for _ in 0..rows.min(SAMPLE) {
        cells.entries(1, &mut entries).map_err(|error| in_column(leaf, error))?;
        let len = entries.numbers.len();
        if len > MOST_COLUMNS || width.is_some_and(|width| len > 0 && width != len) {
            return Ok(None);
        }
        width = width.or((len > 0).then_some(len));
    }
    Ok(width)
}

/// The recordings, a row after the other.
pub(super) struct Lists {
    file: Arc<Opened>,
    columns: Vec<(Column, Arc<Cache>)>,
    /// Whether it has one row, which needs no name.
    is_one: bool,
    group: usize,
    /// The row in the row group, and in the file.
    row: u64,
    number: u64,
    /// Columns that are read up to there.
    open: Vec<Cells>,
    waiting: VecDeque<Held>,
    entries: Entries,
}

impl Lists {
    pub(super) fn new(file: Arc<Opened>) -> Self {
        let columns = file.leaves.iter().map(|leaf| leaf.column(None));
        let columns = columns.map(|column| (column.clone(), cache(&column))).collect();
        let rows = (0..).map_while(|group| file.rows(group)).fold(0, u64::saturating_add);
        Self {
            file,
            columns,
            is_one: rows == 1,
            group: 0,
            row: 0,
            number: 0,
            open: Vec::new(),
            waiting: VecDeque::new(),
            entries: Entries::default(),
        }
    }

    /// Reads the next row; none after the last.
    fn read(&mut self) -> Result<Option<()>, Problem> {
        loop {
            let Some(rows) = self.file.rows(self.group) else { return Ok(None) };
            if self.row < rows {
                break;
            }
            (self.group, self.row) = (self.group + 1, 0);
            self.open.clear();
        }
        if self.open.is_empty() {
            let leaves = self.file.leaves.iter().zip(&self.columns);
            let cells = leaves.map(|(leaf, (_, words))| self.file.cells(self.group, leaf, words));
            self.open = cells.collect::<Result<_, _>>()?;
        }
        self.row += 1;
        self.number += 1;
        let mut head = Head { rate_hz: self.file.rate_hz(), ..Head::default() };
        let mut series: Vec<(Column, Vec<f64>)> = Vec::new();
        let columns = self.file.leaves.iter().zip(&self.columns).zip(&mut self.open);
        for ((leaf, (column, _)), cells) in columns {
            if leaf.lists == 0 {
                let mut value = [f64::NAN];
                cells.fill(&mut value).map_err(|error| in_column(leaf, error))?;
                let [value] = value;
                tell(&mut head, leaf, &column.kind, value);
            } else {
                cells.entries(1, &mut self.entries).map_err(|error| in_column(leaf, error))?;
                self.entries.series(leaf, column, self.number, &mut series)?;
            }
        }
        self.gather(&head, series);
        Ok(Some(()))
    }

    /// Makes tables of what is of one length.
    fn gather(&mut self, head: &Head, mut series: Vec<(Column, Vec<f64>)>) {
        series.retain(|(_, numbers)| !numbers.is_empty());
        let mut is_first = true;
        while let Some(len) = series.first().map(|(_, numbers)| numbers.len()) {
            let (these, rest): (Vec<_>, Vec<_>) =
                series.into_iter().partition(|(_, numbers)| numbers.len() == len);
            series = rest;
            let (columns, numbers): (Vec<Column>, Vec<Vec<f64>>) = these.into_iter().unzip();
            let name = match columns.first() {
                Some(column) if !is_first => Some(format!("{} {}", self.number, column.name)),
                _ => (!self.is_one).then(|| format!("[{}]", self.number.saturating_sub(1))),
            };
            is_first = false;
            let head = Head { name, columns, ..head.clone() };
            self.waiting.push_back(Held::new(head, numbers, self.file.read()));
        }
    }
}

impl Tables for Lists {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        loop {
            if let Some(table) = self.waiting.pop_front() {
                return Ok(Some(Box::new(table)));
            }
            match self.read() {
                Ok(Some(())) => {}
                Ok(None) => return Ok(None),
                Err(problem) => {
                    self.group = usize::MAX;
                    return Err(problem);
                }
            }
        }
    }
}

impl Entries {
    /// The columns that a list of numbers, or of lists of them, is in one row.
    fn series(
        &self,
        leaf: &Leaf,
        column: &Column,
        row: u64,
        to: &mut Vec<(Column, Vec<f64>)>,
    ) -> Result<(), Problem> {
        if leaf.lists == 1 {
            to.push((column.clone(), self.numbers.clone()));
            return Ok(());
        }
        let width = self.lengths.first().copied().unwrap_or_default();
        if width == 0 && self.numbers.is_empty() {
            return Ok(());
        }
        let len = self.lengths.len();
        let is_even = self.lengths.iter().all(|length| *length == width);
        if !is_even || (width > MOST_COLUMNS && len > MOST_COLUMNS) {
            return Err(damaged(format!(
                "column `{}` has lists in row {row} that are no readings of as many axes each; write 1 to \
                 {MOST_COLUMNS} numbers in each of them",
                shown(&leaf.name, 40)
            )));
        }
        let are_readings = width <= MOST_COLUMNS;
        let columns = if are_readings { width } else { len };
        for at in 0..columns {
            let numbers: Vec<f64> = if are_readings {
                self.numbers.iter().skip(at).step_by(width).copied().collect()
            } else {
                self.numbers.iter().skip(at * width).take(width).copied().collect()
            };
            to.push((leaf.column((columns > 1).then_some(at)), numbers));
        }
        Ok(())
    }
}

/// What a value beside the lists says of the recording.
fn tell(head: &mut Head, leaf: &Leaf, kind: &Kind, value: f64) {
    match kind {
        Kind::Words(words) => {
            if let Some(word) = words.word(value).filter(|_| beside::is_label(&leaf.name)) {
                head.label.get_or_insert(word);
            }
        }
        Kind::Times { .. } if leaf.means == Means::Instants => {
            if beside::is_start(&leaf.name) && value >= 0.0 {
                let since = Duration::try_from_secs_f64(value).ok();
                let taken = since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
                head.taken = head.taken.or(taken);
            }
        }
        Kind::Times { .. } => {}
        Kind::Numbers => head.rate_hz = beside::rate(&leaf.name, value).or(head.rate_hz),
    }
}
