//! SVG paths of many points in few bytes: whole numbers on a fine grid, each relative to the last.

use std::fmt::Write;

/// Steps of the grid along each side of a plot.
pub(super) const GRID: f64 = 50_000.0;

/// A place on the grid, from shares of the plot: x from the left, y from below.
pub(super) fn on_grid(x: f64, y: f64) -> (i64, i64) {
    // A little beyond the edge is enough to leave the plot.
    let step = |share: f64| (share.clamp(-1.0, 2.0) * GRID).round() as i64;
    (step(x), step(1.0 - y))
}

/// A line through the points; it breaks where one is not finite.
pub(super) fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    draw(points, |path, (dx, dy), begins| match begins {
        true => push(path, 'm', dx, dy),
        false => push(path, 'l', dx, dy),
    })
}

/// A dot at each point: a line of next to no length, which its ends make round or square. On paper a line
/// of no length at all would have no square ends.
pub(super) fn dots(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut first = true;
    draw(points, |path, (dx, dy), _| {
        // The step of the dot before.
        let dx = if first { dx } else { dx - 1 };
        first = false;
        push(path, 'm', dx, dy);
        path.push_str("h1");
    })
}

fn draw(
    points: impl IntoIterator<Item = (f64, f64)>,
    mut add: impl FnMut(&mut String, (i64, i64), bool),
) -> String {
    let (mut path, mut last, mut begins) = (String::new(), (0, 0), true);
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            begins = true;
            continue;
        }
        let (x, y) = on_grid(x, y);
        add(&mut path, (x - last.0, y - last.1), begins);
        (last, begins) = ((x, y), false);
    }
    path
}

/// A command is not repeated where the one before was the same, and a sign parts numbers.
fn push(path: &mut String, command: char, dx: i64, dy: i64) {
    let last = path.rfind(|c: char| c.is_ascii_alphabetic());
    let repeats = command == 'l' && last.is_some_and(|at| path[at..].starts_with('l'));
    if !repeats {
        path.push(command);
    } else if dx >= 0 {
        path.push(' ');
    }
    // Writing to a string cannot fail.
    let _ = write!(path, "{dx}");
    if dy >= 0 {
        path.push(' ');
    }
    let _ = write!(path, "{dy}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_short() {
        let points = [(0.0, 1.0), (0.5, 0.5), (1.0, 1.0), (0.0, 0.0)];
        assert_eq!(line(points), "m0 0l25000 25000 25000-25000-50000 50000");
        assert_eq!(dots(points[..2].to_vec()), "m0 0h1m24999 25000h1");
        let gap = [(0.0, 1.0), (f64::NAN, 0.5), (1.0, 1.0)];
        assert_eq!(line(gap), "m0 0m50000 0");
        assert_eq!(line([]), "");
    }

    proptest! {
        /// Errors of rounding do not add up along the path.
        #[test]
        fn every_point_lies_within_half_a_step(
            points in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64), 1..50)
        ) {
            let path = line(points.iter().copied());
            let spaced = path.replace('-', " -").replace(['m', 'l'], " ");
            let numbers: Vec<i64> =
                spaced.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            prop_assert_eq!(numbers.len(), 2 * points.len());
            let (mut x, mut y) = (0, 0);
            for (pair, point) in numbers.chunks(2).zip(&points) {
                (x, y) = (x + pair[0], y + pair[1]);
                prop_assert!((x as f64 / GRID - point.0).abs() <= 0.51 / GRID);
                prop_assert!((1.0 - y as f64 / GRID - point.1).abs() <= 0.51 / GRID);
            }
        }
    }
}
