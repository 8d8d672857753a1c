//! The watch: what comes first of handled, remounted, idle and judged, and what each leaves behind.

use judder_core::{
    Decision, Drift, Error, Gates, MOST_SCORES, Mounting, Posture, Verdict, Watch, Watched,
};
use proptest::prelude::*;

/// A window, by what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Window {
    Judged(f32),
    Idle,
    Handled,
    Remounted,
    /// It would be judged, but for the machine, which has not settled.
    Settling,
    /// It would be judged, but has no score.
    Broken,
}

impl Window {
    /// What it is found to be, where that does not depend on its score.
    pub(crate) fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Judged(_) | Self::Broken => None,
            Self::Idle => Some(Verdict::Idle),
            Self::Handled => Some(Verdict::Handled),
            Self::Remounted => Some(Verdict::Remounted),
            Self::Settling => Some(Verdict::Settling),
        }
    }

    /// Gives it to a watch, with what comes later in the order as strange as can be.
    pub(crate) fn next(self, watch: &mut Watch<f32>) -> Result<Watched<f32>, Error> {
        let (z, shift, activity) = match self {
            Self::Judged(_) | Self::Settling | Self::Broken => (1.0, 1.0, 1.0),
            Self::Handled => (-1.0, 1.5, 0.0),
            Self::Remounted => (-1.0, 1.0, 0.0),
            Self::Idle => (1.0, 1.0, 0.5),
        };
        let posture = Posture::new(&[0.0, 0.0, z], shift, activity).unwrap();
        watch.next(&posture, || match self {
            Self::Judged(score) => Ok(score),
            Self::Broken => Err(Error::StuckAxis { axis: 0 }),
            _ => panic!("{self:?} is not to be judged"),
        })
    }
}

/// A watch that knows all of these windows.
pub(crate) fn running(
    decision: Decision<f32>,
    threshold: f32,
    drift: Option<Drift<f32>>,
) -> Watch<f32> {
    Watch::new(decision, threshold, gates(2.0, 1.0), drift).unwrap()
}

/// Gravity along the third axis.
fn gates(moved: f32, same: f32) -> Gates<f32> {
    let mounting = Mounting::new(&[0.0, 0.0, 1.0], moved, same).unwrap();
    Gates::new(Some(1.25), Some(0.75), &[mounting]).unwrap()
}

fn any_window() -> impl Strategy<Value = Window> {
    prop_oneof![
        6 => (0.0f32..3.0).prop_map(Window::Judged),
        1 => Just(Window::Idle),
        1 => Just(Window::Handled),
        1 => Just(Window::Remounted),
        1 => Just(Window::Broken),
    ]
}

proptest! {
    /// After an error, and after a handled window, all is as it was.
    #[test]
    fn broken_and_handled_windows_leave_no_trace(
        windows in prop::collection::vec(any_window(), 0..100),
        average in 1..=4usize,
    ) {
        let decision = Decision::new(average, 2, 3, 0.75).unwrap();
        let drift = Drift::new(0.0, 4).unwrap();
        let mut watch = running(decision, 1.0, Some(drift));
        for window in windows {
            let before = watch.clone();
            let watched = window.next(&mut watch);
            match window {
                Window::Broken => prop_assert_eq!(watched, Err(Error::StuckAxis { axis: 0 })),
                Window::Handled => prop_assert_eq!(watched.unwrap().verdict, Verdict::Handled),
                _ => {
                    prop_assert!(watched.is_ok());
                    continue;
                }
            }
            prop_assert_eq!(&watch, &before);
        }
    }

    /// So many windows after the last idle one are settling, whatever else they are; what is handled or remounted says so.
    #[test]
    fn after_idle_windows_a_machine_settles(
        windows in prop::collection::vec(any_window(), 0..100),
        settle in 0u32..5,
    ) {
        let mut watch = running(Decision::default(), 1.0, None).with_settling(settle);
        let mut since = None;
        for window in windows {
            let settles = since.is_some_and(|since| since < settle);
            let window = match window {
                // A score is not asked for.
                Window::Judged(_) if settles => Window::Settling,
                Window::Broken if settles => Window::Settling,
                window => window,
            };
            let watched = window.next(&mut watch);
            match window {
                Window::Idle => since = Some(0),
                Window::Broken => continue,
                _ => since = since.map(|since| since + 1),
            }
            let watched = watched.unwrap();
            prop_assert!(watched.alarm <= matches!(window, Window::Judged(_) | Window::Handled));
            if let Some(verdict) = window.verdict() {
                prop_assert_eq!(watched.verdict, verdict);
            }
        }
    }

    #[test]
    fn after_a_reset_it_is_new(
        before in prop::collection::vec(any_window(), 0..100),
        average in 1..=4usize,
    ) {
        let decision = Decision::new(average, 2, 3, 0.75).unwrap();
        let new = running(decision, 1.0, Some(Drift::new(0.0, 4).unwrap()));
        let mut watch = new.clone();
        for window in before {
            window.next(&mut watch).ok();
        }
        watch.reset();
        prop_assert_eq!(watch, new);
    }

    /// Any posture and score that there can be, and any that there cannot be.
    #[test]
    fn hostile_numbers_never_give_what_is_not_a_number(
        windows in prop::collection::vec((prop::array::uniform3(hostile()), hostile(), hostile(), hostile()), 0..100),
        average in 1..=MOST_SCORES,
        threshold in hostile(),
        above in hostile(),
    ) {
        let decision = Decision::new(average, 1, 2, f32::MIN_POSITIVE).unwrap();
        let drift = Drift::new(above, 3);
        prop_assert_eq!(drift.is_ok(), above.is_finite());
        let watch = Watch::new(decision, threshold, gates(2.0, 1.0), drift.ok());
        prop_assert_eq!(watch.is_ok(), threshold.is_finite());
        let Ok(mut watch) = watch else { return Ok(()) };
        for (mean, shift, activity, score) in windows {
            let Ok(posture) = Posture::new(&mean, shift, activity) else { continue };
            match watch.next(&posture, || Ok(score)) {
                Ok(watched) => {
                    for number in [watched.score, watched.decision].into_iter().flatten() {
                        prop_assert!(number.is_finite());
                    }
                    prop_assert_eq!(watched.score.is_some(), watched.decision.is_some());
                }
                Err(error) => {
                    prop_assert_eq!(error, Error::ScoreNotRepresentable);
                    prop_assert!(!score.is_finite());
                }
            }
        }
    }
}

