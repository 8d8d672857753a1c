//! The score of every window, by folder.

use std::path::{Path, PathBuf};

/// The score of one window, as it is decided on: averaged where the model averages.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredWindow {
    /// Its recording, an index into [`ScoredState::recordings`].
    pub recording: usize,
    /// Its first reading, counted from 0.
    pub start: usize,
    /// How far from normal.
    pub score: f64,
    /// Whether it counts as an anomaly: in an evaluation, whether there was an alarm.
    pub above: bool,
}

/// The windows of one state.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredState {
    /// The folder of its recordings.
    pub state: String,
    /// Whether its windows ought to be anomalies.
    pub anomaly: bool,
    /// Its recordings, in time order.
    pub recordings: Vec<PathBuf>,
    /// Its windows that have a score to decide on, in time order.
    pub windows: Vec<ScoredWindow>,
}

impl ScoredState {
    /// The state of a folder that holds these recordings.
    pub(crate) fn new<'p>(
        folder: &Path,
        anomaly: bool,
        recordings: impl Iterator<Item = &'p Path>,
        windows: Vec<ScoredWindow>,
    ) -> Self {
        let state = folder.display().to_string();
        Self { state, anomaly, recordings: recordings.map(Path::to_owned).collect(), windows }
    }

    /// The scores of its windows, in time order.
    pub fn scores(&self) -> Vec<f64> {
        self.windows.iter().map(|window| window.score).collect()
    }

    /// How many of its windows count as anomalies.
    pub fn above(&self) -> usize {
        self.windows.iter().filter(|window| window.above).count()
    }
}
