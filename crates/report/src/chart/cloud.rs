//! A cloud of points in three dimensions, which the page's script turns and draws.

use maud::{Markup, html};
use serde::Serialize;

use super::bytes::{json, sixteen_bits};
use super::{Axis, Series};

/// The points of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Points<'s> {
    /// Whose they are.
    pub series: &'s Series,
    /// Along each axis, in its unit; one that is not finite is not drawn.
    pub points: Vec<[f64; 3]>,
    /// Whether the points are those whose names the page has.
    pub named: bool,
}

/// A cloud of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud<'s> {
    /// The figure it stands in, by which it is named.
    pub id: &'s str,
    /// The axes: two of the ground, and one upwards.
    pub axes: [Axis; 3],
    /// What is drawn.
    pub points: Vec<Points<'s>>,
}

#[derive(Serialize)]
struct Side<'a> {
    name: &'a str,
    unit: &'a str,
    low: f64,
    high: f64,
    log: bool,
}

impl<'a> Side<'a> {
    fn of(axis: &'a Axis) -> Self {
        let Axis { name, unit, scale } = axis;
        Self { name, unit, low: scale.low(), high: scale.high(), log: scale.is_log() }
    }
}

#[derive(Serialize)]
struct Group {
    s: usize,
    named: bool,
    /// Places of 16 bits along the three axes, point by point.
    points: String,
}

#[derive(Serialize)]
struct Data<'a> {
    axes: [Side<'a>; 3],
    groups: Vec<Group>,
}

impl Cloud<'_> {
    /// Its canvas, and the points that the script draws on it.
    pub fn html(&self) -> Markup {
        let group = |one: &Points<'_>| {
            let shares = one
                .points
                .iter()
                .flat_map(|point| [0, 1, 2].map(|at: usize| self.axes[at].scale.place(point[at])));
            Group { s: one.series.index, named: one.named, points: sixteen_bits(shares) }
        };
        let axes = self.axes.each_ref().map(Side::of);
        let data = Data { axes, groups: self.points.iter().map(group).collect() };
        html! {
            canvas width="420" height="300" tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" } {}
            script type="application/json" { (json(&data)) }
        }
    }
}
