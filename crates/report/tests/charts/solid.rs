//! Clouds of points.

use insta::assert_snapshot;
use judder_report::chart::{Cloud, Points, Scale};

use crate::{axis, lines, series};

#[test]
fn cloud() {
    let series = series();
    let points = |at: usize, named, points| Points { series: &series[at], points, named };
    let cloud = Cloud {
        id: "c",
        axes: ["x", "y", "z"].map(|name| axis(name, "mg", Scale::exact(0.0, 1.0))),
        points: vec![
            points(0, true, vec![[0.0, 0.5, 1.0]]),
            points(2, false, vec![[f64::NAN, 0.0, 0.0]]),
        ],
    };
    assert_snapshot!(lines(cloud.html()));
}
