//! A strip plot: every point of every series on one axis, a row a series.

use maud::{Markup, html};

use super::path::{self, GRID};
use super::plot::{BOTTOM, RIGHT, TOP, WIDTH, across, pixel};
use super::{Axis, Series};

/// The height of a row.
const ROW: f64 = 20.0;
/// How far points lie apart upwards, as a share of the row: so that they do not hide each other.
const SPREAD: f64 = 0.62;
/// The most room for a name, in widths of a digit.
const NAME: f64 = 17.5;
/// The width of a digit.
const DIGIT: f64 = 7.2;

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
        // No axis upwards, so no room for its name.
        let top = TOP - 18.0;
        let bottom = top + height;
        let scale = self.x.scale;
        let log = if scale.is_log() { " log" } else { "" };
        let at = |value: f64| pixel(left + scale.place(value) * width);
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (bottom + BOTTOM) } tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" }
                data-box={ (left) " " (top) " " (width) " " (height) } data-reading="point"
                data-x={ (scale.low()) " " (scale.high()) (log) }
                data-x-name=(self.x.name) data-x-unit=(self.x.unit)
            {
                @for tick in across(&scale, 5, width) {
                    path class="grid" d={ "M" (at(tick.at)) " " (top) "V" (bottom) } {}
                    text x=(at(tick.at)) y=(bottom + 18.0) text-anchor="middle" { (tick.label) }
                }
                text class="name" x=(left + width) y=(bottom + 35.0) text-anchor="end" {
                    (self.x.title())
                }
                @for (number, row) in self.rows.iter().enumerate() {
                    (name(row.series, top + ROW * (number as f64 + 0.5)))
                }
                svg class="plot" x=(left) y=(top) width=(width) height=(height)
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
    let widest = series.map(|one| width(&fitting(&one.name, NAME))).fold(3.0, f64::max);
    16.0 + DIGIT * widest
}

/// The name of a series at the beginning of its row.
pub(super) fn name(series: &Series, y: f64) -> Markup {
    let short = fitting(&series.name, NAME);
    html! {
        g data-s=[(!series.is_alone()).then_some(series.index)] {
            path class={ "dots " (series.class()) } d={ "M7 " (pixel(y)) "h.01" } {}
            text x="16" y=(pixel(y + 4.0)) { (short) title { (series.name) } }
        }
    }
}

/// As much of a name as there is room for.
fn fitting(name: &str, room: f64) -> String {
    if width(name) <= room {
        return name.to_owned();
    }
    let mut left = room - wide('…');
    let fits = |c: &char| {
        left -= wide(*c);
        left >= 0.0
    };
    name.chars().take_while(fits).chain(['…']).collect()
}

/// How wide a text is, in widths of a digit.
fn width(text: &str) -> f64 {
    text.chars().map(wide).sum()
}

/// How wide a letter is in most typefaces, in widths of a digit; nothing is known of the reader's.
fn wide(c: char) -> f64 {
    match c {
        'W' | 'M' | '@' | '%' | 'm' | 'w' | '…' => 1.6,
        'A'..='Z' => 1.15,
        c if c.is_ascii() => 1.0,
        // Hangul, and what follows it: kana, ideographs, pictures.
        '\u{1100}'.. => 2.0,
        _ => 1.15,
    }
}

/// A place between 0 and 1 for each number, spread evenly: the fractional parts of multiples of the
/// golden ratio.
fn scatter(at: usize) -> f64 {
    (at as f64 * 0.618_033_988_749_895).fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_where_there_is_no_room() {
        assert_eq!(fitting("low", 4.0), "low");
        assert_eq!(fitting("lower", 4.6), "lo…");
        assert_eq!(fitting("WWWW", 5.0), "WW…");
        assert_eq!(fitting("軸受軸受", 6.0), "軸受…");
    }
}
