//! From scores to an alarm: against plain verdicts, and against counting the whole past anew.

use judder_core::{Decision, Error, Gates, MOST_SCORES, Verdict, Watch};
use proptest::prelude::*;

use crate::watch::{Window, running};

/// The decision score, or what its logarithm's rounding makes of it.
fn near(found: f32, expected: f64) -> bool {
    const ROUNDING: f64 = 1e-5;
    (f64::from(found) - expected).abs() <= ROUNDING * expected
}

/// Windows: mostly scores of all sizes, some of which break what is averaged.
fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window = prop_oneof![
        40 => (-3.0f32..3.0).prop_map(|power| Window::Judged(10f32.powf(power))),
        2 => Just(Window::Handled),
        2 => Just(Window::Broken),
        1 => Just(Window::Idle),
        1 => Just(Window::Remounted),
    ];
    prop::collection::vec(window, 0..200)
}

/// Decisions of all sizes, small ones more often.
fn decisions() -> impl Strategy<Value = Decision<f32>> {
    let count = || prop_oneof![1..=4usize, 1..=MOST_SCORES];
    (count(), count(), count(), 0.1f32..1.0, any::<bool>()).prop_map(
        |(average, one, other, clear, plain)| {
            let clear = if plain { 1.0 } else { clear };
            Decision::new(average, one.min(other), one.max(other), clear).unwrap()
        },
    )
}

fn watch(decision: Decision<f32>, threshold: f32) -> Watch<f32> {
    Watch::new(decision, threshold, Gates::default(), None).unwrap()
}

/// The alarms of scores that are all judged.
fn alarms(decision: Decision<f32>, threshold: f32, scores: &[f32]) -> Vec<bool> {
    let mut watch = watch(decision, threshold);
    let next = |&score| Window::Judged(score).next(&mut watch).unwrap().alarm;
    scores.iter().map(next).collect()
}

fn finite() -> impl Strategy<Value = f32> {
    use prop::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, -2.0f32..2.0]
}

proptest! {
    #[test]
    fn by_default_the_verdict_is_that_of_the_score(
        scores in prop::collection::vec(finite(), 0..100),
        threshold in finite(),
        at in any::<prop::sample::Index>(),
    ) {
        // A threshold that one of the scores is equal to is where bits show.
        let equal = scores.get(at.index(scores.len().max(1))).copied().unwrap_or(threshold);
        for threshold in [threshold, equal] {
            let mut watch = watch(Decision::default(), threshold);
            let mut before = false;
            for &score in &scores {
                let watched = Window::Judged(score).next(&mut watch).unwrap();
                prop_assert_eq!(watched.verdict, Verdict::of(score, threshold));
                prop_assert_eq!(watched.alarm, score > threshold);
                prop_assert_eq!(watched.alarm_changed, watched.alarm != before);
                prop_assert_eq!(watched.score.map(f32::to_bits), Some(score.to_bits()));
                prop_assert_eq!(watched.decision.map(f32::to_bits), Some(score.to_bits()));
                prop_assert!(!watched.drifting);
                before = watched.alarm;
            }
        }
    }

    #[test]
    fn by_default_a_higher_threshold_never_makes_an_alarm(
        scores in prop::collection::vec(finite(), 0..100),
        one in finite(),
        other in finite(),
    ) {
        let [low, high] = [one.min(other), one.max(other)]
            .map(|threshold| alarms(Decision::default(), threshold, &scores));
        prop_assert!(high.iter().zip(low).all(|(&high, low)| !high || low));
    }

    /// The scores of decisions are products and roots of a list; votes and alarms are counted from
    /// lists of all decisions.
    #[test]
    fn it_is_what_the_whole_past_says(
        windows in windows(),
        decision in decisions(),
        threshold in -0.5f32..20.0,
    ) {
        let mut watch = running(decision, threshold, None);
        let (mut scores, mut decided, mut alarm) = (Vec::new(), Vec::new(), false);
        for window in windows {
            let watched = window.next(&mut watch);
            let before = alarm;
            match window {
                Window::Judged(score) => {
                    scores.push(f64::from(score));
                    let last = &scores[scores.len().saturating_sub(decision.average())..];
                    let product: f64 = last.iter().product();
                    let expected = product.powf(1.0 / last.len() as f64);
                    let found = watched.as_ref().unwrap().decision.unwrap();
                    prop_assert!(near(found, expected), "{} for {}", found, expected);
                    decided.push(found);
                    let last = &decided[decided.len().saturating_sub(decision.of())..];
                    let above = |limit: f32| last.iter().filter(|&&x| x > limit).count();
                    let clear = threshold.min(decision.clear() * threshold);
                    alarm = above(if alarm { clear } else { threshold }) >= decision.votes();
                    let watched = watched.as_ref().unwrap();
                    prop_assert_eq!(watched.verdict == Verdict::Anomaly, alarm);
                    prop_assert_eq!(watched.verdict == Verdict::Normal, !alarm);
                    prop_assert_eq!(watched.score, Some(score));
                }
                Window::Idle | Window::Remounted | Window::Settling => {
                    scores.clear();
                    decided.clear();
                    alarm = false;
                }
                Window::Handled => {}
                Window::Broken => {
                    prop_assert_eq!(watched, Err(Error::StuckAxis { axis: 0 }));
                    continue;
                }
            }
            let watched = watched.unwrap();
            prop_assert_eq!((watched.alarm, watched.alarm_changed), (alarm, alarm != before));
            if !matches!(window, Window::Judged(_)) {
                prop_assert_eq!(Some(watched.verdict), window.verdict());
                prop_assert_eq!((watched.score, watched.decision), (None, None));
            }
        }
    }

    /// What is between the two limits neither raises an alarm nor clears one.
    #[test]
    fn between_its_limits_an_alarm_stays_what_it_was(
        before in prop::collection::vec(0.0f32..3.0, 0..80),
        between in prop::collection::vec(0.5001f32..=1.0, 0..200),
        votes in 1..=8usize,
        more in 0..=8usize,
    ) {
        let decision = Decision::new(1, votes, votes + more, 0.5).unwrap();
        let alarms = alarms(decision, 1.0, &[before.as_slice(), &between].concat());
        let was = before.len().checked_sub(1).is_some_and(|last| alarms[last]);
        prop_assert!(alarms[before.len()..].iter().all(|&alarm| alarm == was));
    }

    /// Only the last scores count: bit for bit, whatever was before them.
    #[test]
    fn a_decision_depends_on_nothing_older(
        one in prop::collection::vec(1e-3f32..1e3, 64..150),
        other in prop::collection::vec(1e-3f32..1e3, 64..150),
        last in prop::collection::vec(1e-3f32..1e3, 64),
        average in 1..=MOST_SCORES,
    ) {
        let decision = Decision::new(average, 1, 1, 1.0).unwrap();
        let [one, other] = [one, other].map(|before| {
            let mut watch = watch(decision, 1.0);
            let all = before.iter().chain(&last);
            all.map(|&score| Window::Judged(score).next(&mut watch).unwrap().decision).last()
        });
        prop_assert_eq!(one, other);
    }
}

