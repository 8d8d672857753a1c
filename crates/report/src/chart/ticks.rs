//! The ticks beside and below a plot: as many as stand apart in any font, none of them cut off.

use maud::{Markup, html};

use super::room::{LINE, MIDDLE, TICK, TICKS_DOWN, WIDTH, pixel};
use super::text::width;
use super::{Scale, Tick};

/// Between two texts in a row there is at least so much room.
const GAP: f64 = 4.0;
/// A plot begins so far from the ticks beside it.
const BESIDE: f64 = 6.0;

/// A tick below a plot.
pub(super) struct Below {
    tick: Tick,
    /// Where its line is.
    line: f64,
    /// The middle of its label.
    middle: f64,
    half: f64,
}

impl Below {
    fn new(tick: Tick, scale: &Scale, left: f64, across: f64) -> Self {
        let line = left + scale.place(tick.at) * across;
        let half = width(tick.widest(), TICK) / 2.0;
        // At the ends of a chart nothing is cut off.
        let middle = line.min(WIDTH - half).max(half);
        Self { tick, line, middle, half }
    }

    /// Where the middle of its label is.
    pub(super) fn middle(&self) -> f64 {
        self.middle
    }

    /// What stands there.
    pub(super) fn label(&self) -> &str {
        &self.tick.label
    }

    fn is_apart(&self, next: &Self) -> bool {
        next.middle - next.half - self.middle - self.half >= GAP
    }
}

/// Round values of the horizontal axis of a plot that begins at `left`: about `most` of them, or as many as
/// stand beside each other.
pub(super) fn below(scale: &Scale, most: usize, left: f64, across: f64) -> Vec<Below> {
    let placed = |most| -> Vec<Below> {
        let ticks = scale.ticks(most).into_iter();
        ticks.map(|tick| Below::new(tick, scale, left, across)).collect()
    };
    most_of(most, placed, |pair| pair[0].is_apart(&pair[1]))
}

/// The ticks below a plot, and their lines from its top to its bottom.
pub(super) fn drawn_below(ticks: &[Below], top: f64, bottom: f64) -> Markup {
    html! {
        g class="across" {
            @for Below { tick, line, middle, .. } in ticks {
                path class="grid" d={ "M" (pixel(*line)) " " (top) "V" (bottom) } {}
                text x=(pixel(*middle)) y=(bottom + TICKS_DOWN) text-anchor="middle"
                    data-ms=[tick.step_ms.map(|_| tick.at)] data-step=[tick.step_ms] { (tick.label) }
            }
        }
    }
}

/// Round values of the vertical axis of a plot that is so high: about `most` of them, or as many as stand
/// above each other.
pub(super) fn beside(scale: &Scale, most: usize, height: f64) -> Vec<Tick> {
    let far = |pair: &[Tick]| scale.place(pair[1].at) - scale.place(pair[0].at);
    most_of(most, |most| scale.ticks(most), |pair| far(pair) * height >= LINE)
}

/// About `most` ticks, or as many as are apart, each from the next; of those that never are, the first.
fn most_of<T>(
    most: usize,
    ticks: impl Fn(usize) -> Vec<T>,
    apart: impl Fn(&[T]) -> bool,
) -> Vec<T> {
    let fit = |ticks: &Vec<T>| !ticks.is_empty() && ticks.windows(2).all(&apart);
    let found = (1..=most).rev().map(&ticks).find(fit);
    let few = || (1..=most).map(&ticks).find(|ticks| !ticks.is_empty()).into_iter().flatten();
    found.unwrap_or_else(|| few().take(1).collect())
}

/// Where a plot begins: as far as the longest of the ticks beside it takes, and `least` or more.
pub(super) fn left_of(ticks: &[Tick], least: f64) -> f64 {
    let longest = ticks.iter().map(|tick| width(tick.widest(), TICK)).fold(0.0, f64::max);
    (longest + BESIDE).ceil().max(least)
}

/// The ticks beside a plot, and their lines from its left to its right.
pub(super) fn drawn_beside(
    ticks: &[Tick],
    scale: &Scale,
    (left, right): (f64, f64),
    (top, height): (f64, f64),
) -> Markup {
    let at = |tick: &Tick| top + (1.0 - scale.place(tick.at)) * height;
    html! {
        g class="up" {
            @for tick in ticks {
                path class="grid" d={ "M" (left) " " (pixel(at(tick))) "H" (right) } {}
                text x=(left - BESIDE) y=(pixel(at(tick) + MIDDLE)) text-anchor="end" { (tick.label) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scales() -> impl Strategy<Value = Scale> {
        let ends = || (-12.0..12.0f64, 0.0..14.0f64);
        prop_oneof![
            (-1e9..1e9f64, ends())
                .prop_map(|(low, (_, wide))| { Scale::exact(low, low + 10f64.powf(wide - 6.0)) }),
            ends().prop_map(|(low, wide)| Scale::log([10f64.powf(low), 10f64.powf(low + wide)])),
            (0..1i64 << 41, 1.0..13.0f64).prop_map(|(from, wide)| Scale::clock(
                from,
                from + 10f64.powf(wide) as i64,
                60
            )),
        ]
    }

    proptest! {
        #[test]
        fn ticks_stand_apart_and_within_the_chart(
            scale in scales(), most in 1..9usize, left in 0.0..200.0f64,
        ) {
            let across = WIDTH - left - 14.0;
            let ticks = below(&scale, most, left, across);
            for one in &ticks {
                prop_assert!(one.middle - one.half >= 0.0 && one.middle + one.half <= WIDTH);
                prop_assert!((-0.1..=across + 0.1).contains(&(one.line - left)));
            }
            for pair in ticks.windows(2) {
                prop_assert!(pair[0].middle + pair[0].half < pair[1].middle - pair[1].half);
            }
        }

        #[test]
        fn an_axis_has_a_tick_where_there_is_a_round_value(scale in scales(), most in 1..9usize) {
            let (across, up) = (below(&scale, most, 52.0, 354.0), beside(&scale, most, 176.0));
            let none = (1..=most).all(|most| scale.ticks(most).is_empty());
            prop_assert_eq!((across.is_empty(), up.is_empty()), (none, none));
        }

        #[test]
        fn ticks_stand_above_each_other(scale in scales(), most in 1..9usize) {
            let up = beside(&scale, most, 120.0);
            for pair in up.windows(2) {
                prop_assert!((scale.place(pair[1].at) - scale.place(pair[0].at)) * 120.0 >= LINE);
            }
        }
    }
}
