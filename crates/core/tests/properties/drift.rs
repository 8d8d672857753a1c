//! Drift: a mean over the long run, worked by hand.

use judder_core::{Decision, Drift, Error, Gates, LONGEST_DRIFT, Posture, Watch};
use proptest::prelude::*;

use crate::watch::{Window, running};

/// Whether there is drift after each window.
fn drifting(drift: Drift<f32>, threshold: f32, windows: &[Window]) -> Vec<bool> {
    let mut watch = running(Decision::default(), threshold, Some(drift));
    windows.iter().map(|window| window.next(&mut watch).unwrap().drifting).collect()
}

fn scores(logarithms: &[f64]) -> Vec<Window> {
    logarithms.iter().map(|x| Window::Judged(x.exp() as f32)).collect()
}

proptest! {
    /// Below as many windows as it is over, it is their mean.
    #[test]
    fn at_first_it_is_the_mean_of_all(
        logarithms in prop::collection::vec(-3.0f64..3.0, 1..100),
        above in -1.0f64..1.0,
        more in 0..100usize,
    ) {
        let over = (logarithms.len() + more).max(2);
        let drift = Drift::new(above as f32, over).unwrap();
        let found = drifting(drift, f32::MAX, &scores(&logarithms));
        for (at, found) in found.into_iter().enumerate() {
            let mean = logarithms[..=at].iter().sum::<f64>() / (at + 1) as f64;
            if (mean - above).abs() > 1e-4 {
                prop_assert_eq!(found, at + 1 >= over / 2 && mean > above);
            }
        }
    }

    /// Windows that vote, and those that are not judged, leave it as it was.
    #[test]
    fn what_is_not_normal_does_not_count(
        windows in prop::collection::vec(prop_oneof![
            4 => (-3.0f32..-0.01).prop_map(|x| Window::Judged(x.exp())),
            2 => Just(Window::Judged(1e6)),
            1 => Just(Window::Handled),
            1 => Just(Window::Idle),
            1 => Just(Window::Remounted),
        ], 0..200),
        over in 2..64usize,
    ) {
        let drift = Drift::new(-1.0, over).unwrap();
        let normal = |window: &Window| matches!(*window, Window::Judged(score) if score <= 1.0);
        let only: Vec<Window> = windows.iter().copied().filter(normal).collect();
        let mut expected = drifting(drift, 1.0, &only).into_iter();
        let mut last = false;
        for (window, found) in windows.iter().zip(drifting(drift, 1.0, &windows)) {
            if normal(window) {
                last = expected.next().unwrap();
            }
            prop_assert_eq!(found, last, "{:?}", window);
        }
    }
}

/// After a step from 0 to 1 the mean is `1 - (1 - 1/over)^n`; back at 0 it falls as slowly.
#[test]
fn then_what_is_older_counts_less() {
    const ABOVE: f64 = 0.4321;
    let posture = Posture::new(&[1.0], 0.0, 1.0).unwrap();
    for over in [2, 10, 100, LONGEST_DRIFT] {
        let drift = Drift::new(ABOVE, over).unwrap();
        let watch = Watch::new(Decision::default(), f64::MAX, Gates::default(), Some(drift));
        let mut watch = watch.unwrap();
        let mut steps = |score: f64, drifting: bool| {
            let mut next = || watch.next(&posture, || Ok(score)).unwrap().drifting;
            (1..100_000).find(|_| next() == drifting)
        };
        let decay = 1.0 - 1.0 / over as f64;
        let rise = (1..).find(|&n| 1.0 - decay.powi(n) > ABOVE);
        let top = rise.map(|n| 1.0 - decay.powi(n)).unwrap();
        let fall = (1..).find(|&n| top * decay.powi(n) <= ABOVE);
        for _ in 0..over {
            assert_eq!(steps(1.0, false), Some(1), "{over}");
        }
        assert_eq!(steps(1f64.exp(), true), rise, "{over}");
        assert_eq!(steps(1.0, false), fall, "{over}");
    }
}

#[test]
fn nothing_is_said_before_half_of_the_windows() {
    let drift = Drift::new(0.0, 9).unwrap();
    let found = drifting(drift, f32::MAX, &scores(&[1.0; 5]));
    assert_eq!(found, [false, false, false, true, true]);
    let found = drifting(drift, f32::MAX, &scores(&[0.0; 20]));
    assert!(!found.contains(&true), "at the limit is not above it");
}

#[test]
fn drift_without_meaning_is_refused() {
    let new = |above: f32, over| Drift::new(above, over).map(|_| ());
    assert_eq!(new(-3.0, 2), Ok(()));
    assert_eq!(new(0.0, LONGEST_DRIFT), Ok(()));
    for over in [0, 1, LONGEST_DRIFT + 1, 65538, usize::MAX] {
        assert_eq!(new(0.0, over), Err(Error::Drift { over }));
    }
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(new(bad, 2), Err(Error::Parameter));
    }
}
