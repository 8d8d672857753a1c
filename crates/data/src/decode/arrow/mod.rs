//! Arrow's own files: IPC files and streams, and Feather of version 2, which is one. Batches of records are read one by one.

mod column;
mod messages;
mod offsets;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields};

use self::column::{Means, means, numbers};
use self::messages::Messages;
use super::{Column, Head, Kind, Table, Tables, Words, beside};
use crate::error::{Problem, shown};
use crate::pieces::Block;

/// What a file begins with, filled up to eight bytes.
const MAGIC: &[u8] = b"ARROW1";

/// What a file of Feather's first version begins with.
const FEATHER_1: &[u8] = b"FEA1";

/// Numbers that are given at a time.
const NUMBERS: usize = 64 * 1024;

/// The most numbers of a list of fixed length that are columns.
const MOST_COLUMNS: i32 = 16;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    let is_stream = head.starts_with(&[0xff; 4]) && head.get(6..8) == Some(&[0, 0]);
    head.starts_with(MAGIC) || head.starts_with(FEATHER_1) || is_stream
}

/// Opens one.
///
/// # Errors
/// A [`Problem`] that says what is damaged, or what it holds instead of numbers.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    use std::io::Read;
    let mut file = File::open(path)?;
    let mut left = file.metadata()?.len();
    let mut head = Vec::new();
    (&mut file).take(8).read_to_end(&mut head)?;
    if head.starts_with(FEATHER_1) {
        return Err(damaged(
            "it is Feather of version 1, which is not read; write it anew as version 2 (pyarrow.feather.write_feather)",
        ));
    }
    if head.starts_with(MAGIC) {
        left = left.saturating_sub(8);
    } else {
        file.seek(SeekFrom::Start(0))?;
    }
    let mut messages = Messages::new(BufReader::new(file), left);
    messages.open()?;
    let schema = messages.schema().ok_or_else(|| damaged("it says of no columns"))?;
    let mut parts = Vec::new();
    gather("", schema.fields(), &mut Vec::new(), &mut parts);
    if !parts.iter().any(|(column, _)| matches!(column.kind, Kind::Numbers)) {
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        return Err(damaged(format!(
            "no column holds numbers (there is {}); write the readings as columns of numbers",
            shown(&names.join(", "), 160)
        )));
    }
    let said = schema.metadata().iter();
    let rate_hz =
        said.filter_map(|(name, value)| beside::rate(name, value.trim().parse().ok()?)).next();
    let (columns, places): (Vec<Column>, Vec<Vec<usize>>) = parts.into_iter().unzip();
    let keep = (0..columns.len()).collect();
    let head = Head { columns, rate_hz, ..Head::default() };
    Ok(Box::new(One(Some(Rows { messages, head, places, keep, batch: None, failed: false }))))
}

/// The columns of fields, those in structures too, and the places where they stand.
fn gather(
    before: &str,
    fields: &Fields,
    place: &mut Vec<usize>,
    to: &mut Vec<(Column, Vec<usize>)>,
) {
    /// Fields that are looked at in fields.
    const DEEPEST: usize = 8;
    for (at, field) in fields.iter().enumerate() {
        place.push(at);
        let name = match before {
            "" => field.name().clone(),
            before => format!("{before}.{}", field.name()),
        };
        let unit =
            ["unit", "units"].iter().find_map(|one| field.metadata().get(one as &str)).cloned();
        let mut add = |name: String, place: Vec<usize>, kind: &DataType| {
            let kind = match means(kind) {
                Some(Means::Numbers) => Kind::Numbers,
                Some(Means::Instants) => Kind::Times { since_1970: true },
                Some(Means::Times) => Kind::Times { since_1970: false },
                Some(Means::Words) => Kind::Words(Words::default()),
                None => return,
            };
            to.push((Column { name, unit: unit.clone(), kind }, place));
        };
        match field.data_type() {
            DataType::Struct(inner) if place.len() < DEEPEST => gather(&name, inner, place, to),
            DataType::FixedSizeList(inner, count) if (1..=MOST_COLUMNS).contains(count) => {
                for part in 0..usize::try_from(*count).unwrap_or_default() {
                    let place = place.iter().copied().chain([part]).collect();
                    add(format!("{name} {}", part + 1), place, inner.data_type());
                }
            }
            kind => add(name, place.clone(), kind),
        }
        place.pop();
    }
}

/// Its only table.
struct One(Option<Rows>);

impl Tables for One {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.take().map(|rows| Box::new(rows) as Box<dyn Table>))
    }
}

/// The rows, a batch after the other.
struct Rows {
    messages: Messages<BufReader<File>>,
    head: Head,
    /// Where each column stands: the field, and the one in it.
    places: Vec<Vec<usize>>,
    keep: Vec<usize>,
    /// The batch that is being given, and the rows of it that were.
    batch: Option<(RecordBatch, usize)>,
    failed: bool,
}

impl Rows {
    fn read_on(&mut self) -> Result<Option<Block>, Problem> {
        loop {
            if let Some((batch, at)) = &mut self.batch {
                let left = batch.num_rows().saturating_sub(*at);
                let len = (NUMBERS / self.keep.len().max(1)).max(1).min(left);
                if len > 0 {
                    let mut values = Vec::with_capacity(len * self.keep.len());
                    for column in &self.keep {
                        let place = self.places.get(*column).map(Vec::as_slice).unwrap_or_default();
                        let words = match self.head.columns.get(*column).map(|one| &one.kind) {
                            Some(Kind::Words(words)) => words.clone(),
                            _ => Words::default(),
                        };
                        values.extend(rows(batch.columns(), place, *at, len, &words));
                    }
                    *at += len;
                    return Ok(Some(Block::of_axes(len, values)));
                }
            }
            self.batch = None;
            match self.messages.next()? {
                Some(batch) => self.batch = Some((batch, 0)),
                None => return Ok(None),
            }
        }
    }
}

/// Rows of a column that stands somewhere in these.
fn rows(columns: &[ArrayRef], place: &[usize], from: usize, len: usize, words: &Words) -> Vec<f64> {
    let missing = || vec![f64::NAN; len];
    let Some((first, rest)) = place.split_first() else { return missing() };
    let Some(array) = columns.get(*first) else { return missing() };
    if rest.is_empty() {
        return numbers(array, from, len, words);
    }
    let mut values = if let Some(inner) = array.as_struct_opt() {
        rows(inner.columns(), rest, from, len, words)
    } else if let Some(list) = array.as_fixed_size_list_opt() {
        let width = usize::try_from(list.value_length()).unwrap_or_default();
        let part = rest.first().copied().unwrap_or_default();
        let list = list.slice(from, len);
        let all = numbers(list.values(), 0, list.values().len(), words);
        all.into_iter().skip(part).step_by(width.max(1)).collect()
    } else {
        missing()
    };
    if let Some(nulls) = array.nulls() {
        for (row, value) in values.iter_mut().enumerate() {
            if nulls.is_null(from + row) {
                *value = f64::NAN;
            }
        }
    }
    values.resize(len, f64::NAN);
    values
}

impl Table for Rows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.keep = columns.to_vec();
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        if self.failed {
            return None;
        }
        let next = self.read_on().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }

    fn read(&self) -> u64 {
        self.messages.read()
    }
}

/// A problem with a file.
fn damaged(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "Arrow", reason: reason.into() }
}
