//! Lanes: a line for each series in a row of its own, all to the same scale.

use maud::{Markup, html};

use super::frame::{name_above, name_below};
use super::path::{self, GRID};
use super::room::{BOTTOM, RIGHT, TOP, WIDTH};
use super::strip::{name, room_for};
use super::ticks::{below, drawn_below};
use super::{Axis, Layer, Series};

/// The height of a row; the lines of neighbours may meet.
const ROW: f64 = 26.0;
/// The least height of all rows together.
const LEAST: f64 = 176.0;

/// Lines in rows, each about the middle of its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Lanes<'s> {
    /// The figure it stands in, by which it is named.
    pub id: &'s str,
    /// The horizontal axis.
    pub x: Axis,
    /// What is measured upwards, and in which unit.
    pub value: (&'s str, &'s str),
    /// The lines: the vertical places are values about 0.
    pub layers: Vec<Layer<'s>>,
    /// Charts of the same group are zoomed together.
    pub zoom: &'s str,
}

impl Lanes<'_> {
    /// Its SVG.
    pub fn svg(&self) -> Markup {
        let rows = self.layers.len().max(1) as f64;
        let left = room_for(self.layers.iter().map(|layer| layer.series));
        let (width, height) = (WIDTH - left - RIGHT, (ROW * rows).max(LEAST));
        let bottom = TOP + height;
        let row = height / rows;
        let (x, (name_of, unit)) = (&self.x, self.value);
        let largest = self.largest();
        let title = format!("{name_of}, rows {} {unit} high", crate::number::short(2.0 * largest));
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (bottom + BOTTOM) } tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" }
                data-box={ (left) " " (TOP) " " (width) " " (height) } data-reading="column"
                data-x={ (x.scale.low()) " " (x.scale.high()) } data-x-name=(x.name)
                data-x-unit=(x.unit) data-y-name=(name_of) data-y-unit=(unit) data-zoom=(self.zoom)
            {
                (drawn_below(&below(&x.scale, 5, left, width), TOP, bottom))
                (name_below(x, left + width, bottom))
                (name_above(&title))
                @for (number, layer) in self.layers.iter().enumerate() {
                    (name(layer.series, TOP + row * (number as f64 + 0.5)))
                }
                svg class="plot" x=(left) y=(TOP) width=(width) height=(height)
                    viewBox={ "0 0 " (GRID) " " (GRID) } preserveAspectRatio="none"
                {
                    @for (number, layer) in self.layers.iter().enumerate() {
                        (self.lane(number, rows, largest, layer))
                    }
                }
            }
        }
    }

    /// The largest magnitude of all.
    fn largest(&self) -> f64 {
        let all =
            self.layers.iter().flat_map(|layer| layer.points.iter().map(|point| point.1.abs()));
        let largest = all.filter(|x| x.is_finite()).fold(0.0, f64::max);
        if largest > 0.0 { largest.min(f64::MAX / 1e3) } else { 1.0 }
    }

    fn lane(&self, number: usize, rows: f64, largest: f64, layer: &Layer<'_>) -> Markup {
        let center = 1.0 - (number as f64 + 0.5) / rows;
        let half = 0.5 / rows;
        let points =
            layer.points.iter().map(|&(x, y)| (self.x.scale.place(x), center + half * y / largest));
        let Series { index, name, .. } = layer.series;
        let name = layer.series.is_alone().then_some(name);
        html! {
            path class={ "line " (layer.series.class()) " fine" } data-s=(index) data-name=[name]
                data-lane={ (center) " " (largest / half) } d=(path::line(points)) {}
        }
    }
}
