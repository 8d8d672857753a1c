//! A strip plot: every point of every series on one axis, a row a series.

use maud::{Markup, html};

use super::frame::name_below;
use super::path::{self, GRID};
use super::room::{BOTTOM, MIDDLE, RIGHT, TICK, WIDTH, pixel};
use super::text::{fitting, width};
use super::ticks::{below, drawn_below};
use super::{Axis, Series};

/// Room above the rows.
const TOP: f64 = 6.0;

/// The height of a row.
const ROW: f64 = 20.0;
/// How far points lie apart upwards, as a share of the row: so that they do not hide each other.
const SPREAD: f64 = 0.62;
/// The most room for a name, and the least.
const NAME: f64 = 142.0;
const LEAST: f64 = 24.0;
/// Names begin so far from the left, after the sign of their series; rows begin so far from them.
const SIGN: f64 = 16.0;
const BESIDE: f64 = 4.0;

/// A series and its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'s> {
    /// Whose points they are.
    pub series: &'s Series,
    /// In the unit of the axis, in the order of the names that the page has; what is not finite is left
    /// out.
    pub points: Vec<f64>,
    /// Whether the points are those whose names the page has.
    pub named: bool,
    /// The median of all of them, those that are not drawn included.
    pub median: f64,
}

/// A strip plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip<'s> {
    /// The figure it stands in, by which it is named.
    pub id: &'s str,
    /// The axis.
    pub x: Axis,
    /// A row a series.
    pub rows: Vec<Row<'s>>,
}

impl Strip<'_> {
    /// Its SVG.
    pub fn svg(&self) -> Markup {
        let left = room_for(self.rows.iter().map(|row| row.series));
        let (width, height) = (WIDTH - left - RIGHT, ROW * self.rows.len() as f64);
        let bottom = TOP + height;
        let scale = self.x.scale;
        let log = if scale.is_log() { " log" } else { "" };
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (bottom + BOTTOM) } tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" }
                data-box={ (left) " " (TOP) " " (width) " " (height) } data-reading="point"
                data-x={ (scale.low()) " " (scale.high()) (log) }
                data-x-name=(self.x.name) data-x-unit=(self.x.unit)
            {
                (drawn_below(&below(&scale, 5, left, width), TOP, bottom))
                (name_below(&self.x, left + width, bottom))
                @for (number, row) in self.rows.iter().enumerate() {
                    (name(row.series, TOP + ROW * (number as f64 + 0.5)))
                }
                svg class="plot" x=(left) y=(TOP) width=(width) height=(height)
                    viewBox={ "0 0 " (GRID) " " (GRID) } preserveAspectRatio="none"
                {
                    @for (number, row) in self.rows.iter().enumerate() { (self.row(number, row)) }
                }
            }
        }
    }

    fn row(&self, number: usize, row: &Row<'_>) -> Markup {
        let (rows, scale) = (self.rows.len() as f64, self.x.scale);
        let up = |share: f64| 1.0 - (number as f64 + share) / rows;
        let points = row
            .points
            .iter()
            .enumerate()
            .map(|(at, &value)| (scale.place(value), up(0.5 + SPREAD * (scatter(at) - 0.5))));
        let median = [up(0.08), up(0.92)].map(|y| (scale.place(row.median), y));
        let Series { index, name, .. } = row.series;
        let name = row.series.is_alone().then_some(name);
        html! {
            g data-s=[(!row.series.is_alone()).then_some(index)] {
                path class={ "dots " (row.series.class()) } data-s=(index) data-name=[name]
                    data-named[row.named]
                    d=(path::dots(points)) {}
                @if row.median.is_finite() { path class="median" d=(path::line(median)) {} }
            }
        }
    }
}

/// Room for the names of the rows.
pub(super) fn room_for<'s>(series: impl Iterator<Item = &'s Series>) -> f64 {
    let wide = |one: &Series| width(&fitting(&one.name, TICK, NAME), TICK);
    (SIGN + series.map(wide).fold(LEAST, f64::max) + BESIDE).ceil()
}

/// The name of a series at the beginning of its row.
pub(super) fn name(series: &Series, y: f64) -> Markup {
    html! {
        g data-s=[(!series.is_alone()).then_some(series.index)] {
            path class={ "dots " (series.class()) } d={ "M7 " (pixel(y)) "h.01" } {}
            text x=(SIGN) y=(pixel(y + MIDDLE)) { (fitting(&series.name, TICK, NAME)) title { (series.name) } }
        }
    }
}

/// A place between 0 and 1 for each number, spread evenly: the fractional parts of multiples of the
/// golden ratio.
fn scatter(at: usize) -> f64 {
    (at as f64 * 0.618_033_988_749_895).fract()
}
