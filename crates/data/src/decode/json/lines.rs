//! JSON Lines: a value a line, an object or an array of numbers; files of any length.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::damaged;
use super::node::{Node, Series, flat};
use super::tolerant::Tolerant;
use crate::decode::{Column, Head, Kind, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// The longest line.
const LONGEST: usize = 16 << 20;

/// Lines that tell which columns there are.
const FIRST: usize = 1000;

/// Numbers that are given at a time.
const NUMBERS: usize = 64 * 1024;

/// Its only table.
pub(super) struct Lines(Option<Rows>);

/// The rows.
struct Rows {
    source: BufReader<File>,
    head: Head,
    keep: Vec<usize>,
    /// Lines that were read to learn the columns.
    first: std::vec::IntoIter<Vec<(String, Node)>>,
    lines: u64,
    read: u64,
    failed: bool,
}

impl Lines {
    /// # Errors
    /// The first lines are no readings.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let source = BufReader::new(File::open(path)?);
        let mut rows = Rows {
            source,
            head: Head::default(),
            keep: Vec::new(),
            first: Vec::new().into_iter(),
            lines: 0,
            read: 0,
            failed: false,
        };
        let mut first = Vec::new();
        while first.len() < FIRST && rows.read < LONGEST as u64 {
            let Some(row) = rows.line()? else { break };
            for (name, node) in &row {
                let kind = match node {
                    Node::Text(_) => Kind::Words(Default::default()),
                    Node::Number(_) => Kind::Numbers,
                    _ => continue,
                };
                let columns = &mut rows.head.columns;
                if columns.len() < 4096 && !columns.iter().any(|one| one.name == *name) {
                    columns.push(Column { name: name.clone(), unit: None, kind });
                }
            }
            first.push(row);
        }
        if !rows.head.columns.iter().any(|one| matches!(one.kind, Kind::Numbers)) {
            return Err(damaged(
                "JSON",
                "its lines hold no numbers; write an object or an array of numbers in each",
            ));
        }
        rows.first = first.into_iter();
        rows.keep = (0..rows.head.columns.len()).collect();
        Ok(Self(Some(rows)))
    }
}

impl Tables for Lines {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.take().map(|mut rows| {
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

impl Rows {
    /// The values of the next line that is not blank, by their names; none after the last.
    fn line(&mut self) -> Result<Option<Vec<(String, Node)>>, Problem> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = (&mut self.source).take(LONGEST as u64).read_until(b'\n', &mut line)?;
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
        let node = node.map_err(|error| {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            damaged("JSON", format!("line {}: {reason}", self.lines))
        })?;
        match node {
            Node::Object(members) => Ok(Some(flat(members))),
            Node::Series(Series { numbers, words: None, .. }) => {
                let numbers = numbers.into_iter().enumerate();
                Ok(Some(numbers.map(|(at, one)| (format!(" {at}"), Node::Number(one))).collect()))
            }
            Node::Number(number) => Ok(Some(vec![(" 0".to_owned(), Node::Number(number))])),
            _ => Err(damaged(
                "JSON",
                format!("line {} is no object and no array of numbers", self.lines),
            )),
        }
    }

    /// The next rows, row by row.
    fn rows(&mut self, most: usize) -> Result<Vec<f64>, Problem> {
        let mut values = Vec::new();
        for _ in 0..most {
            let row = match self.first.next() {
                Some(row) => row,
                None => match self.line()? {
                    Some(row) => row,
                    None => break,
                },
            };
            for place in &self.keep {
                let Some(column) = self.head.columns.get(*place) else { continue };
                let is_it = |(name, _): &&(String, Node)| {
                    name == &column.name || column.name.is_empty() && *name == format!(" {place}")
                };
                let found =
                    row.get(*place).filter(|one| is_it(&one)).or_else(|| row.iter().find(is_it));
                values.push(match (found.map(|(_, node)| node), &column.kind) {
                    (Some(Node::Number(number)), Kind::Numbers) => *number,
                    (Some(Node::Text(text)), Kind::Words(words)) => words.number(text),
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
        self.read
    }
}
