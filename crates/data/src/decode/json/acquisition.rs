//! Acquisitions of Edge Impulse, in JSON and in CBOR, and the list of labels that its exporter puts beside them.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use super::damaged;
use super::node::{Node, Series, Texts};
use crate::decode::held::Held;
use crate::decode::{Column, Head, Kind};
use crate::error::Problem;

/// The list of labels, in the folder of the file or above.
const LABELS: &str = "info.labels";

/// The longest list of labels that is read.
const LONGEST_LABELS: u64 = 64 << 20;

/// The members of an object that is an acquisition: its payload.
pub(super) fn payload(members: &mut [(String, Node)]) -> Option<Vec<(String, Node)>> {
    let (_, payload) = members.iter_mut().find(|(name, _)| name == "payload")?;
    let Node::Object(payload) = payload else { return None };
    let is_one = ["interval_ms", "sensors", "values"]
        .iter()
        .all(|name| payload.iter().any(|(known, _)| known == name));
    is_one.then(|| std::mem::take(payload))
}

/// Its readings.
///
/// # Errors
/// Its values are not one for each sensor.
pub(super) fn table(
    format: &'static str,
    path: &Path,
    payload: Vec<(String, Node)>,
    read: u64,
) -> Result<Held, Problem> {
    let mut head = Head { label: label(path), ..Head::default() };
    let mut values = Node::Null;
    for (name, node) in payload {
        match (name.as_str(), node) {
            ("interval_ms", Node::Number(interval)) if interval > 0.0 => {
                head.rate_hz = Some(1000.0 / interval).filter(|rate| rate.is_finite());
            }
            ("sensors", Node::Records { len, columns }) => head.columns = sensors(len, &columns),
            ("values", node) => values = node,
            _ => {}
        }
    }
    let sensors = head.columns.len();
    let columns = match values {
        Node::Series(Series { numbers, texts: None, .. }) if sensors == 1 => vec![numbers],
        Node::Rows { width, numbers } if width == sensors => {
            let column = |at| numbers.iter().skip(at).step_by(width).copied().collect();
            (0..width).map(column).collect()
        }
        _ => {
            return Err(damaged(
                format,
                format!(
                    "`payload.values` are not rows of {sensors} numbers, one for each of `payload.sensors`"
                ),
            ));
        }
    };
    Ok(Held::new(head, columns, read))
}

fn sensors(len: usize, columns: &[(String, Series)]) -> Vec<Column> {
    let text = |name: &str, row: usize| {
        let (_, series) = columns.iter().find(|(known, _)| known == name)?;
        let Some(Texts::Words(words)) = &series.texts else { return None };
        words.word(*series.numbers.get(row)?)
    };
    let column = |row| Column {
        name: text("name", row).unwrap_or_default(),
        unit: text("units", row).filter(|unit| unit != "N/A"),
        kind: Kind::Numbers,
    };
    (0..len).map(column).collect()
}

/// What the list says that a file is, or else the part of its name before the first dot.
fn label(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let listed =
        path.ancestors().skip(1).take(3).find_map(|folder| listed(&folder.join(LABELS), name));
    listed.unwrap_or_else(|| {
        let label = name.split('.').next().unwrap_or_default();
        (!label.is_empty()).then(|| label.to_owned())
    })
}

/// What a list says of the file of this name, if it has it.
fn listed(list: &Path, name: &str) -> Option<Option<String>> {
    #[derive(Deserialize)]
    struct List {
        files: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        path: String,
        label: Option<Label>,
    }
    #[derive(Deserialize)]
    struct Label {
        label: Option<String>,
    }
    let file = BufReader::new(File::open(list).ok()?.take(LONGEST_LABELS));
    let list: List = serde_json::from_reader(file).ok()?;
    let is_it = |entry: &&Entry| entry.path.rsplit(['/', '\\']).next() == Some(name);
    let entry = list.files.iter().find(is_it)?;
    Some(entry.label.as_ref().and_then(|label| label.label.clone()))
}
