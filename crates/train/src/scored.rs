//! The score of every window, by folder.

use std::ops::Range;
use std::path::{Path, PathBuf};

use judder_data::split;

use crate::decisions::Decisions;
use crate::known::Known;
use crate::prepare::folder_rows;
use crate::table::Table;
use crate::watching::WatchOptions;

/// The score of one window, as it is decided on: averaged where the model averages.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredWindow {
    /// Its recording, an index into [`ScoredState::recordings`].
    pub recording: usize,
    /// Its first reading, counted from 0.
    pub start: usize,
    /// How far from normal.
    pub score: f64,
    /// Whether it counts as an anomaly: whether there was an alarm.
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

/// What the rows of a table are the windows of.
pub(crate) struct Origin<'r> {
    /// The recordings that the table is of.
    pub(crate) recordings: &'r [Known],
    /// The table.
    pub(crate) table: &'r Table,
    /// Readings from one window of a recording to the next.
    pub(crate) hop: usize,
    /// Whether the windows ought to be anomalies.
    pub(crate) anomaly: bool,
}

impl Origin<'_> {
    /// The windows of each folder, where `scores` are those of rows in any order. Where `k` are averaged,
    /// the last window of `k` stands for all, so that a run of fewer has none.
    pub(crate) fn states(
        &self,
        scores: &[(usize, f64)],
        watch: &WatchOptions,
        threshold: f64,
    ) -> Vec<ScoredState> {
        let folders = folder_rows(self.recordings, self.table);
        let decisions = Decisions::on(scores, &folders, watch);
        let alarms = decisions.alarms(watch, threshold);
        let mut scores = vec![None; self.table.rows()];
        let decided = decisions.rows().iter().zip(alarms);
        decided.for_each(|(&(row, score), alarm)| scores[row] = Some((score, alarm)));
        let paths: Vec<&Path> = self.recordings.iter().map(|one| one.path.as_path()).collect();
        let windows = |run: Range<usize>| {
            let rows = self.table.recordings[run].iter().enumerate();
            rows.flat_map(|(recording, rows)| {
                scores[rows.clone()].iter().enumerate().filter_map(move |(at, &score)| {
                    let (start, (score, above)) = (at * self.hop, score?);
                    Some(ScoredWindow { recording, start, score, above })
                })
            })
            .collect()
        };
        split::folders(&paths)
            .into_iter()
            .map(|(folder, run)| {
                let recordings = paths[run.clone()].iter().copied();
                ScoredState::new(folder, self.anomaly, recordings, windows(run))
            })
            .collect()
    }
}
