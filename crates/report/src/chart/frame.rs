//! What stands around a plot with two axes: their ticks and names.

use maud::{Markup, html};

use super::room::{ABOVE_NAME, NAME, NAME_DOWN, TOP, WIDTH};
use super::text::within;
use super::ticks::{Below, drawn_below, drawn_beside};
use super::{Axis, Tick};

/// Names begin so far from the left.
const MARGIN: f64 = 4.0;

/// The axes of a plot, their ticks and names.
pub(super) struct Frame<'f> {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) x: &'f Axis,
    pub(super) y: &'f Axis,
    pub(super) across: Vec<Below>,
    pub(super) up: Vec<Tick>,
}

pub(super) fn frame(frame: Frame<'_>) -> Markup {
    let Frame { left, width, height, x, y, across, up } = frame;
    let (right, bottom) = (left + width, TOP + height);
    html! {
        (drawn_below(&across, TOP, bottom))
        (drawn_beside(&up, &y.scale, (left, right), (TOP, height)))
        (name_below(x, right, bottom))
        (name_above(&y.title()))
    }
}

/// What a horizontal axis is called, at the end of it.
pub(super) fn name_below(x: &Axis, right: f64, bottom: f64) -> Markup {
    html! {
        text class="name" x=(right) y=(bottom + NAME_DOWN) text-anchor="end" {
            (within(&x.title(), NAME, right - MARGIN))
        }
    }
}

/// What stands above a plot.
pub(super) fn name_above(title: &str) -> Markup {
    html! {
        text class="name" x=(MARGIN) y=(ABOVE_NAME) { (within(title, NAME, WIDTH - 2.0 * MARGIN)) }
    }
}
