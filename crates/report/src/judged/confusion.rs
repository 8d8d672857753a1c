//! What was judged to be what, and each state by itself.

use judder_train::{ScoredState, auc, auc_interval, share_interval};
use maud::{Markup, html};

use crate::number::{percent, short};
use crate::page::Section;
use crate::serving::says;

use super::told::Counts;
use super::{Judged, Origin};

pub(super) fn section(judged: &Judged<'_>) -> Option<Section> {
    let body = html! {
        (served(judged))
        @if let Some(counts) = judged.told.counts {
            p { "By scores alone, those too that a server would not judge:" }
            (matrix(counts))
            @if let Origin::Trained(_) = judged.origin {
                p class="quiet" {
                    "Normal windows are counted as models judged them that had seen neither them nor their "
                    "neighbours in time (a tenth of the recordings left out in turn, threshold included)."
                }
            }
        }
        p { "The same, state by state:" }
        div class="wide" { (states(judged)) }
    };
    Some(Section { id: "verdicts", title: "Verdicts".to_owned(), body })
}

/// What a server would say of each state.
fn served(judged: &Judged<'_>) -> Markup {
    let served =
        judged.states().filter_map(|(state, one)| Some((state, one, judged.served(&state.state)?)));
    let served: Vec<_> = served.collect();
    html! {
        @if !served.is_empty() {
            div class="wide" {
                table id="served" {
                    thead { tr { th { "state" } th class="word" { "is" } th class="word" { "judder serve would say" } } }
                    tbody {
                        @for (state, series, served) in served {
                            tr data-state=(state.state) {
                                td { (series.name) }
                                td class="word" { @if state.anomaly { "anomaly" } @else { "normal" } }
                                td class="word long" { (says(served)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn matrix(counts: Counts) -> Markup {
    let cell = |key: &str, count: usize, of: usize, right: bool| {
        let class = match (count, right) {
            (0, _) => "",
            (_, true) => "apart",
            (_, false) => "alike",
        };
        let share = count as f64 / of.max(1) as f64;
        html! {
            td class=(class) data-key=(key) data-value=(count) {
                b { (count) } " " br; small { (percent(share)) }
            }
        }
    };
    let (normal, anomalous) = (counts.normal(), counts.anomalous());
    html! {
        div class="wide" {
            table id="confusion" class="pairs" {
                thead { tr { th { "windows that are" } th { "judged normal" } th { "judged anomalous" } } }
                tbody {
                    tr {
                        th { "normal" }
                        (cell("true-negatives", counts.true_negatives, normal, true))
                        (cell("false-positives", counts.false_positives, normal, false))
                    }
                    @if anomalous > 0 {
                        tr {
                            th { "anomalous" }
                            (cell("false-negatives", counts.false_negatives, anomalous, false))
                            (cell("true-positives", counts.true_positives, anomalous, true))
                        }
                    }
                }
            }
        }
    }
}

fn states(judged: &Judged<'_>) -> Markup {
    let normal = judged.pooled(false);
    let area = |state: &ScoredState| {
        let area = auc(&normal, &state.scores()).filter(|_| state.anomaly)?;
        Some((area, auc_interval(area, normal.len(), state.windows.len())?))
    };
    let median = |state: &ScoredState| {
        let mut scores = state.scores();
        scores.sort_by(f64::total_cmp);
        scores.get(scores.len() / 2).copied()
    };
    let anomalies = judged.scored.iter().any(|state| state.anomaly);
    html! {
        table id="states" {
            thead {
                tr {
                    th { "state" } th class="word" { "is" } th { "windows" }
                    @if judged.threshold().is_some() { th { "above threshold" } th { "95 %" } }
                    th { "median score" }
                    @if anomalies { th { "ROC AUC" } th { "95 %" } }
                }
            }
            tbody {
                @for (state, series) in judged.states() {
                    @let windows = state.windows.len();
                    tr data-state=(state.state) {
                        td { (series.name) }
                        td class="word" { @if state.anomaly { "anomaly" } @else { "normal" } }
                        td { (windows) }
                        @if judged.threshold().is_some() {
                            td { (state.above()) " (" (percent(state.above() as f64 / windows.max(1) as f64)) ")" }
                            td {
                                @if let Some(one) = share_interval(state.above(), windows) {
                                    (percent(one.low)) " to " (percent(one.high))
                                }
                            }
                        }
                        td { @if let Some(median) = median(state) { (short(median)) } }
                        @if anomalies {
                            @match area(state) {
                                Some((area, between)) => {
                                    td { (format!("{area:.4}")) }
                                    td { (format!("{:.4} to {:.4}", between.low, between.high)) }
                                },
                                None => { td {} td {} },
                            }
                        }
                    }
                }
            }
        }
    }
}
