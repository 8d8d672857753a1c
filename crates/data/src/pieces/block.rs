//! Rows as they come out of a file, however many at a time.

/// Some consecutive readings, axis by axis: `[axes][len]`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    len: usize,
    values: Vec<f64>,
}

impl Block {
    /// From values laid out axis by axis, so many of each.
    pub(crate) fn of_axes(len: usize, values: Vec<f64>) -> Self {
        Self { len, values }
    }

    /// From rows of so many columns, of which these are kept.
    pub(crate) fn of_rows(values: &[f64], columns: usize, keep: &[usize]) -> Self {
        let columns = columns.max(1);
        let len = values.len() / columns;
        let mut by_axis = Vec::with_capacity(len * keep.len());
        for column in keep {
            by_axis.extend(values.chunks_exact(columns).filter_map(|row| row.get(*column)));
        }
        Self { len, values: by_axis }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Some of its columns, in this order.
    pub(crate) fn of_columns(&self, columns: &[usize]) -> Self {
        let values = columns.iter().flat_map(|&column| self.axis(column).iter().copied()).collect();
        Self { len: self.len, values }
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.values.len() / self.len.max(1)
    }

    /// The first of its columns, and of them some rows.
    pub(crate) fn of_first_columns(&self, columns: usize, rows: std::ops::Range<usize>) -> Self {
        let part = |column: usize| self.axis(column).get(rows.clone()).unwrap_or_default();
        let mut values = Vec::with_capacity(columns * rows.len());
        (0..columns).for_each(|column| values.extend_from_slice(part(column)));
        Self { len: rows.len(), values }
    }

    /// The same, each number multiplied.
    pub(crate) fn scaled(mut self, factor: f64) -> Self {
        self.values.iter_mut().for_each(|value| *value *= factor);
        self
    }

    /// Some of its rows.
    pub(crate) fn of_some_rows(&self, rows: std::ops::Range<usize>) -> Self {
        self.of_first_columns(self.columns(), rows)
    }

    /// The readings of one axis; empty for one that it does not have.
    pub(crate) fn axis(&self, axis: usize) -> &[f64] {
        self.values.get(axis * self.len..(axis + 1) * self.len).unwrap_or_default()
    }
}
