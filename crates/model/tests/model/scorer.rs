//! Running a model: the core's numbers, the windows, and what does not fit.

use judder_core::{Detector, Error, MAX_AXES, Mahalanobis, Posture, Readings, Real, Verdict};
use judder_model::{
    Binding, DetectorKind, Misfit, Model, Precision, Provenance, Scored, Scorer, starts,
};
use proptest::prelude::*;

use super::samples::{binding, every_feature, gaussian, given, model, readings};

/// The scores of the core alone, window by window, with buffers of their own.
fn by_hand<T: Real>(model: &Model, values: &[f64]) -> Vec<Scored> {
    let Binding { axes, window, hop, .. } = model.binding();
    let length = values.len() / axes;
    let DetectorKind::Mahalanobis(gaussian) = model.detector() else { panic!("a Gaussian") };
    let rounded = |from: &[f64]| from.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    let (mean, whitening) = (rounded(gaussian.mean()), rounded(gaussian.whitening()));
    let mut start = 0;
    let mut scored = Vec::new();
    while start + window <= length {
        let mut cut = Vec::new();
        for axis in values.chunks(length) {
            cut.extend(rounded(&axis[start..start + window]));
        }
        let detector = Detector::new(
            *model.features(),
            Mahalanobis::new(&mean, &whitening).unwrap(),
            T::from_f64(model.threshold().value),
            axes,
            window,
        );
        let (mut scratch, mut features) =
            (vec![T::Key::default(); window], vec![T::ZERO; mean.len()]);
        let readings = Readings::new(&cut, axes, window).unwrap();
        let judged = detector.unwrap().judge(&readings, &mut scratch, &mut features).unwrap();
        let posture = Posture::of(&readings).unwrap();
        let mean: Vec<f64> = posture.mean().iter().map(|x| x.to_f64()).collect();
        let (shift, activity) = (posture.shift().to_f64(), posture.activity().to_f64());
        let [rms, vibration] = [posture.rms(), posture.vibration()].map(|x| x.to_f64());
        let posture = Posture::new(&mean, shift, activity).unwrap();
        let posture = posture.with_vibration(rms, vibration).unwrap();
        let (score, verdict) = (judged.score.to_f64(), judged.verdict);
        scored.push(Scored { start, score, verdict, posture });
        start += hop;
    }
    scored
}

/// Start, bits of the score, and verdict of each window.
fn bits(scored: &[Scored]) -> Vec<(usize, u64, Verdict)> {
    scored.iter().map(|one| (one.start, one.score.to_bits(), one.verdict)).collect()
}

#[test]
fn scores_are_those_of_the_core_bit_for_bit() {
    for axes in 1..=MAX_AXES {
        for features in ["mad", "log-mad+std", &every_feature()] {
            let values = readings(axes, 123);
            let single = model(features, axes, Precision::F32);
            let scored = Scorer::new(&single).score(&values, axes, None).unwrap();
            assert_eq!(scored.len(), 22);
            assert_eq!(bits(&scored), bits(&by_hand::<f32>(&single, &values)), "{features} {axes}");
            let double = model(features, axes, Precision::F64);
            let in_double = Scorer::new(&double).score(&values, axes, None).unwrap();
            assert_eq!(bits(&in_double), bits(&by_hand::<f64>(&double, &values)));
            assert_ne!(bits(&scored), bits(&in_double), "the precision is heeded");
        }
    }
}

#[test]
fn a_verdict_is_of_the_score_in_its_own_arithmetic() {
    let values = readings(3, 16);
    for precision in [Precision::F32, Precision::F64] {
        let score =
            Scorer::new(&model("std", 3, precision)).score(&values, 3, None).unwrap()[0].score;
        let below = match precision {
            Precision::F32 => f64::from((score as f32).next_down()),
            Precision::F64 => score.next_down(),
        };
        for (threshold, verdict) in [(score, Verdict::Normal), (below, Verdict::Anomaly)] {
            let model = Model::new(
                binding(3),
                precision,
                "std".parse().unwrap(),
                DetectorKind::Mahalanobis(gaussian(3)),
                given(threshold),
                Provenance::default(),
            );
            let scored = Scorer::new(&model.unwrap()).score(&values, 3, None).unwrap();
            assert_eq!(bits(&scored), [(0, score.to_bits(), verdict)]);
        }
    }
}

