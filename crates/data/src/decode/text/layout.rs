//! How a text of readings is laid out: guessed from its first lines.

use std::borrow::Cow;

use super::fields::{Delimiter, Form};
use super::moments::Moment;
use super::{encoding, said_rate};
use crate::decode::Words;
use crate::text::decimal;

/// Lines that are looked at for the first row.
const MOST_LINES: usize = 1000;

/// Rows that are looked at for what stands in their columns.
const ROWS: usize = 100;

/// Lines after one by which it is told to be a row.
const AFTER: usize = 20;

/// What stands in a column.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    Numbers,
    Moments(Moment),
    Words(Words),
}

/// What is known of a text from its first lines.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) form: Form,
    /// The name of each column; none where they have no names.
    pub(super) names: Option<Vec<String>>,
    /// The unit of each column, where a line of its own says them.
    pub(super) units: Option<Vec<String>>,
    pub(super) holds: Vec<Holds>,
    /// The sample rate that the lines before the rows say, in Hz.
    pub(super) rate_hz: Option<f64>,
    /// The bytes before the first row.
    pub(super) before: usize,
}

/// A line that may be a row.
struct Line<'l> {
    /// Where it begins.
    at: usize,
    text: Cow<'l, str>,
}

impl Layout {
    /// That of a text of numbers with commas between them.
    pub(super) fn plain(columns: usize) -> Self {
        Self {
            form: Form::PLAIN,
            names: None,
            units: None,
            holds: vec![Holds::Numbers; columns],
            rate_hz: None,
            before: 0,
        }
    }

    /// The layout of a text that begins with these lines; none where there is no row among them.
    pub(super) fn guess(bytes: &[u8]) -> Option<Self> {
        let lines = lines_of(bytes);
        let is_told = |&at: &usize| !is_blank_or_comment(lines[at].text.as_bytes());
        let rows: Vec<usize> = (0..lines.len()).filter(is_told).collect();
        let first = first_row(&lines, &rows)?;
        let at = rows[first];
        let form = Form::of(&lines[at].text);
        let columns = form.fields(&lines[at].text).len();
        // The last column may be empty in the first row, and have a name, or be there in another row.
        let is_wider = |&row: &usize| {
            let text = &lines[row].text;
            form.fields(text).len() == columns + 1 && !form.ends_empty(text)
        };
        let is_last_empty = form.ends_empty(&lines[at].text) && columns > 1;
        let above = first.checked_sub(1).map(|above| &rows[above..]).unwrap_or(&rows[first..]);
        let is_wider = is_last_empty && above.iter().take(ROWS).any(is_wider);
        let columns = columns + usize::from(is_wider);
        let first = begin_of_rows(&lines, &rows, first, &form, columns);
        let (names, units) = header(&lines, &rows[..first], rows[first], &form, columns);
        let rate_hz = lines[..rows[first]].iter().find_map(|line| said_rate::of(&line.text));
        let sample = rows[first..].iter().take(ROWS).map(|&at| form.fields(&lines[at].text));
        let sample: Vec<_> = sample.filter(|fields| fields.len() == columns).collect();
        let holds = (0..columns).map(|column| {
            Holds::of(sample.iter().map(|fields| fields[column].as_ref()), form.decimal_comma)
        });
        let holds = holds.collect();
        let names = match (names, form.is_named) {
            (None, true) => Some(names_before(&form, &lines[rows[first]].text)),
            (names, _) => names,
        };
        Some(Self { form, names, units, holds, rate_hz, before: lines[rows[first]].at })
    }

    pub(super) fn columns(&self) -> usize {
        self.holds.len()
    }

    /// Whether nothing but numbers stands in it.
    pub(super) fn is_all_numbers(&self) -> bool {
        self.holds.iter().all(|one| matches!(one, Holds::Numbers))
    }
}

impl Holds {
    fn of<'f>(fields: impl Iterator<Item = &'f str> + Clone, decimal_comma: bool) -> Self {
        let told = fields.clone().filter(|field| !is_non_finite(field));
        let count = told.clone().count();
        let numbers = told.clone().filter(|field| is_number(field, decimal_comma)).count();
        // One that is broken among many does not make it words.
        if count == 0 || 2 * numbers > count || (numbers > 0 && count < 3) {
            return Self::Numbers;
        }
        let moment = told.clone().find_map(Moment::of);
        match moment {
            Some(moment)
                if told.clone().filter(|f| moment.seconds(f).is_some()).count() * 2 > count =>
            {
                Self::Moments(moment)
            }
            _ => Self::Words(Words::default()),
        }
    }
}

