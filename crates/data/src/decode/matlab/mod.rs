//! MATLAB's files of version 5 (`-v6`, and compressed `-v7`), as SciPy and Octave write them too.
//!
//! From "MAT-File Format" (The MathWorks). Files of `-v7.3` are HDF5.

mod element;
pub(crate) mod shape;
mod variable;

use std::path::Path;

use super::Tables;
use super::arrays::{Rules, tables};
use crate::error::{Problem, shown};
use element::Stream;
use variable::{Found, Variables};

const FORMAT: &str = "MATLAB";

/// Bytes before the first variable.
const HEADER: u64 = 128;

/// The most variables that are named where none is a recording.
const MOST_NAMED: usize = 4;

/// Whether a file that begins with these bytes is one of version 5. Those of version 4 are told by their ending, `.mat`.
pub(crate) fn is(head: &[u8]) -> bool {
    matches!(head.get(124..128), Some([0, 1, b'I', b'M'] | [1, 0, b'M', b'I']))
}

/// Its arrays of numbers, those in structures and cells too.
///
/// # Errors
/// A [`Problem`] that names the variable.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let mut stream = Stream::plain(path)?;
    let mut header = [0; HEADER as usize];
    let is_long = stream.fill(&mut header)?;
    if !is_long || !is(&header) {
        return Err(wrong("it is of version 4, or none; save it with -v7, or as CSV"));
    }
    let is_big = header.ends_with(b"MI");
    let Found { groups, others } = Variables::read(path, stream, is_big)?;
    let rules = Rules { leaves_out: true, names_one: false };
    tables(groups, rules)?.ok_or_else(|| nothing(&others))
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::Format { format: FORMAT, reason: reason.into() }
}

/// What is said of a file without numbers: what it holds.
fn nothing(others: &[(String, &'static str)]) -> Problem {
    let named = others.iter().take(MOST_NAMED).map(|(name, what)| {
        let name = shown(name, 40);
        if name.is_empty() { format!("{what}s") } else { format!("`{name}` ({what})") }
    });
    let named: Vec<String> = named.collect();
    let holds = if named.is_empty() {
        "it holds no array of readings".to_owned()
    } else {
        format!("it holds no array of readings but {}", named.join(", "))
    };
    wrong(format!("{holds}; save the numbers as an array [readings, axes]"))
}

#[cfg(test)]
mod tests;
