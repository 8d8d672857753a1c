//! How a text file of readings is laid out: guessed from its first lines.

use std::str;

/// What separates the columns, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiter: Delimiter,
    /// A comma in a field is a decimal one, as in `0,25;0,5`.
    pub(super) decimal_comma: bool,
    /// The names of the columns, where the file has a header.
    pub(super) header: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    Byte(u8),
    /// Any run of blanks.
    Blanks,
}

impl Layout {
    /// Numbers with commas between them, and no header.
    pub(super) fn plain() -> Self {
        Self { delimiter: Delimiter::Byte(b','), decimal_comma: false, header: None }
    }

    /// The layout of a file that begins with the lines of `head`, which are not blank.
    ///
    /// `None` where there is no line.
    pub(super) fn guess(head: &str) -> Option<Self> {
        let mut lines = head.lines().filter(|line| !is_blank_or_comment(line.as_bytes()));
        let first = lines.next()?;
        let mut plain = Self::of_line(first);
        let fields = plain.fields(first);
        // No name is a decimal fraction: such a line is a row, and what is wrong with it is told.
        let numbers = fields.iter().filter(|field| looks_like_a_number(field)).count();
        if numbers == fields.len() || fields.iter().any(|field| is_fraction(field)) {
            return Some(plain);
        }
        // A header, if the line below has as many columns; that line tells how numbers are written.
        let Some(second) = lines.next() else {
            if numbers == 0 {
                plain.header = Some(names(&fields));
            }
            return Some(plain);
        };
        let mut layout = Self::of_line(second);
        let fields = layout.fields(first);
        if fields.len() == layout.fields(second).len() {
            layout.header = Some(names(&fields));
        }
        Some(layout)
    }

    fn of_line(line: &str) -> Self {
        let delimiter = match [b';', b'\t', b'|'].into_iter().find(|&d| line.contains(d as char)) {
            Some(delimiter) => Delimiter::Byte(delimiter),
            None if line.contains(',') && !is_decimal_commas(line) => Delimiter::Byte(b','),
            None => Delimiter::Blanks,
        };
        let mut layout = Self { delimiter, decimal_comma: false, header: None };
        // In a single column a comma is more likely a delimiter that the first line does not have.
        layout.decimal_comma = match delimiter {
            Delimiter::Byte(byte) => byte != b',',
            Delimiter::Blanks => layout.fields(line).len() > 1,
        };
        layout
    }

    /// The fields of a line, trimmed.
    pub(super) fn fields<'l>(&self, line: &'l str) -> Vec<&'l str> {
        match self.delimiter {
            Delimiter::Byte(byte) => {
                let line = line.trim_end();
                let line = line.strip_suffix(byte as char).unwrap_or(line);
                line.split(byte as char).map(str::trim).collect()
            }
            Delimiter::Blanks => line.split_ascii_whitespace().collect(),
        }
    }

    /// Whether the header says that the first column is an axis: `x`.
    pub(super) fn names_an_axis_first(&self) -> bool {
        let first = self.header.as_ref().and_then(|names| names.first());
        first.is_some_and(|name| name.eq_ignore_ascii_case("x"))
    }

    /// The column that holds the time, if the header names one, and the length of its unit in s.
    ///
    /// A counter of readings (`index`, `sample`) is a time of unknown unit.
    pub(super) fn named_time_column(&self) -> Option<(usize, Option<f64>)> {
        self.header.as_ref()?.iter().enumerate().find_map(|(column, name)| {
            let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            let word = words.next()?.to_lowercase();
            let unit = match words.next().map(str::to_lowercase).as_deref() {
                Some("s" | "sec" | "seconds") => Some(1.0),
                Some("ms" | "millis" | "milliseconds") => Some(1e-3),
                Some("us" | "µs" | "micros" | "microseconds") => Some(1e-6),
                Some("ns" | "nanos" | "nanoseconds") => Some(1e-9),
                _ => None,
            };
            match word.as_str() {
                "t" | "time" | "timestamp" | "elapsed" | "seconds" => Some((column, unit)),
                "millis" | "milliseconds" => Some((column, Some(1e-3))),
                "micros" | "microseconds" => Some((column, Some(1e-6))),
                "index" | "sample" | "n" => Some((column, None)),
                _ => None,
            }
        })
    }
}

/// `0,25 0,5`: every comma stands between two digits, and blanks separate the columns.
fn is_decimal_commas(line: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let parts = || line.split(',');
    line.split_ascii_whitespace().count() > 1
        && parts().skip(1).all(|after| after.starts_with(is_digit))
        && parts().rev().skip(1).all(|before| before.ends_with(is_digit))
        && line.split_ascii_whitespace().all(|field| field.matches(',').count() <= 1)
}

pub(super) fn is_blank_or_comment(line: &[u8]) -> bool {
    line.iter().find(|b| !b.is_ascii_whitespace()).is_none_or(|&b| b == b'#')
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|&field| bare(field).to_owned()).collect()
}

/// A field without its quotation marks.
pub(super) fn bare(field: &str) -> &str {
    field.trim_matches('"').trim()
}

/// Whether a field stands for a number, be it a finite one or not.
fn looks_like_a_number(field: &str) -> bool {
    bare(field).replace(',', ".").parse::<f64>().is_ok() || is_non_finite(bare(field))
}

/// Whether a field is a number with a decimal point or comma.
fn is_fraction(field: &str) -> bool {
    bare(field).contains(['.', ',']) && looks_like_a_number(field)
}

/// What programs write where they have no finite number.
pub(super) fn is_non_finite(field: &str) -> bool {
    let field = field.trim_start_matches(['-', '+']).to_ascii_lowercase();
    matches!(field.as_str(), "" | "nan" | "inf" | "infinity" | "null" | "none" | "na" | "n/a")
}
