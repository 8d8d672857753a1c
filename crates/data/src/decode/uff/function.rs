//! What stands before the numbers of a function.

use super::numbers::Place;

/// A dataset 58.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Function {
    /// Its first line, if it says something.
    pub(super) title: String,
    kind: i64,
    entity: String,
    node: i64,
    direction: i64,
    pub(super) is_complex: bool,
    /// Whether its numbers have double precision.
    pub(super) is_double: bool,
    pub(super) points: usize,
    /// Whether its points are at equal distances, of `step`.
    pub(super) is_even: bool,
    first: f64,
    step: f64,
    /// What the abscissa is: 17 is time, 18 frequency.
    abscissa: i64,
    pub(super) unit: Option<String>,
    pub(super) place: Place,
}

/// What a function is of: frequency.
const FREQUENCY: i64 = 18;

impl Function {
    /// From its eleven lines; none where they are damaged.
    pub(super) fn of(lines: &[String], place: Place) -> Option<Self> {
        let [title, .., names, numbers, abscissa, ordinate, _, _] = lines else { return None };
        let precision = integer(numbers, 0, 10)?;
        let points = usize::try_from(integer(numbers, 10, 20)?).ok()?;
        Some(Self {
            title: said(title).unwrap_or_default(),
            kind: integer(names, 0, 5)?,
            entity: field(names, 31, 41).and_then(said).unwrap_or_default(),
            node: integer(names, 41, 51).unwrap_or(0),
            direction: integer(names, 51, 55).unwrap_or(0),
            is_complex: matches!(precision, 5 | 6),
            is_double: matches!(precision, 4 | 6),
            points: Some(points).filter(|_| matches!(precision, 2 | 4 | 5 | 6))?,
            is_even: integer(numbers, 20, 30)? != 0,
            first: real(numbers, 30, 43).unwrap_or(0.0),
            step: real(numbers, 43, 56).unwrap_or(0.0),
            abscissa: integer(abscissa, 0, 10).unwrap_or(0),
            unit: field(ordinate, 47, 67).and_then(said),
            place,
        })
    }

    /// Whether it is a recording: a general function or a response, of time.
    pub(super) fn is_of_time(&self) -> bool {
        matches!(self.kind, 0 | 1)
            && self.abscissa != FREQUENCY
            && !self.is_complex
            && self.points > 0
    }

    /// Whether another function has the same points.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.points, one.is_even, one.first, one.step);
        self.is_even && of(self) == of(other)
    }

    pub(super) fn rate_hz(&self) -> Option<f64> {
        let rate = 1.0 / self.step;
        if !self.is_even || !rate.is_finite() || rate <= 0.0 {
            return None;
        }
        // The step has six digits: that of 6000 Hz is one of 5999.988 Hz.
        let whole = rate.round();
        Some(if (rate - whole).abs() <= 1e-5 * rate && whole > 0.0 { whole } else { rate })
    }

    /// Where it was measured: `node 3 x`.
    pub(super) fn name(&self) -> String {
        let sign = if self.direction < 0 { "-" } else { "" };
        let axis = match self.direction.unsigned_abs() {
            1 => "x",
            2 => "y",
            3 => "z",
            4 => "rx",
            5 => "ry",
            6 => "rz",
            _ => "",
        };
        let entity = if self.entity.is_empty() { "node" } else { self.entity.as_str() };
        format!("{entity} {} {sign}{axis}", self.node).trim_end().to_owned()
    }
}

/// The characters of a line between two columns, as far as it goes.
fn field(line: &str, from: usize, to: usize) -> Option<&str> {
    line.get(from..to.min(line.len()))
}

fn integer(line: &str, from: usize, to: usize) -> Option<i64> {
    field(line, from, to)?.trim().parse().ok()
}

fn real(line: &str, from: usize, to: usize) -> Option<f64> {
    number(field(line, from, to)?.trim())
}

/// A number, as Fortran writes it too.
pub(super) fn number(text: &str) -> Option<f64> {
    match text.bytes().position(|byte| matches!(byte, b'D' | b'd')) {
        Some(_) => text.replace(['D', 'd'], "E").parse().ok(),
        None => text.parse().ok(),
    }
}

/// A text, if it is one.
fn said(text: impl AsRef<str>) -> Option<String> {
    let text = text.as_ref().trim();
    (!text.is_empty() && !text.eq_ignore_ascii_case("none")).then(|| text.to_owned())
}
