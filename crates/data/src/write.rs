//! From a recording to text.

use std::io::{self, Write};

use crate::Recording;
use crate::interpret::is_like_a_time;

/// Names of axes, which say that none is a time.
const HEADER: [&str; 8] = ["x", "y", "z", "axis 4", "axis 5", "axis 6", "axis 7", "axis 8"];

/// Writes rows `x, y, z`; each number as short as reads back equal. There is a header only where
/// an axis would else be read as a time.
///
/// # Errors
/// Those of `to`.
pub fn write_text(recording: &Recording, mut to: impl Write) -> io::Result<()> {
    if recording.axes() > 1 && recording.iter_axes().any(is_like_a_time) {
        writeln!(to, "{}", HEADER[..recording.axes()].join(", "))?;
    }
    let mut digits = zmij::Buffer::new();
    for row in recording.rows() {
        for (axis, value) in row.enumerate() {
            if axis > 0 {
                to.write_all(b", ")?;
            }
            let short = digits.format(value);
            if short.contains('e') {
                // The very large and small, without an exponent.
                write!(to, "{value}")?;
            } else {
                to.write_all(short.strip_suffix(".0").unwrap_or(short).as_bytes())?;
            }
        }
        to.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Recording, write_text as write};

    fn written(value: f64) -> String {
        let mut text = Vec::new();
        write(&Recording::from_axes(1, 1, vec![value]).unwrap(), &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        for (value, text) in [
            (0.5, "0.5"),
            (-0.0124, "-0.0124"),
            (1.0, "1"),
            (-0.0, "-0"),
            (0.00001, "0.00001"),
            (1e17, "100000000000000000"),
            (0.1 + 0.2, "0.30000000000000004"),
            // Exactly between two that are as short.
            (4_850_229_561_737_010.0 / 8.0, "606278695217126.2"),
        ] {
            assert_eq!(written(value), format!("{text}\n"));
        }
    }

    proptest! {
        /// The standard library's digits are the shortest, too; where two numbers are as short and
        /// as near, it takes the larger, and zmij the even one.
        #[test]
        fn numbers_are_those_of_the_standard_library(
            any in any::<f64>(), steps in -40_000i32..40_000, digits in -99_999i32..99_999,
        ) {
            for value in [f64::from(steps) / 2048.0, f64::from(digits) / 1e5] {
                prop_assert_eq!(written(value), format!("{value}\n"));
            }
            let text = written(any);
            prop_assert_eq!(text.len(), format!("{any}\n").len());
            prop_assert_eq!(text.trim().parse::<f64>().unwrap().to_bits(), any.to_bits());
        }
    }
}
