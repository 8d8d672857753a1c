//! Gates: what is handled, idle and mounted in another way.

use judder_core::{Error, Gates, MAX_AXES, Mounting, Posture};
use nalgebra::DVector;
use proptest::prelude::*;

use crate::tolerance::Tolerance;

fn posture(mean: &[f32]) -> Posture<f32> {
    Posture::new(mean, 0.0, 0.0).unwrap()
}

/// Gravity at an angle, in degrees, from the second axis.
fn at(degrees: f64) -> [f32; 3] {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [(sin * 0.6) as f32, cos as f32, (sin * 0.8) as f32]
}

/// The squared chord of an angle in degrees.
fn chord(degrees: f64) -> f32 {
    (4.0 * (degrees.to_radians() / 2.0).sin().powi(2)) as f32
}

fn vectors() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let number = || prop_oneof![-1.0f64..1.0, Just(0.0)];
    (1..=MAX_AXES)
        .prop_flat_map(move |axes| {
            let vector = || prop::collection::vec(number(), axes);
            (vector(), vector())
        })
        .prop_filter("no direction", |(u, v)| {
            [u, v].iter().all(|x| x.iter().any(|x| x.abs() > 1e-3))
        })
}

proptest! {
    /// By the cosine, in f64; of any length that is about that of the baseline.
    #[test]
    fn a_chord_is_that_of_the_angle((u, v) in vectors(), size in -120i32..120, ratio in 0.6f64..1.9) {
        let unit = |x: &[f64]| DVector::from_row_slice(x).normalize();
        let (u, v, size) = (unit(&u), unit(&v), f64::from(size).exp2());
        let cosine = u.dot(&v);
        let scaled = |x: &DVector<f64>, by: f64| -> Vec<f32> { x.iter().map(|x| (x * by) as f32).collect() };
        let mounting = Mounting::new(&scaled(&u, size), 0.1, 0.1).unwrap();
        let found = mounting.squared_chord(&posture(&scaled(&v, size * ratio))).unwrap();
        let holds = Tolerance::Close.holds(found, 2.0 - 2.0 * cosine, 4.0);
        prop_assert!(holds, "{} for {}", found, 2.0 - 2.0 * cosine);
        prop_assert!((0.0..=4.0).contains(&found));
    }

    /// Any finite mean and any limits: a chord from 0 to 4, or a mounting that is refused.
    #[test]
    fn a_chord_is_always_a_number(
        baseline in prop::collection::vec(prop::num::f32::ANY, 2),
        mean in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO, 2),
        moved: f32,
        same: f32,
    ) {
        for (moved, same) in [(moved, same), (1.0, 0.5)] {
            if let Ok(mounting) = Mounting::new(&baseline, moved, same) {
                prop_assert!(0.0 <= same && same <= moved && moved < 4.0);
                prop_assert!(baseline.iter().all(|x| x.is_finite()));
                for mean in [&mean, &baseline] {
                    let found = mounting.squared_chord(&posture(mean)).unwrap();
                    prop_assert!((0.0..=4.0).contains(&found), "{}", found);
                }
                prop_assert_eq!(mounting.squared_chord(&posture(&baseline)), Ok(0.0));
            }
        }
    }

    #[test]
    fn a_window_at_a_limit_is_judged(shift in 0.0f32..2.0, activity in 0.0f32..2.0) {
        let posture = |shift, activity| Posture::new(&[1.0], shift, activity).unwrap();
        let gates = Gates::new(Some(shift), Some(activity), None).unwrap();
        prop_assert!(!gates.handled(&posture(shift, activity)));
        prop_assert!(!gates.idle(&posture(shift, activity)));
        prop_assert!(gates.handled(&posture(shift.next_up(), activity)));
        prop_assert!(activity == 0.0 || gates.idle(&posture(shift, activity.next_down())));
    }
}

