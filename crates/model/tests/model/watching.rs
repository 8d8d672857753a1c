//! How windows are watched: in the file, and as they follow each other.

use judder_core::{GravityAxes, MAX_AXES, Posture, Verdict};
use judder_model::{
    LongRun, Model, Mounted, Never, Precision, ReadingUnit, Scorer, Turned, Watcher, Watching,
    gravity_axes,
};
use proptest::option::of as option;
use proptest::prelude::*;

use super::samples::{model, readings};

const AXES: usize = 3;

/// A limit that both arithmetics can hold.
fn limit() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.1), 0.0f64..1e3, (-30i32..30).prop_map(|e| 10f64.powi(e))]
}

fn mounted() -> impl Strategy<Value = Mounted> {
    let gravity = prop::collection::vec(prop_oneof![Just(0.0), -10.0f64..10.0], AXES);
    (gravity, 0.0f64..170.0, 0.0f64..=1.0)
        .prop_filter("no direction", |(gravity, ..)| gravity.iter().any(|x| x.abs() > 1e-3))
        .prop_map(|(gravity, moved, share)| Mounted { gravity, moved, same: moved * share })
}

fn watching() -> impl Strategy<Value = Watching> {
    let counts = (1usize..=8, 1usize..=8, 0usize..=8);
    let long_run =
        (-100.0f64..100.0, 2usize..=4096).prop_map(|(above, over)| LongRun { above, over });
    let gravity = prop_oneof![
        Just(GravityAxes::All),
        Just(GravityAxes::Three([2, 0, 1])),
        Just(GravityAxes::Unseen),
    ];
    let turned = prop_oneof![Just(Turned::Any), (1e-3f64..179.0).prop_map(Turned::Degrees)];
    let switches = (option(Just(Never::Never)), option(turned));
    let limits = (option(limit()), option(limit()), option(limit()));
    let mountings = prop::collection::vec(mounted(), 0..=8);
    let long_run = (option(long_run), 0u32..9);
    (counts, 0.01f64..=1.0, gravity, switches, limits, mountings, long_run).prop_map(
        |(
            (average, votes, more),
            clear,
            gravity,
            (handled, turned),
            limits,
            mounting,
            (drift, settle),
        )| {
            let (of, (handled_above, idle_below, strong_above)) = (votes + more, limits);
            let seen = gravity != GravityAxes::Unseen;
            Watching {
                average,
                votes,
                of,
                clear,
                gravity,
                handled,
                handled_above: handled_above.filter(|_| seen),
                idle_below,
                settle,
                turned,
                mounting: if seen { mounting } else { Vec::new() },
                strong_above,
                drift,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(watching in watching(), double: bool) {
        let precision = if double { Precision::F64 } else { Precision::F32 };
        let model = model("mad", AXES, precision).with_watching(watching.clone()).unwrap();
        let bytes = model.to_json();
        let read = Model::from_json(&bytes).unwrap();
        prop_assert_eq!(read.watching(), &watching);
        prop_assert_eq!(&read, &model);
        prop_assert_eq!(read.to_json(), bytes);
    }

    /// `atan2(|u × v|, u · v)`: neither a chord nor a cosine.
    #[test]
    fn a_turn_is_the_angle_between_means(
        one in prop::array::uniform3(-1.0f64..1.0),
        other in prop::array::uniform3(-1.0f64..1.0),
        size in 0.51f64..1.99,
    ) {
        let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        prop_assume!(length(one) > 0.1 && length(other) > 0.1);
        let mean = other.map(|x| x / length(other) * length(one) * size);
        let [a, b] = [one, mean];
        let cross = [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ];
        let dot: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        let expected = length(cross).atan2(dot).to_degrees();
        let mounted = Mounted { gravity: one.to_vec(), moved: 90.0, same: 90.0 };
        let found = mounted.turned(&Posture::new(&mean, 0.0, 0.0).unwrap()).unwrap();
        // Near 180 degrees a chord says little of the angle.
        let near = if expected > 179.9 { 1e-4 } else { 1e-9 };
        prop_assert!((found - expected).abs() < near, "{} for {}", found, expected);
    }
}

#[test]
fn small_turns_are_seen_and_other_lengths_are_no_turn() {
    let mounted = Mounted { gravity: vec![0.0, 0.0, 1.0], moved: 2.0, same: 1.0 };
    for degrees in [0.0f64, 1e-6, 1e-3, 0.1, 1.0, 45.0, 90.0, 135.0] {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let turned = |by: f64| {
            mounted
                .turned(&Posture::new(&[by * sine, 0.0, by * cosine], 0.0, 0.0).unwrap())
                .unwrap()
        };
        assert!((turned(1.0) - degrees).abs() < 1e-9 * degrees.max(1e-3), "{degrees}");
        // That is not gravity any more, which is told, but as no turn.
        for by in [0.4, 2.5] {
            assert!((turned(by) - degrees).abs() < 1e-9 * degrees.max(1e-3), "{degrees}");
            let mean = [by * sine, 0.0, by * cosine];
            let times = mounted.other_length(&Posture::new(&mean, 0.0, 0.0).unwrap());
            assert!((times.unwrap() - by).abs() < 1e-9, "{times:?}");
        }
        let as_long = Posture::new(&[sine, 0.0, cosine], 0.0, 0.0).unwrap();
        assert_eq!(mounted.other_length(&as_long), None);
    }
    let another = Posture::new(&[0.0, 1.0], 0.0, 0.0).unwrap();
    assert_eq!(mounted.turned(&another), None);
}

#[test]
fn by_default_every_window_is_judged_by_itself() {
    assert!(Watching::default().is_by_window());
    for precision in [Precision::F32, Precision::F64] {
        for axes in [1, 3, MAX_AXES] {
            let model = model("log-mad+std", axes, precision);
            let scored = Scorer::new(&model).score(&readings(axes, 400), axes, None).unwrap();
            // Between the scores, so that there are both verdicts.
            let mut sorted: Vec<f64> = scored.iter().map(|one| one.score).collect();
            sorted.sort_by(f64::total_cmp);
            let mut file: serde_json::Value = serde_json::from_slice(&model.to_json()).unwrap();
            file["threshold"]["value"] = sorted[sorted.len() / 2].into();
            let model = Model::from_json(file.to_string().as_bytes()).unwrap();
            let scored = Scorer::new(&model).score(&readings(axes, 400), axes, None).unwrap();
            let alarms = scored.iter().filter(|one| one.verdict == Verdict::Anomaly).count();
            assert!(alarms > 10 && alarms < scored.len() - 10, "{alarms}");
            let mut watcher = Watcher::new(&model, model.watching()).unwrap();
            let mut before = Verdict::Normal;
            for one in &scored {
                let outcome = watcher.next(one).unwrap();
                assert_eq!((outcome.verdict, outcome.score), (one.verdict, one.score));
                assert_eq!(outcome.alarm_changed, one.verdict != before);
                assert!(!outcome.drifting);
                before = one.verdict;
            }
        }
    }
}

/// Each gate at its limit: at it a window is judged, beyond it not.
#[test]
fn a_window_is_judged_unless_it_is_beyond_a_gate() {
    for precision in [Precision::F32, Precision::F64] {
        let model = model("mad", AXES, precision);
        let one = Scorer::new(&model).score(&readings(AXES, 16), AXES, None).unwrap().remove(0);
        let (shift, activity) = (one.posture.shift(), one.posture.activity());
        let (below, above) = match precision {
            Precision::F32 => {
                ((shift as f32).next_down().into(), (activity as f32).next_up().into())
            }
            Precision::F64 => (shift.next_down(), activity.next_up()),
        };
        let mut one = one;
        // Its shift is more than its vibration explains.
        let (mean, posture) = (one.posture.mean().to_vec(), one.posture);
        one.posture = Posture::new(&mean, posture.shift(), posture.activity()).unwrap();
        let verdict = |watching: Watching| {
            Watcher::new(&model, &watching).unwrap().next(&one).unwrap().verdict
        };
        let handled = |limit| Watching { handled_above: Some(limit), ..Watching::default() };
        let idle = |limit| Watching { idle_below: Some(limit), ..Watching::default() };
        assert_eq!(verdict(handled(shift)), one.verdict);
        assert_eq!(verdict(handled(below)), Verdict::Handled);
        assert_eq!(verdict(idle(activity)), one.verdict);
        assert_eq!(verdict(idle(above)), Verdict::Idle);
        let mounting = |gravity: [f64; 3]| {
            let mounting = vec![Mounted { gravity: gravity.into(), moved: 5.0, same: 2.0 }];
            Watching { mounting, ..Watching::default() }
        };
        let mean: [f64; 3] = one.posture.mean().try_into().unwrap();
        assert_eq!(verdict(mounting(mean)), one.verdict);
        assert_eq!(verdict(mounting([mean[2], mean[1], mean[0]])), Verdict::Remounted);
        let both = Watching { handled_above: Some(below), ..mounting([1.0, 0.0, 0.0]) };
        assert_eq!(verdict(both.clone()), Verdict::Handled);
        assert_eq!(verdict(both.judging_all()), Verdict::Handled);
        assert_eq!(verdict(mounting([1.0, 0.0, 0.0]).judging_all()), one.verdict);
        assert_eq!(verdict(idle(above).judging_all()), one.verdict);
    }
}

/// What is above the threshold and yet not judged is told, with its own score.
#[test]
fn what_a_gate_excuses_is_told() {
    let model = model("mad", AXES, Precision::F32);
    let mut all = Scorer::new(&model).score(&readings(AXES, 400), AXES, None).unwrap();
    let verdicts = [Verdict::Normal, Verdict::Anomaly];
    all.iter_mut().enumerate().for_each(|(at, one)| one.verdict = verdicts[at % 2]);
    let mean = all[0].posture.mean().to_vec();
    let turned = Mounted { gravity: vec![mean[1], -mean[0], mean[2]], moved: 1e-6, same: 0.0 };
    for (watching, verdict, excuses) in [
        (Watching { mounting: vec![turned], ..Watching::default() }, Verdict::Remounted, true),
        (Watching { idle_below: Some(1e9), ..Watching::default() }, Verdict::Idle, false),
        (Watching::default(), Verdict::Normal, false),
    ] {
        let mut watcher = Watcher::new(&model, &watching).unwrap();
        for one in &all {
            let outcome = watcher.next(one).unwrap();
            assert!(outcome.verdict == verdict || verdict == Verdict::Normal, "{outcome:?}");
            assert_eq!(outcome.window_score, one.score);
            assert_eq!(outcome.excused, excuses && one.verdict == Verdict::Anomaly, "{outcome:?}");
        }
    }
}

/// Three axes of which the mean is as long as gravity in nearly all windows, whichever way it points.
#[test]
fn gravity_is_what_is_as_long_as_that() {
    let of = |rows: &[&[f64]], unit| gravity_axes(rows, unit);
    let (unknown, counts) =
        (ReadingUnit::Unknown { whole: false }, ReadingUnit::Unknown { whole: true });
    let seen = GravityAxes::All;
    let unseen = GravityAxes::Unseen;
    let (up, aside): (&[f64], &[f64]) = (&[0.02, -0.1, 1.0], &[0.95, 0.3, 0.0]);
    assert_eq!(of(&[up, up, aside], unknown), seen);
    assert_eq!(of(&[up, up, aside], ReadingUnit::Gravity(1.0)), seen);
    assert_eq!(of(&[up, up, aside], ReadingUnit::Gravity(9.80665)), unseen);
    assert_eq!(of(&[&[0.1, 0.0, 9.7]], unknown), seen);
    assert_eq!(of(&[&[4.0, 0.0, -1010.0]], unknown), seen);
    for (counts_a_g, is_seen) in [(256.0, true), (16384.0, true), (360.0, false), (32768.0, false)]
    {
        let row: &[f64] = &[0.0, 0.0, counts_a_g];
        assert_eq!(of(&[row], counts) == seen, is_seen, "{counts_a_g}");
        assert_eq!(of(&[row], unknown), unseen);
    }
    // Offsets of a sensor that does not see it; one that is 1 now and then; two axes, and one.
    assert_eq!(of(&[&[0.003, -0.002, 0.004]], unknown), unseen);
    assert_eq!(of(&[&[0.9, 0.0, 0.4], &[0.1, 0.0, -0.4], &[2.0, 0.0, 0.0]], unknown), unseen);
    assert_eq!(of(&[&[0.0, 1.0]], unknown), unseen);
    assert_eq!(of(&[&[1.0]], unknown), unseen);
    assert_eq!(of(&[], unknown), unseen);
    // Beside a gyroscope, a temperature, in turn.
    let gyro = [1.4, -0.9, 0.3];
    let rows = [up, aside].map(|up| [up, &gyro].concat());
    let found = of(&[&rows[0], &rows[1]], unknown);
    assert_eq!(found, GravityAxes::Three([0, 1, 2]));
    let rows = [up, aside].map(|up| [&gyro, up].concat());
    assert_eq!(of(&[&rows[0], &rows[1]], unknown), GravityAxes::Three([3, 4, 5]));
    let rows = [up, aside].map(|up| [&[21.5], up].concat());
    assert_eq!(of(&[&rows[0], &rows[1]], unknown), GravityAxes::Three([1, 2, 3]));
    let rows = [up, aside].map(|up| vec![up[0], gyro[0], up[1], gyro[1], up[2], gyro[2]]);
    assert_eq!(of(&[&rows[0], &rows[1]], unknown), GravityAxes::Three([0, 2, 4]));
}
