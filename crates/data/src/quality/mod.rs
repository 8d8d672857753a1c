//! What is wrong with the recordings of a dataset, and what to do about it.
//!
//! Each recording is read once and reduced to a small summary; the findings come from comparing
//! these. No finding but those about the unit itself depends on the unit of the readings.

mod counted;
mod duplicates;
mod finding;
mod folder;
mod gravity;
mod long;
mod mounting;
mod names;
mod repeated;
mod robust;
mod sampled;
mod settling;
mod shape;
mod summary;
mod times;
mod told;
mod values;

use std::ops::ControlFlow;

use serde::Serialize;

use crate::{Cut, DataError, Piece, Source, Step, map_pieces, path_order};

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
    let (mut of_source, mut looking) = (Vec::new(), Looking::default());
    map_pieces(sources, Cut::readings(), Glance::at, |step| {
        match step {
            Step::Piece { source, read: bytes, result } => {
                of_source.extend(looking.take(result).map(|one| one.0));
                if bytes > 0 {
                    read(source, Some(bytes));
                }
            }
            Step::End { source, outcome } => {
                let summaries = std::mem::take(&mut of_source);
                looking = Looking::default();
                all.push(outcome.map(|()| summaries));
                read(source, None);
            }
        }
        ControlFlow::Continue(())
    });
    report(all)
}

/// What a piece of a recording shows.
#[derive(Debug)]
pub struct Glance(Read);

#[derive(Debug)]
enum Read {
    /// It is a whole recording.
    Whole(Summary),
    Part(Part),
}

impl Glance {
    /// Of this piece, which begins and ends anywhere.
    pub fn at(piece: &Piece) -> Self {
        if piece.start == 0 && piece.last {
            return Self(Read::Whole(Summary::of(&piece.path, &piece.recording)));
        }
        Self(Read::Part(Part::of(piece)))
    }
}

/// Puts what the pieces of recordings show together, a recording after the other.
#[derive(Debug, Default)]
pub struct Looking(Option<Long>);

/// What is kept of a recording that was looked at: some hundred bytes an axis.
#[derive(Debug)]
pub struct Looked(Summary);

impl Looking {
    /// Takes the next piece; what is kept of the recording, if it was the last of it.
    pub fn take(&mut self, glance: Glance) -> Option<Looked> {
        let part = match glance.0 {
            Read::Whole(summary) => return Some(Looked(summary)),
            Read::Part(part) => part,
        };
        let is_last = part.is_last();
        match &mut self.0 {
            Some(long) => long.take(part),
            None => self.0 = Some(Long::of(part)),
        }
        self.0.take_if(|_| is_last).map(|long| Looked(long.finish()))
    }
}

/// What a check finds in recordings that were looked at, those of a folder in path order.
pub fn check_looked(recordings: impl IntoIterator<Item = Looked>) -> Report {
    report(recordings.into_iter().map(|one| Ok(vec![one.0])).collect())
}

fn report(read: Vec<Result<Vec<Summary>, DataError>>) -> Report {
    let folders = Members::of_each_folder(read);
    let mut findings = Vec::new();
    shape::findings(&folders, &mut findings);
    gravity::findings(&folders, &mut findings);
    duplicates::findings(&folders, &mut findings);
    for folder in &folders {
        findings.extend(unreadable(folder));
        repeated::findings(folder, &mut findings);
        times::findings(folder, &mut findings);
        names::findings(folder, &mut findings);
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
