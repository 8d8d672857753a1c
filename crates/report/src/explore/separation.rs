//! Which features separate: a strip plot each for the best, a table of all.

use judder_core::Feature;
use maud::{Markup, html};

use crate::chart::{Axis, Figure, Row, Scale, Series, Strip, evenly};
use crate::number::counted;
use crate::page::Section;
use crate::unit::Unit;

use super::Look;
use super::measure::median;
use super::ranking::{Contrast, Ranked, medians};

/// So many are drawn.
const DRAWN: usize = 9;
/// Points of a half that are drawn at the most.
const MOST: usize = 1200;

/// The name of a number, as a person says it.
pub(super) fn title(look: &Look, column: usize) -> String {
    let name = &look.features.names[column];
    let Some((from, to)) = name.band(look.gathered.window) else { return name.to_string() };
    let rate = look.gathered.rate_hz;
    let unit = Unit::of_hertz(rate / 2.0);
    let hertz = |share: f64| {
        let value = share * rate * unit.each;
        format!("{}", (value * 100.0).round() / 100.0)
    };
    format!("vibration from {} to {} {}", hertz(from), hertz(to), unit.name)
}

pub(super) fn section(look: &Look) -> Option<Section> {
    let (heading, lead) = match look.contrast {
        Contrast::Anomalies => (
            "Which features tell normal from anomalous",
            "Numbers that a model can be trained on, ranked by how well one alone tells anomalous windows from \
             normal ones: the area under the ROC curve, 1 if always, 0.5 if by chance. Each anomalous state \
             counts against the normal state that it is most like; of several the mean is given. The best \
             of many looks a little better than it is, and a model uses several together.",
        ),
        Contrast::States => (
            "Which features differ between the states",
            "No anomalies were given, so numbers are ranked by how well they tell the normal states from each \
             other: the mean over all pairs of the area under the ROC curve.",
        ),
        Contrast::Halves => (
            "Which features drift",
            "Neither anomalies nor other states were given, so numbers are ranked by how well they tell the \
             second half of the recordings from the first. What is normal should not change: the less they \
             tell, the better.",
        ),
    };
    let body = html! {
        p { (lead) }
        @if let Some((count, why)) = &look.features.without {
            p class="warning" {
                (counted(*count, "window"))
                @if *count == 1 { " has no features and is" } @else { " have no features and are" }
                " left out here. The first: " (why)
            }
        }
        @if look.ranking.is_empty() { p { "There is nothing to compare." } }
        div class="charts" {
            @for (place, ranked) in look.ranking.iter().take(DRAWN).enumerate() {
                (drawn(look, place, ranked))
            }
        }
        @if !look.ranking.is_empty() {
            details {
                summary { "All " (look.ranking.len()) " numbers" }
                div class="wide" { (table(look)) }
            }
        }
    };
    Some(Section { id: "features", title: heading.to_owned(), body })
}

/// What a value is multiplied by to be shown, and its unit.
fn unit(look: &Look, column: usize) -> Unit {
    let name = &look.features.names[column];
    let largest = || {
        let all =
            (0..look.features.rows.len()).flat_map(|state| look.features.column(state, column));
        all.filter(|x| x.is_finite()).fold(0.0, f64::max)
    };
    match name.feature {
        Feature::Mad | Feature::Std | Feature::PeakToPeak | Feature::DiffStd => {
            Unit::of_g(largest())
        }
        // The second is a frequency, as a share of the sample rate.
        Feature::Tonal if name.index == Some(1) => {
            let rate = look.gathered.rate_hz;
            let unit = Unit::of_hertz(rate / 2.0);
            Unit { each: unit.each * rate, ..unit }
        }
        Feature::Tonal | Feature::TotalOctaves(_) | Feature::LogEigen => {
            Unit { name: "ln g²", each: 1.0 }
        }
        _ => Unit { name: "", each: 1.0 },
    }
}

