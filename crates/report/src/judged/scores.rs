//! The scores: their histograms, and how they went over time.

use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Rule, Scale, Shape};
use crate::number::counted;
use crate::page::Section;

use super::Judged;

/// Bins of a histogram, each the same factor wide.
const BINS: usize = 48;

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let shown: usize = judged.shown.iter().map(Vec::len).sum();
    let all: usize = judged.scored.iter().map(|state| state.windows.len()).sum();
    let body = html! {
        p {
            "How far from normal each window is; larger is stranger. Axes of scores are logarithmic. Where the "
            "states lie apart, a threshold between them makes no error."
            @if shown < all {
                " " (shown) " of " (counted(all, "window")) " are drawn as points: evenly spread, and the "
                "highest and lowest of each stretch."
            }
        }
        div class="charts two" { (histogram(judged)) (in_time(judged)) }
    };
    Section { id: "scores", title: "Scores".to_owned(), body }
}

/// From the lowest to the highest score, the threshold among them.
pub(super) fn scale(judged: &Judged<'_>) -> Scale {
    let all = judged.scored.iter().flat_map(|state| state.windows.iter().map(|one| one.score));
    let scale = Scale::log(all.collect::<Vec<_>>());
    judged.threshold().map_or(scale, |threshold| scale.with(threshold))
}

/// The threshold as a line.
pub(super) fn rule(judged: &Judged<'_>, upright: bool) -> Vec<Rule> {
    let label = "threshold".to_owned();
    judged.threshold().map(|at| Rule { at, upright, label }).into_iter().collect()
}

fn histogram(judged: &Judged<'_>) -> Markup {
    let scale = scale(judged);
    let edge =
        |bin: usize| scale.low() * (scale.high() / scale.low()).powf(bin as f64 / BINS as f64);
    let layers: Vec<Layer<'_>> = (judged.states())
        .map(|(state, series)| {
            let mut counts = [0.0; BINS];
            for window in &state.windows {
                let bin = (scale.place(window.score) * BINS as f64) as usize;
                counts[bin.min(BINS - 1)] += 100.0 / state.windows.len() as f64;
            }
            // The last edge ends the last bin.
            let points = (0..=BINS).map(|bin| (edge(bin), counts[bin.min(BINS - 1)])).collect();
            Layer { series, shape: Shape::Steps, points, named: false, class: "" }
        })
        .collect();
    let most = layers.iter().flat_map(|layer| layer.points.iter().map(|point| point.1));
    let plot = Plot {
        id: "histogram",
        x: Axis::new("score", "", scale),
        y: Axis::new("windows", "%", Scale::from_zero(most.collect::<Vec<_>>())),
        layers,
        rules: rule(judged, true),
        reading: Reading::Column,
        zoom: None,
    };
    let caption = "The share of each state's windows in each bin.";
    let chart = plot.svg();
    Figure { id: "histogram", title: "How scores are spread", caption, class: "", chart }.html()
}

/// One state after the other, each in the order of its recordings.
fn in_time(judged: &Judged<'_>) -> Markup {
    let mut before = 0;
    let mut layers = Vec::new();
    for ((state, series), shown) in judged.states().zip(&judged.shown) {
        let points = shown.iter().map(|&at| ((before + at) as f64, state.windows[at].score));
        let (shape, points) = (Shape::Dots, points.collect());
        layers.push(Layer { series, shape, points, named: true, class: "small" });
        before += state.windows.len();
    }
    let plot = Plot {
        id: "scores-in-time",
        x: Axis::new("window", "", Scale::exact(0.0, before.max(1) as f64)),
        y: Axis::new("score", "", scale(judged)),
        layers,
        rules: rule(judged, false),
        reading: Reading::Point,
        zoom: Some("scores"),
    };
    let caption = "One state after the other, each in the order of its recordings. Scores that creep up are \
                   drift; a step is a change of the mounting or the machine. Drag across to see a part.";
    let chart = plot.svg();
    Figure { id: "scores-in-time", title: "Scores in time order", caption, class: "", chart }.html()
}
