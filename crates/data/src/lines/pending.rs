//! What came before it is known what the columns are.

use super::clock::{Arrivals, Between};
use super::columns::Columns;
use super::row::Row;

/// So many readings, which came in so many seconds, tell what the columns are.
const ENOUGH: (usize, f64) = (16, 2.0);

/// So many numbers are held at most.
const MOST: usize = 1 << 20;

/// Readings of one form, as they came.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The first of them, which has their names.
    form: Option<Row>,
    values: Vec<f64>,
    /// When each came, and whether one may be missing before it.
    came: Vec<(f64, bool)>,
}

impl Pending {
    /// Whether a reading has the columns of those before.
    pub(super) fn is_like(&self, row: &Row) -> bool {
        self.form.as_ref().is_none_or(|form| row.is_like(form))
    }

    pub(super) fn push(&mut self, row: Row, at: f64, broken: bool) {
        self.values.extend_from_slice(&row.values);
        self.came.push((at, broken));
        self.form.get_or_insert(row);
    }

    /// How many readings there are.
    pub(super) fn len(&self) -> usize {
        self.came.len()
    }

    pub(super) fn is_enough(&self) -> bool {
        let (readings, seconds) = ENOUGH;
        self.came.len() >= readings && self.elapsed() >= seconds || self.values.len() >= MOST
    }

    /// The first reading.
    pub(super) fn form(&self) -> Option<&Row> {
        self.form.as_ref()
    }

    /// What the columns are.
    pub(super) fn columns(&self) -> Columns {
        let Some(form) = &self.form else { return Columns::of(&[], &[], 0.0) };
        let width = form.values.len();
        let column = |at| self.values.iter().skip(at).step_by(width).copied().collect();
        let columns: Vec<Vec<f64>> = (0..width).map(column).collect();
        Columns::of(&columns, &form.names, self.elapsed())
    }

    /// The rate of all of them, in Hz.
    pub(super) fn rate(&self, columns: &Columns) -> Option<f64> {
        let (mut ticks, mut arrivals) = (columns.ticks(), Arrivals::default());
        self.replay(|row, at, broken| {
            let between = match &mut ticks {
                Some((column, ticks)) => {
                    row.get(*column).map_or(Between::Nothing, |&value| ticks.push(value))
                }
                None if broken => Between::Reset,
                None => Between::Nothing,
            };
            if between != Between::Nothing {
                arrivals.gap();
            }
            arrivals.push(at);
        });
        match (columns.time, ticks) {
            (Some(time), Some((_, ticks))) => ticks.per_unit().map(|per_unit| per_unit / time.unit),
            _ => arrivals.rate_hz(),
        }
    }

    /// Gives each reading, when it came, and whether one may be missing before it.
    pub(super) fn replay(&self, mut each: impl FnMut(&[f64], f64, bool)) {
        let Some(form) = &self.form else { return };
        for (row, (at, broken)) in self.values.chunks_exact(form.values.len()).zip(&self.came) {
            each(row, *at, *broken);
        }
    }

    fn elapsed(&self) -> f64 {
        let ends = self.came.first().zip(self.came.last());
        ends.map_or(0.0, |((first, _), (last, _))| last - first)
    }
}
