//! The tables of a file that is read as a whole.

use std::collections::VecDeque;
use std::path::Path;

use super::node::{Node, Series, add_record, flat, too_many};
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

/// The tables of an object; none where no member of it has numbers.
pub(super) fn of_object(members: Vec<(String, Node)>, read: u64) -> Option<VecDeque<Held>> {
    let mut found = Found::default();
    found.members(members);
    found.gather(read)
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
        if are_rows(&members) {
            return self.add("", records(members));
        }
        let members = with_names(members);
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
            if of_it.iter().all(|(.., one)| one.texts.is_some()) {
                continue;
            }
            let first = of_it.first().map(|(_, name, _)| name.clone());
            let name = if part.is_empty() { first.unwrap_or_default() } else { part };
            let mut head = Head { name: (!is_one).then_some(name), ..head.clone() };
            let mut numbers = Vec::with_capacity(of_it.len());
            for (_, name, one) in of_it {
                let kind = one.texts.map_or(Kind::Numbers, |texts| texts.kind());
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

/// Whether an object is a column whose values are named by their rows.
fn is_column(members: &[(String, Node)]) -> bool {
    are_numbered(members, |node| matches!(node, Node::Null | Node::Number(_) | Node::Text(_)))
}

/// Whether an object is a table whose rows are named by their numbers.
fn are_rows(members: &[(String, Node)]) -> bool {
    are_numbered(members, |node| matches!(node, Node::Object(_)))
}

/// Whether there are several members, their names are numbers, and each of them is such a value.
fn are_numbered(members: &[(String, Node)], is: impl Fn(&Node) -> bool) -> bool {
    let is_number = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    members.len() > 1 && members.iter().all(|(name, node)| is_number(name) && is(node))
}

/// Objects that are the members of one, as rows.
fn records(members: Vec<(String, Node)>) -> Node {
    let (mut len, mut columns) = (0, Vec::new());
    for (_, node) in members {
        if let Node::Object(row) = node
            && too_many(len, &columns).is_none()
        {
            add_record(&mut columns, len, row);
            len += 1;
        }
    }
    Node::Records { len, columns }
}

/// Rows beside a list of the names of their columns, as frames are split; the list of their own names is left out.
fn with_names(mut members: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let names = members.iter().find_map(|(name, node)| match node {
        Node::Series(series) if name == "columns" => series.words(MOST_COLUMNS),
        _ => None,
    });
    let Some(names) = names.filter(|names| !names.is_empty()) else { return members };
    for (name, node) in &mut members {
        if let Node::Rows { width, numbers } = node
            && name == "data"
            && *width == names.len()
        {
            let column = |at| numbers.iter().skip(at).step_by(names.len()).copied().collect();
            let series = |at| Series { numbers: column(at), ..Series::default() };
            let columns: Vec<_> =
                names.iter().enumerate().map(|(at, name)| (name.clone(), series(at))).collect();
            *node = Node::Records { len: numbers.len() / names.len(), columns };
            members.retain(|(name, _)| name != "columns" && name != "index");
            break;
        }
    }
    members
}