/// In f32 the cosines of these angles are apart by a few units of the last place.
#[test]
fn small_angles_are_told_from_each_other() {
    let mounting = Mounting::new(&at(30.0), chord(0.075), chord(0.02)).unwrap();
    for (degrees, moved) in [(0.0, false), (0.05, false), (0.07, false), (0.08, true), (0.1, true)]
    {
        for degrees in [degrees, -degrees] {
            let posture = posture(&at(30.0 + degrees));
            let found = mounting.squared_chord(&posture).unwrap();
            // A hundredth of the square is half as much of the angle.
            let near = chord(degrees) * 1e-2 + 1e-12;
            assert!((found - chord(degrees)).abs() < near, "{degrees}: {found}");
            let gates = Gates::new(None, None, Some(mounting)).unwrap();
            assert_eq!(gates.remounted(&posture, false), Ok(moved), "{degrees}");
            assert_eq!(gates.remounted(&posture, true), Ok(degrees != 0.0), "{degrees}");
        }
    }
}

#[test]
fn a_mean_that_is_not_gravity_has_moved() {
    let mounting = Mounting::new(&[0.0f32, 0.0, 2.0], 3.9, 3.9).unwrap();
    let chord = |z: f32| mounting.squared_chord(&posture(&[0.0, 0.0, z]));
    for (z, expected) in [(0.0, 4.0), (0.99, 4.0), (1.0, 0.0), (2.0, 0.0), (4.0, 0.0), (4.01, 4.0)]
    {
        assert_eq!(chord(z), Ok(expected), "{z}");
        assert_eq!(chord(-z), Ok(4.0), "{z}");
    }
    for size in [f32::MAX, f32::MIN_POSITIVE] {
        let mounting = Mounting::new(&[size, 0.0], 0.5, 0.5).unwrap();
        assert_eq!(mounting.squared_chord(&posture(&[size, 0.0])), Ok(0.0), "{size}");
        assert_eq!(mounting.squared_chord(&posture(&[1.0, 0.0])), Ok(4.0), "{size}");
    }
}

/// Rounded, the squares of some of these add up to more than 4.
#[test]
fn upside_down_is_as_far_as_can_be() {
    for step in 0..1000 {
        let [x, y, z] = at(f64::from(step) * 0.36);
        let mounting = Mounting::new(&[x, y, z], 1.0, 1.0).unwrap();
        let found = mounting.squared_chord(&posture(&[-x, -y, -z])).unwrap();
        assert!((4.0 - 1e-5..=4.0).contains(&found), "{step}: {found}");
    }
}

#[test]
fn a_single_axis_is_the_same_or_upside_down() {
    let mounting = Mounting::new(&[-1.0f32], 1.0, 1.0).unwrap();
    assert_eq!(mounting.squared_chord(&posture(&[-1.3])), Ok(0.0));
    assert_eq!(mounting.squared_chord(&posture(&[1.0])), Ok(4.0));
    let found = mounting.squared_chord(&posture(&[1.0, 0.0]));
    assert_eq!(found, Err(Error::Shape { expected: 1, found: 2 }));
}

#[test]
fn without_limits_nothing_is_left_out() {
    let gates = Gates::default();
    let posture = Posture::new(&[0.0f32], f32::MAX, 0.0).unwrap();
    assert!(!gates.handled(&posture) && !gates.idle(&posture));
    assert_eq!(gates.remounted(&posture, true), Ok(false));
}

#[test]
fn limits_without_meaning_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, -f32::MIN_POSITIVE] {
        assert_eq!(Gates::new(Some(bad), None, None), Err(Error::Gate));
        assert_eq!(Gates::new(Some(1.0), Some(bad), None), Err(Error::Gate));
    }
    let new = |mean: &[f32], moved, same| Mounting::new(mean, moved, same).map(|_| ());
    assert_eq!(new(&[1.0], 0.5, 0.5), Ok(()));
    assert_eq!(new(&[1.0], 3.99, 0.0), Ok(()));
    assert_eq!(new(&[], 0.5, 0.5), Err(Error::AxisCount { axes: 0 }));
    assert_eq!(new(&[1.0; 9], 0.5, 0.5), Err(Error::AxisCount { axes: 9 }));
    for mean in [[0.0, 0.0], [1.0, f32::NAN], [f32::INFINITY, 1.0], [f32::MAX, f32::MAX]] {
        assert_eq!(new(&mean, 0.5, 0.5), Err(Error::Mounting), "{mean:?}");
    }
    for (moved, same) in [(0.5, 0.6), (4.0, 0.5), (f32::NAN, 0.5), (0.5, f32::NAN), (0.5, -0.1)] {
        assert_eq!(new(&[1.0], moved, same), Err(Error::Mounting), "{moved} {same}");
    }
}
