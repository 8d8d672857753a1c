//! Reading many recordings at once, on all threads, in path order.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::dataset::{Located, Source, sources};
use crate::decode::LineAxes;
use crate::error::{DataError, Problem};
use crate::interpret::{Begin, Event, Reading};
use crate::pieces::Block;
use crate::{Recording, decode};

/// Reads every source on all threads and maps each of its recordings, as soon as it is read.
///
/// What comes back stands in the order of the sources, whatever the number of threads: for each
/// the results of its recordings, or why it could not be read. `done` is called once a source.
pub fn map_recordings<R: Send>(
    sources: &[Source],
    map: impl Fn(&Located) -> R + Sync,
    done: impl Fn() + Sync,
) -> Vec<Result<Vec<R>, DataError>> {
    sources
        .par_iter()
        .map_init(Vec::new, |buffer, source| {
            let recordings = source.read(buffer);
            let mapped = recordings.map(|all| all.iter().map(&map).collect());
            done();
            mapped
        })
        .collect()
}

/// All recordings at `path`, and the errors of those that could not be read, in path order.
///
/// # Errors
/// A [`DataError`] where `path` cannot be read or holds no recordings.
pub fn load(path: &Path) -> Result<(Vec<Located>, Vec<DataError>), DataError> {
    let (mut recordings, mut errors) = (Vec::new(), Vec::new());
    let read: Vec<Result<Vec<Located>, DataError>> = sources(path)?
        .par_iter()
        .map_init(Vec::new, |buffer, source| source.read(buffer))
        .collect();
    for result in read {
        match result {
            Ok(mut located) => recordings.append(&mut located),
            Err(error) => errors.push(error),
        }
    }
    Ok((recordings, errors))
}

/// How files are understood, by the first of each folder: where time, axes and unit come from, and what is left out. Folders
/// where nothing is to be decided are not among them, and what cannot be read is left to who reads it.
pub fn understood(sources: &[Source]) -> Vec<(PathBuf, String)> {
    let mut firsts: Vec<(PathBuf, &Source)> = Vec::new();
    for source in sources {
        let of = source.path().parent().unwrap_or(Path::new(""));
        if firsts.last().is_none_or(|(last, _)| last.as_os_str() != of.as_os_str()) {
            firsts.push((of.to_owned(), source));
        }
    }
    let said = |(folder, source): (PathBuf, &Source)| {
        // A pipe is there once.
        let is_file = std::fs::metadata(source.path()).is_ok_and(|found| found.is_file());
        let (mut reading, _) = is_file.then(|| source.open(&mut Vec::new()).ok())??;
        match reading.next() {
            Some(Ok(Event::Begin(begin))) => {
                let said = begin.facts.about.as_deref()?.said.clone();
                (!said.is_empty()).then_some((folder, said))
            }
            _ => None,
        }
    };
    firsts.into_par_iter().filter_map(said).collect()
}

/// The recordings of a text, each with what its name in a file would be put behind its path; `buffer` is used again.
///
/// # Errors
/// A [`Problem`] that names the line.
pub fn read_text(
    source: impl Read + Send + 'static,
    buffer: &mut Vec<u8>,
) -> Result<Vec<(String, Recording)>, Problem> {
    let tables = decode::text_of(Box::new(source), buffer, LineAxes::default())?;
    let never = || Ok(None);
    let reading = Reading::new(tables, Arc::new(never), Path::new(""), Arc::default());
    whole(reading)
}

/// All recordings of a file.
fn whole(mut reading: Reading) -> Result<Vec<(String, Recording)>, Problem> {
    let mut all: Vec<(String, Recording)> = Vec::new();
    let mut current: Option<(Begin, Vec<Block>)> = None;
    let mut end = |(begin, blocks): (Begin, Vec<Block>)| {
        let len = blocks.iter().map(Block::len).sum();
        let of_axis = |axis: usize| blocks.iter().flat_map(move |block| block.axis(axis));
        let values = (0..begin.axes).flat_map(of_axis).copied().collect();
        let recording = Recording::from_axes(begin.axes, len, values);
        all.extend(recording.map(|recording| (begin.name, begin.facts.describe(recording))));
    };
    while let Some(event) = reading.next() {
        match event? {
            Event::Begin(begin) => {
                current.replace((begin, Vec::new())).into_iter().for_each(&mut end)
            }
            Event::Rows(block) => {
                current.iter_mut().for_each(|(_, blocks)| blocks.push(block.clone()))
            }
        }
    }
    current.into_iter().for_each(&mut end);
    Ok(all)
}
