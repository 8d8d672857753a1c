//! A window fed reading by reading, against cutting the whole batch.

use judder_core::{Error, MAX_AXES, MIN_LENGTH, Window};
use proptest::prelude::*;

/// Readings, one after the other, as the windows see them: `[axes][length]` each.
fn cut(rows: &[Vec<f32>], axes: usize, length: usize, hop: usize) -> Vec<Vec<f32>> {
    let starts = (0..).map(|at| at * hop).take_while(|start| start + length <= rows.len());
    let window = |start: usize| {
        let rows = &rows[start..start + length];
        (0..axes).flat_map(|axis| rows.iter().map(move |row| row[axis])).collect()
    };
    starts.map(window).collect()
}

fn feed(window: &mut Window<Vec<f32>, f32>, rows: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut full = Vec::new();
    for row in rows {
        if let Some(readings) = window.push(row).unwrap() {
            assert!(readings.iter().all(|axis| axis.len() == readings.length()));
            full.push(readings.iter().flatten().copied().collect());
        }
    }
    full
}

fn rows(axes: usize) -> impl Strategy<Value = Vec<Vec<f32>>> {
    prop::collection::vec(prop::collection::vec(-4.0f32..4.0, axes), 0..120)
}

/// Axes, length, a hop from far below to far above the length, and readings.
fn streams() -> impl Strategy<Value = (usize, usize, usize, Vec<Vec<f32>>)> {
    (1..=MAX_AXES, MIN_LENGTH..24, 1usize..60)
        .prop_flat_map(|(axes, length, hop)| (Just(axes), Just(length), Just(hop), rows(axes)))
}

fn new(axes: usize, length: usize, hop: usize) -> Window<Vec<f32>, f32> {
    Window::new(vec![f32::NAN; axes * length], axes, length, hop).unwrap()
}

proptest! {
    #[test]
    fn feeding_in_chunks_equals_cutting_the_batch(
        (axes, length, hop, rows) in streams(),
        chunk in 1usize..50,
    ) {
        let mut window = new(axes, length, hop);
        let fed: Vec<_> = rows.chunks(chunk).flat_map(|chunk| feed(&mut window, chunk)).collect();
        prop_assert_eq!(fed, cut(&rows, axes, length, hop));
    }

    #[test]
    fn a_reading_that_is_not_finite_starts_the_window_anew(
        (axes, length, hop, rows) in streams(),
        gap in any::<prop::sample::Index>(),
        axis in any::<prop::sample::Index>(),
        bad in prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
    ) {
        let gap = gap.index(rows.len() + 1);
        let axis = axis.index(axes);
        let mut window = new(axes, length, hop);
        let mut fed = feed(&mut window, &rows[..gap]);
        let mut spoilt = vec![0.0; axes];
        spoilt[axis] = bad;
        // Where it would have stood in the window that was being filled; 0 between windows.
        let filling = fed.len() * hop;
        let reading = gap.saturating_sub(filling);
        let error = window.push(&spoilt).map(|full| full.is_some());
        prop_assert_eq!(error, Err(Error::NonFinite { axis, reading }));
        fed.extend(feed(&mut window, &rows[gap..]));
        let mut expected = cut(&rows[..gap], axes, length, hop);
        expected.extend(cut(&rows[gap..], axes, length, hop));
        prop_assert_eq!(fed, expected);
    }

    #[test]
    fn clear_forgets_what_was_fed((axes, length, hop, rows) in streams(), gap in 0usize..120) {
        let (before, after) = rows.split_at(gap.min(rows.len()));
        let mut window = new(axes, length, hop);
        feed(&mut window, before);
        window.clear();
        prop_assert_eq!(feed(&mut window, after), cut(after, axes, length, hop));
    }

    #[test]
    fn a_reading_of_another_shape_is_left_out((axes, length, hop, rows) in streams(), at in 0usize..120) {
        let at = at.min(rows.len());
        let mut window = new(axes, length, hop);
        let mut fed = feed(&mut window, &rows[..at]);
        for found in [0, axes - 1, axes + 1, 100] {
            let wrong = window.push(&vec![0.5; found]).map(|full| full.is_some());
            prop_assert_eq!(wrong, Err(Error::Shape { expected: axes, found }));
        }
        fed.extend(feed(&mut window, &rows[at..]));
        prop_assert_eq!(fed, cut(&rows, axes, length, hop));
    }
}

#[test]
fn only_a_window_with_a_shape_is_made() {
    let window = |buffer: usize, axes, length, hop| {
        Window::<_, f32>::new(vec![0.0; buffer], axes, length, hop).map(|_| ())
    };
    assert_eq!(window(3 * 8, 3, 8, 1), Ok(()));
    assert_eq!(window(3 * 8, 3, 8, usize::MAX), Ok(()));
    assert_eq!(window(3 * 8, 3, 8, 0), Err(Error::Hop));
    assert_eq!(window(0, 0, 8, 1), Err(Error::AxisCount { axes: 0 }));
    assert_eq!(window(72, 9, 8, 1), Err(Error::AxisCount { axes: 9 }));
    assert_eq!(window(21, 3, 7, 1), Err(Error::TooShort { length: 7 }));
    assert_eq!(window(25, 3, 8, 1), Err(Error::Shape { expected: 24, found: 25 }));
    let expected = usize::MAX;
    assert_eq!(window(0, 8, usize::MAX, 1), Err(Error::Shape { expected, found: 0 }));
}
