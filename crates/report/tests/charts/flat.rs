//! Plots with two axes, and heat maps.

use insta::assert_snapshot;
use judder_report::chart::{Heat, Layer, Levels, Plot, Reading, Rule, Scale, Series, Shape};

use crate::{axis, layer, lines, series};

#[test]
fn lines_and_dots() {
    let series = series();
    let dots =
        Layer { named: true, class: "big", ..layer(&series[2], Shape::Dots, vec![(0.5, 1.0)]) };
    let plot = Plot {
        id: "p",
        x: axis("time", "s", Scale::exact(0.0, 1.0)),
        y: axis("acceleration", "g", Scale::linear([-1.0, 1.0])),
        // The line breaks where there is no number.
        layers: vec![
            layer(
                &series[0],
                Shape::Line,
                vec![(0.0, -1.0), (0.5, f64::NAN), (0.7, 0.0), (1.0, 1.0)],
            ),
            layer(&series[1], Shape::Line, Vec::new()),
            dots,
        ],
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: Some("time"),
    };
    assert_snapshot!(lines(plot.svg()));
}

#[test]
fn steps_and_rules() {
    let series = series();
    let rule = |at, upright, label: &str| Rule { at, upright, label: label.to_owned() };
    let plot = Plot {
        id: "p",
        x: axis("correlation", "", Scale::exact(-1.0, 1.0)),
        y: axis("windows", "%", Scale::from_zero([80.0])),
        layers: vec![layer(&series[0], Shape::Steps, vec![(-1.0, 20.0), (0.0, 80.0), (1.0, 80.0)])],
        rules: vec![rule(0.9, true, "a <b>"), rule(80.0, false, "most"), rule(0.0, true, "")],
        reading: Reading::Point,
        zoom: None,
    };
    assert_snapshot!(lines(plot.svg()));
}

#[test]
fn logarithmic() {
    let series = series();
    let plot = Plot {
        id: "p",
        x: axis("variance", "g²", Scale::log([1e-4, 1e3])),
        y: axis("score", "", Scale::log([1.0, 8.0])),
        // What is 0 stands at the beginning.
        layers: vec![layer(&series[2], Shape::Dots, vec![(0.0, 1.0), (0.1, 4.0), (1e3, 8.0)])],
        rules: vec![Rule { at: 4.0, upright: false, label: "threshold".to_owned() }],
        reading: Reading::Point,
        zoom: None,
    };
    assert_snapshot!(lines(plot.svg()));
}

#[test]
fn series_of_one_chart() {
    let axes = Series::axes(2);
    let plot = Plot {
        id: "p",
        x: axis("time", "s", Scale::exact(0.0, 1.0)),
        y: axis("acceleration", "g", Scale::exact(0.0, 1.0)),
        layers: axes
            .iter()
            .map(|one| layer(one, Shape::Line, vec![(0.0, 0.0), (1.0, 1.0)]))
            .collect(),
        rules: Vec::new(),
        reading: Reading::Column,
        zoom: None,
    };
    assert_snapshot!(lines(plot.svg()));
}

#[test]
fn heat() {
    let heat = Heat {
        id: "h",
        x: axis("window", "", Scale::exact(0.0, 2.0)),
        y: axis("frequency", "Hz", Scale::exact(0.0, 100.0)),
        value: axis("amplitude", "mg", Scale::log([0.1, 10.0])),
        levels: Levels { columns: 2, values: vec![0.1, 1.0, 10.0, 0.0] },
    };
    let svg = lines(heat.svg().unwrap());
    // The picture depends on the version of what packs it; a test beside its code reads its pixels.
    let (before, rest) = svg.split_once("data:image/png;base64,").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    assert_snapshot!(format!("{before}data:image/png;base64,…\"{after}"));
}
