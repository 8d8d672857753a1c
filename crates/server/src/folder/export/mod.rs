//! Recordings out of what a server keeps, or out of folders of recordings, in files that others read: under their name
//! only once all of them are there.

mod csv;
mod history;
mod npz;
mod parquet;
mod recordings;

use std::path::Path;

use judder_core::Unit;
use judder_history::{Missing, UnixMillis, Verdict};

use super::backup::{Unfinished, is_free, is_outside, write_out};
use super::{Doing, FolderError, history_in};

/// How recordings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A folder of CSV files for each device, which are recordings as all are.
    Csv,
    /// One Parquet file with a row for each recording.
    Parquet,
    /// NumPy archives for each device with an array for each recording.
    Npz,
}

/// Which recordings are written, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of these devices; of all where there are none.
    pub devices: Vec<String>,
    /// From this time on,
    pub from: Option<UnixMillis>,
    /// and until this one, both included. Those without a time are left out where one is given.
    pub to: Option<UnixMillis>,
    /// Of this state.
    pub label: Option<String>,
    /// How.
    pub format: Format,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Recordings.
    pub recordings: u64,
    /// Recordings whose readings are not kept any more. Parquet has them without readings, other formats have them not.
    pub bare: u64,
    /// Recordings that are damaged, and not in it.
    pub damaged: u64,
    /// What is wrong with the first of them.
    pub first_damage: Option<String>,
    /// What was gone or damaged before, and is not in it.
    pub missing: Missing,
}

/// Writes recordings to a folder that is not there yet; a server may write to what they are read from meanwhile. One
/// recording at a time is in memory. A copy of a history is beside them while they are written.
///
/// # Errors
/// Where something cannot be read or written, or there is something where the files are to be. Nothing of them is then
/// left, unless it cannot be removed.
pub fn export(
    from: &Path,
    to: &Path,
    wanted: &Wanted,
    mut told: impl FnMut(Doing),
) -> Result<Exported, FolderError> {
    let history = match history_in(from) {
        Err(FolderError::NoHistory(_)) => None,
        found => Some(found?),
    };
    is_free(to)?;
    if from.is_dir() {
        is_outside(to, from)?;
    }
    let unfinished = Unfinished::begin(to)?;
    let mut sink = Sink::begin(wanted.format, &unfinished.path)?;
    let mut exported = match history {
        Some(history) => {
            history::write(from, &history, &unfinished.path, wanted, &mut sink, &mut told)?
        }
        None => recordings::write(from, wanted, &mut sink, &mut told)?,
    };
    exported.recordings = sink.finish()?;
    write_out(&unfinished.path).map_err(FolderError::at(&unfinished.path))?;
    unfinished.finish(to)?;
    Ok(exported)
}

/// A recording with what is known of it.
#[derive(Debug, Default)]
struct Row<'r> {
    /// The name of the folder or file that it is in, among others.
    group: &'r str,
    device: Option<&'r str>,
    start: Option<u64>,
    sequence: Option<u64>,
    at: Option<UnixMillis>,
    /// The same, as it was said.
    taken: Option<String>,
    rate_hz: Option<f64>,
    unit: Option<Unit>,
    model: Option<&'r str>,
    score: Option<f64>,
    threshold: Option<f64>,
    verdict: Option<Verdict>,
    label: Option<&'r str>,
    source: Option<&'r str>,
    axes: usize,
    /// `[axes, readings]`; none where they are not kept any more.
    readings: &'r [f64],
}

/// Where rows go. Those of a group follow each other.
enum Sink {
    Csv(csv::Folders),
    Parquet(Box<parquet::File>),
    Npz(Box<npz::Archives>),
}

impl Sink {
    fn begin(format: Format, folder: &Path) -> Result<Self, FolderError> {
        Ok(match format {
            Format::Csv => Self::Csv(csv::Folders::new(folder)),
            Format::Parquet => Self::Parquet(Box::new(parquet::File::begin(folder)?)),
            Format::Npz => Self::Npz(Box::new(npz::Archives::new(folder))),
        })
    }

    /// Whether rows without readings are of use.
    fn takes_bare(&self) -> bool {
        matches!(self, Self::Parquet(_))
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), FolderError> {
        match self {
            Self::Csv(folders) => folders.add(row),
            Self::Parquet(file) => file.add(row),
            Self::Npz(archives) => archives.add(row),
        }
    }

    /// How many rows there are.
    fn finish(self) -> Result<u64, FolderError> {
        match self {
            Self::Csv(folders) => Ok(folders.count()),
            Self::Parquet(file) => file.finish(),
            Self::Npz(archives) => archives.finish(),
        }
    }
}

/// A name as that of a file: what is no part of one is `_`.
fn file_name(name: &str) -> String {
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '+' | '@');
    let fit: String = name.chars().take(100).map(|c| if is_fit(c) { c } else { '_' }).collect();
    match fit.trim() {
        "" => "unnamed".to_owned(),
        // What is hidden is looked over.
        fit if fit.starts_with('.') => format!("_{fit}"),
        fit => fit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_that_of_a_file_in_its_folder() {
        for (name, expected) in [
            ("fan-1", "fan-1"),
            ("a/b", "a_b"),
            ("..", "_.."),
            ("", "unnamed"),
            (".hidden", "_.hidden"),
            ("c:\\d\0", "c__d_"),
        ] {
            assert_eq!(file_name(name), expected);
        }
    }
}
