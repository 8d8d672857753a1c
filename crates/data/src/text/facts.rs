//! What the columns of a file are.

use judder_core::Unit;

use super::layout::Layout;
use super::time::TimeColumn;
use super::units;
use crate::Recording;
use crate::error::Problem;

/// What a file says of its axes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    rate_hz: Option<f64>,
    unit: Option<Unit>,
    /// The axes that are no accelerations by their names.
    others: Vec<usize>,
}

impl Facts {
    /// Those of a file with so many columns, of which one may be a time.
    ///
    /// # Errors
    /// Where the names of the axes do not agree on a unit.
    pub(super) fn of(
        layout: &Layout,
        columns: usize,
        time: Option<TimeColumn>,
    ) -> Result<Self, Problem> {
        let names = layout.header.as_ref().filter(|names| names.len() == columns);
        let mut names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        if let Some(time) = time.as_ref().filter(|_| !names.is_empty()) {
            names.remove(time.column);
        }
        let units = units::named(&names)?;
        let rate_hz = time.and_then(|time| time.rate_hz);
        Ok(Self { rate_hz, unit: units.unit, others: units.others })
    }

    /// A recording of such axes.
    pub(super) fn describe(&self, recording: Recording) -> Recording {
        recording
            .with_rate(self.rate_hz)
            .with_unit(self.unit)
            .with_others(self.others.iter().copied())
    }
}
