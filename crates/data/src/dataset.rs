//! Finding recordings: files, folders of recordings, datasets.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use judder_core::Unit;
use walkdir::WalkDir;

use crate::decode::LineAxes;
use crate::error::{DataError, Problem};
use crate::interpret::Reading;
use crate::path_order::name_order;
use crate::pieces::Pieces;
use crate::sidecar::{self, Beside};
use crate::{Cut, Piece, ReadOptions, Recording, decode};

/// The most numbers that are read from a file as a whole, 384 MiB of them: what is compressed may expand a thousand times.
const MOST: usize = 48 << 20;

/// A file that holds one recording or several.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    path: PathBuf,
    /// What is written beside it.
    beside: Beside,
    /// What people say of it.
    options: Arc<ReadOptions>,
    /// The recordings in it that are wanted, by the beginning of their names; all where there is none.
    within: Option<String>,
}

/// A recording and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Its file; in a file that holds several followed by its name there: `samples.npz/normal`, `day.csv[72000]`.
    pub path: PathBuf,
    /// The recording.
    pub recording: Recording,
}

impl Source {
    fn new(path: PathBuf, beside: Beside, within: Option<String>) -> Self {
        Self { path, beside, options: Arc::default(), within }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same file, whose readings are of this unit where nothing names theirs.
    #[must_use]
    pub fn or_unit(mut self, unit: Option<Unit>) -> Self {
        // What is said of all files is theirs together as long as it is the same.
        if self.options.unit != unit {
            Arc::make_mut(&mut self.options).unit = unit;
        }
        self
    }

    /// The same file, to be read so.
    #[must_use]
    pub fn with(mut self, options: &Arc<ReadOptions>) -> Self {
        self.options = Arc::clone(options);
        self
    }

    /// Reads the recordings of this file, as they are written; `buffer` is reused from file to file.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and the line, or the array.
    pub fn read(&self, buffer: &mut Vec<u8>) -> Result<Vec<Located>, DataError> {
        let (mut all, mut numbers) = (Vec::new(), 0);
        for piece in Pieces::open(self, Cut::whole(), buffer)? {
            let Piece { path, recording, .. } = piece?;
            numbers += recording.values().len();
            if numbers > MOST {
                return Err(DataError::new(&self.path, Problem::Expands));
            }
            all.push(Located { path, recording });
        }
        Ok(all)
    }

    /// Opens its tables; and whether it is a text that was read to its end.
    pub(crate) fn open(&self, buffer: &mut Vec<u8>) -> Result<(Reading, bool), Problem> {
        let axes = LineAxes { count: self.options.axes, apart: self.options.axes_apart };
        let (tables, is_short) = decode::open(&self.path, buffer, axes)?;
        let path = self.path.clone();
        let again = move || {
            // To open a pipe again may take for ever.
            let is_file = std::fs::metadata(&path)?.is_file();
            let open = || decode::open(&path, &mut Vec::new(), axes).map(|(tables, _)| tables);
            is_file.then(open).transpose()
        };
        let options = Arc::clone(&self.options);
        Ok((Reading::new(tables, Arc::new(again), &self.path, options), is_short))
    }

    /// What people call its format: `Parquet`, `text`.
    ///
    /// # Errors
    /// A [`DataError`] where it cannot be read, or is of a format that is not read.
    pub fn format(&self) -> Result<&'static str, DataError> {
        decode::format_of(&self.path).map_err(DataError::at(&self.path))
    }

    /// The name of the recordings in it that are wanted, where not all are.
    pub fn within(&self) -> Option<&str> {
        self.within.as_deref()
    }

    /// Whether a recording that is called so in it is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let name = name.trim_start_matches(std::path::MAIN_SEPARATOR);
        self.within.as_ref().is_none_or(|within| {
            name.strip_prefix(within.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\', '[']))
        })
    }

    /// The path of a recording in it that is called so, with what parts the two.
    pub(crate) fn behind(&self, name: &str) -> PathBuf {
        let mut path = self.path.as_os_str().to_owned();
        path.push(name);
        path.into()
    }

    /// A recording with what is written beside it.
    pub(crate) fn described(&self, recording: Recording) -> Recording {
        let rate_hz = self.options.rate_hz.or(self.beside.rate_hz).or(recording.rate_hz());
        let unit = self.beside.unit.or(recording.unit()).or(self.options.unit);
        let taken = self.beside.taken.or(recording.taken());
        recording.with_rate(rate_hz).with_unit(unit).with_taken(taken)
    }
}

/// The sources at `path`, in path order: the file itself, or all recordings in the folder and the
/// folders below it. Hidden files, and files that are no recordings by their ending, are left out.
///
/// # Errors
/// A [`DataError`] where the path cannot be read, or a folder holds no recordings.
pub fn sources(path: &Path) -> Result<Vec<Source>, DataError> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return inside_of(path).ok_or_else(|| DataError::new(path, error))?,
    };
    if !metadata.is_dir() {
        return Ok(vec![Source::new(path.to_owned(), beside(path)?, None)]);
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
        sources.push(Source::new(path, beside.unwrap_or_default(), None));
    }
    Ok(sources)
}

/// The file that a path leads into, as `samples.npz/normal`, to be read for the recordings of that name alone.
fn inside_of(path: &Path) -> Option<Result<Vec<Source>, DataError>> {
    let is_file = |path: &Path| std::fs::metadata(path).is_ok_and(|found| found.is_file());
    // `day.csv[72000]` lies in `day.csv`.
    let bare = |path: &Path| {
        let (file, _) = path.to_str()?.strip_suffix(']')?.rsplit_once('[')?;
        Some(PathBuf::from(file))
    };
    let file = path.ancestors().find_map(|one| {
        is_file(one).then(|| one.to_owned()).or_else(|| bare(one).filter(|one| is_file(one)))
    })?;
    let within = path.to_str()?.strip_prefix(file.to_str()?)?;
    let within = within.trim_start_matches(std::path::MAIN_SEPARATOR).to_owned();
    let beside = beside(&file);
    Some(beside.map(|beside| vec![Source::new(file, beside, Some(within))]))
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

fn is_recording(path: &Path) -> bool {
    // What is written beside recordings has the ending of some.
    let is_list = path.file_name().is_some_and(|name| name == sidecar::SIDECAR);
    !is_list && (decode::is_named_so(path) || decode::may_be_without_ending(path))
}
