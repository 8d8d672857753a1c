//! The spectrum of a recording, a line an axis.

use judder_data::Recording;
use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Series, Shape, extremes};
use crate::number::short;
use crate::spectrum::{Spectrum, frequencies};
use crate::unit::Unit;

use super::{key, usable};

/// A line is drawn through twice as many points at the most.
const COLUMNS: usize = 300;
/// Of fewer readings there is no spectrum to speak of.
const LEAST: usize = 8;

/// None where there is no rate, or too little of a recording.
pub(super) fn figure(recording: &Recording, rate_hz: Option<f64>) -> Option<Markup> {
    let rate_hz = usable(rate_hz).filter(|_| recording.len() >= LEAST)?;
    let spectrum = Spectrum::new(recording.len());
    let hertz = frequencies(recording.len(), rate_hz);
    let lines = |axis: &[f64]| spectrum.amplitudes(axis).into_iter().map(f64::from).collect();
    let axes: Vec<Vec<f64>> = recording.iter_axes().map(lines).collect();
    let largest = axes.iter().flatten().copied().filter(|x| x.is_finite()).fold(0.0, f64::max);
    let (unit, x) = (Unit::of_g(largest), Unit::of_hertz(rate_hz / 2.0));
    let series = Series::axes(recording.axes());
    let layers = (series.iter().zip(&axes)).map(|(series, lines)| {
        let kept = extremes(lines, COLUMNS).into_iter();
        let points = kept.map(|at| (hertz[at] * x.each, lines[at] * unit.each));
        Layer { series, shape: Shape::Line, points: points.collect(), named: false, class: "" }
    });
    let layers: Vec<Layer<'_>> = layers.collect();
    let all: Vec<f64> = layers.iter().flat_map(|layer| layer.points.iter().map(|p| p.1)).collect();
    let plot = Plot {
        id: "live-spectrum",
        x: Axis::new("frequency", x.name, Scale::exact(0.0, rate_hz / 2.0 * x.each)),
        y: Axis::new("amplitude", unit.name, Scale::log(all)),
        layers,
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: None,
    };
    let strongest = (series.iter().zip(&axes)).filter_map(|(one, lines)| {
        let at = (0..lines.len()).max_by(|a, b| lines[*a].total_cmp(&lines[*b]))?;
        let name = one.name.trim_start_matches("axis ");
        Some(format!("{name} {} {}", short(hertz[at] * x.each), x.name))
    });
    let caption = format!("Strongest: {}.", strongest.collect::<Vec<_>>().join(", "));
    let chart = html! { (key(&series)) (plot.svg()) };
    let title = "Its spectrum";
    Some(Figure { id: "live-spectrum", title, caption: &caption, class: "", chart }.html())
}
