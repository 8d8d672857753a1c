//! JSON Lines: a value a line, an object or an array of numbers; files of any length.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::damaged;
use super::node::{MOST_AXES, Node, Series, Texts, flat};
use super::tables::of_object;
use super::tolerant::Tolerant;
use crate::decode::held::Held;
use crate::decode::{Column, Head, Kind, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// The longest line.
const LONGEST: usize = 16 << 20;

/// Lines that tell which columns there are.
const FIRST: usize = 1000;

/// Numbers that are given at a time.
const NUMBERS: usize = 64 * 1024;

/// Its tables: one, or some a line.
pub(super) enum Lines {
    Rows(Option<Rows>),
    Recordings(Recordings),
}

/// Lines that are readings.
pub(super) struct Rows {
    lines: Source,
    head: Head,
    /// What the texts of each column are.
    texts: Vec<Option<Texts>>,
    keep: Vec<usize>,
    /// Lines that were read to learn the columns.
    first: std::vec::IntoIter<Vec<(String, Node)>>,
    failed: bool,
}

/// Lines that are recordings: objects of arrays.
pub(super) struct Recordings {
    lines: Source,
    /// The recordings of the last line.
    ready: VecDeque<Held>,
    /// How many lines were read.
    count: usize,
}

/// The lines that are not blank.
struct Source {
    file: BufReader<File>,
    lines: u64,
    read: u64,
}

impl Lines {
    /// # Errors
    /// The first lines are no readings.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let mut lines = Source { file: BufReader::new(File::open(path)?), lines: 0, read: 0 };
        let mut first = Vec::new();
        let (mut columns, mut texts): (Vec<Column>, Vec<Option<Texts>>) = Default::default();
        while first.len() < FIRST && lines.read < LONGEST as u64 {
            let Some(node) = lines.next()? else { break };
            if first.is_empty() && is_recording(&node) {
                let mut recordings = Recordings { lines, ready: VecDeque::new(), count: 0 };
                recordings.take(node)?;
                return Ok(Self::Recordings(recordings));
            }
            let row = lines.row(node)?;
            for (name, node) in &row {
                let text = match node {
                    Node::Text(text) => Some(Texts::of(text)),
                    Node::Number(_) => None,
                    _ => continue,
                };
                if columns.len() < 4096 && !columns.iter().any(|one| one.name == *name) {
                    let kind = text.as_ref().map_or(Kind::Numbers, Texts::kind);
                    columns.push(Column { name: name.clone(), unit: None, kind });
                    texts.push(text);
                }
            }
            first.push(row);
        }
        if !columns.iter().any(|one| matches!(one.kind, Kind::Numbers)) {
            return Err(damaged(
                "JSON",
                "its lines hold no numbers; write an object or an array of numbers in each",
            ));
        }
        let (first, keep) = (first.into_iter(), (0..columns.len()).collect());
        let head = Head { columns, ..Head::default() };
        Ok(Self::Rows(Some(Rows { lines, head, texts, keep, first, failed: false })))
    }
}

/// Whether a line is a recording: an object that has an array of more numbers than a reading has.
fn is_recording(node: &Node) -> bool {
    let Node::Object(members) = node else { return false };
    members.iter().any(|(_, node)| match node {
        Node::Series(series) => series.texts.is_none() && series.numbers.len() > MOST_AXES,
        Node::Rows { .. } | Node::Records { .. } => true,
        _ => false,
    })
}

impl Tables for Lines {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        let rows = match self {
            Self::Recordings(recordings) => {
                let table = recordings.next()?;
                return Ok(table.map(|table| Box::new(table) as Box<dyn Table>));
            }
            Self::Rows(rows) => rows,
        };
        Ok(rows.take().map(|mut rows| {
            // Columns of rows without names have none.
            rows.head.columns.iter_mut().for_each(|one| {
                if one.name.starts_with(' ') {
                    one.name.clear();
                }
            });
            Box::new(rows) as Box<dyn Table>
        }))
    }
}

