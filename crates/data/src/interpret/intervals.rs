//! Which times of a recording are of which operating state, as a table of its own says it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{DataError, Problem, shown};

/// Intervals of time, each with the operating state in it.
///
/// Times are seconds from the beginning of the file, or points in time (RFC 3339), where the file says when it was
/// taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Intervals(Vec<Interval>);

#[derive(Debug, Clone, PartialEq)]
struct Interval {
    /// The name of the file that it is of; of all where it is none.
    file: Option<String>,
    start: Moment,
    end: Moment,
    label: String,
}

/// A time of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    /// Seconds from the beginning of the file.
    Since(f64),
    /// Seconds from the beginning of 1970.
    At(f64),
}

impl Intervals {
    /// Reads a table with the columns `start`, `end`, `label` and, where it is for several files, `file`.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and the line.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        let text = std::fs::read_to_string(path).map_err(DataError::at(path))?;
        Self::parse(&text).map_err(DataError::at(path))
    }

    /// The same from text.
    ///
    /// # Errors
    /// [`Problem::Intervals`], which names the line.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .delimiter(if text.lines().next().is_some_and(|line| line.contains(';')) {
                b';'
            } else {
                b','
            })
            .from_reader(text.as_bytes());
        let wrong = |line: u64, what: String| Problem::Intervals { line, what };
        let names = reader.headers().map_err(|error| wrong(1, error.to_string()))?.clone();
        let column = |name: &str| names.iter().position(|one| one.eq_ignore_ascii_case(name));
        let needed =
            |name: &str| column(name).ok_or_else(|| wrong(1, format!("has no column `{name}`")));
        let (start, end, label) = (needed("start")?, needed("end")?, needed("label")?);
        let file = column("file");
        let mut all = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|error| {
                wrong(
                    error.position().map_or(0, csv::Position::line),
                    "has another number of columns than the header".into(),
                )
            })?;
            let line = row.position().map_or(0, csv::Position::line);
            let moment = |at: usize| {
                let text = row.get(at).unwrap_or_default();
                Moment::of(text).ok_or_else(|| {
                    let text = shown(text, 40);
                    wrong(line, format!("`{text}` is no time in s, nor a point in time"))
                })
            };
            let (start, end) = (moment(start)?, moment(end)?);
            let label = row.get(label).unwrap_or_default().to_owned();
            let file = file.and_then(|at| row.get(at)).filter(|f| !f.is_empty()).map(str::to_owned);
            let is_forward = match (start, end) {
                (Moment::Since(a), Moment::Since(b)) | (Moment::At(a), Moment::At(b)) => a < b,
                _ => false,
            };
            if !is_forward {
                return Err(wrong(line, "ends before it starts".into()));
            }
            if label.is_empty() {
                return Err(wrong(line, "has no label".into()));
            }
            all.push(Interval { file, start, end, label });
        }
        Ok(Self(all))
    }

    /// Those of one file, in seconds from its first reading, which was taken then.
    pub(super) fn of(&self, path: &Path, taken: Option<SystemTime>) -> Vec<(f64, f64, &str)> {
        let begin = taken.and_then(|taken| taken.duration_since(UNIX_EPOCH).ok());
        let since = |moment: Moment| match moment {
            Moment::Since(seconds) => Some(seconds),
            Moment::At(seconds) => Some(seconds - begin?.as_secs_f64()),
        };
        let is_of = |one: &&Interval| {
            one.file.as_ref().is_none_or(|file| {
                path.file_name().is_some_and(|name| name == file.as_str()) || path.ends_with(file)
            })
        };
        let of = |one: &'_ Interval| Some((since(one.start)?, since(one.end)?));
        self.0
            .iter()
            .filter(is_of)
            .filter_map(|one| of(one).map(|(start, end)| (start, end, one.label.as_str())))
            .collect()
    }
}

impl Moment {
    fn of(text: &str) -> Option<Self> {
        if let Ok(seconds) = text.parse::<f64>() {
            return seconds.is_finite().then_some(Self::Since(seconds));
        }
        crate::decode::moment(text).map(Self::At)
    }
}
