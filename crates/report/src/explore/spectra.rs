//! Spectra: the mean amplitude of each frequency, axis by axis.

use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Shape, extremes};
use crate::number::short;
use crate::page::Section;
use crate::spectrum::frequencies;
use crate::unit::Unit;

use super::Look;

/// A line is drawn through twice as many points at the most.
const COLUMNS: usize = 400;

pub(super) fn section(look: &Look) -> Section {
    let gathered = &look.gathered;
    let hertz = frequencies(gathered.window, gathered.rate_hz);
    let spectra: Vec<Vec<Vec<f64>>> = (0..gathered.axes)
        .map(|axis| (0..gathered.states.len()).map(|state| mean(look, state, axis)).collect())
        .collect();
    let largest = spectra.iter().flatten().flatten().copied().fold(0.0, f64::max);
    let unit = Unit::of_g(largest);
    let x = Unit::of_hertz(gathered.rate_hz / 2.0);
    let chart = |axis: usize| -> Markup {
        let id = format!("spectrum-{}", axis + 1);
        let layers: Vec<Layer<'_>> = (gathered.states.iter().zip(&spectra[axis]))
            .map(|(state, spectrum)| {
                let kept = extremes(spectrum, COLUMNS).into_iter();
                let points = kept.map(|at| (hertz[at] * x.each, spectrum[at] * unit.each));
                let (shape, named) = (Shape::Line, false);
                Layer { series: &state.series, shape, points: points.collect(), named, class: "" }
            })
            .collect();
        let all: Vec<f64> =
            layers.iter().flat_map(|layer| layer.points.iter().map(|point| point.1)).collect();
        let most = gathered.rate_hz / 2.0 * x.each;
        let plot = Plot {
            id: &id,
            x: Axis::new("frequency", x.name, Scale::exact(0.0, most)),
            y: Axis::new("mean amplitude", unit.name, Scale::log(all)),
            layers,
            rules: Vec::new(),
            reading: Reading::Column,
            zoom: Some("frequency"),
        };
        let caption = strongest(look, &spectra[axis], &hertz, x);
        let title = format!("Axis {}", gathered.axis_name(axis));
        Figure { id: &id, title: &title, caption: &caption, class: "", chart: plot.svg() }.html()
    };
    let body = html! {
        p {
            "Hann's window and a Fourier transform, amplitudes averaged over all windows of a state: a sine of "
            "1 mg stands at 1 mg. What does not move (gravity) is left out. Lines are "
            (short(hertz.first().copied().unwrap_or(0.0))) " Hz apart."
        }
        div class="charts" { @for axis in 0..gathered.axes { (chart(axis)) } }
    };
    Section { id: "spectra", title: "Spectra".to_owned(), body }
}

/// Where the spectra are highest; states that agree are named together.
fn strongest(look: &Look, spectra: &[Vec<f64>], hertz: &[f64], unit: Unit) -> String {
    let mut peaks: Vec<(usize, Vec<&str>)> = Vec::new();
    for (state, spectrum) in look.gathered.states.iter().zip(spectra) {
        let highest = (0..spectrum.len()).max_by(|a, b| spectrum[*a].total_cmp(&spectrum[*b]));
        let Some(line) = highest else { continue };
        match peaks.iter_mut().find(|(at, _)| *at == line) {
            Some((_, names)) => names.push(&state.series.name),
            None => peaks.push((line, vec![&state.series.name])),
        }
    }
    let all = peaks.len() == 1;
    let peaks = peaks.into_iter().map(|(line, names)| {
        let names = if all { "all".to_owned() } else { names.join(", ") };
        format!("{} {} ({names})", short(hertz[line] * unit.each), unit.name)
    });
    format!("Strongest: {}.", peaks.collect::<Vec<_>>().join("; "))
}

/// The mean amplitude of each line over the windows of a state, in g.
fn mean(look: &Look, state: usize, axis: usize) -> Vec<f64> {
    let windows = &look.measured[state];
    let lines = windows.first().map_or(0, |one| one.spectrum(axis).len());
    let mut sums = vec![0.0; lines];
    for one in windows {
        sums.iter_mut().zip(one.spectrum(axis)).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    sums.into_iter().map(|sum| sum / windows.len() as f64).collect()
}
