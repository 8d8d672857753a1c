//! Folders of recordings as all are: CSV files, and the list beside them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use judder_data::{Entry, Recording, SIDECAR, store, write_text};

use super::{Row, file_name};
use crate::folder::FolderError;

/// A folder for each group, with how many recordings are in it.
pub(super) struct Folders {
    root: PathBuf,
    counts: HashMap<String, usize>,
}

impl Folders {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), counts: HashMap::new() }
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.values().map(|&count| count as u64).sum()
    }

    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), FolderError> {
        let name = file_name(row.group);
        let folder = self.root.join(&name);
        let number = self.counts.entry(name).or_default();
        let file = store::file_name(*number);
        let len = row.readings.len().checked_div(row.axes).unwrap_or_default();
        let Some(recording) = Recording::from_axes(row.axes, len, row.readings.to_vec()) else {
            return Ok(());
        };
        let entry = Entry {
            file: file.clone(),
            device: row.device.map(str::to_owned),
            label: row.label.map(str::to_owned),
            time: row.taken.clone(),
            rate_hz: row.rate_hz,
            unit: row.unit,
            sequence: row.sequence,
            start: row.start,
            source: row.source.map(str::to_owned),
        };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&folder)?;
            let mut to = BufWriter::new(File::create_new(folder.join(&file))?);
            write_text(&recording, &mut to)?;
            to.flush()?;
            let mut line = serde_json::to_vec(&entry)?;
            line.push(b'\n');
            let list = File::options().append(true).create(true).open(folder.join(SIDECAR));
            list?.write_all(&line)
        };
        write().map_err(FolderError::at(&folder.join(&file)))?;
        *number += 1;
        Ok(())
    }
}
