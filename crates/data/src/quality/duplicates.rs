//! The same readings twice: in one folder, or in two, where they contradict.

use std::collections::HashMap;

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::summary::Summary;

pub(super) fn findings(folders: &[Members], found: &mut Vec<Finding>) {
    let known = Known::of(folders);
    for (at, folder) in folders.iter().enumerate() {
        found.extend(folder.finding(
            (Severity::Error, Kind::DuplicateAcross),
            |r| known.elsewhere(at, r).is_some(),
            |copies| {
                let other = copies.first().and_then(|r| known.elsewhere(at, r));
                let other = other.map(|r| r.path.display().to_string()).unwrap_or_default();
                format!(
                    "the same readings stand in another folder too (the first in {other}); a \
                     recording has one operating state: remove the wrong one"
                )
            },
        ));
        found.extend(folder.finding(
            (Severity::Warning, Kind::Duplicate),
            |r| known.earlier(at, r).is_some(),
            |copies| {
                let first = copies.first().and_then(|r| known.earlier(at, r));
                let first = first.and_then(|r| r.path.file_name()).unwrap_or_default();
                format!(
                    "the same readings stand in this folder already (the first in {}); remove \
                     these copies, else they count twice",
                    first.display()
                )
            },
        ));
    }
}

/// All recordings by their readings, each with the number of its folder, in path order.
///
/// Recordings that are stuck on all axes are equal without being copies, and left out.
struct Known<'a>(HashMap<u128, Vec<(usize, &'a Summary)>>);

impl<'a> Known<'a> {
    fn of(folders: &'a [Members]) -> Self {
        let mut known: HashMap<u128, Vec<(usize, &Summary)>> = HashMap::new();
        for (at, folder) in folders.iter().enumerate() {
            for recording in folder.recordings.iter().filter(|r| !r.is_stuck()) {
                known.entry(recording.digest).or_default().push((at, recording));
            }
        }
        Self(known)
    }

    fn equal(&self, recording: &Summary) -> &[(usize, &'a Summary)] {
        self.0.get(&recording.digest).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first recording of another folder with the same readings.
    fn elsewhere(&self, folder: usize, recording: &Summary) -> Option<&'a Summary> {
        self.equal(recording).iter().find(|(at, _)| *at != folder).map(|&(_, r)| r)
    }

    /// The first recording of the same folder with the same readings, unless it is this one.
    fn earlier(&self, folder: usize, recording: &Summary) -> Option<&'a Summary> {
        let (_, first) = *self.equal(recording).iter().find(|(at, _)| *at == folder)?;
        (!std::ptr::eq(first, recording)).then_some(first)
    }
}
