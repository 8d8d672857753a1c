//! Rows of several sensors, one after the other.

use super::names::Role;
use crate::decode::{Head, Kind};
use crate::pieces::Block;

/// The share of steps in which another sensor follows, from which they are interleaved.
const INTERLEAVED: f64 = 0.2;

/// The most sensors of one file.
const MOST: usize = 64;

/// The sensors that a table is of, as the numbers in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) column: usize,
    pub(super) values: Vec<f64>,
}

impl Key {
    /// Where a column is named as one of several sensors, and its first rows tell them apart.
    pub(super) fn of(head: &Head, first: &Block) -> Option<Self> {
        let is_key = |at: &usize| {
            let column = &head.columns[*at];
            Role::of(&column.name, column.unit.as_deref()) == Role::Key
        };
        let columns = (0..head.columns.len()).filter(is_key);
        columns.into_iter().find_map(|column| {
            let all = first.axis(column);
            let changes = all.windows(2).filter(|pair| pair[0] != pair[1]).count();
            let mut values: Vec<f64> = Vec::new();
            for &value in all.iter().filter(|value| value.is_finite()) {
                if !values.contains(&value) {
                    values.push(value);
                }
                if values.len() > MOST {
                    return None;
                }
            }
            let is_interleaved = changes as f64 > INTERLEAVED * all.len() as f64;
            (values.len() > 1 && is_interleaved).then_some(Self { column, values })
        })
    }

    /// What the recording of one sensor is called.
    pub(super) fn name(&self, head: &Head, value: f64) -> String {
        match &head.columns[self.column].kind {
            Kind::Words(words) => words.word(value).unwrap_or_default(),
            _ => value.to_string(),
        }
    }
}
