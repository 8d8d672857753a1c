//! What a layout says of the columns of a table.

use super::layout::{Holds, Layout};
use crate::decode::{Column, Head, Kind};

/// The head of a table of this layout.
pub(super) fn of(layout: &Layout) -> Head {
    let text = |of: Option<&Vec<String>>, at: usize| of.and_then(|all| all.get(at)).cloned();
    let columns = layout.holds.iter().enumerate().map(|(at, holds)| Column {
        name: text(layout.names.as_ref(), at).unwrap_or_default(),
        unit: text(layout.units.as_ref(), at).filter(|unit| !unit.is_empty()),
        kind: match holds {
            Holds::Numbers => Kind::Numbers,
            Holds::Moments(moment) => Kind::Times { since_1970: moment.since_1970() },
            Holds::Words(words) => Kind::Words(words.clone()),
        },
    });
    Head { columns: columns.collect(), rate_hz: layout.rate_hz, ..Head::default() }
}