fn hostile() -> impl Strategy<Value = f32> {
    prop_oneof![1 => prop::num::f32::ANY, 2 => -2.0f32..2.0, 1 => Just(f32::MAX), 1 => Just(0.0)]
}

/// Where gravity points, as a squared chord from the baseline.
#[derive(Debug, Clone, Copy)]
enum Mounted {
    /// Within the closer limit.
    Same,
    /// Between the limits.
    Between,
    /// Beyond the farther one.
    Moved,
}

/// All that can happen to the latch: it was set or not, where gravity points now, and whatever else is
/// said of the window.
#[test]
fn remounted_lasts_until_the_sensor_is_back() {
    use Mounted::{Between, Moved, Same};
    let mean = |mounted| match mounted {
        Same => [0.0, 0.1, 1.0],
        Between => [0.0, 0.9, 0.5],
        Moved => [0.0, 0.7, -0.7],
    };
    for (was, now, is) in [
        (false, Same, false),
        (false, Between, false),
        (false, Moved, true),
        (true, Same, false),
        (true, Between, true),
        (true, Moved, true),
    ] {
        for (shift, activity, verdict, stays) in [
            (0.0, 1.0, if is { Verdict::Remounted } else { Verdict::Normal }, is),
            (0.0, 0.0, if is { Verdict::Remounted } else { Verdict::Idle }, is),
            // Handled: gravity in it says nothing.
            (9.0, 1.0, Verdict::Handled, was),
            (9.0, 0.0, Verdict::Handled, was),
        ] {
            let mut watch = Watch::new(Decision::default(), 1.0, gates(2.0, 0.5), None).unwrap();
            let mut next = |mounted, shift, activity| {
                let posture = Posture::new(&mean(mounted), shift, activity).unwrap();
                watch.next(&posture, || Ok(0.5)).unwrap().verdict
            };
            next(if was { Moved } else { Same }, 0.0, 1.0);
            assert_eq!(next(now, shift, activity), verdict, "{was} {now:?} {shift} {activity}");
            // Between the limits the latch shows.
            let shown = if stays { Verdict::Remounted } else { Verdict::Normal };
            assert_eq!(next(Between, 0.0, 1.0), shown, "{was} {now:?} {shift} {activity}");
        }
    }
}

/// A window that is back but has no score has not happened.
#[test]
fn without_a_score_the_sensor_is_not_back() {
    let mut watch = Watch::new(Decision::default(), 1.0, gates(2.0, 0.5), None).unwrap();
    Window::Remounted.next(&mut watch).unwrap();
    assert!(Window::Broken.next(&mut watch).is_err());
    let between = Posture::new(&[0.0, 0.9, 0.5], 0.0, 1.0).unwrap();
    assert_eq!(watch.next(&between, || Ok(0.0)).unwrap().verdict, Verdict::Remounted);
}

/// An alarm ends with a stop and with a new mounting, and lasts while the sensor is held.
#[test]
fn an_alarm_ends_where_nothing_is_judged() {
    for (window, alarm) in
        [(Window::Handled, true), (Window::Idle, false), (Window::Remounted, false)]
    {
        let mut watch = running(Decision::new(1, 2, 2, 1.0).unwrap(), 1.0, None);
        for _ in 0..2 {
            Window::Judged(2.0).next(&mut watch).unwrap();
        }
        let found = window.next(&mut watch).unwrap();
        assert_eq!(Some(found.verdict), window.verdict());
        assert_eq!((found.alarm, found.alarm_changed), (alarm, !alarm), "{window:?}");
        assert!(!window.next(&mut watch).unwrap().alarm_changed, "{window:?}");
        // Two votes are needed anew, unless they still count.
        let found = Window::Judged(2.0).next(&mut watch).unwrap();
        assert_eq!((found.alarm, found.alarm_changed), (alarm, false), "{window:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut watch = running(Decision::default(), 1.0, None);
    let handled = Posture::new(&[1.0, 0.0], 9.0, 0.0).unwrap();
    let refused = watch.next(&handled, || Ok(0.0));
    assert_eq!(refused, Err(Error::Shape { expected: 3, found: 2 }));
    for score in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let before = watch.clone();
        let refused = Window::Judged(score).next(&mut watch);
        assert_eq!(refused, Err(Error::ScoreNotRepresentable));
        assert_eq!(watch, before);
        let new = Watch::new(Decision::default(), score, Gates::default(), None);
        assert_eq!(new, Err(Error::Parameter));
    }
}

/// A chip may watch several devices, and a server many. A third of it is eight mountings.
#[test]
fn a_watch_is_small() {
    assert!(size_of::<Watch<f32>>() <= 600, "{}", size_of::<Watch<f32>>());
    assert!(size_of::<Watch<f64>>() <= 1112, "{}", size_of::<Watch<f64>>());
}
