//! From a recording to text.

use std::io::{self, Write};

use crate::Recording;

/// Writes rows `x, y, z` without a header; each number as short as reads back equal.
pub(crate) fn write(recording: &Recording, mut to: impl Write) -> io::Result<()> {
    for row in recording.rows() {
        for (axis, value) in row.enumerate() {
            if axis > 0 {
                to.write_all(b", ")?;
            }
            write!(to, "{value}")?;
        }
        to.write_all(b"\n")?;
    }
    Ok(())
}
