//! NumPy archives: one for each group, with an array `[readings, axes]` for each recording.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use judder_npz::{NpzWriter, Numbers};

use super::{Row, file_name};
use crate::folder::FolderError;

/// The numbers in an archive, after which another begins: a reader has all of one in memory.
const MOST: usize = 1 << 24;

pub(super) struct Archives {
    root: PathBuf,
    /// Of each group how many archives there are.
    counts: HashMap<String, usize>,
    open: Option<Open>,
    rows: u64,
    /// Reused from recording to recording.
    numbers: Vec<f64>,
}

struct Open {
    group: String,
    path: PathBuf,
    writer: NpzWriter<BufWriter<File>>,
    arrays: usize,
    numbers: usize,
}

impl Archives {
    pub(super) fn new(root: &Path) -> Self {
        let (root, counts) = (root.to_owned(), HashMap::new());
        Self { root, counts, open: None, rows: 0, numbers: Vec::new() }
    }

    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), FolderError> {
        let group = file_name(row.group);
        let is_other =
            |open: &Open| open.group != group || open.numbers + row.readings.len() > MOST;
        if self.open.as_ref().is_some_and(is_other) {
            self.close()?;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin(group)?,
        };
        let len = row.readings.len().checked_div(row.axes).unwrap_or_default();
        self.numbers.clear();
        let of_row = |at| row.readings.iter().skip(at).step_by(len.max(1));
        self.numbers.extend((0..len).flat_map(of_row));
        let name = format!("{:04}", open.arrays);
        let added = open.writer.add(&name, &[len, row.axes], Numbers::F8(&self.numbers));
        added.map_err(|error| FolderError::at(&open.path)(io::Error::other(error)))?;
        (open.arrays, open.numbers) = (open.arrays + 1, open.numbers + row.readings.len());
        self.open = Some(open);
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<u64, FolderError> {
        self.close()?;
        Ok(self.rows)
    }

    fn begin(&mut self, group: String) -> Result<Open, FolderError> {
        let count = self.counts.entry(group.clone()).or_default();
        *count += 1;
        let name =
            if *count == 1 { format!("{group}.npz") } else { format!("{group}-{count}.npz") };
        let path = self.root.join(name);
        let file = File::create_new(&path).map_err(FolderError::at(&path))?;
        let writer = NpzWriter::new(BufWriter::new(file));
        Ok(Open { group, path, writer, arrays: 0, numbers: 0 })
    }

    fn close(&mut self) -> Result<(), FolderError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let written = open.writer.finish().map_err(io::Error::other);
        written.and_then(|mut file| file.flush()).map_err(FolderError::at(&open.path))
    }
}
