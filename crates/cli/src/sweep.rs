//! The table of `judder evaluate --sweep`.

use comfy_table::{CellAlignment, Table};
use judder_train::{Detected, SweepRow};

use judder_report::number::three_digits;

use crate::alarms::interval_a_day;
use crate::evaluate::{RULED, shares};
use crate::output::{percent, rounded};

/// A row for each threshold. `name` is that of a state by its folder.
pub(crate) fn table(rows: &[SweepRow], name: impl Fn(&str) -> String) -> String {
    let states: Vec<&Detected> =
        rows.first().map(|row| row.states.iter().collect()).unwrap_or_default();
    let mut header: Vec<String> =
        ["threshold", "chosen for", "false alarms", "95 %", "a day", "95 %"]
            .map(str::to_owned)
            .into();
    // One state is all there is to detect.
    let each = states.len() > 1;
    if each {
        header.extend(states.iter().map(|state| name(&state.state)));
    }
    if let Some(first) = states.first() {
        header.extend([
            if each { "all caught".to_owned() } else { name(&first.state) },
            "95 %".to_owned(),
        ]);
    }
    let columns = header.len();
    let mut table = Table::new();
    table.load_style(RULED).set_header(header);
    let share = |share: Option<f64>| share.map_or_else(String::new, percent);
    for row in rows {
        let mut cells = vec![
            rounded(row.threshold),
            row.chosen_for.map_or_else(|| "the model's".to_owned(), percent),
            share(row.false_alarm_rate),
            shares(row.false_alarm_interval),
            row.false_alarms_per_day.map_or_else(String::new, three_digits),
            interval_a_day(row.false_alarms_per_day_interval),
        ];
        if each {
            cells.extend(row.states.iter().map(|state| percent(state.above_share)));
        }
        if !states.is_empty() {
            cells.extend([share(row.detection_rate), shares(row.detection_interval)]);
        }
        table.add_row(cells);
    }
    for column in 0..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}
