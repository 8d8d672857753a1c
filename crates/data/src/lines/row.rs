//! A line of numbers: plain, or `name:value` pairs.

use super::Unread;
use crate::decimal;

/// The most columns of a line: axes, times, counts.
pub(super) const MOST_COLUMNS: usize = 32;

/// The numbers of a line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Row {
    pub(super) values: Vec<f64>,
    /// The names of all of them, or none.
    pub(super) names: Vec<String>,
}

/// What a line is.
#[derive(Debug, PartialEq)]
pub(super) enum What {
    Blank,
    Row(Row),
    /// No reading; and whether it was to be one.
    Unread(Unread, bool),
}

impl Row {
    pub(super) fn read(line: &[u8]) -> What {
        let line = line.trim_ascii();
        if line.is_empty() {
            return What::Blank;
        }
        if line.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"err")) {
            return What::Unread(Unread::Error, false);
        }
        let has = |byte| line.contains(&byte);
        let delimiter = [b';', b'\t', b','].into_iter().find(|&byte| has(byte));
        // Else `0,25;0,5` would be four numbers.
        let decimal_comma = delimiter.is_some_and(|byte| byte != b',');
        let is_between = |byte: &u8| match delimiter {
            Some(delimiter) => *byte == delimiter,
            None => byte.is_ascii_whitespace(),
        };
        let mut row = Self::default();
        let mut name: Option<&[u8]> = None;
        let mut fields = line.split(is_between).map(<[u8]>::trim_ascii).peekable();
        while let Some(field) = fields.next() {
            // Blanks of any length, a comma at the end.
            if field.is_empty() && (delimiter.is_none() || fields.peek().is_none()) {
                continue;
            }
            let (before, value) = match field.iter().position(|&byte| matches!(byte, b':' | b'=')) {
                Some(at) => {
                    let (before, after) = field.split_at(at);
                    (Some(before), after.get(1..).unwrap_or_default().trim_ascii())
                }
                None => (None, field),
            };
            if let Some(before) = before {
                name = Some(before.trim_ascii());
                if value.is_empty() {
                    continue;
                }
            }
            match number(value, decimal_comma) {
                Some(number) if number.is_finite() => row.values.push(number),
                Some(_) => return What::Unread(Unread::NotFinite, true),
                // What begins as a reading was to be one.
                None => return What::Unread(Unread::Text, !row.values.is_empty()),
            }
            if let Some(name) = name.take() {
                row.names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        let is_named = row.names.is_empty() || row.names.len() == row.values.len();
        match row.values.len() {
            0 => What::Unread(Unread::Text, false),
            1..=MOST_COLUMNS if is_named && name.is_none() => What::Row(row),
            _ => What::Unread(Unread::Columns, true),
        }
    }

    /// Whether it has the columns of another one.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.values.len() == other.values.len() && self.names == other.names
    }

    /// As it may be shown.
    pub(super) fn shown(&self) -> String {
        let name =
            |at: usize| self.names.get(at).map_or_else(String::new, |name| format!("{name}:"));
        let each = self.values.iter().enumerate().map(|(at, value)| name(at) + &value.to_string());
        each.collect::<Vec<_>>().join(",")
    }
}

/// A number, be it a finite one or not.
fn number(field: &[u8], decimal_comma: bool) -> Option<f64> {
    if let Some((value, length)) = decimal(field)
        && length == field.len()
    {
        return Some(value);
    }
    let text = std::str::from_utf8(field).ok()?;
    if decimal_comma && text.contains(',') {
        return text.replace(',', ".").parse().ok();
    }
    // What the printing of boards says of numbers that are too large.
    let is_over = text.trim_start_matches('-').eq_ignore_ascii_case("ovf");
    if is_over { Some(f64::INFINITY) } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: &str) -> (Vec<f64>, Vec<String>) {
        match Row::read(line.as_bytes()) {
            What::Row(row) => (row.values, row.names),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn every_separator_is_read() {
        for line in [
            "0.25,-3,9.8",
            "0.25, -3, 9.8",
            "0.25 -3  9.8",
            "0.25\t-3\t9.8",
            "0.25;-3;9.8",
            "0,25;-3;9,8",
            "0,25\t-3\t9,8",
            "0.25,-3,9.8,",
            " 2.5e-1,-3,+9.8 ",
        ] {
            assert_eq!(row(line), (vec![0.25, -3.0, 9.8], vec![]), "{line}");
        }
        assert_eq!(row("7"), (vec![7.0], vec![]));
    }

    #[test]
    fn names_stand_before_values() {
        for line in
            ["x:1,y:-2", "x:1 y:-2", "x: 1, y: -2", "x: 1 y: -2", "x=1\ty=-2", "x:\t1\ty:\t-2"]
        {
            assert_eq!(
                row(line),
                (vec![1.0, -2.0], vec!["x".to_owned(), "y".to_owned()]),
                "{line}"
            );
        }
    }

    #[test]
    fn what_is_no_reading_is_named() {
        for (line, kind, damaged) in [
            ("hello", Unread::Text, false),
            ("time,x,y", Unread::Text, false),
            ("1,2,x3", Unread::Text, true),
            ("1,2,", Unread::Columns, false),
            ("1,,3", Unread::Text, true),
            ("ERR: no sensor", Unread::Error, false),
            ("err 3", Unread::Error, false),
            ("1,nan,3", Unread::NotFinite, true),
            ("1,-ovf,3", Unread::NotFinite, true),
            ("x:1,2", Unread::Columns, true),
            ("x:1,y:", Unread::Columns, true),
        ] {
            let expected = What::Unread(kind, damaged);
            if line == "1,2," {
                // A comma at the end, as of boards that print one after each number.
                assert_eq!(row(line).0, [1.0, 2.0]);
                continue;
            }
            assert_eq!(Row::read(line.as_bytes()), expected, "{line}");
        }
        assert_eq!(Row::read(b"  \t"), What::Blank);
        let many = vec!["1"; MOST_COLUMNS + 1].join(",");
        assert_eq!(Row::read(many.as_bytes()), What::Unread(Unread::Columns, true));
    }
}
