//! Reading many recordings at once, on all threads, in path order.

use std::path::Path;

use rayon::prelude::*;

use crate::dataset::{Located, Source, sources};
use crate::error::DataError;

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
