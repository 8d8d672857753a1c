//! What was found out of a recording besides its readings.

/// What was found in a file, and how it was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// In words: where time, axes and unit come from, and what is left out. Empty where nothing was to be decided.
    pub said: String,
    /// The names of the axes; none where they have none.
    pub names: Vec<String>,
    /// The operating state that the file says.
    pub label: Option<String>,
    /// The reading of the file that it begins with.
    pub row: u64,
    /// The seconds from the first reading of the file to its first.
    pub start_s: f64,
    /// The seconds that lack before it: a hole in the times.
    pub hole_s: Option<f64>,
    /// The share of steps of the time that are more than half as long again as most, or shorter than half, where times are
    /// finer than that.
    pub jitter: f64,
    /// What is not sure of its time, as nothing names the unit: which column that is, and what it would tell.
    pub unsure: Option<String>,
    /// Other columns that were kept: the mean of each over the first readings, as of speed or load.
    pub operating: Vec<(String, f64)>,
}
