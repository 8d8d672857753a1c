//! How the axes move together: histograms of the correlation of each pair.

use maud::{Markup, html};

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Shape};
use crate::page::Section;

use super::Look;
use super::measure::{median, pairs};

/// From -1 to 1.
const BINS: usize = 40;
/// So many pairs are drawn: those in which the states differ most.
const DRAWN: usize = 6;

pub(super) fn section(look: &Look) -> Option<Section> {
    let gathered = &look.gathered;
    let mut all: Vec<(usize, (usize, usize))> = pairs(gathered.axes).enumerate().collect();
    if all.is_empty() {
        return None;
    }
    let count = all.len();
    if count > DRAWN {
        let range = |pair: usize| {
            let medians = (look.measured.iter())
                .map(|windows| median(windows.iter().map(|one| one.correlations[pair])));
            let medians: Vec<f64> = medians.filter(|x| x.is_finite()).collect();
            let most = medians.iter().copied().fold(f64::MIN, f64::max);
            most - medians.iter().copied().fold(f64::MAX, f64::min)
        };
        all.sort_by(|a, b| range(b.0).total_cmp(&range(a.0)));
        all.truncate(DRAWN);
    }
    let body = html! {
        p {
            "Pearson's correlation of two axes over a window. It changes where the direction of a vibration does."
            @if count > DRAWN { " Of " (count) " pairs the " (DRAWN) " in which the states differ most." }
        }
        div class="charts" { @for (pair, axes) in all { (chart(look, pair, axes)) } }
    };
    Some(Section { id: "correlations", title: "Correlation of the axes".to_owned(), body })
}

fn chart(look: &Look, pair: usize, (a, b): (usize, usize)) -> Markup {
    let gathered = &look.gathered;
    let id = format!("correlation-{}-{}", a + 1, b + 1);
    let edge = |bin: usize| -1.0 + 2.0 * bin as f64 / BINS as f64;
    let layers: Vec<Layer<'_>> = (look.states())
        .map(|(state, windows)| {
            let mut counts = [0.0; BINS];
            for one in windows.iter().map(|one| one.correlations[pair]).filter(|x| x.is_finite()) {
                let bin = ((one + 1.0) / 2.0 * BINS as f64) as usize;
                counts[bin.min(BINS - 1)] += 100.0 / windows.len() as f64;
            }
            // The last edge ends the last bin.
            let points = (0..=BINS).map(|bin| (edge(bin), counts[bin.min(BINS - 1)]));
            let (shape, named) = (Shape::Steps, false);
            Layer { series: &state.series, shape, points: points.collect(), named, class: "" }
        })
        .collect();
    let most: Vec<f64> =
        layers.iter().flat_map(|layer| layer.points.iter().map(|point| point.1)).collect();
    let plot = Plot {
        id: &id,
        x: Axis::new("correlation", "", Scale::exact(-1.0, 1.0)),
        y: Axis::new("windows", "%", Scale::from_zero(most)),
        layers,
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: None,
    };
    let medians = look.states().map(|(state, windows)| {
        let center = median(windows.iter().map(|one| one.correlations[pair]));
        match center.is_finite() {
            // A little below 0 is 0.
            true => format!("{} {:.2}", state.series.name, (center * 100.0).round() / 100.0 + 0.0),
            false => format!("{} none", state.series.name),
        }
    });
    let caption = format!("Medians: {}.", medians.collect::<Vec<_>>().join(", "));
    let title = format!("Axes {} and {}", gathered.axis_name(a), gathered.axis_name(b));
    Figure { id: &id, title: &title, caption: &caption, class: "", chart: plot.svg() }.html()
}