fn lines_of(bytes: &[u8]) -> Vec<Line<'_>> {
    let mut at = 0;
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').take(MOST_LINES);
    lines
        .map(|line| {
            let text = encoding::text(line.strip_suffix(b"\n").unwrap_or(line));
            at += line.len();
            Line { at: at - line.len(), text }
        })
        .collect()
}

/// The first of these lines that is a row: of numbers alone, or one like which most of those after it are.
fn first_row(lines: &[Line<'_>], rows: &[usize]) -> Option<usize> {
    let shape = |&at: &usize| Shape::of(&lines[at].text);
    (0..rows.len()).find(|&at| {
        let Some(own) = shape(&rows[at]) else { return false };
        if own.is_all {
            // A number by itself before rows of several is a word about them.
            let next = rows.get(at + 1).and_then(shape);
            return own.kinds.len() > 1 || next.is_none_or(|next| next.kinds.len() == 1);
        }
        let after = rows[at + 1..].iter().take(AFTER);
        let count = after.len();
        let alike =
            after.filter(|&&row| Shape::with(&lines[row].text, &own.form).kinds == own.kinds);
        match count {
            0 => own.is_fraction,
            _ => 5 * alike.count() >= 4 * count,
        }
    })
}

/// What stands in the fields of a line that holds a number.
struct Shape {
    form: Form,
    /// Whether each field is a number, or a point in time.
    kinds: Vec<bool>,
    /// Whether all are.
    is_all: bool,
    /// Whether one is a number with a decimal point or comma.
    is_fraction: bool,
}

impl Shape {
    fn of(line: &str) -> Option<Self> {
        let shape = Self::with(line, &Form::of(line));
        let has_number = |field: &Cow<'_, str>| is_number(field, true);
        shape.form.fields(line).iter().any(has_number).then_some(shape)
    }

    fn with(line: &str, form: &Form) -> Self {
        let fields = form.fields(line);
        let kind = |field: &Cow<'_, str>| {
            is_number(field, true) || is_non_finite(field) || Moment::of(field).is_some()
        };
        let kinds: Vec<bool> = fields.iter().map(kind).collect();
        let is_fraction = fields.iter().any(|field| is_fraction(field));
        Self { form: *form, is_all: kinds.iter().all(|&is| is), kinds, is_fraction }
    }
}

