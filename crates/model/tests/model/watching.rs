//! How windows are watched: in the file, and as they follow each other.

use judder_core::{MAX_AXES, Posture, Verdict};
use judder_model::{LongRun, Model, Mounted, Precision, Scorer, Watcher, Watching};
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
    (counts, 0.01f64..=1.0, option(limit()), option(limit()), option(mounted()), option(long_run))
        .prop_map(|((average, votes, more), clear, handled_above, idle_below, mounting, drift)| {
            let of = votes + more;
            Watching { average, votes, of, clear, handled_above, idle_below, mounting, drift }
        })
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
        // That is not gravity any more.
        assert_eq!((turned(0.4), turned(2.5)), (180.0, 180.0));
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
            let mounting = Some(Mounted { gravity: gravity.into(), moved: 5.0, same: 2.0 });
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
