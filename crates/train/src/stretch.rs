//! The stretch of normal recordings that is most unlike the others.

use std::ops::Range;
use std::path::PathBuf;

use crate::folds::JUDGED;
use crate::known::Known;
use crate::table::Table;

/// A tenth of a folder, in time, in which a model of the rest raises false alarms.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Its first recording.
    pub first: PathBuf,
    /// Its last recording.
    pub last: PathBuf,
    /// Decisions in alarm there.
    pub alarms: usize,
    /// Those of all recordings.
    pub of: usize,
}

impl Stretch {
    /// The tenth of a folder in which most of the alarms are; the first of several.
    pub(crate) fn of(
        alarms: &[usize],
        folders: &[Range<usize>],
        table: &Table,
        recordings: &[Known],
    ) -> Option<Self> {
        let tenths = folders.iter().flat_map(|folder| {
            judder_data::split::blocks(folder.len(), JUDGED)
                .into_iter()
                .map(move |block| folder.start + block.start..folder.start + block.end)
        });
        let mut most: Option<(usize, Range<usize>)> = None;
        for tenth in tenths.filter(|tenth| !tenth.is_empty()) {
            let inside = alarms.iter().filter(|row| tenth.contains(row)).count();
            if inside > most.as_ref().map_or(0, |(most, _)| *most) {
                most = Some((inside, tenth));
            }
        }
        let (inside, tenth) = most?;
        let at = |row: usize| {
            let recording = table.recordings.iter().position(|rows| rows.contains(&row))?;
            recordings.get(recording).map(|one| one.path.clone())
        };
        let (first, last) = (at(tenth.start)?, at(tenth.end - 1)?);
        Some(Self { first, last, alarms: inside, of: alarms.len() })
    }
}
