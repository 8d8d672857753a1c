//! At a glance: how much there is, and what to do.

use judder_data::quality::Severity;
use maud::{Markup, html};

use crate::number::{counted, short};
use crate::page::Section;
use crate::unit::Unit;

use super::Look;
use super::advice::Advice;

/// A line on what is shown.
pub(super) fn about(look: &Look) -> Markup {
    let gathered = &look.gathered;
    let recordings: usize = gathered.states.iter().map(|state| state.recordings.len()).sum();
    html! {
        (counted(recordings, "recording")) " in " (counted(gathered.states.len(), "state")) ", "
        (gathered.axes) @if gathered.axes == 1 { " axis" } @else { " axes" } ", " (rate(gathered.rate_hz))
        @if !gathered.rate_known { " (assumed)" }
    }
}

pub(super) fn section(look: &Look, advice: &Advice) -> Option<Section> {
    let gathered = &look.gathered;
    let seconds = gathered.window as f64 / gathered.rate_hz;
    let time = Unit::of_seconds(seconds);
    let (normal, anomalous): (usize, usize) = (
        gathered.of(false).map(|state| state.windows.len()).sum(),
        gathered.of(true).map(|state| state.windows.len()).sum(),
    );
    let serious = look.quality.findings.iter().filter(|one| one.severity >= Severity::Warning);
    let tiles = [
        (normal.to_string(), "normal windows".to_owned()),
        (anomalous.to_string(), "anomalous windows".to_owned()),
        (
            format!("{} {}", short(seconds * time.each), time.name),
            format!("a window, {} readings", gathered.window),
        ),
        (rate(gathered.rate_hz), "sample rate".to_owned()),
        (serious.count().to_string(), "findings of data quality".to_owned()),
    ];
    let body = html! {
        div class="tiles" {
            @for (value, what) in &tiles { div class="tile" { b { (value) } span { (what) } } }
        }
        div class="advice" {
            ul id="advice" { @for sentence in &advice.sentences { li { (sentence) } } }
            @if let Some(command) = &advice.command {
                p { "Train a model with:" }
                pre { code id="command" { (command) } }
            }
        }
        @if gathered.cut {
            p class="quiet" {
                "The recordings are long and few, so they are looked at in windows of "
                (short(seconds * time.each)) " " (time.name) "."
            }
        }
        @if let Some(thinned) = look.thinned() { p class="quiet" { (thinned) } }
        @if !gathered.left_out.is_empty() {
            details {
                summary { (counted(gathered.left_out.len(), "file")) " not shown" }
                ul { @for reason in gathered.left_out.iter().take(50) { li { (reason) } } }
                @if gathered.left_out.len() > 50 {
                    p { "and " (gathered.left_out.len() - 50) " more" }
                }
            }
        }
    };
    Some(Section { id: "overview", title: "At a glance".to_owned(), body })
}

fn rate(rate_hz: f64) -> String {
    let unit = Unit::of_hertz(rate_hz);
    format!("{} {}", short(rate_hz * unit.each), unit.name)
}
