//! The fields of a line.

use std::borrow::Cow;

/// What separates the columns of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    Byte(u8),
    /// Any run of blanks.
    Blanks,
}

/// How a line is cut into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) delimiter: Delimiter,
    /// A comma in a field is a decimal one, as in `0,25;0,5`.
    pub(super) decimal_comma: bool,
    /// The time at which a line came stands before it: `12:00:00.000 -> 0.1,0.2`.
    pub(super) is_stamped: bool,
    /// Each field has its name before it: `x:0.1,y:0.2`.
    pub(super) is_named: bool,
}

/// What a terminal writes between the time of a line and the line.
const ARROW: &str = " -> ";

impl Form {
    /// Numbers with commas between them.
    pub(super) const PLAIN: Self = Self {
        delimiter: Delimiter::Byte(b','),
        decimal_comma: false,
        is_stamped: false,
        is_named: false,
    };

    /// That of a line of readings.
    pub(super) fn of(line: &str) -> Self {
        let line = without_brackets(line);
        let is_stamped = line.split_once(ARROW).is_some_and(|(before, _)| is_clock(before));
        let line = if is_stamped { after_arrow(line) } else { line };
        let unquoted = outside_quotes(line);
        let delimiter =
            match [b';', b'\t', b'|'].into_iter().find(|&d| unquoted.contains(d as char)) {
                Some(delimiter) => Delimiter::Byte(delimiter),
                None if unquoted.contains(',') && !is_decimal_commas(&unquoted) => {
                    Delimiter::Byte(b',')
                }
                None => Delimiter::Blanks,
            };
        let mut form = Self { delimiter, is_stamped: false, ..Self::PLAIN };
        let fields = form.fields(line);
        // In a single column a comma is more likely a delimiter that the first line does not have.
        form.decimal_comma = match delimiter {
            Delimiter::Byte(b',') => line.contains('"') && fields.iter().any(|f| f.contains(',')),
            Delimiter::Byte(_) => true,
            Delimiter::Blanks => fields.len() > 1,
        };
        form.is_named = fields.iter().all(|field| named(field).is_some());
        form.is_stamped = is_stamped;
        form
    }

    /// The fields of a line, trimmed and without quotation marks.
    pub(super) fn fields<'l>(&self, line: &'l str) -> Vec<Cow<'l, str>> {
        let mut fields = Vec::new();
        let line = without_brackets(line);
        let line = match line.split_once(ARROW).filter(|_| self.is_stamped) {
            Some((stamp, rest)) => {
                fields.push(Cow::Borrowed(stamp.trim()));
                rest
            }
            None => line,
        };
        match self.delimiter {
            Delimiter::Byte(byte) => {
                let line = line.trim_end_matches([' ', '\r', '\n', '\x0C']);
                let line = line.strip_suffix(byte as char).unwrap_or(line);
                if line.contains('"') {
                    quoted_fields(line, byte as char, &mut fields);
                } else {
                    fields
                        .extend(line.split(byte as char).map(|field| Cow::Borrowed(field.trim())));
                }
            }
            Delimiter::Blanks if line.contains('"') => quoted_fields(line.trim(), ' ', &mut fields),
            Delimiter::Blanks => {
                fields.extend(line.split_ascii_whitespace().map(Cow::Borrowed));
            }
        }
        if self.is_named {
            let first = usize::from(self.is_stamped);
            for field in fields.iter_mut().skip(first) {
                if let Some((_, value)) = named(field) {
                    *field = Cow::Owned(value.to_owned());
                }
            }
        }
        fields
    }

    /// Whether a delimiter ends a line, which most programs mean nothing by.
    pub(super) fn ends_empty(&self, line: &str) -> bool {
        match self.delimiter {
            Delimiter::Byte(byte) => {
                line.trim_end_matches([' ', '\r', '\n']).ends_with(byte as char)
            }
            Delimiter::Blanks => false,
        }
    }

    /// The names that stand before the fields of a line.
    pub(super) fn names_within(&self, line: &str) -> Vec<String> {
        let bare = Self { is_named: false, ..*self };
        let name = |field: &Cow<'_, str>| named(field).map(|(name, _)| name.to_owned());
        bare.fields(line).iter().map(|field| name(field).unwrap_or_default()).collect()
    }
}

/// `[0.1, 0.2]` and `(0.1, 0.2)`, as lists are printed.
fn without_brackets(line: &str) -> &str {
    let trimmed = line.trim();
    let is_list = trimmed.starts_with(['[', '(']) && trimmed.ends_with([']', ')', ',']);
    if !is_list {
        return line;
    }
    trimmed.trim_matches(['[', ']', '(', ')', ' ', ','])
}

/// A field that has its name before it.
fn named(field: &str) -> Option<(&str, &str)> {
    let (name, value) = field.split_once([':', '='])?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_value = value.replace(',', ".").parse::<f64>().is_ok();
    (is_name && is_value).then_some((name, value))
}

fn after_arrow(line: &str) -> &str {
    line.split_once(ARROW).map_or(line, |(_, rest)| rest)
}

/// `12:00:00.000`, with or without a date before it.
fn is_clock(text: &str) -> bool {
    let clock = text.split_whitespace().last().unwrap_or_default();
    clock.matches(':').count() >= 2
        && clock.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ','))
}

fn outside_quotes(line: &str) -> Cow<'_, str> {
    if line.contains('"') {
        Cow::Owned(line.split('"').step_by(2).collect())
    } else {
        Cow::Borrowed(line)
    }
}

/// Fields some of which stand in quotation marks, which are doubled within.
fn quoted_fields<'l>(line: &'l str, delimiter: char, fields: &mut Vec<Cow<'l, str>>) {
    let (mut from, mut inside) = (0, false);
    let mut push = |field: &'l str| {
        let field = field.trim();
        let bare = field.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest));
        // Blanks that separate fields may be many.
        if delimiter == ' ' && field.is_empty() {
            return;
        }
        fields.push(match bare {
            Some(bare) if bare.contains("\"\"") => {
                Cow::Owned(bare.replace("\"\"", "\"").trim().to_owned())
            }
            Some(bare) => Cow::Borrowed(bare.trim()),
            None => Cow::Borrowed(field.trim_matches('"').trim()),
        });
    };
    for (at, c) in line.char_indices() {
        if c == '"' {
            inside = !inside;
        } else if c == delimiter && !inside {
            push(&line[from..at]);
            from = at + c.len_utf8();
        }
    }
    push(&line[from..]);
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
