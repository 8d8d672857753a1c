//! JSON and CBOR: acquisitions of Edge Impulse, records, columns, rows; and JSON Lines, which may be of any length.

mod acquisition;
mod lines;
mod node;
mod tables;
#[cfg(test)]
mod tests;
mod tolerant;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use self::lines::Lines;
use self::node::Node;
use self::tables::Whole;
use self::tolerant::Tolerant;
use super::Tables;
use crate::decode::extension_is;
use crate::error::{Problem, shown};

/// The longest file that is read as a whole.
const LONGEST: u64 = 512 << 20;

/// Whether a file that begins with these bytes may be JSON: it has no mark, so the name decides too.
pub(crate) fn is(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

/// Whether a file that begins with these bytes may be CBOR: a map or an array. It has no mark, so the name decides too.
pub(crate) fn is_cbor(head: &[u8]) -> bool {
    matches!(head.first(), Some(0x80..=0xbf))
}

/// Opens a file of JSON, or of JSON Lines if its name says so or if there is more than one value in it.
///
/// # Errors
/// A [`Problem`] that names the line, or says what it holds instead of numbers.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    if extension_is(path, &["jsonl", "ndjson"]) {
        return Ok(Box::new(Lines::open(path)?));
    }
    let mut file = BufReader::new(opened(path)?);
    if file.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    let mut text = serde_json::Deserializer::from_reader(BufReader::new(Tolerant::new(file)));
    let node = match Node::deserialize(&mut text) {
        Ok(node) => node,
        Err(error) => return Err(damaged("JSON", error.to_string())),
    };
    if text.end().is_err() {
        return Ok(Box::new(Lines::open(path)?));
    }
    Ok(Box::new(Whole::new("JSON", path, node)?))
}

/// Opens a file of CBOR.
///
/// # Errors
/// A [`Problem`] that says what is damaged, or what it holds instead of numbers.
pub(crate) fn open_cbor(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let file = BufReader::new(opened(path)?);
    let node = ciborium::de::from_reader::<Node, _>(file).map_err(|error| match error {
        ciborium::de::Error::Io(_) => damaged("CBOR", "it ends too early"),
        ciborium::de::Error::Syntax(at) => damaged("CBOR", format!("byte {at} is damaged")),
        ciborium::de::Error::Semantic(_, reason) => damaged("CBOR", reason),
        ciborium::de::Error::RecursionLimitExceeded => damaged("CBOR", "it is nested too deeply"),
    })?;
    Ok(Box::new(Whole::new("CBOR", path, node)?))
}

fn opened(path: &Path) -> Result<impl Read, Problem> {
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    if len > LONGEST {
        return Err(damaged(
            "JSON",
            format!(
                "it is longer than the {} MiB that are read at once; write it as JSON Lines (.jsonl), CSV or Parquet",
                LONGEST >> 20
            ),
        ));
    }
    Ok(file.take(LONGEST))
}

/// A problem with a file.
fn damaged(format: &'static str, reason: impl AsRef<str>) -> Problem {
    Problem::Format { format, reason: shown(reason.as_ref(), 200) }
}
