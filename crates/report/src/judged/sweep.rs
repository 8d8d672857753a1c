//! What other thresholds would be worth: the ROC curve, and the windows above each threshold.

use judder_train::{SweepRow, sweep};
use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Shape};
use crate::number::{percent, short, three_digits};
use crate::page::Section;

use super::Judged;
use super::roc::{self, above};
use super::scores::{rule, scale};

/// So many thresholds a curve is drawn through.
const STEPS: usize = 240;

pub(super) fn section(judged: &Judged<'_>) -> Option<Section> {
    let scale = scale(judged);
    let at =
        |step: usize| scale.low() * (scale.high() / scale.low()).powf(step as f64 / STEPS as f64);
    let layers: Vec<Layer<'_>> = (judged.states())
        .map(|(state, series)| {
            let mut scores = state.scores();
            scores.sort_by(f64::total_cmp);
            let points = (0..=STEPS).map(|step| (at(step), 100.0 * above(&scores, at(step))));
            let (shape, points) = (Shape::Line, points.collect());
            Layer { series, shape, points, named: false, class: "strong" }
        })
        .collect();
    let plot = Plot {
        id: "sweep",
        x: Axis::new("threshold", "", scale),
        y: Axis::new("windows above it", "%", Scale::exact(0.0, 103.0)),
        layers,
        rules: rule(judged, true),
        reading: Reading::Column,
        zoom: None,
    };
    let caption = "Of normal states these are false alarms, of anomalous ones what is noticed.";
    let (id, name, chart) = ("sweep", "Windows above a threshold", plot.svg());
    let figure = Figure { id, title: name, caption, class: "", chart };
    let rows = rows(judged);
    let roc = roc::figure(judged);
    let title = if roc.is_some() { "ROC and thresholds" } else { "Thresholds" };
    let body = html! {
        p {
            "What other thresholds would be worth: how many normal windows are above them, and how many anomalous "
            "ones. A lower one notices more and alarms more often. Those of the table were chosen on these very "
            "windows, so their false alarms are what they were chosen for, and look better than on new "
            "recordings."
        }
        div class="charts two" { @if let Some(roc) = &roc { (roc) } (figure.html()) }
        @if !rows.is_empty() { div class="wide" { (table(&rows)) } }
    };
    Some(Section { id: "thresholds", title: title.to_owned(), body })
}

fn rows(judged: &Judged<'_>) -> Vec<SweepRow> {
    let normal = judged.pooled(false);
    let anomalies: Vec<(&str, Vec<f64>)> = (judged.states())
        .filter(|(state, _)| state.anomaly)
        .map(|(state, series)| (series.name.as_str(), state.scores()))
        .collect();
    let precision = judged.model.precision();
    let own = judged.threshold();
    let windows_per_day = judged.pace.windows_per_day();
    // Without normal windows there is nothing to choose from.
    sweep(&normal, &anomalies, own, precision, windows_per_day).unwrap_or_default()
}

fn table(rows: &[SweepRow]) -> Markup {
    let states: Vec<&str> = rows
        .first()
        .map(|row| row.states.iter().map(|one| one.state.as_str()).collect())
        .unwrap_or_default();
    html! {
        table id="thresholds-table" {
            thead {
                tr {
                    th { "threshold" } th { "chosen for" } th { "false alarms" } th { "a day" }
                    @for state in &states { th { (state) } }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        td { (short(row.threshold)) }
                        td { (row.chosen_for.map_or_else(|| "the model".to_owned(), percent)) }
                        td { (row.false_alarm_rate.map_or_else(String::new, percent)) }
                        td { (row.false_alarms_per_day.map_or_else(String::new, three_digits)) }
                        @for state in &row.states { td { (percent(state.above_share)) } }
                    }
                }
            }
        }
    }
}
