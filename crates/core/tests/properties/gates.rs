//! Gates: what is handled, idle and mounted in another way.

use judder_core::{Error, Gates, MOST_MOUNTINGS, Mounting, Orientation, Posture};
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
    (1..=3usize)
        .prop_flat_map(move |axes| {
            let vector = || prop::collection::vec(number(), axes);
            (vector(), vector())
        })
        .prop_filter("no direction", |(u, v)| {
            [u, v].iter().all(|x| x.iter().any(|x| x.abs() > 1e-3))
        })
}

proptest! {
    /// By the cosine, in f64; of any length.
    #[test]
    fn a_chord_is_that_of_the_angle((u, v) in vectors(), size in -120i32..120, ratio in 0.1f64..9.0) {
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
        let gates = Gates::new(Some(shift), Some(activity), &[]).unwrap();
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
            let gates = Gates::new(None, None, &[mounting]).unwrap();
            let turned = |turned| if turned { Orientation::Turned } else { Orientation::Same };
            assert_eq!(gates.gravity(&posture, false), Ok(turned(moved)), "{degrees}");
            assert_eq!(gates.gravity(&posture, true), Ok(turned(degrees != 0.0)), "{degrees}");
        }
    }
}

/// Its length is not gravity's, and that is no angle.
#[test]
fn a_mean_of_another_length_is_told_as_that() {
    let mounting = Mounting::new(&[0.0f32, 0.0, 2.0], 3.9, 3.9).unwrap();
    for (z, times) in [
        (0.0, Some(0.0)),
        (1.59, Some(0.795)),
        (1.61, None),
        (2.0, None),
        (2.49, None),
        (2.51, Some(1.255)),
    ] {
        for z in [z, -z] {
            let found = mounting.orientation(&posture(&[0.0, 0.0, z]), false).unwrap();
            match (times, found) {
                (Some(times), Orientation::OtherLength(found)) => {
                    assert!((found - times).abs() < 1e-6, "{z}: {found}");
                }
                (None, Orientation::Same) => assert!(z > 0.0),
                (None, Orientation::Turned) => assert!(z < 0.0),
                _ => panic!("{z}: {found:?}"),
            }
        }
    }
    let chord = |z: f32| mounting.squared_chord(&posture(&[0.0, 0.0, z]));
    assert_eq!((chord(0.0), chord(1e-20), chord(-1e20)), (Ok(4.0), Ok(0.0), Ok(4.0)));
    for size in [f32::MAX, f32::MIN_POSITIVE] {
        let mounting = Mounting::new(&[size, 0.0], 0.5, 0.5).unwrap();
        let of = |mean: [f32; 2]| mounting.orientation(&posture(&mean), false).unwrap();
        assert_eq!(of([size, 0.0]), Orientation::Same, "{size}");
        assert!(matches!(of([1.0, 0.0]), Orientation::OtherLength(_)), "{size}");
    }
}

/// The states of a machine may be mounted each in a way of its own.
#[test]
fn it_is_the_same_as_in_any_mounting() {
    let of = |degrees: f64| Mounting::new(&at(degrees), chord(2.0), chord(0.5)).unwrap();
    let gates = Gates::new(None, None, &[of(0.0), of(30.0), of(90.0)]).unwrap();
    for (degrees, was, is_same) in [
        (0.0, true, true),
        (1.5, false, true),
        (1.5, true, false),
        (15.0, false, false),
        (30.4, true, true),
        (89.0, false, true),
        (180.0, false, false),
    ] {
        let expected = if is_same { Orientation::Same } else { Orientation::Turned };
        assert_eq!(gates.gravity(&posture(&at(degrees)), was), Ok(expected), "{degrees} {was}");
    }
    let [x, y, z] = at(10.0).map(|x| x * 9.80665);
    let Ok(Orientation::OtherLength(times)) = gates.gravity(&posture(&[x, y, z]), false) else {
        panic!("in m/s²")
    };
    assert!((times - 9.80665).abs() < 1e-4, "{times}");
    let many = [of(0.0); MOST_MOUNTINGS + 1];
    assert_eq!(Gates::new(None, None, &many), Err(Error::Mounting));
    assert!(Gates::new(None, None, &many[1..]).is_ok());
}

