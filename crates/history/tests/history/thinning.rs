//! What stands out stays when scores are thinned.

use std::collections::BTreeSet;

use judder_history::{History, NewRecording, NewWindow, ScorePoint, Verdict};
use proptest::prelude::*;

/// A window: its time after the one before, score, decision, verdict and model.
type Given = (i64, Option<i32>, Option<i32>, usize, usize);

const MODELS: [(Option<&str>, Option<f64>); 4] =
    [(Some("fan"), Some(9.0)), (Some("fan"), Some(8.0)), (Some("pump"), None), (None, None)];

fn history(given: &[Given], begin: i64) -> (History, Vec<ScorePoint>) {
    let mut history = History::temporary().unwrap();
    let mut all = Vec::new();
    let mut at = begin;
    let mut batch = history.batch();
    for &(after, score, decision, verdict, model) in given {
        at += after;
        let (name, threshold) = MODELS[model];
        let window = NewWindow {
            start: 3,
            score: score.map(f64::from),
            decision: decision.map(f64::from),
            verdict: Verdict::ALL[verdict],
        };
        let recording = batch
            .add(&NewRecording {
                device: "a",
                at,
                model: name,
                threshold,
                windows: &[window],
                ..NewRecording::default()
            })
            .unwrap();
        all.push(ScorePoint {
            at,
            recording,
            start: 3,
            score: window.score,
            least: window.score,
            mean: window.score,
            decision: window.decision,
            verdict: window.verdict,
            model: name.map(Into::into),
            threshold: name.and(threshold),
            windows: 1,
        });
    }
    batch.commit().unwrap();
    (history, all)
}

fn largest(points: &[ScorePoint], of: impl Fn(&ScorePoint) -> Option<f64>) -> Option<f64> {
    points.iter().filter_map(of).max_by(f64::total_cmp)
}

fn given() -> impl Strategy<Value = Given> {
    let number = || prop::option::weighted(0.9, -1000..1000);
    let verdict = prop_oneof![8 => Just(0_usize), 1 => 0..Verdict::ALL.len()];
    (prop_oneof![0..3_i64, 0..100_000_i64], number(), number(), verdict, 0..MODELS.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn extremes_and_verdicts_stay(
        given in prop::collection::vec(given(), 1..300),
        begin in prop_oneof![Just(-50_000), Just(1_700_000_000_000)],
        most in 12_usize..80,
    ) {
        let (history, all) = history(&given, begin);
        let reader = history.reader().unwrap();
        let (from, to) = (all[0].at, all[all.len() - 1].at);
        prop_assert_eq!(&reader.scores("a", from, to, all.len()).unwrap(), &all);
        let points = reader.scores("a", from, to, most).unwrap();
        prop_assert!(points.len() <= most);
        prop_assert!(points.is_sorted_by_key(|point| (point.at, point.recording)));
        let windows: u32 = points.iter().map(|point| point.windows).sum();
        prop_assert_eq!(windows as usize, all.len());
        for verdict in Verdict::ALL {
            let of = |points: &[ScorePoint]| {
                points.iter().filter(|p| p.verdict == verdict).cloned().collect::<Vec<_>>()
            };
            let (thinned, given) = (of(&points), of(&all));
            prop_assert_eq!(largest(&thinned, |p| p.score), largest(&given, |p| p.score));
            prop_assert_eq!(largest(&thinned, |p| p.decision), largest(&given, |p| p.decision));
            let count: u32 = thinned.iter().map(|point| point.windows).sum();
            prop_assert_eq!(count as usize, given.len());
        }
        // Each point is a window that is there, but for the decision, which may be another one's.
        for point in &points {
            let window = all.iter().find(|window| window.recording == point.recording).unwrap();
            prop_assert_eq!((point.at, point.score, point.verdict),
                (window.at, window.score, window.verdict));
        }
        let models = |points: &[ScorePoint]| {
            let name = |point: &ScorePoint| format!("{:?} {:?}", point.model, point.threshold);
            points.iter().map(name).collect::<BTreeSet<_>>()
        };
        if most >= 48 {
            prop_assert_eq!(models(&points), models(&all));
        }
    }
}

#[test]
fn points_stay_near_the_time_of_their_windows() {
    let given: Vec<Given> = (0..10_000).map(|at| (1000, Some(at % 7), None, 0, 0)).collect();
    let (history, all) = history(&given, 0);
    let reader = history.reader().unwrap();
    let points = reader.scores("a", 0, i64::MAX, 200).unwrap();
    assert!((100..=200).contains(&points.len()), "{}", points.len());
    // A stretch is at most twice as long as it has to be.
    let span = all[all.len() - 1].at;
    for pair in points.windows(2) {
        assert!(pair[1].at - pair[0].at <= 4 * span / 200 + 1000, "{pair:?}");
    }
    // What has come later does not move what was there.
    let before = reader.scores("a", 0, span - 3_000_000, 200).unwrap();
    let same = before.iter().filter(|point| points.contains(point)).count();
    assert!(same + 2 >= before.len(), "{same} of {}", before.len());
}
