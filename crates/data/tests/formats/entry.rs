//! What `make.py` says of its files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use judder_data::ReadOptions;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Expected {
    /// The version of each library.
    pub(crate) libraries: BTreeMap<String, String>,
    pub(crate) files: Vec<Entry>,
}

#[derive(Deserialize)]
pub(crate) struct Entry {
    pub(crate) file: String,
    pub(crate) format: String,
    pub(crate) library: String,
    pub(crate) what: String,
    options: Said,
    #[serde(default)]
    pub(crate) recordings: Vec<Wanted>,
    pub(crate) refused: Option<String>,
    #[serde(default)]
    pub(crate) left_out: Vec<String>,
    pub(crate) folder_rate_hz: Option<f64>,
    pub(crate) folder_rate_tolerance: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    unit: Option<String>,
    rate: Option<f64>,
    #[serde(default)]
    columns: Vec<String>,
    time_column: Option<String>,
    label_column: Option<String>,
    #[serde(default)]
    skip_first: usize,
    full_scale: Option<f64>,
    axes: Option<usize>,
    #[serde(default)]
    axes_apart: bool,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    pub(crate) inside: String,
    pub(crate) truth: String,
    pub(crate) rows: [usize; 2],
    pub(crate) axes_of_truth: Vec<usize>,
    pub(crate) factor: f64,
    pub(crate) tolerance: f64,
    pub(crate) axes: Vec<String>,
    pub(crate) unit: Option<String>,
    pub(crate) rate_hz: Option<f64>,
    pub(crate) rate_tolerance: f64,
    pub(crate) rate_may_be: Option<f64>,
    pub(crate) label: Option<String>,
    #[serde(default)]
    pub(crate) may_be_cut_at: Vec<usize>,
    pub(crate) taken_unix: Option<f64>,
}

impl Expected {
    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("expected.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

impl Entry {
    /// How the file is read.
    pub(crate) fn options(&self) -> Arc<ReadOptions> {
        let said = &self.options;
        Arc::new(ReadOptions {
            columns: said.columns.clone(),
            time_column: said.time_column.clone(),
            label_column: said.label_column.clone(),
            rate_hz: said.rate,
            unit: said.unit.as_ref().map(|unit| unit.parse().unwrap()),
            skip_first: said.skip_first,
            full_scale: said.full_scale,
            axes: said.axes,
            axes_apart: said.axes_apart,
            ..ReadOptions::default()
        })
    }
}
