//! How a chart is divided: room for its plot, and for texts of any font around it. In the units of its SVG.

/// Width of every chart.
pub(super) const WIDTH: f64 = 420.0;
/// Room to the right of a plot.
pub(super) const RIGHT: f64 = 14.0;
/// Room to the left of it, for the ticks of the vertical axis, at least.
pub(super) const LEFT: f64 = 52.0;
/// Room above it, for the name of the vertical axis and half of a tick.
pub(super) const TOP: f64 = ABOVE_NAME + BELOW + ABOVE_TICK - MIDDLE;
/// The ticks below a plot stand so far below it: those beside it may stand at its very end.
pub(super) const TICKS_DOWN: f64 = MIDDLE + BELOW + ABOVE_TICK - 1.0;
/// The name of the horizontal axis stands so far below a plot.
pub(super) const NAME_DOWN: f64 = TICKS_DOWN + BELOW + ABOVE_NAME - 1.0;
/// Room below a plot, for the ticks and the name of the horizontal axis.
pub(super) const BOTTOM: f64 = NAME_DOWN + BELOW;

/// The sizes of texts, as the style sheet has them: of ticks and rows, and of what names an axis.
pub(super) const TICK: f64 = 12.0;
pub(super) const NAME: f64 = 12.5;
/// The line of a tick lies so far below the middle of its letters.
pub(super) const MIDDLE: f64 = 4.0;

/// How far letters reach above and below their line at most, as browsers reckon it. The most of common
/// fonts have Noto Sans CJK (1.16 and 0.29 em) and Noto Sans (1.07 and 0.29 em), rounded to whole pixels.
pub(super) const ABOVE_TICK: f64 = 14.0;
pub(super) const ABOVE_NAME: f64 = 15.0;
pub(super) const BELOW: f64 = 4.0;
/// Lines of texts that stand one above the other are so far apart.
pub(super) const LINE: f64 = ABOVE_TICK + BELOW;

/// A tenth of a pixel is as fine as an eye sees.
pub(super) fn pixel(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
