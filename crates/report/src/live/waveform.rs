//! The waveform of a recording: a lane an axis, about its mean.

use judder_data::Recording;
use maud::Markup;

use crate::chart::{Axis, Figure, Lanes, Layer, Scale, Series, Shape, extremes};
use crate::number::short;
use crate::unit::Unit;

use super::usable;

/// All lines together are drawn through twice as many points at the most.
const COLUMNS: usize = 900;

pub(super) fn figure(recording: &Recording, rate_hz: Option<f64>) -> Markup {
    let rate_hz = usable(rate_hz);
    let length = recording.len() as f64;
    // Without a rate readings are counted.
    let seconds = rate_hz.map_or(length, |rate| length / rate);
    let time = match rate_hz {
        Some(_) => Unit::of_seconds(seconds),
        None => Unit { name: "", each: 1.0 },
    };
    let axes: Vec<(f64, Vec<f64>)> = recording.iter_axes().map(about_mean).collect();
    let all = || axes.iter().flat_map(|(_, values)| values.iter());
    let fine = Unit::of_g(all().map(|x| x.abs()).filter(|x| x.is_finite()).fold(0.0, f64::max));
    let series = Series::axes(recording.axes());
    let columns = COLUMNS / recording.axes().max(3);
    let layers = (series.iter().zip(&axes)).map(|(series, (_, values))| {
        let points = extremes(values, columns)
            .into_iter()
            .map(|at| (at as f64 / rate_hz.unwrap_or(1.0) * time.each, values[at] * fine.each));
        Layer { series, shape: Shape::Line, points: points.collect(), named: false, class: "" }
    });
    let name = if rate_hz.is_some() { "time" } else { "reading" };
    let lanes = Lanes {
        id: "live-waveform",
        x: Axis::new(name, time.name, Scale::exact(0.0, seconds * time.each)),
        value: ("acceleration", fine.name),
        layers: layers.collect(),
        zoom: "time",
    };
    let means: Vec<String> =
        (series.iter().zip(&axes)).map(|(one, (mean, _))| means(&one.name, *mean)).collect();
    let caption = format!("About the mean of each axis: {}.", means.join(", "));
    let chart = lanes.svg();
    Figure { id: "live-waveform", title: "The last recording", caption: &caption, class: "", chart }
        .html()
}

fn means(axis: &str, mean: f64) -> String {
    // Below a thousandth of g there is noise.
    let mean = if mean.abs() < 1e6 { (mean * 1000.0).round() / 1000.0 } else { mean };
    format!("{} {} g", axis.trim_start_matches("axis "), short(mean))
}

fn about_mean(axis: &[f64]) -> (f64, Vec<f64>) {
    // One reading that is no number leaves the others what they are.
    let count = axis.iter().filter(|x| x.is_finite()).count() as f64;
    let mean = axis.iter().filter(|x| x.is_finite()).map(|x| x / count).sum::<f64>();
    (mean, axis.iter().map(|x| x - mean).collect())
}
