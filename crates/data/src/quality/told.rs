//! What the file of a recording says besides its readings.

use crate::Recording;

/// Of one recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Told {
    /// The names of its axes; none where they have none.
    pub(super) names: Vec<String>,
    /// The hole in the times before it.
    pub(super) hole: Option<Hole>,
    /// The share of steps of the time that are far from most; 0 behind a hole.
    pub(super) jitter: f64,
    /// What is not sure of the time; nothing behind a hole.
    pub(super) unsure: Option<String>,
}

/// A hole in the times of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hole {
    /// How many readings of the file stand before it.
    pub(super) after: u64,
    /// The time of the first reading behind it, from the first of the file on.
    pub(super) until_s: f64,
    /// The seconds that lack; below 0 where the time goes back, no number where nothing names its unit.
    pub(super) lacking_s: f64,
}

impl Told {
    pub(super) fn of(recording: &Recording) -> Self {
        let Some(about) = recording.about() else { return Self::default() };
        let hole = |lacking_s| Hole { after: about.row, until_s: about.start_s, lacking_s };
        // What is of the whole file is said with its first recording.
        let is_first = about.start_s == 0.0;
        Self {
            names: about.names.clone(),
            hole: about.hole_s.map(hole),
            jitter: if is_first { about.jitter } else { 0.0 },
            unsure: about.unsure.clone().filter(|_| is_first),
        }
    }
}
