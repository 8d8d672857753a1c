//! Waveforms: a typical window of each state, as it was recorded and about its mean.

use maud::html;

use crate::chart::{Axis, Figure, Lanes, Layer, Plot, Reading, Scale, Shape, extremes};
use crate::page::Section;
use crate::unit::Unit;

use super::Look;
use super::measure::median;

/// A line is drawn through twice as many points at the most.
const COLUMNS: usize = 400;

/// The window of a state whose vibration is nearest to the median of all: neither the best nor the worst.
pub(super) fn typical(look: &Look, state: usize) -> usize {
    let windows = &look.measured[state];
    let center = median(windows.iter().map(|one| one.vibration()));
    let far = |at: &usize| (windows[*at].vibration() - center).abs();
    (0..windows.len()).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0)
}

pub(super) fn section(look: &Look) -> Section {
    let gathered = &look.gathered;
    let seconds = gathered.window as f64 / gathered.rate_hz;
    let time = Unit::of_seconds(seconds);
    let typical: Vec<usize> = (0..gathered.states.len()).map(|at| typical(look, at)).collect();
    let window = |state: usize, axis: usize| -> Vec<f64> {
        let mut axes = gathered.states[state].window(typical[state], gathered.window);
        axes.nth(axis).unwrap_or_default().to_vec()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let largest = (0..gathered.states.len())
        .flat_map(|state| (0..gathered.axes).map(move |axis| (state, axis)))
        .flat_map(|(state, axis)| {
            let values = window(state, axis);
            let mean = mean(&values);
            values.into_iter().map(move |x| (x - mean).abs())
        })
        .fold(0.0, f64::max);
    let fine = Unit::of_g(largest);
    // As many points in all, however many axes there are.
    let columns = 3 * COLUMNS / gathered.axes.max(3);
    let layers = |axis: usize, centered: bool| -> Vec<Layer<'_>> {
        let unit = if centered { fine.each } else { 1.0 };
        (gathered.states.iter().enumerate())
            .map(|(at, state)| {
                let values = window(at, axis);
                let center = if centered { mean(&values) } else { 0.0 };
                let kept = extremes(&values, columns).into_iter();
                let points = kept.map(|at| {
                    (at as f64 / gathered.rate_hz * time.each, (values[at] - center) * unit)
                });
                let (shape, named) = (Shape::Line, false);
                Layer {
                    series: &state.series,
                    shape,
                    points: points.collect(),
                    named,
                    class: "fine",
                }
            })
            .collect()
    };
    let x = || Axis::new("time", time.name, Scale::exact(0.0, seconds * time.each));
    let raw = |axis: usize| {
        let id = format!("raw-{}", axis + 1);
        let layers = layers(axis, false);
        let all = layers.iter().flat_map(|layer| layer.points.iter().map(|point| point.1));
        let scale = Scale::linear(all.collect::<Vec<_>>());
        let plot = Plot {
            id: &id,
            x: x(),
            y: Axis::new("acceleration", "g", scale),
            layers,
            rules: Vec::new(),
            reading: Reading::Column,
            zoom: Some("time"),
        };
        let title = format!("Axis {}, as recorded", gathered.axis_name(axis));
        Figure { id: &id, title: &title, caption: "", class: "", chart: plot.svg() }.html()
    };
    let about_mean = |axis: usize| {
        let id = format!("about-mean-{}", axis + 1);
        let value = ("acceleration", fine.name);
        let lanes = Lanes { id: &id, x: x(), value, layers: layers(axis, true), zoom: "time" };
        let title = format!("Axis {}, its mean removed", gathered.axis_name(axis));
        Figure { id: &id, title: &title, caption: "", class: "", chart: lanes.svg() }.html()
    };
    let names = gathered
        .states
        .iter()
        .zip(&typical)
        .map(|(state, &at)| format!("{} {}", state.series.name, state.window_name(at)));
    let names: Vec<String> = names.collect();
    let body = html! {
        p {
            "Of each state the window whose vibration is the median of all: " (names.join(", ")) ". Drag across "
            "a chart to see a part of it, or use +, - and Shift with the arrow keys; the legend hides states."
        }
        div class="charts two" {
            @for axis in 0..gathered.axes { (raw(axis)) (about_mean(axis)) }
        }
    };
    Section { id: "waveforms", title: "Waveforms".to_owned(), body }
}
