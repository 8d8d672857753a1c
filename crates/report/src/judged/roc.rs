//! The receiver operating characteristic: what every threshold would be worth.

use judder_train::{ScoredState, auc};
use maud::Markup;

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Series, Shape};

use super::Judged;

/// A curve is drawn through so many points at the most.
const MOST: usize = 400;

/// The curve of each anomalous state against all normal windows.
pub(super) fn figure(judged: &Judged<'_>) -> Option<Markup> {
    let mut normal = judged.pooled(false);
    normal.sort_by(f64::total_cmp);
    let anomalous: Vec<(&ScoredState, &Series)> =
        judged.states().filter(|(state, _)| state.anomaly && !state.windows.is_empty()).collect();
    if normal.is_empty() || anomalous.is_empty() {
        return None;
    }
    let mut layers = Vec::new();
    let mut areas = Vec::new();
    for (state, series) in anomalous {
        let mut scores = state.scores();
        scores.sort_by(f64::total_cmp);
        let points = curve(&normal, &scores);
        layers.push(Layer { series, shape: Shape::Line, points, named: false, class: "strong" });
        if let Some(threshold) = judged.threshold() {
            let points =
                vec![(100.0 * above(&normal, threshold), 100.0 * above(&scores, threshold))];
            layers.push(Layer {
                series,
                shape: Shape::Dots,
                points,
                named: false,
                class: "chosen",
            });
        }
        areas.extend(auc(&normal, &scores).map(|area| format!("{} {area:.4}", series.name)));
    }
    let plot = Plot {
        id: "roc",
        x: Axis::new("false alarms", "% of normal windows", Scale::exact(-1.0, 100.0)),
        y: Axis::new("noticed", "% of anomalous windows", Scale::exact(0.0, 103.0)),
        layers,
        rules: Vec::new(),
        reading: Reading::Point,
        zoom: Some("roc"),
    };
    let chosen = match judged.threshold() {
        Some(_) => " The large points are the threshold of the model.",
        None => "",
    };
    let caption = format!(
        "Each point is a threshold; drag across the left end to see it closely. Areas under the curves: \
         {}.{chosen}",
        areas.join(", ")
    );
    let chart = plot.svg();
    Some(Figure { id: "roc", title: "ROC curve", caption: &caption, class: "", chart }.html())
}

/// The share of sorted scores above a threshold.
pub(super) fn above(sorted: &[f64], threshold: f64) -> f64 {
    let up_to = sorted.partition_point(|score| *score <= threshold);
    (sorted.len() - up_to) as f64 / sorted.len().max(1) as f64
}

/// Percent of normal and of anomalous scores above every threshold that changes anything, from the
/// highest threshold to the lowest.
fn curve(normal: &[f64], anomalous: &[f64]) -> Vec<(f64, f64)> {
    let mut thresholds: Vec<f64> = normal.iter().chain(anomalous).copied().collect();
    thresholds.sort_by(|a, b| b.total_cmp(a));
    thresholds.dedup();
    let at =
        |threshold: f64| (100.0 * above(normal, threshold), 100.0 * above(anomalous, threshold));
    let mut points: Vec<(f64, f64)> = thresholds.into_iter().map(at).collect();
    points.push((100.0, 100.0));
    // What lies on a straight stretch between its neighbours is not drawn.
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let straight = kept.last().zip(points.get(at + 1)).is_some_and(|(before, after)| {
            before.0 == point.0 && point.0 == after.0 || before.1 == point.1 && point.1 == after.1
        });
        if !straight {
            kept.push(*point);
        }
    }
    let few = crate::chart::evenly(kept.len(), MOST);
    few.into_iter().map(|at| kept[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_ends_in_its_corners() {
        assert_eq!(curve(&[1.0, 2.0], &[3.0, 4.0]), [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0)]);
        let mixed = curve(&[1.0, 3.0], &[2.0, 4.0]);
        assert_eq!(mixed, [(0.0, 0.0), (0.0, 50.0), (50.0, 50.0), (50.0, 100.0), (100.0, 100.0)]);
    }

    #[test]
    fn ties_are_not_above() {
        assert_eq!(above(&[1.0, 2.0, 2.0, 3.0], 2.0), 0.25);
        assert_eq!(above(&[], 2.0), 0.0);
    }

    /// The area below the curve is that of the ranks.
    #[test]
    fn the_area_is_that_of_the_ranks() {
        let normal = [0.1, 0.4, 0.5, 0.5, 0.9, 1.5];
        let anomalous = [0.3, 0.5, 1.0, 1.2, 2.0];
        let curve = curve(&normal, &anomalous);
        let trapezes = curve.windows(2).map(|pair| {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            (x1 - x0) * (y0 + y1) / 2.0
        });
        let area = trapezes.sum::<f64>() / 1e4;
        assert!((area - auc(&normal, &anomalous).unwrap()).abs() < 1e-12);
    }
}
