//! The chart pieces as they are drawn: a change of a page's looks is a change of these files.
//!
//! With `INSTA_UPDATE=always` they are written anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod around;
mod flat;
mod rows;
mod solid;

use judder_report::chart::{Axis, Layer, Scale, Series, Shape};
use maud::Markup;

/// Two normal states and an anomaly.
fn series() -> Vec<Series> {
    let states = [("low", false), ("a <b> & \"c\"", false), ("low, with a coin on it", true)];
    Series::all(states.map(|(name, anomaly)| (name.to_owned(), anomaly)))
}

fn layer(series: &Series, shape: Shape, points: Vec<(f64, f64)>) -> Layer<'_> {
    Layer { series, shape, points, named: false, class: "" }
}

fn axis(name: &str, unit: &str, scale: Scale) -> Axis {
    Axis::new(name, unit, scale)
}

/// Places behind the point that are compared: the last digits of a logarithm are another system's.
const PLACES: usize = 8;

/// An element a line, so that a change is seen where it is.
fn lines(markup: Markup) -> String {
    let html = markup.into_string().replace("><", ">\n<");
    let mut place = None;
    html.chars()
        .filter(|c| {
            place = match place {
                _ if *c == '.' => Some(0),
                Some(at) if c.is_ascii_digit() => Some(at + 1),
                _ => None,
            };
            place.is_none_or(|at| at <= PLACES)
        })
        .collect()
}
