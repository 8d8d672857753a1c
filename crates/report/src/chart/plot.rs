//! A chart with two axes: lines, steps and dots on a grid.

use maud::{Markup, html};

use super::path::{self, GRID};
use super::{Scale, Series, Tick};

/// Width of every chart in the units of its SVG.
pub(super) const WIDTH: f64 = 420.0;
/// Room to the right of a plot.
pub(super) const RIGHT: f64 = 12.0;
/// Room above it, for the name of the vertical axis.
pub(super) const TOP: f64 = 24.0;
/// Room below it, for the ticks and the name of the horizontal axis.
pub(super) const BOTTOM: f64 = 40.0;
/// Room for the ticks of the vertical axis, at least.
const LEFT: f64 = 52.0;
/// The width of a digit, at most.
const DIGIT: f64 = 7.7;
const HEIGHT: f64 = 176.0;
/// About so many ticks stand beside a plot.
const UP: usize = 5;

/// One of the two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub name: String,
    /// In which unit; none of a pure number.
    pub unit: String,
    /// Where values lie.
    pub scale: Scale,
}

impl Axis {
    /// An axis of this name, unit and scale.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, scale: Scale) -> Self {
        Self { name: name.into(), unit: unit.into(), scale }
    }

    pub(super) fn title(&self) -> String {
        if self.unit.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.unit)
        }
    }
}

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
        let left = self.left();
        let width = WIDTH - left - RIGHT;
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
                (frame(self.frame(width)))
                svg class="plot" x=(left) y=(TOP) width=(width) height=(HEIGHT)
                    viewBox={ "0 0 " (GRID) " " (GRID) } preserveAspectRatio="none"
                {
                    @for layer in &self.layers { (self.layer(layer)) }
                    @for rule in &self.rules { path class="rule" d=(self.rule(rule)) {} }
                }
                @for (at, rule) in self.rules.iter().enumerate() { (self.label(rule, at, width)) }
            }
        }
    }

    /// Where the plot begins: as far as the longest number beside it takes.
    fn left(&self) -> f64 {
        let ticks = self.y.scale.ticks(UP);
        let longest = ticks.iter().map(|tick| tick.label.chars().count()).max().unwrap_or(0);
        (longest as f64 * DIGIT + 8.0).round().max(LEFT)
    }

    fn frame(&self, width: f64) -> Frame<'_> {
        let (across, up) = (across(&self.x.scale, 6, width), self.y.scale.ticks(UP));
        Frame { left: self.left(), width, height: HEIGHT, x: &self.x, y: &self.y, across, up }
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
    fn label(&self, rule: &Rule, number: usize, width: f64) -> Markup {
        if rule.label.is_empty() {
            return html! {};
        }
        let left = self.left();
        let (x, y, right) = match rule.upright {
            true => {
                let share = self.x.scale.place(rule.at).clamp(0.0, 1.0);
                let x = left + share * width;
                let right = share > 0.6;
                (if right { x - 4.0 } else { x + 4.0 }, TOP + 11.0 + 13.0 * number as f64, right)
            }
            false => {
                let share = self.y.scale.place(rule.at).clamp(0.0, 1.0);
                let y = TOP + (1.0 - share) * HEIGHT;
                (left + width - 3.0, if share > 0.9 { y + 12.0 } else { y - 4.0 }, true)
            }
        };
        let anchor = if right { "end" } else { "start" };
        html! { text class="rule-label" x=(pixel(x)) y=(pixel(y)) text-anchor=(anchor) { (rule.label) } }
    }
}

/// Round values of a horizontal axis, about `most` of them or as many as stand beside each other.
pub(super) fn across(scale: &Scale, most: usize, width: f64) -> Vec<Tick> {
    let fits = |ticks: &Vec<Tick>| {
        ticks.windows(2).all(|pair| {
            let letters = pair[0].label.chars().count().max(pair[1].label.chars().count());
            let apart = (scale.place(pair[1].at) - scale.place(pair[0].at)) * width;
            apart > (letters as f64 + 1.0) * DIGIT
        })
    };
    let mut all = (1..=most).rev().map(|most| scale.ticks(most));
    all.find(fits).unwrap_or_default()
}

/// The axes of a plot, their ticks and names.
pub(super) struct Frame<'f> {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) x: &'f Axis,
    pub(super) y: &'f Axis,
    pub(super) across: Vec<Tick>,
    pub(super) up: Vec<Tick>,
}

pub(super) fn frame(frame: Frame<'_>) -> Markup {
    let Frame { left, width, height, x, y, across, up } = frame;
    let bottom = TOP + height;
    let at_x = |tick: &Tick| pixel(left + x.scale.place(tick.at) * width);
    // A long label at the right end is not cut off.
    let label_x = |tick: &Tick| {
        let most = left + width + RIGHT - tick.label.len() as f64 * DIGIT / 2.0;
        pixel(at_x(tick).min(most))
    };
    let at_y = |tick: &Tick| TOP + (1.0 - y.scale.place(tick.at)) * height;
    html! {
        g class="across" {
            @for tick in &across {
                path class="grid" d={ "M" (at_x(tick)) " " (TOP) "V" (bottom) } {}
                text x=(label_x(tick)) y=(bottom + 18.0) text-anchor="middle"
                    data-ms=[tick.step_ms.map(|_| tick.at)] data-step=[tick.step_ms] { (tick.label) }
            }
        }
        g class="up" {
            @for tick in &up {
                path class="grid" d={ "M" (left) " " (pixel(at_y(tick))) "H" (left + width) } {}
                text x=(left - 6.0) y=(pixel(at_y(tick) + 4.0)) text-anchor="end" { (tick.label) }
            }
        }
        text class="name" x=(left + width) y=(bottom + 35.0) text-anchor="end" { (x.title()) }
        text class="name" x="4" y="13" { (y.title()) }
    }
}

/// A tenth of a pixel is as fine as an eye sees.
pub(super) fn pixel(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