proptest! {
    /// Every window that fits, each `hop` after the one before, and no other.
    #[test]
    fn windows_start_where_they_fit(length in 0usize..500, window in 1usize..200, hop in 1usize..300) {
        let expected: Vec<usize> =
            (0..length).filter(|at| at % hop == 0 && at + window <= length).collect();
        let found = starts(length, window, hop);
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn starts_of_any_size_do_not_overflow(length: usize, window in 1usize.., hop in 1usize..) {
        let found = starts(length, window, hop);
        let last = found.len().checked_sub(1).map(|last| last * hop);
        prop_assert!(last.is_none_or(|last| last <= length - window));
    }

    /// A score depends on the readings of its window alone.
    #[test]
    fn windows_do_not_leak_into_each_other(at in 0usize..60, change in 1u8..100) {
        let model = model("log-mad+kurtosis", 2, Precision::F32);
        let scorer = Scorer::new(&model);
        let values = readings(2, 60);
        let mut changed = values.clone();
        changed[60 + at] += f64::from(change);
        let before = scorer.score(&values, 2, None).unwrap();
        let after = scorer.score(&changed, 2, None).unwrap();
        for (before, after) in before.iter().zip(&after) {
            let touched = (before.start..before.start + 16).contains(&at);
            prop_assert!(touched || before == after, "window from {}", before.start);
        }
    }
}

fn misfit(values: &[f64], axes: usize, rate: Option<f64>) -> Misfit {
    Scorer::new(&model("mad", 2, Precision::F32)).score(values, axes, rate).unwrap_err()
}

#[test]
fn what_does_not_fit_is_said_with_what_to_do() {
    let found = misfit(&readings(3, 40), 3, None);
    assert_eq!(found, Misfit::Axes { found: 3, expected: 2 });
    assert_eq!(found.to_string(), "has 3 axes, but the model is for 2");

    let found = misfit(&readings(2, 15), 2, None);
    assert_eq!(found, Misfit::Short { found: 15, expected: 16 });
    assert_eq!(
        found.to_string(),
        "has 15 readings, fewer than the 16 of a window: record longer, or train with a shorter \
         --window"
    );
    assert_eq!(misfit(&[], 2, None), Misfit::Short { found: 0, expected: 16 });
    assert_eq!(misfit(&[], 0, None), Misfit::Axes { found: 0, expected: 2 });

    let found = misfit(&readings(2, 40), 2, Some(100.0));
    assert_eq!(found, Misfit::Rate { found: 100.0, expected: 200.0 });
    assert_eq!(
        found.to_string(),
        "was sampled at 100 Hz, but the model is for 200 Hz: use a model trained at this rate"
    );

    let mut stuck = readings(2, 40);
    stuck[45..65].fill(0.5);
    let found = misfit(&stuck, 2, None);
    assert_eq!(found, Misfit::Window { start: 5, error: Error::StuckAxis { axis: 1 } });
    assert_eq!(
        found.to_string(),
        "axis y is stuck: all readings of the window from row 6 on are equal; check the sensor"
    );

    for odd in [f64::NAN, f64::INFINITY, 1e300] {
        let mut values = readings(2, 40);
        values[40 + 22] = odd;
        let found = misfit(&values, 2, None);
        let error = Error::NonFinite { axis: 1, reading: 12 };
        assert_eq!(found, Misfit::Window { start: 10, error });
        assert_eq!(found.to_string(), "row 23: axis y is too large, or not a finite number");
    }
}

/// Boards drift by a few percent, and features bear it.
#[test]
fn rates_that_are_near_or_unknown_fit() {
    let scorer = Scorer::new(&model("mad", 2, Precision::F32));
    let values = readings(2, 40);
    for (rate, fits) in [
        (None, true),
        (Some(200.0), true),
        (Some(190.0), true),
        (Some(210.0), true),
        (Some(189.9), false),
        (Some(210.1), false),
        (Some(0.0), false),
        (Some(f64::INFINITY), false),
        (Some(f64::NAN), false),
    ] {
        assert_eq!(scorer.score(&values, 2, rate).is_ok(), fits, "{rate:?}");
    }
}

#[test]
fn scores_that_cannot_be_represented_are_refused() {
    let mut values = readings(2, 16);
    values.iter_mut().for_each(|x| *x *= 1e37);
    let found = misfit(&values, 2, None);
    let error = Error::ScoreNotRepresentable;
    assert_eq!(found, Misfit::Window { start: 0, error });
    assert_eq!(found.to_string(), "window from row 1 on: the score is too large to be represented");
}

/// A window longer than any recording costs nothing.
#[test]
fn an_endless_window_allocates_nothing() {
    let endless = Binding { window: usize::MAX, hop: usize::MAX, ..binding(2) };
    let model = Model::new(
        endless,
        Precision::F32,
        "mad".parse().unwrap(),
        DetectorKind::Mahalanobis(gaussian(2)),
        given(1.0),
        Provenance::default(),
    );
    let found = Scorer::new(&model.unwrap()).score(&readings(2, 40), 2, None).unwrap_err();
    assert_eq!(found, Misfit::Short { found: 40, expected: usize::MAX });
}