fn drawn(look: &Look, place: usize, ranked: &Ranked) -> Markup {
    let (column, unit) = (ranked.column, unit(look, ranked.column));
    let id = format!("feature-{place}");
    let centers = medians(&look.features, column);
    let values = |state: usize| -> Vec<f64> {
        let all: Vec<f64> = look.features.column(state, column).collect();
        look.shown[state].iter().map(|&at| all[at] * unit.each).collect()
    };
    let halves = Series::named(["first half", "second half"]);
    let rows: Vec<Row<'_>> = match look.contrast {
        Contrast::Halves => {
            let all: Vec<f64> = look.features.column(0, column).map(|x| x * unit.each).collect();
            let (first, second) = all.split_at(all.len() / 2);
            let row = |(series, half): (_, &[f64])| Row {
                series,
                points: evenly(half.len(), MOST).into_iter().map(|at| half[at]).collect(),
                named: false,
                median: median(half.iter().copied()),
            };
            halves.iter().zip([first, second]).map(row).collect()
        }
        _ => (look.gathered.states.iter().enumerate())
            .map(|(at, state)| Row {
                series: &state.series,
                points: values(at),
                named: true,
                median: centers[at] * unit.each,
            })
            .collect(),
    };
    let all = || rows.iter().flat_map(|row| row.points.iter().copied());
    let scale = match unit.name {
        "g" | "mg" | "µg" => Scale::of_magnitudes(all()),
        _ => Scale::linear(all()),
    };
    let name = look.features.names[column].feature.to_string();
    let strip = Strip { id: &id, x: Axis::new(axis_name(&name), unit.name, scale), rows };
    let title = format!("{}. {}", place + 1, title(look, column));
    Figure { id: &id, title: &title, caption: &worth(look, ranked), class: "", chart: strip.svg() }
        .html()
}

/// What the axis of a feature is called.
fn axis_name(feature: &str) -> String {
    match feature.split(':').next() {
        Some("total-octaves") => "energy".to_owned(),
        Some("tonal") => "strongest line".to_owned(),
        Some(name) => name.to_owned(),
        None => String::new(),
    }
}

fn worth(look: &Look, ranked: &Ranked) -> String {
    let interval = ranked
        .interval
        .map_or_else(String::new, |one| format!(" (95 %: {:.3} to {:.3})", one.low, one.high));
    let side = match (look.contrast, ranked.higher) {
        (Contrast::Anomalies, Some(true)) => ", higher in anomalies",
        (Contrast::Anomalies, Some(false)) => ", lower in anomalies",
        (Contrast::Halves, Some(true)) => ", higher in the second half",
        (Contrast::Halves, Some(false)) => ", lower in the second half",
        _ => "",
    };
    format!("AUC {:.4}{interval}{side}. The stroke in each row is its median.", ranked.auc)
}

fn table(look: &Look) -> Markup {
    let anomalous: Vec<_> = look.gathered.of(true).collect();
    let each = look.contrast == Contrast::Anomalies && anomalous.len() > 1;
    html! {
        table id="ranking" {
            thead {
                tr {
                    th { "number" } th { "AUC" } th { "95 %" }
                    @if look.contrast == Contrast::Anomalies { th class="word" { "in anomalies" } }
                    @if each { @for state in &anomalous { th { (state.series.name) } } }
                }
            }
            tbody {
                @for ranked in &look.ranking {
                    tr data-feature=(look.features.names[ranked.column]) data-auc=(ranked.auc)
                        data-higher=[ranked.higher]
                    {
                        td { (title(look, ranked.column)) }
                        td { (format!("{:.4}", ranked.auc)) }
                        td {
                            @if let Some(one) = ranked.interval {
                                (format!("{:.3} to {:.3}", one.low, one.high))
                            }
                        }
                        @if look.contrast == Contrast::Anomalies {
                            td class="word" {
                                @match ranked.higher {
                                    Some(true) => "higher",
                                    Some(false) => "lower",
                                    None => "varies",
                                }
                            }
                        }
                        @if each {
                            @for area in &ranked.of_state {
                                td { @if let Some(area) = area { (format!("{area:.3}")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
