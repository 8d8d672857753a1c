//! The recordings of one folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::finding::{Finding, Kind, Severity, text};
use super::gravity;
use super::robust::{median_of, most_common};
use super::summary::Summary;
use crate::{DataError, path_order};

/// What a folder of recordings holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Folder {
    /// The folder, or the NumPy file.
    #[serde(serialize_with = "text")]
    pub path: PathBuf,
    /// How many recordings were read.
    pub recordings: usize,
    /// How many files could not be read.
    pub unreadable: usize,
    /// The fewest readings of a recording; 0 where none was read.
    pub shortest: usize,
    /// The most readings of a recording; 0 where none was read.
    pub longest: usize,
    /// The number of axes that most recordings have; 0 where none was read.
    pub axes: usize,
    /// The median sample rate of those where it is known, in Hz.
    pub rate_hz: Option<f64>,
    /// The median magnitude of the mean reading, in g where the files name their unit, else in
    /// theirs; of three axes only.
    pub gravity: Option<f64>,
}

/// What was read of a folder.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) path: PathBuf,
    pub(super) recordings: Vec<Summary>,
    pub(super) errors: Vec<DataError>,
}

impl Members {
    /// Sorts what was read, in path order, into its folders.
    pub(super) fn of_each_folder(read: Vec<Result<Vec<Summary>, DataError>>) -> Vec<Self> {
        let mut folders = Folders::default();
        for result in read {
            match result {
                Ok(recordings) => {
                    for recording in recordings {
                        folders.with(&recording.path).recordings.push(recording);
                    }
                }
                Err(error) => folders.with(&error.path).errors.push(error),
            }
        }
        folders.all.sort_by(|a, b| path_order(&a.path, &b.path));
        folders.all
    }

    pub(super) fn summary(&self) -> Folder {
        let lengths = || self.recordings.iter().map(|r| r.len);
        let rates: Vec<f64> = self.recordings.iter().filter_map(|r| r.rate_hz).collect();
        let gravity: Vec<f64> = self.recordings.iter().filter_map(gravity::magnitude).collect();
        Folder {
            path: self.path.clone(),
            recordings: self.recordings.len(),
            unreadable: self.errors.len(),
            shortest: lengths().min().unwrap_or(0),
            longest: lengths().max().unwrap_or(0),
            axes: self.axes(),
            rate_hz: median_of(&rates),
            gravity: median_of(&gravity),
        }
    }

    /// The number of axes that most recordings have.
    pub(super) fn axes(&self) -> usize {
        most_common(self.recordings.iter().map(|r| r.axes.len())).map_or(0, |(axes, _)| axes)
    }

    /// The recordings with that many axes.
    pub(super) fn alike(&self) -> Vec<&Summary> {
        let axes = self.axes();
        self.recordings.iter().filter(|r| r.axes.len() == axes).collect()
    }

    /// A finding about the recordings that are `so`, if there are any.
    pub(super) fn finding(
        &self,
        label: (Severity, Kind),
        so: impl Fn(&Summary) -> bool,
        what: impl FnOnce(&[&Summary]) -> String,
    ) -> Option<Finding> {
        let those: Vec<&Summary> = self.recordings.iter().filter(|r| so(r)).collect();
        let paths = those.iter().map(|r| r.path.as_path());
        Finding::about(label, (&self.path, self.recordings.len()), paths, || what(&those))
    }
}

#[derive(Default)]
struct Folders {
    all: Vec<Members>,
    at: HashMap<PathBuf, usize>,
}

impl Folders {
    /// The folder of a file.
    fn with(&mut self, file: &Path) -> &mut Members {
        let path = file.parent().unwrap_or(Path::new(""));
        let at = match self.at.get(path) {
            Some(&at) => at,
            None => {
                self.at.insert(path.to_owned(), self.all.len());
                self.all.push(Members { path: path.to_owned(), ..Members::default() });
                self.all.len() - 1
            }
        };
        &mut self.all[at]
    }
}
