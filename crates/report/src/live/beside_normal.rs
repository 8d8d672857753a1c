//! How strongly a recording vibrates at each frequency, as a multiple of what is normal: the numbers that
//! reasons are made of.

use judder_core::{Bands, FeatureSet};
use judder_data::Recording;
use judder_model::{Model, NormalState, Profile, Windows};
use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Rule, Scale, Series, Shape};
use crate::unit::Unit;

use super::key;

/// Normal is what lies within so many spreads, as reasons have it.
const SPREADS: f64 = 3.0;

/// None where the model knows no normal vibration, or the recording is none of its.
pub(super) fn figure(recording: &Recording, model: &Model) -> Option<Markup> {
    let binding = model.binding();
    let start = recording.len().checked_sub(binding.window)?;
    if recording.axes() != binding.axes {
        return None;
    }
    let profile = model.profile()?;
    let bands = Bands::new(profile.bands).ok()?;
    let mut windows = Windows::<f64>::new(binding.axes, binding.window);
    let mut extract = |set: &FeatureSet| -> Option<Vec<f64>> {
        let mut room = vec![0.0; set.count(binding.axes).ok()?];
        let (readings, scratch) = windows.cut(recording.values(), start).ok()?;
        set.extract(&readings, scratch, &mut room).ok()?;
        Some(room)
    };
    let features = extract(model.features())?;
    let found = extract(&Profile::features(profile.bands).ok()?)?;
    let state = profile.states.get(model.detector().state(&features))?;
    Some(drawn(&found, state, bands, model))
}

fn drawn(found: &[f64], state: &NormalState, bands: Bands, model: &Model) -> Markup {
    let binding = model.binding();
    let (axes, count) = (binding.axes, usize::from(bands.get()));
    let x = Unit::of_hertz(binding.rate_hz / 2.0);
    let edge = |band: usize| {
        let (from, to) = bands.range(band.min(count - 1), binding.window).unwrap_or_default();
        (if band < count { from } else { to }) * binding.rate_hz * x.each
    };
    let series = Series::axes(axes);
    // Energies are squares of amplitudes.
    let ratio = |far: f64| (far / 2.0).exp();
    let at = |axis: usize, band: usize| axes + axis * count + band;
    let steps = |value: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        // The last edge ends the last band.
        (0..=count).map(|band| (edge(band), value(band.min(count - 1)))).collect()
    };
    let mut layers = Vec::new();
    for (axis, series) in series.iter().enumerate() {
        let limit = |side: f64| steps(&|band| ratio(side * SPREADS * state.spread[at(axis, band)]));
        let (shape, points) = (Shape::Area, outline(&limit(1.0), &limit(-1.0)));
        layers.push(Layer { series, shape, points, named: false, class: "" });
    }
    for (axis, series) in series.iter().enumerate() {
        let far = |band| {
            let at = at(axis, band);
            ratio(found[at] - state.median[at])
        };
        let (shape, points) = (Shape::Steps, steps(&far));
        layers.push(Layer { series, shape, points, named: false, class: "" });
    }
    let all: Vec<f64> = layers.iter().flat_map(|layer| layer.points.iter().map(|p| p.1)).collect();
    let plot = Plot {
        id: "live-beside-normal",
        x: Axis::new("frequency", x.name, Scale::exact(0.0, edge(count))),
        y: Axis::new("vibration, normal is 1", "", Scale::log(all).with(1.0)),
        layers,
        rules: vec![Rule { at: 1.0, upright: false, label: String::new() }],
        reading: Reading::Column,
        zoom: None,
    };
    let caption = "How strongly it vibrates, as a multiple of normal. What is shaded is normal: reasons are \
                   what leaves it.";
    let chart = html! { (key(&series)) (plot.svg()) };
    Figure { id: "live-beside-normal", title: "Beside what is normal", caption, class: "", chart }
        .html()
}

/// Along the upper steps, and back along the lower ones.
fn outline(upper: &[(f64, f64)], lower: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let stairs = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        points.windows(2).flat_map(|pair| [pair[0], (pair[1].0, pair[0].1)]).collect()
    };
    let mut around = stairs(upper);
    around.extend(stairs(lower).into_iter().rev());
    around
}
