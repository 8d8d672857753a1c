//! Finding recordings: files, folders of recordings, datasets.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use judder_core::Unit;
use walkdir::WalkDir;

use crate::error::{DataError, Problem};
use crate::path_order::name_order;
use crate::sidecar::{self, Beside};
use crate::text::{Bytes, Opened};
use crate::{Recording, gzip, numpy, text};

/// A file that holds one recording or, if it is NumPy's, several.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    path: PathBuf,
    /// What is written beside it.
    beside: Beside,
    /// The unit of its readings where nothing else names one.
    unit: Option<Unit>,
}

/// A recording and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Its file; in a `.npz` followed by the name of the array: `samples.npz/normal`.
    pub path: PathBuf,
    /// The recording.
    pub recording: Recording,
}

impl Source {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same file, whose readings are of this unit where nothing names theirs.
    #[must_use]
    pub fn or_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = unit;
        self
    }

    /// Reads the recordings of this file, as they are written; `buffer` is reused from file to file.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and the line, or the array.
    pub fn read(&self, buffer: &mut Vec<u8>) -> Result<Vec<Located>, DataError> {
        if self.is_numpy() {
            let named = numpy::read(&self.path)?;
            return Ok(named
                .into_iter()
                .map(|(name, recording)| Located {
                    path: self.inside(&name),
                    recording: self.described(recording),
                })
                .collect());
        }
        let file = File::open(&self.path).map_err(DataError::at(&self.path))?;
        let recording = if gzip::is_named_so(&self.path) {
            gzip::read_text(file, buffer)
        } else {
            text::read_text(file, buffer)
        };
        Ok(vec![self.located(recording.map_err(DataError::at(&self.path))?)])
    }

    /// Opens a text to be read in blocks, unless it is short.
    pub(crate) fn open_text(&self, buffer: &mut Vec<u8>) -> Result<Opened, DataError> {
        let packed = gzip::is_named_so(&self.path);
        let open = |file: File| -> Bytes {
            if packed { Box::new(gzip::unpacked(file)) } else { Box::new(file) }
        };
        let again = || {
            // To open a pipe again may take for ever.
            let is_file = std::fs::metadata(&self.path)?.is_file();
            if is_file { File::open(&self.path).map(|file| Some(open(file))) } else { Ok(None) }
        };
        let file = File::open(&self.path).map_err(DataError::at(&self.path))?;
        let most = packed.then_some(gzip::MOST);
        text::open(open(file), &again, buffer, most).map_err(DataError::at(&self.path))
    }

    /// Whether its numbers are those of arrays.
    pub(crate) fn is_numpy(&self) -> bool {
        is_numpy(&self.path)
    }

    /// The path of an array in it, whose name may be anything.
    pub(crate) fn inside(&self, name: &str) -> PathBuf {
        let mut path = self.path.as_os_str().to_owned();
        path.push(std::path::MAIN_SEPARATOR_STR);
        path.push(name.trim_start_matches('/'));
        path.into()
    }

    /// The only recording in it.
    pub(crate) fn located(&self, recording: Recording) -> Located {
        Located { path: self.path.clone(), recording: self.described(recording) }
    }

    /// A recording with what is written beside it.
    pub(crate) fn described(&self, recording: Recording) -> Recording {
        let rate_hz = self.beside.rate_hz.or(recording.rate_hz());
        let unit = self.beside.unit.or(recording.unit()).or(self.unit);
        recording.with_rate(rate_hz).with_unit(unit).with_taken(self.beside.taken)
    }
}

/// The sources at `path`, in path order: the file itself, or all recordings in the folder and the
/// folders below it. Hidden files, and files that are no recordings by their ending, are left out.
///
/// # Errors
/// A [`DataError`] where the path cannot be read, or a folder holds no recordings.
pub fn sources(path: &Path) -> Result<Vec<Source>, DataError> {
    let metadata = std::fs::metadata(path).map_err(DataError::at(path))?;
    if !metadata.is_dir() {
        return Ok(vec![Source { path: path.to_owned(), beside: beside(path)?, unit: None }]);
    }
    let mut found = Vec::new();
    // Sorted folder by folder, what is found is in path order.
    let by_name = |a: &walkdir::DirEntry, b: &walkdir::DirEntry| {
        name_order(a.file_name().as_encoded_bytes(), b.file_name().as_encoded_bytes())
    };
    let walk = WalkDir::new(path).follow_links(true).sort_by(by_name).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path())) {
        let entry = entry.map_err(|error| {
            let at = error.path().unwrap_or(path).to_owned();
            DataError::new(at, std::io::Error::from(error))
        })?;
        if entry.depth() == 0 || !is_recording(entry.path()) {
            continue;
        }
        if entry.file_type().is_dir() {
            return Err(DataError::new(entry.path(), Problem::IsFolder));
        }
        // A pipe would be waited for; who means it names it.
        if !entry.file_type().is_file() {
            continue;
        }
        found.push(entry.into_path());
    }
    if found.is_empty() {
        return Err(DataError::new(path, Problem::NoRecordings));
    }
    let mut list: Option<(PathBuf, HashMap<String, Beside>)> = None;
    let mut sources = Vec::with_capacity(found.len());
    for path in found {
        let folder = path.parent().unwrap_or(Path::new(""));
        if list.as_ref().is_none_or(|(of, _)| of != folder) {
            list = Some((folder.to_owned(), sidecar::beside(folder)?));
        }
        let beside = list.as_ref().and_then(|(_, list)| list.get(file_name(&path)).copied());
        sources.push(Source { path, beside: beside.unwrap_or_default(), unit: None });
    }
    Ok(sources)
}

fn beside(path: &Path) -> Result<Beside, DataError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(sidecar::beside(folder)?.get(file_name(path)).copied().unwrap_or_default())
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

pub(crate) fn extension_is(path: &Path, any: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    any.iter().any(|one| extension.eq_ignore_ascii_case(one))
}

fn is_numpy(path: &Path) -> bool {
    extension_is(path, &["npz", "npy"])
}

fn is_recording(path: &Path) -> bool {
    let text = |path: &Path| extension_is(path, &["csv", "tsv", "txt"]);
    let packed =
        || gzip::is_named_so(path) && path.file_stem().is_some_and(|stem| text(stem.as_ref()));
    text(path) || is_numpy(path) || packed()
}