/// Of a shift, what the window does besides, and how it vibrates.
#[test]
fn what_vibration_explains_is_not_handled() {
    let gates = Gates::new(Some(0.1f32), None, &[]).unwrap();
    let strict = gates.with_strong_above(0.5).unwrap();
    let window = |shift, rms, vibration| {
        Posture::new(&[1.0f32], shift, 0.0).unwrap().with_vibration(rms, vibration).unwrap()
    };
    for (shift, rms, vibration, expected) in [
        (0.1, 0.0, 0.0, [false, false]),
        (0.2, 0.1, 0.1, [true, true]),
        (0.2, 0.2, 0.1, [false, false]),
        (0.2, 0.3, 0.1, [false, false]),
        (9.0, 4.0, 0.5, [true, true]),
        (9.0, 4.0, 0.6, [true, false]),
    ] {
        let window = window(shift, rms, vibration);
        let found = [gates.handled(&window), strict.handled(&window)];
        assert_eq!(found, expected, "{shift} {rms} {vibration}");
        assert_eq!(strict.strong(&window), vibration > 0.5);
        assert!(!gates.strong(&window));
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
    assert_eq!(mounting.squared_chord(&posture(&[-1.2])), Ok(0.0));
    assert_eq!(mounting.squared_chord(&posture(&[1.0])), Ok(4.0));
    let found = mounting.squared_chord(&posture(&[1.0, 0.0]));
    assert_eq!(found, Err(Error::Shape { expected: 1, found: 2 }));
}

#[test]
fn without_limits_nothing_is_left_out() {
    let gates = Gates::default();
    let posture = Posture::new(&[0.0f32], f32::MAX, 0.0).unwrap();
    assert!(!gates.handled(&posture) && !gates.idle(&posture));
    assert_eq!(gates.gravity(&posture, true), Ok(Orientation::Same));
    assert!(!gates.strong(&posture.with_vibration(f32::MAX, f32::MAX).unwrap()));
}

#[test]
fn limits_without_meaning_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, -f32::MIN_POSITIVE] {
        assert_eq!(Gates::new(Some(bad), None, &[]), Err(Error::Gate));
        assert_eq!(Gates::new(Some(1.0), Some(bad), &[]), Err(Error::Gate));
        assert_eq!(Gates::default().with_strong_above(bad), Err(Error::Gate));
        assert_eq!(posture(&[1.0]).with_vibration(bad, 0.0), Err(Error::Gate));
        assert_eq!(posture(&[1.0]).with_vibration(0.0, bad), Err(Error::Gate));
    }
    let new = |mean: &[f32], moved, same| Mounting::new(mean, moved, same).map(|_| ());
    assert_eq!(new(&[1.0], 0.5, 0.5), Ok(()));
    assert_eq!(new(&[1.0], 3.99, 0.0), Ok(()));
    assert_eq!(new(&[], 0.5, 0.5), Err(Error::Mounting));
    assert_eq!(new(&[1.0; 4], 0.5, 0.5), Err(Error::Mounting));
    for mean in [[0.0, 0.0], [1.0, f32::NAN], [f32::INFINITY, 1.0], [f32::MAX, f32::MAX]] {
        assert_eq!(new(&mean, 0.5, 0.5), Err(Error::Mounting), "{mean:?}");
    }
    for (moved, same) in [(0.5, 0.6), (4.0, 0.5), (f32::NAN, 0.5), (0.5, f32::NAN), (0.5, -0.1)] {
        assert_eq!(new(&[1.0], moved, same), Err(Error::Mounting), "{moved} {same}");
    }
}
