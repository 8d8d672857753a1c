//! Fragments of a page that moves: the figures of one device, as HTML without a head.
//!
//! Around them stands a page with [`style`] and [`script`], an element `#tip`, a button `#theme`, and an
//! element `#page-data` with `{"states": [], "classes": [], "names": []}`. Whoever puts a fragment into it
//! calls `watchCharts(part)`, so that its charts are read by pointer and keys.

mod beside_normal;
mod history;
mod spectrum;
mod waveform;

use judder_data::Recording;
use judder_model::Model;
use maud::{Markup, html};

use crate::chart::Series;
use crate::page;

/// A device, as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct DeviceFigures<'d> {
    /// Its last recording.
    pub recording: Option<&'d Recording>,
    /// Its sample rate in Hz, where the recording says none.
    pub rate_hz: Option<f64>,
    /// The model that scores it.
    pub model: Option<&'d Model>,
    /// Why it is strange, what stands out most first; empty where nothing does.
    pub reasons: &'d [String],
    /// Its scores from `from_ms` to `to_ms`, oldest first.
    pub history: &'d [Scored],
    /// Its alerts that were open meanwhile.
    pub alerts: &'d [Alerted],
    /// The threshold now.
    pub threshold: Option<f64>,
    /// When the history begins, in ms since 1970.
    pub from_ms: i64,
    /// When it ends.
    pub to_ms: i64,
    /// How many minutes the reader's clock is ahead of UTC.
    pub minutes_ahead: i32,
}

/// A score in the history of a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// The score of the window; none where it was not judged. Of several windows the largest.
    pub score: Option<f64>,
    /// Of several windows the smallest score.
    pub least: Option<f64>,
    /// What was decided on: the mean over several windows.
    pub decision: Option<f64>,
    /// The threshold then.
    pub threshold: Option<f64>,
}

/// A time in which an alert was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alerted {
    /// Whether it was an anomaly; other alerts look otherwise.
    pub anomaly: bool,
    /// From when on, in ms since 1970.
    pub from_ms: i64,
    /// Until when; none while it is open.
    pub to_ms: Option<i64>,
}

/// The figures of a device: why it is strange, its last waveform and spectrum, the spectrum beside what is
/// normal, and the history of its scores.
pub fn device(figures: &DeviceFigures<'_>) -> String {
    let recording = figures.recording;
    let rate_hz = recording.and_then(Recording::rate_hz).or(figures.rate_hz);
    let scored = figures.model.is_some() || !figures.history.is_empty();
    html! {
        @if !figures.reasons.is_empty() {
            section class="advice" aria-label="What stands out" {
                p { b { "What stands out" } }
                ul { @for reason in figures.reasons { li { (reason) } } }
            }
        }
        div class="charts two" {
            @if scored { (history::figure(figures)) }
            @if let Some(recording) = recording {
                (waveform::figure(recording, rate_hz))
                @if let Some(figure) = spectrum::figure(recording, rate_hz) { (figure) }
                @if let Some(model) = figures.model {
                    @if let Some(figure) = beside_normal::figure(recording, model) { (figure) }
                }
            }
        }
        @if recording.is_none() { p class="quiet" { "Its last recording is not kept any more." } }
    }
    .into_string()
}

/// The waveform of a recording; of readings that are so many a second, where it does not say so itself.
pub fn waveform(recording: &Recording, rate_hz: Option<f64>) -> String {
    let rate_hz = recording.rate_hz().or(rate_hz);
    html! { div class="charts" { (waveform::figure(recording, rate_hz)) } }.into_string()
}

/// The style sheet of judder's pages and charts.
pub fn style() -> String {
    page::style()
}

/// The script of their charts and of the theme. It is a script and no module: what it defines is global.
pub fn script() -> String {
    page::live_script()
}

/// Which line is which axis.
fn key(series: &[Series]) -> Markup {
    html! {
        p class="key" aria-hidden="true" {
            @for one in series {
                span {
                    svg class="swatch" viewBox="0 0 20 10" { path class={ "line " (one.class()) } d="M0 5H20" {} }
                    (one.name)
                }
            }
        }
    }
}

/// A finite rate above 0.
fn usable(rate_hz: Option<f64>) -> Option<f64> {
    rate_hz.filter(|rate| rate.is_finite() && *rate > 0.0)
}