/// Four of the last six, worked by hand; then a clearing at half of the threshold.
#[test]
fn an_alarm_takes_its_votes_and_keeps_to_its_clearing() {
    let plain = Decision::new(1, 2, 3, 1.0).unwrap();
    let scores = [2.0, 0.9, 0.9, 2.0, 1.0, 2.0, 0.9, 0.9, 2.0];
    let expected = [false, false, false, false, false, true, false, false, false];
    assert_eq!(alarms(plain, 1.0, &scores), expected);
    let slow = Decision::new(1, 2, 3, 0.5).unwrap();
    let expected = [false, false, false, false, false, true, true, true, true];
    assert_eq!(alarms(slow, 1.0, &scores), expected);
    let scores = [2.0, 2.0, 0.6, 0.5, 0.6, 0.5, 0.5, 0.6, 0.6];
    let expected = [false, true, true, true, true, false, false, false, false];
    assert_eq!(alarms(slow, 1.0, &scores), expected);
}

/// A share of a threshold below 0 is above it: it must not clear what it raised.
#[test]
fn below_zero_an_alarm_is_cleared_as_it_is_raised() {
    let decision = Decision::new(1, 1, 1, 0.5).unwrap();
    let expected = [true, true, false, false, true];
    assert_eq!(alarms(decision, -1.0, &[-0.9, -0.9, -1.0, -1.1, -0.4]), expected);
}

#[test]
fn scores_of_nothing_and_of_everything_have_a_mean() {
    let decision = Decision::new(MOST_SCORES, 1, 1, 1.0).unwrap();
    for (score, least, most) in [
        (0.0, f32::MIN_POSITIVE, f32::MIN_POSITIVE),
        (-1.0, f32::MIN_POSITIVE, f32::MIN_POSITIVE),
        (f32::from_bits(1), f32::MIN_POSITIVE, f32::MIN_POSITIVE),
        (f32::MAX, f32::MAX, f32::MAX),
    ] {
        // A threshold that no score is above, as where there is none.
        let mut watch = watch(decision, f32::MAX);
        for at in 0..200 {
            let watched = Window::Judged(score).next(&mut watch).unwrap();
            let found = watched.decision.unwrap();
            let near = (found >= least * 0.999 && found <= most * 1.001) || at == 0;
            assert!(near && found.is_finite() && !watched.alarm, "{score}: {found}");
        }
    }
}

#[test]
fn a_decision_by_default_is_the_plainest() {
    let plain: Decision<f64> = Decision::default();
    assert_eq!(Decision::new(1, 1, 1, 1.0), Ok(plain));
    let other = Decision::new(64, 3, 5, 0.25).unwrap();
    assert_eq!((other.average(), other.votes(), other.of(), other.clear()), (64, 3, 5, 0.25));
}

#[test]
fn a_decision_without_meaning_is_refused() {
    let new = |average, votes, of, clear| Decision::new(average, votes, of, clear).map(|_| ());
    assert_eq!(new(64, 64, 64, 1.0f32), Ok(()));
    for count in [0, 65, 257, usize::MAX] {
        assert_eq!(new(count, 1, 1, 1.0), Err(Error::Average { count }));
        assert_eq!(new(1, count, 64, 1.0), Err(Error::Votes { votes: count, of: 64 }));
        assert_eq!(new(1, 1, count, 1.0), Err(Error::Votes { votes: 1, of: count }));
    }
    assert_eq!(new(1, 4, 3, 1.0), Err(Error::Votes { votes: 4, of: 3 }));
    for clear in [0.0, -0.5, 1.0f32.next_up(), f32::NAN, f32::INFINITY] {
        assert_eq!(new(1, 1, 1, clear), Err(Error::Clear), "{clear}");
    }
}
