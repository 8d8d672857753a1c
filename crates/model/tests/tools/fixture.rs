//! Files of other tools, and what these say of them.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What stands beside a file.
#[derive(Deserialize)]
pub(crate) struct Fixture {
    pub(crate) tool: String,
    pub(crate) version: String,
    pub(crate) format: String,
    pub(crate) layers: Vec<String>,
    /// `float32`, `float16`, `int8` or `dynamic range`.
    pub(crate) weights: String,
    inputs: serde_json::Value,
    outputs: Vec<Vec<f64>>,
    /// Of a mixture: the squared distance from each component, which is what judder scores by.
    distances: Option<Vec<Vec<f64>>>,
    /// Of integers: how far apart the outputs are.
    pub(crate) step: Option<f64>,
    /// What to do, where judder does not read it.
    pub(crate) refused: Option<String>,
    #[serde(skip)]
    pub(crate) path: PathBuf,
}

impl Fixture {
    /// Rows of what goes in, unless its model takes more than a row.
    pub(crate) fn inputs(&self) -> Vec<Vec<f64>> {
        serde_json::from_value(self.inputs.clone()).unwrap()
    }

    /// What it gives of each row.
    pub(crate) fn outputs(&self) -> Vec<Vec<f64>> {
        let nearest = |row: &Vec<f64>| vec![row.iter().copied().fold(f64::INFINITY, f64::min)];
        match &self.distances {
            Some(distances) => distances.iter().map(nearest).collect(),
            None => self.outputs.clone(),
        }
    }

    pub(crate) fn name(&self) -> String {
        let folder = self.path.parent().and_then(Path::file_name).unwrap_or_default();
        Path::new(folder).join(self.path.file_name().unwrap_or_default()).display().to_string()
    }
}

/// Where they are.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("JUDDER_MODELS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models"), PathBuf::from)
}

/// All of them, in the order of their names.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut all = Vec::new();
    let mut folders = list(&folder());
    folders
        .retain(|folder| folder.is_dir() && folder.file_name().is_some_and(|name| name != "make"));
    for folder in folders {
        for said in
            list(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json"))
        {
            let mut fixture: Fixture = serde_json::from_slice(&std::fs::read(&said).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", said.display()));
            fixture.path = said.with_extension(&fixture.format);
            assert!(fixture.path.is_file(), "{}", fixture.path.display());
            all.push(fixture);
        }
    }
    assert!(all.len() >= 60, "{} files", all.len());
    all
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let read =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
