//! How the training of an autoencoder went.

use judder_train::Fitted;
use maud::html;

use crate::chart::{Axis, Figure, Layer, Plot, Reading, Scale, Series, Shape};
use crate::number::{percent, short};
use crate::page::Section;

use super::{Judged, Origin};

pub(super) fn section(judged: &Judged<'_>) -> Option<Section> {
    let Origin::Trained(trained) = judged.origin else { return None };
    let Fitted::Autoencoder(fitted) = &trained.fitted else { return None };
    let series = Series::named(["windows learnt from", "windows to stop by"]);
    let [learnt, watched] = series.as_slice() else { return None };
    let line = |series, points| Layer {
        series,
        shape: Shape::Line,
        points,
        named: false,
        class: "strong",
    };
    let passes = || fitted.curve.iter().enumerate().map(|(at, loss)| ((at + 1) as f64, loss));
    let on_learnt = passes().map(|(pass, loss)| (pass, loss.0)).collect();
    let on_watched: Vec<(f64, f64)> =
        passes().filter_map(|(pass, loss)| Some((pass, loss.1?))).collect();
    let mut layers = vec![line(learnt, on_learnt)];
    if !on_watched.is_empty() {
        layers.push(line(watched, on_watched));
    }
    let all: Vec<f64> =
        layers.iter().flat_map(|one| one.points.iter().map(|point| point.1)).collect();
    let plot = Plot {
        id: "loss",
        x: Axis::new("pass", "", Scale::exact(0.0, fitted.curve.len().max(1) as f64)),
        y: Axis::new("mean squared error", "", Scale::log(all)),
        layers,
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: Some("loss"),
    };
    let caption = format!(
        "The best of {} starts: a mean squared error of {} after {} passes; it explains {} of the variance of \
         normal features. Blue: windows learnt from; orange: windows it was stopped by.",
        fitted.starts,
        short(fitted.loss),
        fitted.epochs,
        percent(fitted.explained)
    );
    let (id, title, chart) = ("loss", "Loss over the passes", plot.svg());
    let figure = Figure { id, title, caption: &caption, class: "", chart };
    let body = html! { div class="charts two" { (figure.html()) } };
    Some(Section { id: "training", title: "Training".to_owned(), body })
}
