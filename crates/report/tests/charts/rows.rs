//! Charts with a row a series.

use insta::assert_snapshot;
use judder_report::chart::{Lanes, Row, Scale, Shape, Strip};

use crate::{axis, layer, lines, series};

#[test]
fn lanes() {
    let series = series();
    let lanes = Lanes {
        id: "l",
        x: axis("time", "ms", Scale::exact(0.0, 640.0)),
        value: ("acceleration", "mg"),
        layers: vec![
            layer(&series[0], Shape::Line, vec![(0.0, -5.0), (320.0, 5.0), (640.0, 0.0)]),
            layer(&series[2], Shape::Line, vec![(0.0, 20.0), (640.0, f64::NAN)]),
        ],
        zoom: "time",
    };
    assert_snapshot!(lines(lanes.svg()));
}

#[test]
fn strip() {
    let series = series();
    let points = [vec![1.0, 2.0, 3.0], vec![f64::NAN], vec![2.5, 4.0]];
    let medians = [2.0, f64::NAN, 3.25];
    let rows = series.iter().zip(points).zip(medians);
    let row = |((series, points), median)| Row { series, points, named: true, median };
    let strip = Strip {
        id: "s",
        x: axis("mad", "mg", Scale::linear([1.0, 4.0])),
        rows: rows.map(row).collect(),
    };
    assert_snapshot!(lines(strip.svg()));
}

#[test]
fn strip_of_what_has_no_names() {
    let series = series();
    let row = Row { series: &series[0], points: vec![0.01, 1.0], named: false, median: 0.5 };
    let strip = Strip { id: "s", x: axis("mad", "g", Scale::log([0.01, 1.0])), rows: vec![row] };
    assert_snapshot!(lines(strip.svg()));
}