impl Recordings {
    /// Makes the recordings of a line ready.
    fn take(&mut self, node: Node) -> Result<(), Problem> {
        let found = match node {
            Node::Object(members) => of_object(members, self.lines.read),
            _ => None,
        };
        self.ready = found.ok_or_else(|| {
            let line = self.lines.lines;
            damaged(
                "JSON",
                format!("line {line} is no recording as the first one is: an object of arrays"),
            )
        })?;
        for table in &mut self.ready {
            let inner = table.head().name.clone();
            let inner = inner.map_or_else(String::new, |inner| format!("/{inner}"));
            table.rename(format!("[{}]{inner}", self.count));
        }
        self.count += 1;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Held>, Problem> {
        if self.ready.is_empty()
            && let Some(node) = self.lines.next()?
        {
            self.take(node)?;
        }
        Ok(self.ready.pop_front())
    }
}

impl Source {
    /// The value of the next line; none after the last.
    fn next(&mut self) -> Result<Option<Node>, Problem> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut self.file).take(LONGEST as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            self.lines += 1;
            self.read += read as u64;
            if read == LONGEST {
                return Err(damaged("JSON", format!("line {} is longer than 16 MiB", self.lines)));
            }
            if !line.trim_ascii().is_empty() {
                break;
            }
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let is_odd = memchr::memmem::find(text, b"N").is_some()
            || memchr::memmem::find(text, b"I").is_some();
        let node = match is_odd {
            true => serde_json::from_reader(Tolerant::new(text)),
            false => serde_json::from_slice(text),
        };
        node.map(Some).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            damaged("JSON", format!("line {}: {reason}", self.lines))
        })
    }

    /// The values of a reading, by their names.
    fn row(&self, node: Node) -> Result<Vec<(String, Node)>, Problem> {
        match node {
            Node::Object(members) => Ok(flat(members)),
            Node::Series(Series { numbers, texts: None, .. }) => {
                let numbers = numbers.into_iter().enumerate();
                Ok(numbers.map(|(at, one)| (format!(" {at}"), Node::Number(one))).collect())
            }
            Node::Number(number) => Ok(vec![(" 0".to_owned(), Node::Number(number))]),
            _ => Err(damaged(
                "JSON",
                format!("line {} is no object and no array of numbers", self.lines),
            )),
        }
    }
}

impl Rows {
    /// The next rows, row by row.
    fn rows(&mut self, most: usize) -> Result<Vec<f64>, Problem> {
        let mut values = Vec::new();
        for _ in 0..most {
            let row = match self.first.next() {
                Some(row) => row,
                None => match self.lines.next()? {
                    Some(node) => self.lines.row(node)?,
                    None => break,
                },
            };
            for place in &self.keep {
                let Some(column) = self.head.columns.get(*place) else { continue };
                let is_it = |(name, _): &&(String, Node)| {
                    name == &column.name || column.name.is_empty() && *name == format!(" {place}")
                };
                let found =
                    row.get(*place).filter(|one| is_it(one)).or_else(|| row.iter().find(is_it));
                let texts = self.texts.get(*place).and_then(Option::as_ref);
                values.push(match (found.map(|(_, node)| node), texts) {
                    (Some(Node::Number(number)), None) => *number,
                    (Some(Node::Text(text)), Some(texts)) => texts.number(text),
                    _ => f64::NAN,
                });
            }
        }
        Ok(values)
    }
}

impl Table for Rows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.keep = columns.to_vec();
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        if self.failed || self.keep.is_empty() {
            return None;
        }
        let columns = self.keep.len();
        match self.rows((NUMBERS / columns).max(1)) {
            Ok(values) if values.is_empty() => None,
            Ok(values) => {
                let all: Vec<usize> = (0..columns).collect();
                Some(Ok(Block::of_rows(&values, columns, &all)))
            }
            Err(problem) => {
                self.failed = true;
                Some(Err(problem))
            }
        }
    }

    fn read(&self) -> u64 {
        self.lines.read
    }
}
