//! What is wrong with the recordings of a dataset, and what to do about it.
//!
//! Each recording is read once and reduced to a small summary; the findings come from comparing
//! these. No finding but those about the unit itself depends on the unit of the readings.

mod duplicates;
mod finding;
mod folder;
mod gravity;
mod long;
mod mounting;
mod robust;
mod settling;
mod shape;
mod summary;
mod values;

use std::ops::ControlFlow;

use rayon::prelude::*;
use serde::Serialize;

use crate::{Cut, DataError, Located, Piece, Source, Step, map_pieces, path_order};

pub use finding::{Finding, Kind, Severity};
pub use folder::Folder;
use folder::Members;
use long::{Long, Part};
pub use mounting::{FEWEST_SHIFTS, SHIFT_DEGREES, shift_spreads};
use summary::Summary;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What is wrong or worth knowing: one for each kind and folder, the worst first, then in path
    /// order of the folders.
    pub findings: Vec<Finding>,
    /// What the folders hold, in path order.
    pub folders: Vec<Folder>,
}

impl Report {
    /// The severity of the worst finding; `None` without findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// Checks all recordings of the sources on all threads, in bounded memory; `read` is called with the number of a
/// source and the bytes of it that are read, or none where all of it is.
///
/// The report is the same whatever the number of threads. A file that cannot be read is a finding,
/// not an error. Of a recording of more than some 130 000 numbers mean and deviation are running sums,
/// and the means of its first and last third go to within 1/2 000 of it. Median, spread and steps are exact for up to
/// 65 536 different values; of more they are those of a sample, every 16th reading, or so many that 32 769 to
/// 65 536 are in it.
///
/// # Examples
/// ```no_run
/// let sources = judder_data::sources("recordings/fan".as_ref())?;
/// for finding in judder_data::quality::check(&sources, |_, _| ()).findings {
///     println!("{}: {}", finding.kind, finding.message);
/// }
/// # Ok::<(), judder_data::DataError>(())
/// ```
pub fn check(sources: &[Source], mut read: impl FnMut(usize, Option<u64>)) -> Report {
    let mut all: Vec<Result<Vec<Summary>, DataError>> = Vec::with_capacity(sources.len());
    let (mut of_source, mut long) = (Vec::new(), None::<Long>);
    map_pieces(sources, Cut::readings(), Read::of, |step| {
        match step {
            Step::Piece { source, read: bytes, result } => {
                match result {
                    Read::Whole(summary) => of_source.push(summary),
                    Read::Part(part) => {
                        let is_last = part.is_last();
                        match &mut long {
                            Some(long) => long.take(part),
                            None => long = Some(Long::of(part)),
                        }
                        if is_last {
                            of_source.extend(long.take().map(Long::finish));
                        }
                    }
                }
                if bytes > 0 {
                    read(source, Some(bytes));
                }
            }
            Step::End { source, outcome } => {
                let summaries = std::mem::take(&mut of_source);
                long = None;
                all.push(outcome.map(|()| summaries));
                read(source, None);
            }
        }
        ControlFlow::Continue(())
    });
    report(all)
}

/// What comes of a piece.
enum Read {
    /// It is a whole recording.
    Whole(Summary),
    Part(Part),
}

impl Read {
    fn of(piece: &Piece) -> Self {
        if piece.start == 0 && piece.last {
            return Self::Whole(Summary::of(&piece.path, &piece.recording));
        }
        Self::Part(Part::of(piece))
    }
}

/// The same of recordings that were read already, those of a folder in path order.
pub fn check_read(recordings: &[&Located]) -> Report {
    let of = |one: &&Located| Summary::of(&one.path, &one.recording);
    let summaries: Vec<Summary> = recordings.par_iter().map(of).collect();
    report(summaries.into_iter().map(|one| Ok(vec![one])).collect())
}

fn report(read: Vec<Result<Vec<Summary>, DataError>>) -> Report {
    let folders = Members::of_each_folder(read);
    let mut findings = Vec::new();
    shape::findings(&folders, &mut findings);
    gravity::findings(&folders, &mut findings);
    duplicates::findings(&folders, &mut findings);
    for folder in &folders {
        findings.extend(unreadable(folder));
        values::findings(folder, &mut findings);
        mounting::findings(folder, &mut findings);
        settling::findings(folder, &mut findings);
    }
    findings.sort_by(|a, b| {
        let folder = |f: &Finding| f.folder.clone().unwrap_or_default();
        (b.severity.cmp(&a.severity))
            .then_with(|| path_order(&folder(a), &folder(b)))
            .then_with(|| a.kind.cmp(&b.kind))
    });
    Report { findings, folders: folders.iter().map(Members::summary).collect() }
}

fn unreadable(folder: &Members) -> Option<Finding> {
    let files = folder.errors.iter().map(|error| error.path.as_path());
    let total = folder.recordings.len() + folder.errors.len();
    Finding::about((Severity::Error, Kind::Unreadable), (&folder.path, total), files, || {
        let reason = |error: &DataError| error.problem.to_string();
        let first = folder.errors.first().map(reason).unwrap_or_default();
        match folder.errors.len() {
            1 => first,
            _ => format!("cannot be read; the first: {first}"),
        }
    })
}
