//! The windows on which the model errs most: what they look like, and why they were judged so.

use std::path::Path;

use judder_data::{Located, sources};
use judder_model::Explainer;
use judder_train::{ScoredState, ScoredWindow, in_unit_of};
use maud::{Markup, html};

use crate::chart::{Axis, Figure, Lanes, Layer, Plot, Reading, Scale, Series, Shape, extremes};
use crate::number::short;
use crate::page::Section;
use crate::spectrum::{Spectrum, frequencies};
use crate::unit::Unit;

use super::{Judged, Origin, window_name};

/// So many of each kind are shown.
const SHOWN: usize = 3;
/// A line is drawn through twice as many points at the most.
const COLUMNS: usize = 400;

/// A window, and the state it is from.
type Found<'j> = (&'j ScoredState, &'j Series, &'j ScoredWindow);

pub(super) fn section(judged: &Judged<'_>) -> Option<Section> {
    let high = worst(judged, false);
    let low = worst(judged, true);
    if high.is_empty() && low.is_empty() {
        return None;
    }
    let wrong = |found: &[Found<'_>], above| found.iter().any(|(.., one)| one.above == above);
    let body = html! {
        @if !high.is_empty() {
            h3 {
                @if wrong(&high, true) { "The worst false alarms" }
                @else { "Normal windows nearest to an alarm" }
            }
            @for (at, found) in high.iter().enumerate() { (shown(judged, &format!("false-alarm-{}", at + 1), *found)) }
        }
        @if !low.is_empty() {
            h3 {
                @if wrong(&low, false) { "The worst misses" }
                @else { "Anomalies nearest to being missed" }
            }
            @for (at, found) in low.iter().enumerate() { (shown(judged, &format!("miss-{}", at + 1), *found)) }
        }
    };
    Some(Section { id: "worst", title: "Where it errs".to_owned(), body })
}

/// Normal windows with the highest scores, or anomalous ones with the lowest; wrong ones first.
fn worst<'j>(judged: &'j Judged<'_>, anomaly: bool) -> Vec<Found<'j>> {
    let of = judged.states().filter(|(state, _)| state.anomaly == anomaly);
    let mut all: Vec<Found<'j>> = of
        .flat_map(|(state, series)| state.windows.iter().map(move |one| (state, series, one)))
        .collect();
    // The order of equals is that of the states and of time.
    all.sort_by(|(.., a), (.., b)| {
        let by_score = a.score.total_cmp(&b.score);
        let wrong = |one: &ScoredWindow| one.above != anomaly;
        let by_score = if anomaly { by_score } else { by_score.reverse() };
        wrong(b).cmp(&wrong(a)).then(by_score)
    });
    all.truncate(SHOWN);
    all
}

fn shown(judged: &Judged<'_>, id: &str, (state, series, window): Found<'_>) -> Markup {
    let path = &state.recordings[window.recording];
    let verdict = match (window.above, state.anomaly) {
        (true, false) => "false alarm",
        (false, true) => "missed",
        (true, true) => "above the threshold",
        (false, false) => "normal",
    };
    let binding = judged.model.binding();
    let read =
        read(judged, path).filter(|one| one.recording.len() >= window.start + binding.window);
    html! {
        article data-s=(series.index) {
            p {
                b { (series.name) ", " (window_name(state, window)) } ": score " (short(window.score))
                @if let Some(threshold) = judged.threshold() { ", threshold " (short(threshold)) }
                " (" (verdict) "). "
                @if let Some(read) = &read { (why(judged, read, window.start)) }
                @else { "The recording cannot be read again, so it is not drawn." }
            }
            @if let Some(read) = &read { (drawn(judged, id, read, window.start)) }
        }
    }
}

/// The recording that was scored, read once more, in the unit of the model.
fn read(judged: &Judged<'_>, path: &Path) -> Option<Located> {
    let (files, given) = match judged.origin {
        Origin::Trained(trained) => (&trained.files, trained.converted),
        Origin::Evaluated(evaluation) => (&evaluation.files, evaluation.unit),
    };
    // Where a file holds several, the path leads into it.
    let source = sources(path).ok()?.into_iter().next()?.with(files).or_unit(given);
    let Located { path, recording } =
        source.read(&mut Vec::new()).ok()?.into_iter().find(|one| one.path == path)?;
    Some(Located { path, recording: in_unit_of(judged.model, &recording).into_owned() })
}

fn why(judged: &Judged<'_>, read: &Located, start: usize) -> String {
    let reasons = Explainer::new(judged.model).explain(read.recording.values(), start);
    let reasons: Vec<String> =
        reasons.unwrap_or_default().iter().map(ToString::to_string).collect();
    match reasons.is_empty() {
        true => "Nothing stands out.".to_owned(),
        false => format!("What stands out: {}.", reasons.join("; ")),
    }
}

/// Its waveform about the mean, and its spectrum, axis by axis.
fn drawn(judged: &Judged<'_>, id: &str, read: &Located, start: usize) -> Markup {
    let binding = judged.model.binding();
    let (window, rate) = (binding.window, binding.rate_hz);
    let axes: Vec<Vec<f64>> = (read.recording.iter_axes())
        .map(|axis| {
            let readings = &axis[start..start + window];
            let mean = readings.iter().sum::<f64>() / window as f64;
            readings.iter().map(|x| x - mean).collect()
        })
        .collect();
    let series = Series::axes(axes.len());
    let largest = axes.iter().flatten().fold(0.0, |most: f64, x| most.max(x.abs()));
    let unit = Unit::of_g(largest);
    let seconds = window as f64 / rate;
    let time = Unit::of_seconds(seconds);
    let waves = axes.iter().zip(&series).map(|(axis, series)| {
        let kept = extremes(axis, COLUMNS).into_iter();
        let points = kept.map(|at| (at as f64 / rate * time.each, axis[at] * unit.each)).collect();
        Layer { series, shape: Shape::Line, points, named: false, class: "fine" }
    });
    let wave_id = format!("{id}-waveform");
    let lanes = Lanes {
        id: &wave_id,
        x: Axis::new("time", time.name, Scale::exact(0.0, seconds * time.each)),
        value: ("acceleration", unit.name),
        layers: waves.collect(),
        zoom: &wave_id,
    };
    let spectrum = Spectrum::new(window);
    let hertz = frequencies(window, rate);
    let x = Unit::of_hertz(rate / 2.0);
    let lines: Vec<Layer<'_>> = (axes.iter().zip(&series))
        .map(|(axis, series)| {
            let lines: Vec<f64> = spectrum.amplitudes(axis).into_iter().map(f64::from).collect();
            let kept = extremes(&lines, COLUMNS).into_iter();
            let points = kept.map(|at| (hertz[at] * x.each, lines[at] * unit.each)).collect();
            Layer { series, shape: Shape::Line, points, named: false, class: "" }
        })
        .collect();
    let all: Vec<f64> =
        lines.iter().flat_map(|one| one.points.iter().map(|point| point.1)).collect();
    let spectrum_id = format!("{id}-spectrum");
    let plot = Plot {
        id: &spectrum_id,
        x: Axis::new("frequency", x.name, Scale::exact(0.0, rate / 2.0 * x.each)),
        y: Axis::new("amplitude", unit.name, Scale::from_zero(all)),
        layers: lines,
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: Some(&spectrum_id),
    };
    let figure = |id: &str, title: &str, chart: Markup| {
        Figure { id, title, caption: "", class: "", chart }.html()
    };
    html! {
        div class="charts two" {
            (figure(&wave_id, "Waveform, the mean removed", lanes.svg()))
            (figure(&spectrum_id, "Spectrum", plot.svg()))
        }
    }
}
