//! The scores of a device over time, its threshold, and when alerts were open.

use maud::Markup;

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Rule, Scale, Series, Shape};

use super::{DeviceFigures, Scored};

/// A line breaks where nothing came for so many usual times.
const GAP: i64 = 5;

pub(super) fn figure(figures: &DeviceFigures<'_>) -> Markup {
    let names = ["score", "", "decided on", "", "threshold"];
    let series = Series::named(names);
    let strange = Series::all([("strange".to_owned(), true)]);
    let history = figures.history;
    let line = |value: &dyn Fn(&Scored) -> Option<f64>| unbroken(history, value);
    let score = line(&|one| one.score);
    let decision = line(&|one| one.decision);
    let above = history.iter().filter_map(|one| {
        let value = one.score.filter(|score| one.threshold.is_some_and(|limit| *score > limit))?;
        Some((one.at_ms as f64, value))
    });
    let above: Vec<(f64, f64)> = above.collect();
    let constant =
        history.iter().all(|one| one.threshold.is_none() || one.threshold == figures.threshold);
    let thresholds = if constant { Vec::new() } else { line(&|one| one.threshold) };
    let band = band(history);
    let values = [&score, &decision, &thresholds, &band].into_iter().flatten().map(|point| point.1);
    let values: Vec<f64> = values.filter(|x| x.is_finite()).collect();
    let scale = Scale::of_magnitudes(values.into_iter().chain(figures.threshold));
    let layer = |series, shape, points, class| Layer { series, shape, points, named: false, class };
    let mut layers: Vec<Layer<'_>> = [true, false]
        .into_iter()
        .map(|anomaly| {
            let class = if anomaly { "" } else { "other" };
            layer(&strange[0], Shape::Area, shaded(figures, anomaly, &scale), class)
        })
        .filter(|layer| !layer.points.is_empty())
        .collect();
    let banded = !band.is_empty();
    if banded {
        layers.push(layer(&series[0], Shape::Area, band, ""));
    }
    layers.push(layer(&series[0], Shape::Line, score, "fine"));
    // Where each window is decided on by itself, both are one line.
    let averaged = history.iter().any(|one| one.decision.is_some() && one.decision != one.score);
    if averaged {
        layers.push(layer(&series[2], Shape::Line, decision, "strong"));
    }
    layers.push(layer(&strange[0], Shape::Marks, above, "small"));
    if !constant {
        layers.push(layer(&series[4], Shape::Line, thresholds, "dash"));
    }
    let label = "threshold".to_owned();
    let rule = figures.threshold.filter(|limit| constant && limit.is_finite());
    let plot = Plot {
        id: "live-history",
        x: Axis::new(
            "time",
            "",
            Scale::clock(figures.from_ms, figures.to_ms, figures.minutes_ahead),
        ),
        y: Axis::new("score", "", scale),
        layers,
        rules: rule.map(|at| Rule { at, upright: false, label }).into_iter().collect(),
        reading: Reading::Column,
        zoom: None,
    };
    let chart = plot.svg();
    let caption = caption(figures, averaged, banded);
    Figure { id: "live-history", title: "Its scores", caption: &caption, class: "", chart }.html()
}

fn caption(figures: &DeviceFigures<'_>, averaged: bool, banded: bool) -> String {
    if figures.history.is_empty() {
        return "No scores in this time.".to_owned();
    }
    let shaded = match figures.alerts.is_empty() {
        true => "",
        false => " An alert was open where it is shaded.",
    };
    let lines = if averaged { "Thin: each recording; bold: what is decided on. " } else { "" };
    let bands = match banded {
        true => {
            "Each point is of several recordings: the line is at their largest score, and a band reaches down to the smallest. "
        }
        false => "",
    };
    format!("{lines}{bands}Squares lie above the threshold.{shaded}")
}

/// What a score says over time; it breaks where nothing came for long, or there is no such number.
fn unbroken(history: &[Scored], value: &dyn Fn(&Scored) -> Option<f64>) -> Vec<(f64, f64)> {
    let mut steps: Vec<i64> =
        history.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect();
    steps.sort_unstable();
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(i64::MAX);
    let mut points = Vec::with_capacity(history.len());
    let mut last: Option<i64> = None;
    for one in history {
        if last.is_some_and(|last| one.at_ms - last > usual.saturating_mul(GAP)) {
            points.push((one.at_ms as f64, f64::NAN));
        }
        points.push((one.at_ms as f64, value(one).unwrap_or(f64::NAN)));
        last = Some(one.at_ms);
    }
    points
}

/// From the largest score of each point along to the last, and back along the smallest ones; nothing where each point is
/// of one window. It breaks where the line does.
fn band(history: &[Scored]) -> Vec<(f64, f64)> {
    if history.iter().all(|one| one.least == one.score) {
        return Vec::new();
    }
    let (most, least) = (unbroken(history, &|one| one.score), unbroken(history, &|one| one.least));
    let pairs: Vec<_> = most.into_iter().zip(least).collect();
    let is_number = |pair: &((f64, f64), (f64, f64))| pair.0.1.is_finite() && pair.1.1.is_finite();
    let mut points = Vec::with_capacity(2 * pairs.len());
    for piece in pairs.split(|pair| !is_number(pair)).filter(|piece| !piece.is_empty()) {
        points.extend(piece.iter().map(|pair| pair.0));
        points.extend(piece.iter().rev().map(|pair| pair.1));
        points.push((f64::NAN, f64::NAN));
    }
    points
}

/// The stretches in which alerts were open, as high as the plot.
fn shaded(figures: &DeviceFigures<'_>, anomaly: bool, scale: &Scale) -> Vec<(f64, f64)> {
    let (low, high) = (scale.low(), scale.high());
    let of_kind = figures.alerts.iter().filter(|one| one.anomaly == anomaly);
    let within = of_kind.filter_map(|one| {
        let from = one.from_ms.max(figures.from_ms);
        let to = one.to_ms.unwrap_or(figures.to_ms).min(figures.to_ms);
        (from < to).then_some((from as f64, to as f64))
    });
    within
        .flat_map(|(from, to)| {
            [(from, low), (from, high), (to, high), (to, low), (f64::NAN, f64::NAN)]
        })
        .collect()
}
