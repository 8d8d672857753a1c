//! The tables of a file that is read as a whole.

use std::collections::VecDeque;
use std::path::Path;

use super::node::{Node, Series, flat};
use super::{acquisition, damaged};
use crate::decode::held::Held;
use crate::decode::{Column, Head, Kind, Table, Tables, beside};
use crate::error::Problem;

/// The most numbers of a row that are columns.
const MOST_COLUMNS: usize = 16;

/// All of them.
pub(super) struct Whole(VecDeque<Held>);

impl Tables for Whole {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.pop_front().map(|table| Box::new(table) as Box<dyn Table>))
    }
}

impl Whole {
    /// # Errors
    /// There are no numbers in it that can be readings.
    pub(super) fn new(format: &'static str, path: &Path, node: Node) -> Result<Self, Problem> {
        let read = path.metadata().map(|known| known.len()).unwrap_or_default();
        let mut found = Found::default();
        match node {
            Node::Object(mut members) => match acquisition::payload(&mut members) {
                Some(payload) => {
                    let table = acquisition::table(format, path, payload, read)?;
                    return Ok(Self([table].into()));
                }
                None => found.members(members),
            },
            node => found.add("", node),
        }
        found.gather(read).map(Self).ok_or_else(|| {
            damaged(
                format,
                "it holds no readings; write an object of arrays {\"t\": [..], \"x\": [..]}, an array of objects \
                 [{\"t\": .., \"x\": ..}], or rows [[x, y, z], ..]",
            )
        })
    }
}

/// What was found.
#[derive(Default)]
struct Found {
    head: Head,
    /// Columns, and the part of the file that they are of: those of one belong together.
    series: Vec<(String, String, Series)>,
}

impl Found {
    /// The members of an object: columns, and what is said of them.
    fn members(&mut self, members: Vec<(String, Node)>) {
        for (name, node) in flat_arrays(members) {
            match node {
                Node::Number(number) => {
                    self.head.rate_hz = self.head.rate_hz.or(beside::rate(&name, number));
                }
                Node::Text(text) if beside::is_label(&name) => {
                    self.head.label.get_or_insert(text);
                }
                Node::Series(series) => self.series.push((String::new(), name, series)),
                node => self.add(&name, node),
            }
        }
    }

    /// Rows, records, or lists of them.
    fn add(&mut self, name: &str, node: Node) {
        match node {
            Node::Series(series) => self.series.push((name.to_owned(), name.to_owned(), series)),
            Node::Records { columns, .. } => {
                let columns = columns.into_iter();
                self.series
                    .extend(columns.map(|(column, series)| (name.to_owned(), column, series)));
            }
            Node::Rows { width, numbers } => {
                let len = numbers.len() / width.max(1);
                let are_rows = width <= MOST_COLUMNS;
                let columns = if are_rows { width } else { len };
                for at in 0..columns.min(MOST_COLUMNS) {
                    let numbers = if are_rows {
                        numbers.iter().skip(at).step_by(width).copied().collect()
                    } else {
                        numbers.iter().skip(at * width).take(width).copied().collect()
                    };
                    let column = match (name, columns) {
                        ("", _) => String::new(),
                        (_, 1) => name.to_owned(),
                        _ => format!("{name} {}", at + 1),
                    };
                    self.series.push((
                        name.to_owned(),
                        column,
                        Series { numbers, ..Series::default() },
                    ));
                }
            }
            Node::List(list) => {
                let is_all = list.iter().all(|one| {
                    matches!(one, Node::Rows { .. } | Node::Records { .. } | Node::Series(_))
                });
                for (at, one) in list.into_iter().enumerate().filter(|_| is_all) {
                    self.add(&format!("{name}[{at}]"), one);
                }
            }
            Node::Null | Node::Number(_) | Node::Text(_) | Node::Object(_) => {}
        }
    }

    /// Makes a table of the columns of one part and length; none where no column has numbers.
    fn gather(self, read: u64) -> Option<VecDeque<Held>> {
        let Self { head, mut series } = self;
        series.retain(|(.., one)| !one.numbers.is_empty());
        let mut parts: Vec<(String, usize)> = Vec::new();
        for (part, _, one) in &series {
            let part = (part.clone(), one.numbers.len());
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let mut tables = VecDeque::new();
        let is_one = parts.len() == 1;
        for (part, len) in parts {
            let (of_it, rest): (Vec<_>, Vec<_>) = series
                .into_iter()
                .partition(|(known, _, one)| *known == part && one.numbers.len() == len);
            series = rest;
            if of_it.iter().all(|(.., one)| one.words.is_some()) {
                continue;
            }
            let first = of_it.first().map(|(_, name, _)| name.clone());
            let name = if part.is_empty() { first.unwrap_or_default() } else { part };
            let mut head = Head { name: (!is_one).then_some(name), ..head.clone() };
            let mut numbers = Vec::with_capacity(of_it.len());
            for (_, name, one) in of_it {
                let kind = one.words.map_or(Kind::Numbers, Kind::Words);
                head.columns.push(Column { name, unit: None, kind });
                numbers.push(one.numbers);
            }
            tables.push_back(Held::new(head, numbers, read));
        }
        (!tables.is_empty()).then_some(tables)
    }
}

/// The members of an object and of those in it; an object whose members are rows of one column, by their numbers, is an array.
fn flat_arrays(members: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let members = members.into_iter().map(|(name, node)| match node {
        Node::Object(inner) if is_column(&inner) => {
            let mut series = Series::default();
            inner.iter().for_each(|(_, node)| series.push(node));
            (name, Node::Series(series))
        }
        node => (name, node),
    });
    let (objects, others): (Vec<_>, Vec<_>) =
        members.partition(|(_, node)| matches!(node, Node::Object(_)));
    others.into_iter().chain(flat(objects)).collect()
}

/// Whether the names of members are those of rows: numbers.
fn is_column(members: &[(String, Node)]) -> bool {
    members.len() > 1
        && members.iter().all(|(name, node)| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_digit())
                && matches!(node, Node::Null | Node::Number(_) | Node::Text(_))
        })
}
