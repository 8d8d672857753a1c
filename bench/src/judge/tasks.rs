//! What is judged on which machine: the files `tasks.json`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

/// How the windows that are judged differ from those that were learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// In nothing but time: the same machine, mounting and load.
    Same,
    /// The mounting, the load or a part is one that was not learnt.
    Other,
    /// The same, but the model is given a new baseline first.
    Rebase,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Same, Self::Rebase, Self::Other];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other => "other",
            Self::Rebase => "rebase",
        }
    }
}

/// One question about one machine.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Task {
    pub(super) name: String,
    pub(super) machine: String,
    /// Hz
    pub(super) rate: f64,
    pub(super) kind: Kind,
    train: Vec<Share>,
    normal_test: Vec<Share>,
    anomaly: Vec<Share>,
    #[serde(default)]
    rebase: Vec<Share>,
}

/// Some files of a folder: from which share to which, every how manyth, and with which the first of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Share {
    Every(String, f64, f64),
    Step(String, f64, f64, usize, usize),
}

/// Files in time order, of each folder by itself.
pub(super) type Folders = Vec<(String, Vec<PathBuf>)>;

/// The files of a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Files {
    pub(super) train: Folders,
    pub(super) normal: Folders,
    pub(super) anomaly: Folders,
    pub(super) rebase: Folders,
}

/// The files of a folder, by name.
pub(super) fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|one| Ok(one?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// The tasks of a folder of machines.
pub(super) fn tasks(folder: &Path) -> anyhow::Result<Vec<Task>> {
    let file = folder.join("tasks.json");
    let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| file.display().to_string())
}

impl Task {
    /// Its files, below the folder of machines.
    pub(super) fn files(&self, folder: &Path) -> anyhow::Result<Files> {
        let machine = folder.join(&self.machine);
        let of = |entries: &[Share]| -> anyhow::Result<Folders> {
            entries.iter().map(|one| one.files(&machine)).collect()
        };
        Ok(Files {
            train: of(&self.train).with_context(|| format!("{}: train", self.name))?,
            normal: of(&self.normal_test).with_context(|| format!("{}: normal_test", self.name))?,
            anomaly: of(&self.anomaly).with_context(|| format!("{}: anomaly", self.name))?,
            rebase: of(&self.rebase).with_context(|| format!("{}: rebase", self.name))?,
        })
    }
}

impl Share {
    fn files(&self, machine: &Path) -> anyhow::Result<(String, Vec<PathBuf>)> {
        let (name, from, to, step, first) = match self {
            Self::Every(name, from, to) => (name, *from, *to, 1, 0),
            Self::Step(name, from, to, step, first) => (name, *from, *to, *step, *first),
        };
        let folder = machine.join(name);
        let all = files_of(&folder)?;
        let bound = |share: f64| ((share * all.len() as f64).round() as usize).min(all.len());
        let some = all.get(bound(from)..bound(to)).unwrap_or_default();
        let some: Vec<PathBuf> = some.iter().skip(first).step_by(step.max(1)).cloned().collect();
        anyhow::ensure!(!some.is_empty(), "{}: no file is named", folder.display());
        Ok((name.clone(), some))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_share_of_the_files_by_name_and_every_how_manyth() {
        let machines = tempfile::tempdir().unwrap();
        let folder = machines.path().join("pump/healthy");
        std::fs::create_dir_all(&folder).unwrap();
        for at in (0..10).rev() {
            std::fs::write(folder.join(format!("{at:04}.csv")), "0, 0, 1\n").unwrap();
        }
        let tasks = r#"[{"name": "pump", "machine": "pump", "rate": 50, "kind": "other",
            "train": [["healthy", 0.0, 0.6]], "normal_test": [["healthy", 0.5, 1.0, 2, 1]],
            "anomaly": [["healthy", 0.9, 1.0]]}]"#;
        std::fs::write(machines.path().join("tasks.json"), tasks).unwrap();
        let task = super::tasks(machines.path()).unwrap().remove(0);
        let files = task.files(machines.path()).unwrap();
        let numbers = |of: &Folders| -> Vec<String> {
            of[0].1.iter().map(|file| file.file_stem().unwrap().to_str().unwrap().into()).collect()
        };
        assert_eq!(numbers(&files.train), ["0000", "0001", "0002", "0003", "0004", "0005"]);
        assert_eq!(numbers(&files.normal), ["0006", "0008"]);
        assert_eq!(numbers(&files.anomaly), ["0009"]);
        assert!(files.rebase.is_empty() && task.kind == Kind::Other);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let machines = tempfile::tempdir().unwrap();
        let error = format!("{:#}", tasks(machines.path()).unwrap_err());
        assert!(error.contains("tasks.json"), "{error}");
    }
}
