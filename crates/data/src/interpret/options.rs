//! What people say of their files, which overrules what is found in them.

use std::sync::Arc;

use judder_core::Unit;

use super::Intervals;

/// How files are to be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// The columns that are the axes, by their names, or their numbers from 1 on; found where there is none.
    pub columns: Vec<String>,
    /// The column of the time of each reading; `none` where no column is one.
    pub time_column: Option<String>,
    /// The column that says the operating state: rows of one label are recordings of their own.
    pub label_column: Option<String>,
    /// Which times are of which operating state.
    pub intervals: Option<Arc<Intervals>>,
    /// The sample rate in Hz, whatever the files say.
    pub rate_hz: Option<f64>,
    /// The unit of readings that name none.
    pub unit: Option<Unit>,
    /// How many readings at the beginning of each recording are left out.
    pub skip_first: usize,
    /// What the full scale of audio is in the unit of the readings.
    pub full_scale: Option<f64>,
    /// How many axes there are in texts of which each line is a recording.
    pub axes: Option<usize>,
    /// Whether all numbers of an axis come before those of the next in such a line, not one of each in turn.
    pub axes_apart: bool,
}
