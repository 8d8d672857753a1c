//! Spectrograms: how the spectrum of each state changes from recording to recording.

use maud::html;

use crate::ReportError;
use crate::chart::{Axis, Figure, Heat, Levels, Scale, shades_key};
use crate::number::counted;
use crate::page::Section;
use crate::spectrum::frequencies;
use crate::unit::Unit;

use super::Look;
use super::gather::State;
use super::measure::Measured;

/// So many columns and rows a picture has at the most.
const COLUMNS: usize = 240;
const ROWS: usize = 96;
/// The share of the values that are darker than the darkest shade, and brighter than the brightest.
const BEYOND: f64 = 0.005;

pub(super) fn section(look: &Look) -> Result<Section, ReportError> {
    let gathered = &look.gathered;
    let hertz = frequencies(gathered.window, gathered.rate_hz);
    let all: Vec<Levels> = look.states().map(|(_, windows)| levels(windows)).collect();
    let mut sorted: Vec<f64> =
        all.iter().flat_map(|one| one.values.iter().copied()).filter(|x| *x > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).copied();
    let (low, high) = (at(BEYOND).unwrap_or(1e-3), at(1.0 - BEYOND).unwrap_or(1.0));
    let unit = Unit::of_g(high);
    let value = Axis::new("amplitude", unit.name, Scale::log([low * unit.each, high * unit.each]));
    let x = Unit::of_hertz(gathered.rate_hz / 2.0);
    let most = hertz.last().copied().unwrap_or(1.0) * x.each;
    let chart = |state: &State, levels: &Levels| {
        let id = format!("spectrogram-{}", state.series.index);
        let scaled = levels.values.iter().map(|value| value * unit.each).collect();
        let count = state.windows.len();
        let caption = if levels.columns < count {
            format!("Each column is the mean of about {} windows.", count.div_ceil(levels.columns))
        } else {
            String::new()
        };
        let heat = Heat {
            id: &id,
            x: Axis::new("window", "", Scale::exact(0.0, count as f64)),
            y: Axis::new("frequency", x.name, Scale::exact(0.0, most)),
            value: value.clone(),
            levels: Levels { columns: levels.columns, values: scaled },
        };
        let name = &state.series.name;
        heat.svg().map(|chart| {
            let title = format!("{name}, {}", counted(count, "window"));
            let figure = Figure { id: &id, title: &title, caption: &caption, class: "", chart };
            html! { div data-s=(state.series.index) { (figure.html()) } }
        })
    };
    let charts = (gathered.states.iter().zip(&all))
        .map(|(state, levels)| chart(state, levels))
        .collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        p {
            "The amplitude of all axes together, in the order of the recordings. A line that comes and goes, or "
            "a step, says that something changed meanwhile. All pictures have the same shades."
        }
        (shades_key(&value))
        div class="charts" { @for chart in charts { (chart) } }
    };
    Ok(Section { id: "spectrograms", title: "Spectrograms".to_owned(), body })
}

/// Root sums of squares over the axes, in g: of neighbouring lines the largest, of neighbouring windows
/// the mean.
fn levels(windows: &[Measured]) -> Levels {
    let lines = windows.first().map_or(0, |one| one.spectrum(0).len());
    let (columns, rows) = (windows.len().min(COLUMNS), lines.min(ROWS));
    let total = |one: &Measured| -> Vec<f64> {
        let axes = one.moments.len();
        let squares = |line: usize| {
            (0..axes).map(|axis| f64::from(one.spectrum(axis)[line]).powi(2)).sum::<f64>()
        };
        let all: Vec<f64> = (0..lines).map(|line| squares(line).sqrt()).collect();
        let run = |row: usize| &all[row * lines / rows..(row + 1) * lines / rows];
        (0..rows).map(|row| run(row).iter().copied().fold(0.0, f64::max)).collect()
    };
    let mut values = Vec::with_capacity(columns * rows);
    for column in 0..columns {
        let run =
            &windows[column * windows.len() / columns..(column + 1) * windows.len() / columns];
        let mut sums = vec![0.0; rows];
        for one in run {
            sums.iter_mut().zip(total(one)).for_each(|(sum, x)| *sum += x);
        }
        values.extend(sums.into_iter().map(|sum| sum / run.len() as f64));
    }
    Levels { columns, values }
}
