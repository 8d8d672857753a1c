//! Every window as a point: readings, means, variances, kurtoses, skewnesses, MADs, in as many
//! dimensions as there are axes.

use maud::{Markup, html};

use crate::chart::{
    Axis, Cloud, Figure, Layer, Plot, Points, Reading, Row, Scale, Shape, Strip, evenly,
};
use crate::page::Section;
use crate::unit::Unit;

use super::Look;
use super::measure::{Moments, median};
use super::waveforms::typical;

/// Readings of a typical window that are drawn at the most.
const READINGS: usize = 256;

/// What is drawn: its name in the page, its title, the number, and its unit for the largest of them.
struct Statistic {
    id: &'static str,
    title: &'static str,
    of: fn(&Moments) -> f64,
    unit: fn(f64) -> Unit,
    magnitudes: bool,
}

const NONE: fn(f64) -> Unit = |_| Unit { name: "", each: 1.0 };

const STATISTICS: [Statistic; 5] = [
    Statistic {
        id: "cloud-mean",
        title: "Mean",
        of: |m| m.mean,
        unit: Unit::of_g,
        magnitudes: false,
    },
    Statistic {
        id: "cloud-variance",
        title: "Variance",
        of: |m| m.variance,
        unit: Unit::of_g_squared,
        magnitudes: true,
    },
    Statistic {
        id: "cloud-kurtosis",
        title: "Kurtosis",
        of: |m| m.kurtosis,
        unit: NONE,
        magnitudes: false,
    },
    Statistic {
        id: "cloud-skewness",
        title: "Skewness",
        of: |m| m.skewness,
        unit: NONE,
        magnitudes: false,
    },
    Statistic { id: "cloud-mad", title: "MAD", of: |m| m.mad, unit: Unit::of_g, magnitudes: true },
];

pub(super) fn section(look: &Look) -> Section {
    let axes = look.gathered.axes;
    let mut charts = vec![readings(look)];
    charts.extend(STATISTICS.iter().map(|one| statistic(look, one)));
    let body = html! {
        p {
            @match axes {
                1 | 2 => "Each window is a point.",
                _ => "Each window is a point. Drag to turn, or use the arrow keys; + and - bring nearer.",
            }
            " Where states lie apart, this number tells them apart. Normal states are round, anomalies square."
            @if axes > 3 { " The first three of " (axes) " axes are shown." }
        }
        div class="charts" { @for chart in charts { (chart) } }
    };
    Section { id: "clouds", title: "Windows as points".to_owned(), body }
}

/// The readings of a typical window of each state.
fn readings(look: &Look) -> Markup {
    let gathered = &look.gathered;
    let points = |at: usize| -> Vec<Vec<f64>> {
        let window: Vec<&[f64]> =
            gathered.states[at].window(typical(look, at), gathered.window).collect();
        let kept = evenly(gathered.window, READINGS);
        kept.into_iter().map(|at| window.iter().map(|axis| axis[at]).collect()).collect()
    };
    let points: Vec<Vec<Vec<f64>>> = (0..gathered.states.len()).map(points).collect();
    let unit = Unit { name: "g", each: 1.0 };
    let caption = "The readings of the windows drawn under Waveforms.";
    let drawn = Drawn { unit, magnitudes: false, named: false };
    let medians = points.iter().map(|points| median(points.iter().map(|point| point[0])));
    let medians: Vec<f64> = medians.collect();
    chart(look, ("cloud-readings", "Readings", caption), drawn, &points, &medians)
}

fn statistic(look: &Look, statistic: &Statistic) -> Markup {
    let of = |moments: &[Moments]| moments.iter().map(statistic.of).collect();
    let points: Vec<Vec<Vec<f64>>> = (0..look.gathered.states.len())
        .map(|state| look.points(state).map(|one| of(&one.moments)).collect())
        .collect();
    let numbers = points.iter().flatten().flatten().filter(|x| x.is_finite());
    let unit = (statistic.unit)(numbers.fold(0.0, |most, x| x.abs().max(most)));
    let drawn = Drawn { unit, magnitudes: statistic.magnitudes, named: true };
    // Of all windows, also of those that are not drawn.
    let medians: Vec<f64> = (look.measured.iter())
        .map(|windows| median(windows.iter().map(|one| (statistic.of)(&one.moments[0]))))
        .collect();
    chart(look, (statistic.id, statistic.title, ""), drawn, &points, &medians)
}

/// How points are drawn.
struct Drawn {
    unit: Unit,
    magnitudes: bool,
    named: bool,
}

/// Points `[state][point][axis]`, drawn in as many dimensions as there are; beside those of a single axis
/// the median of each state is.
fn chart(
    look: &Look,
    (id, title, caption): (&str, &str, &str),
    Drawn { unit, magnitudes, named }: Drawn,
    points: &[Vec<Vec<f64>>],
    medians: &[f64],
) -> Markup {
    let gathered = &look.gathered;
    let values = |axis: usize| -> Vec<f64> {
        points.iter().flatten().map(|point| point[axis] * unit.each).collect()
    };
    // All axes alike, so that a direction means the same on each.
    let log = magnitudes
        && (0..gathered.axes).any(|axis| Scale::of_magnitudes(values(axis)).is_log())
        && (0..gathered.axes).all(|axis| values(axis).iter().all(|x| *x > 0.0));
    let along = |axis: usize| {
        let scale = if log { Scale::log(values(axis)) } else { Scale::linear(values(axis)) };
        Axis::new(gathered.axis_name(axis), unit.name, scale)
    };
    let states = || gathered.states.iter().zip(points);
    let (class, chart) = match gathered.axes {
        1 => {
            let rows = states().map(|(state, points)| {
                let points: Vec<f64> = points.iter().map(|point| point[0] * unit.each).collect();
                let median = medians[state.series.index] * unit.each;
                Row { series: &state.series, points, named, median }
            });
            (
                "",
                Strip {
                    id,
                    x: Axis { name: title.to_lowercase(), ..along(0) },
                    rows: rows.collect(),
                }
                .svg(),
            )
        }
        2 => {
            let layers = states().map(|(state, points)| Layer {
                series: &state.series,
                shape: Shape::Dots,
                points: points.iter().map(|p| (p[0] * unit.each, p[1] * unit.each)).collect(),
                named,
                class: "",
            });
            let plot = Plot {
                id,
                x: along(0),
                y: along(1),
                layers: layers.collect(),
                rules: Vec::new(),
                reading: Reading::Point,
                zoom: None,
            };
            ("", plot.svg())
        }
        _ => {
            let groups = states().map(|(state, points)| Points {
                series: &state.series,
                points: points
                    .iter()
                    .map(|p| [0, 1, 2].map(|at: usize| p[at] * unit.each))
                    .collect(),
                named,
            });
            ("cloud", Cloud { id, axes: [0, 1, 2].map(along), points: groups.collect() }.html())
        }
    };
    Figure { id, title, caption, class, chart }.html()
}
