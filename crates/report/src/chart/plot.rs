//! A chart with two axes: lines, steps and dots on a grid.

use maud::{Markup, html};

use super::frame::{Frame, frame};
use super::path::{self, GRID};
use super::room::{ABOVE_TICK, BOTTOM, LEFT, LINE, RIGHT, TICK, TOP, WIDTH, pixel};
use super::text::within;
use super::ticks::{below, beside, left_of};
use super::{Axis, Series};

/// The height of a plot.
const HEIGHT: f64 = 176.0;
/// About so many ticks stand beside a plot.
const UP: usize = 5;

/// How the points of a layer are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A line through them.
    Line,
    /// Steps: each point is a bin, from its x to that of the next, as high as its y.
    Steps,
    /// A dot at each.
    Dots,
    /// What lies within them, along one side and back along the other. No pointer reads it.
    Area,
    /// A dot at each, on what another layer says. No pointer reads it.
    Marks,
}

/// The points of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer<'s> {
    /// Whose they are.
    pub series: &'s Series,
    /// How they are drawn.
    pub shape: Shape,
    /// In the units of the axes.
    pub points: Vec<(f64, f64)>,
    /// Whether the points are those whose names the page has.
    pub named: bool,
    /// A class besides.
    pub class: &'static str,
}

/// A line across a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Where.
    pub at: f64,
    /// Whether it stands upright, at a value of the horizontal axis.
    pub upright: bool,
    /// What it is.
    pub label: String,
}

/// What the pointer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The values of all series at one place of the horizontal axis.
    Column,
    /// The nearest point.
    Point,
}

/// A chart with two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot<'s> {
    /// The figure it stands in, by which it is named.
    pub id: &'s str,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the first lowest.
    pub layers: Vec<Layer<'s>>,
    /// Lines across.
    pub rules: Vec<Rule>,
    /// What the pointer reads.
    pub reading: Reading,
    /// Charts of the same group are zoomed together; none where there is nothing to zoom.
    pub zoom: Option<&'s str>,
}

impl Plot<'_> {
    /// Its SVG.
    pub fn svg(&self) -> Markup {
        let up = beside(&self.y.scale, UP, HEIGHT);
        let left = left_of(&up, LEFT);
        let width = WIDTH - left - RIGHT;
        let across = below(&self.x.scale, 6, left, width);
        let reading = match self.reading {
            Reading::Column => "column",
            Reading::Point => "point",
        };
        let bounds = |axis: &Axis| {
            let kind = match axis.scale {
                scale if scale.is_log() => " log",
                scale if scale.is_clock() => " clock",
                _ => "",
            };
            format!("{} {}{kind}", axis.scale.low(), axis.scale.high())
        };
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (TOP + HEIGHT + BOTTOM) } tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" }
                data-box={ (left) " " (TOP) " " (width) " " (HEIGHT) }
                data-x=(bounds(&self.x)) data-x-name=(self.x.name) data-x-unit=(self.x.unit)
                data-y=(bounds(&self.y)) data-y-name=(self.y.name) data-y-unit=(self.y.unit)
                data-reading=(reading) data-zoom=[self.zoom]
            {
                (frame(Frame { left, width, height: HEIGHT, x: &self.x, y: &self.y, across, up }))
                svg class="plot" x=(left) y=(TOP) width=(width) height=(HEIGHT)
                    viewBox={ "0 0 " (GRID) " " (GRID) } preserveAspectRatio="none"
                {
                    @for layer in &self.layers { (self.layer(layer)) }
                    @for rule in &self.rules { path class="rule" d=(self.rule(rule)) {} }
                }
                @for (at, rule) in self.rules.iter().enumerate() { (self.label(rule, at, left, width)) }
            }
        }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        // What is not above 0 has no place on a logarithmic axis, and stands at its beginning.
        (self.x.scale.place(x), self.y.scale.place(y))
    }

    fn layer(&self, layer: &Layer<'_>) -> Markup {
        let points = || layer.points.iter().map(|&point| self.place(point));
        let (kind, path) = match layer.shape {
            Shape::Line => ("line", path::line(points())),
            Shape::Dots | Shape::Marks => ("dots", path::dots(points())),
            Shape::Area => ("area", path::line(points())),
            Shape::Steps => ("line steps", path::line(self.steps(&layer.points))),
        };
        let Series { index, name, .. } = layer.series;
        let class = format!("{kind} {} {}", layer.series.class(), layer.class);
        let read = !matches!(layer.shape, Shape::Area | Shape::Marks);
        let (index, name) =
            (read.then_some(index), (read && layer.series.is_alone()).then_some(name));
        html! {
            path class=(class.trim_end()) data-s=[index] data-name=[name] data-named[layer.named]
                d=(path) {}
        }
    }

    fn steps(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let ends = points.windows(2).flat_map(|pair| {
            let ((from, height), (to, _)) = (pair[0], pair[1]);
            [(from, height), (to, height)]
        });
        ends.map(|point| self.place(point)).collect()
    }

    fn rule(&self, rule: &Rule) -> String {
        match rule.upright {
            true => path::line([0.0, 1.0].map(|y| (self.x.scale.place(rule.at), y))),
            false => path::line([0.0, 1.0].map(|x| (x, self.y.scale.place(rule.at)))),
        }
    }

    /// Inside the plot, on the side where there is more room.
    fn label(&self, rule: &Rule, number: usize, left: f64, width: f64) -> Markup {
        if rule.label.is_empty() {
            return html! {};
        }
        let (x, y, right, room) = match rule.upright {
            true => {
                let share = self.x.scale.place(rule.at).clamp(0.0, 1.0);
                let (x, right) = (left + share * width, share > 0.6);
                let room = (if right { share } else { 1.0 - share }) * width - 4.0;
                let y = TOP + ABOVE_TICK - 3.0 + LINE * number as f64;
                (if right { x - 4.0 } else { x + 4.0 }, y, right, room)
            }
            false => {
                let share = self.y.scale.place(rule.at).clamp(0.0, 1.0);
                let y = TOP + (1.0 - share) * HEIGHT;
                (left + width - 3.0, if share > 0.9 { y + 12.0 } else { y - 4.0 }, true, width)
            }
        };
        let anchor = if right { "end" } else { "start" };
        html! {
            text class="rule-label" x=(pixel(x)) y=(pixel(y)) text-anchor=(anchor) {
                (within(&rule.label, TICK, room))
            }
        }
    }
}
