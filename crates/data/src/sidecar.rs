//! `recording.jsonl`: what is known of the recordings beside it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use judder_core::Unit;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{DataError, Problem};

/// The name of the list in each folder of recordings.
pub const SIDECAR: &str = "recording.jsonl";

/// One line of `recording.jsonl`: one recording. Only the file is required.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of the file, in the same folder.
    pub file: String,
    /// The device that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The operating state it was taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was taken, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The sample rate that was measured, in Hz.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<f64>,
    /// What one number of its readings is worth.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "unit_name",
        deserialize_with = "unit_of_name"
    )]
    pub unit: Option<Unit>,
    /// Its number among the recordings of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The start of the device that this number is one of, as [`Starts`](crate::Starts) has them; none where the
    /// device says none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u64>,
    /// Where it came from: `http`, `simulate`, ....
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What is written beside a recording, and counts for its readings.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Beside {
    /// Its sample rate, in Hz.
    pub(crate) rate_hz: Option<f64>,
    /// The unit of its readings.
    pub(crate) unit: Option<Unit>,
    /// When it was taken; what is no time in UTC is none.
    pub(crate) taken: Option<SystemTime>,
}

/// What is written beside the recordings of a folder, by file name; empty without a list.
///
/// # Errors
/// A [`DataError`] that names the list and the line.
pub(crate) fn beside(folder: &Path) -> Result<HashMap<String, Beside>, DataError> {
    let entries = read_sidecar(folder)?;
    let beside = |entry: Entry| {
        let rate_hz = entry.rate_hz.filter(|rate| rate.is_finite() && *rate > 0.0);
        let taken = entry.time.and_then(|time| humantime::parse_rfc3339(&time).ok());
        (entry.file, Beside { rate_hz, unit: entry.unit, taken })
    };
    Ok(entries.into_iter().map(beside).collect())
}

fn unit_name<S: Serializer>(unit: &Option<Unit>, to: S) -> Result<S::Ok, S::Error> {
    unit.map(|unit| unit.to_string()).serialize(to)
}

fn unit_of_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Unit>, D::Error> {
    let name: Option<String> = Option::deserialize(from)?;
    let unit = name.map(|name| name.parse().map_err(|error| format!("unit: {name:?} is {error}")));
    unit.transpose().map_err(serde::de::Error::custom)
}

/// The list of a folder; empty where there is none.
///
/// # Errors
/// A [`DataError`] that names the list and the line.
pub fn read_sidecar(folder: &Path) -> Result<Vec<Entry>, DataError> {
    let path = folder.join(SIDECAR);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DataError::new(path, error)),
    };
    parse_sidecar(&text).map_err(DataError::at(&path))
}

/// The entries of a list, one JSON object a line; blank lines are left out.
///
/// # Errors
/// [`Problem::Sidecar`], which names the line.
pub fn parse_sidecar(text: &str) -> Result<Vec<Entry>, Problem> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| Problem::Sidecar { line: index + 1, reason: error.to_string() })
        })
        .collect()
}