/// No name is a decimal fraction: a line with one, right before the rows and of as many columns, is a row, and what is
/// wrong with it is told.
fn begin_of_rows(
    lines: &[Line<'_>],
    rows: &[usize],
    first: usize,
    form: &Form,
    columns: usize,
) -> usize {
    let is_row = |&at: &usize| {
        let fields = form.fields(&lines[at].text);
        fields.len() == columns && columns > 1 && fields.iter().any(|field| is_fraction(field))
    };
    let back = rows[..first].iter().rev().take_while(|at| is_row(at)).count();
    let first = first - back;
    // NumPy's columns have numbers for names.
    let numbered = |at: usize| {
        let fields = form.fields(&lines[at].text);
        // Those of pandas stand behind a column without a name, which counts the rows.
        let first = usize::from(fields.first().is_some_and(|field| field.is_empty()));
        fields.len() == columns && (first..columns).all(|n| fields[n] == (n - first).to_string())
    };
    let all_fractions =
        |at: usize| form.fields(&lines[at].text).iter().skip(1).all(|f| is_fraction(f));
    match rows.get(first + 1) {
        Some(&next) if columns > 1 && numbered(rows[first]) && all_fractions(next) => first + 1,
        _ => first,
    }
}

/// The names of the columns and their units, from the lines above the first row.
fn header(
    lines: &[Line<'_>],
    above: &[usize],
    row: usize,
    form: &Form,
    columns: usize,
) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let bare = Form { is_named: false, is_stamped: false, ..*form };
    let stamped = |mut names: Vec<String>| {
        if form.is_stamped && names.len() + 1 == columns {
            names.insert(0, "time".to_owned());
        }
        (names.len() == columns).then_some(names)
    };
    let names_of = |text: &str, form: &Form| -> Option<Vec<String>> {
        let fields = form.fields(text);
        let is_any = fields.iter().any(|field| field.chars().any(char::is_alphabetic));
        let is_numbered = fields.len() > 1
            && (fields[0].is_empty() || fields[0] == "0" && !is_fraction(&fields[1]))
            && fields.iter().skip(1).all(|f| f.parse::<usize>().is_ok());
        (is_any || is_numbered).then(|| fields.into_iter().map(Cow::into_owned).collect())
    };
    let of_line = |at: usize| names_of(&lines[at].text, &bare).and_then(stamped);
    let mut above = above.iter().rev().copied();
    if let Some(last) = above.next() {
        match (of_line(last), above.next().and_then(of_line)) {
            (Some(units), Some(names)) if are_units(&units) => return (Some(names), Some(units)),
            (Some(names), _) => return (Some(names), None),
            // Row names have no name of their own.
            (None, _) => {
                let mut names = names_of(&lines[last].text, &bare).unwrap_or_default();
                // One more is that of a column which is left empty.
                if names.len() == columns + 1 && columns > 1 {
                    names.truncate(columns);
                    let units = units_above(lines, row, &bare, &names);
                    return (Some(names), units);
                }
                if names.len() + 1 == columns && columns > 2 {
                    names.insert(0, String::new());
                    return (Some(names), None);
                }
            }
        }
    }
    (in_comment(lines, row, form, columns), None)
}

/// The units of the columns, from a line above the names that begins by saying so, as LabVIEW writes it.
fn units_above(
    lines: &[Line<'_>],
    row: usize,
    form: &Form,
    names: &[String],
) -> Option<Vec<String>> {
    lines[..row].iter().rev().find_map(|line| {
        let fields = form.fields(&line.text);
        let says_so = fields.first()?.to_lowercase().contains("unit");
        if !says_so {
            return None;
        }
        // They are those of the values; the times beside them have none.
        let mut units = fields.iter().skip(1);
        let of = |name: &String| match name.as_str() {
            "X_Value" => Some(String::new()),
            _ => units.next().map(|unit| unit.to_string()),
        };
        Some(names.iter().map(of).map(Option::unwrap_or_default).collect())
    })
}

/// The names in the last comment above the rows.
fn in_comment(lines: &[Line<'_>], row: usize, form: &Form, columns: usize) -> Option<Vec<String>> {
    let comment = lines[..row].iter().rev().find(|line| !line.text.trim().is_empty())?;
    let text = comment.text.trim().trim_start_matches(['#', '%', '/', ';', '"']).trim();
    let forms = [form.delimiter, Delimiter::Byte(b','), Delimiter::Byte(b'\t'), Delimiter::Blanks];
    forms.into_iter().find_map(|delimiter| {
        let form = Form { delimiter, is_named: false, is_stamped: false, ..*form };
        let fields = form.fields(text);
        let is_name = |field: &Cow<'_, str>| field.chars().next().is_some_and(char::is_alphabetic);
        let are = fields.len() == columns && fields.iter().all(is_name);
        are.then(|| fields.into_iter().map(Cow::into_owned).collect())
    })
}

/// The names that a row has within.
fn names_before(form: &Form, row: &str) -> Vec<String> {
    let mut names = form.names_within(row);
    if let (true, Some(first)) = (form.is_stamped, names.first_mut()) {
        "time".clone_into(first);
    }
    names
}

/// Whether a line below the names is one of units: short words in each field, or in brackets.
fn are_units(fields: &[String]) -> bool {
    let is_unit = |field: &String| {
        let bare = field.trim_matches(['[', ']', '(', ')', ' ']);
        bare.chars().count() <= 8 && !bare.contains(' ')
    };
    let known = |field: &String| {
        let bare = field.trim_matches(['[', ']', '(', ')', ' ']).to_lowercase();
        let known = [
            "g", "mg", "m/s2", "m/s^2", "m/s²", "s", "ms", "us", "µs", "sec", "v", "mv", "hz", "-",
        ];
        known.contains(&bare.as_str())
    };
    fields.iter().all(is_unit) && fields.iter().any(known)
}

/// Whether a line says nothing of readings.
pub(super) fn is_blank_or_comment(line: &[u8]) -> bool {
    let mut bytes = line.iter().filter(|byte| !byte.is_ascii_whitespace());
    match bytes.next() {
        None | Some(b'#' | b'%') => true,
        Some(b'/') => bytes.next() == Some(&b'/'),
        Some(_) => false,
    }
}

fn is_number(field: &str, decimal_comma: bool) -> bool {
    let text =
        if decimal_comma { Cow::Owned(field.replace(',', ".")) } else { Cow::Borrowed(field) };
    decimal(text.as_bytes()).is_some_and(|(_, used)| used == text.len())
        || text.parse::<f64>().is_ok_and(f64::is_infinite)
            && text.starts_with(|c: char| !c.is_alphabetic())
}

/// Whether a field is a number with a decimal point or comma.
fn is_fraction(field: &str) -> bool {
    field.contains(['.', ',']) && is_number(field, true)
}

/// What programs write where they have no finite number.
pub(super) fn is_non_finite(field: &str) -> bool {
    let field = field.trim_start_matches(['-', '+']).to_ascii_lowercase();
    matches!(field.as_str(), "" | "nan" | "inf" | "infinity" | "null" | "none" | "na" | "n/a")
}
