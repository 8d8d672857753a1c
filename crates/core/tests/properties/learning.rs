//! Learning on the device: the sums, the stages, the threshold, and what outlives a restart.

use judder_core::{
    BaselineError, Error, FeatureSet, Learning, Plan, Real, Step, Verdict, baseline_len,
    learning_len, packed_len,
};
use proptest::prelude::*;

use crate::tolerance::Tolerance;

type Memory<T> = Vec<T>;

fn set() -> FeatureSet {
    "mad".parse().unwrap()
}

fn learning<T: Real>(plan: Plan) -> Learning<Memory<T>, T> {
    Learning::new(vec![T::NAN; learning_len(3, plan.kept())], set(), 3, plan).unwrap()
}

/// A sequence that looks drawn by chance, 0 to 1.
fn noise(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

/// Features around an offset that vary together.
fn rows(count: usize, offset: f64, spread: f64) -> Vec<[f64; 3]> {
    let mut state = 7;
    (0..count)
        .map(|_| {
            let [a, b, c] = [(); 3].map(|()| noise(&mut state) - 0.5);
            [a, 0.7 * a + 0.3 * b, c].map(|x| offset + spread * x)
        })
        .collect()
}

fn feed<T: Real>(learning: &mut Learning<Memory<T>, T>, rows: &[[T; 3]]) {
    for row in rows {
        learning.next(row).unwrap();
    }
}

/// A sum by halves, which rounds little.
fn sum(values: &[f64]) -> f64 {
    match values.split_at(values.len() / 2) {
        ([], few) => few.iter().sum(),
        (left, right) => sum(left) + sum(right),
    }
}

/// Mean and covariance by two passes in `f64`, of the numbers as a `T` holds them.
fn oracle<T: Real>(rows: &[[T; 3]]) -> ([f64; 3], [f64; 6]) {
    let n = rows.len() as f64;
    let column = |i: usize| rows.iter().map(move |row| row[i].to_f64());
    let mean = [0, 1, 2].map(|i| sum(&column(i).collect::<Vec<_>>()) / n);
    let mut covariance = [0.0; 6];
    for i in 0..3 {
        for j in 0..=i {
            let products = column(i).zip(column(j)).map(|(x, y)| (x - mean[i]) * (y - mean[j]));
            let products: Vec<f64> = products.collect();
            let kept = if i == j { 1.0 } else { n / (n + 1.0) };
            covariance[packed_len(i) + j] = sum(&products) / (n - 1.0) * kept;
        }
    }
    (mean, covariance)
}

/// Learns from rows, and holds mean and covariance against the two passes.
fn agrees<T: Real>(count: usize, offset: f64, spread: f64) {
    let rows: Vec<[T; 3]> =
        rows(count, offset, spread).into_iter().map(|row| row.map(T::from_f64)).collect();
    let (mean, covariance) = oracle(&rows);
    let mut learning = learning::<T>(Plan::new(count as u32, 2, 0.5).unwrap());
    feed(&mut learning, &rows);
    feed(&mut learning, &rows[..2]);
    let learnt = learning.baseline().unwrap();
    let scale = |i: usize| covariance[packed_len(i) + i].sqrt();
    for (i, (&found, &expected)) in learnt.mean().iter().zip(&mean).enumerate() {
        let holds = Tolerance::Close.holds(found, expected, scale(i));
        assert!(holds, "{count} windows, mean {i}: {found} {expected}");
    }
    for i in 0..3 {
        for j in 0..=i {
            let at = packed_len(i) + j;
            let (found, expected) = (learnt.covariance()[at], covariance[at]);
            let holds = Tolerance::Close.holds(found, expected, scale(i) * scale(j));
            assert!(holds, "{count} windows, {i} {j}: {found} {expected}");
        }
    }
}

#[test]
fn sums_are_those_of_two_passes_after_any_number_of_windows() {
    for count in [10, 100, 10_000] {
        for (offset, spread) in [(0.0, 1.0), (1.0, 1e-3), (-1.0, 1e-3), (0.004, 5e-4), (1e3, 1e2)] {
            agrees::<f32>(count, offset, spread);
            agrees::<f64>(count, offset, spread);
        }
    }
}

/// An offset of 1 g and features of 1e-3: sums of squares have no digit of the variance left.
#[test]
fn naive_sums_fail_where_these_do_not() {
    let rows: Vec<[f32; 3]> =
        rows(10_000, 1.0, 1e-3).into_iter().map(|row| row.map(|x| x as f32)).collect();
    let n = rows.len() as f32;
    let (sum, squares) =
        rows.iter().fold((0.0_f32, 0.0_f32), |(s, q), row| (s + row[0], q + row[0] * row[0]));
    let naive = (squares - sum * sum / n) / (n - 1.0);
    let (_, [expected, ..]) = oracle(&rows);
    assert!((f64::from(naive) - expected).abs() > 0.5 * expected, "{naive} {expected}");
    agrees::<f32>(10_000, 1.0, 1e-3);
}

/// The score of the largest deviation from a Gaussian of known numbers.
#[test]
fn the_threshold_is_the_rank_of_split_conformal_prediction() {
    let all = rows(250, 0.0, 1.0);
    for (calibrate, rate) in [(2, 0.5), (50, 0.1), (99, 0.01), (150, 0.02), (150, 0.9), (20, 0.001)]
    {
        let plan = Plan::new(100, calibrate, rate).unwrap();
        let mut learning = learning::<f64>(plan);
        let count = 100 + calibrate as usize;
        feed(&mut learning, &all[..count]);
        let learnt = learning.baseline().unwrap();
        let detector = learnt.mahalanobis().unwrap();
        let mut scores: Vec<f64> =
            all[100..count].iter().map(|row| detector.score(row).unwrap()).collect();
        scores.sort_by(f64::total_cmp);
        let rank = (f64::from(calibrate) + 1.0) * (1.0 - rate);
        let low = (rank.floor() as usize).clamp(1, scores.len());
        let part = (rank - low as f64).clamp(0.0, 1.0);
        let high = (low + 1).min(scores.len());
        let expected = scores[low - 1] + part * (scores[high - 1] - scores[low - 1]);
        assert_eq!(learnt.threshold(), expected, "{calibrate} {rate}");
        assert_eq!((learnt.learnt(), learnt.calibrated()), (100, calibrate));
    }
}

/// Of windows that come like the others, the share that was asked for is above.
#[test]
fn false_alarms_are_as_many_as_asked_for() {
    let all = rows(22_000, 1.0, 1e-3);
    let plan = Plan::new(1000, 1000, 0.05).unwrap();
    let mut learning = learning::<f32>(plan);
    let mut alarms = 0;
    for row in &all {
        if let Step::Judged(judged) = learning.next(&row.map(|x| x as f32)).unwrap() {
            alarms += usize::from(judged.verdict == Verdict::Anomaly);
        }
    }
    // 1 000 of 20 000; the threshold itself is uncertain by a seventh of that.
    assert!((600..1400).contains(&alarms), "{alarms}");
}

#[test]
fn stages_follow_each_other_and_say_what_is_left() {
    let all = rows(40, 0.0, 1.0);
    let mut learning = learning::<f32>(Plan::new(10, 5, 0.1).unwrap());
    let mut next = |at: usize| learning.next(&all[at].map(|x| x as f32)).unwrap();
    for at in 0..10 {
        assert_eq!(next(at), Step::Learnt { left: 9 - at as u32 });
    }
    for at in 10..15 {
        assert_eq!(next(at), Step::Calibrated { left: 14 - at as u32 });
    }
    assert!((15..40).all(|at| matches!(next(at), Step::Judged(_))));
    assert!(learning.baseline().is_some());
    learning.restart();
    assert!(learning.baseline().is_none());
    assert_eq!(learning.next(&[1.0; 3]), Ok(Step::Learnt { left: 9 }));
}

/// Frozen before its time, it is as if it had been planned so.
#[test]
fn freezing_is_an_earlier_plan() {
    let all = rows(60, 0.0, 1.0);
    let mut frozen = learning::<f64>(Plan::new(1000, 1000, 0.1).unwrap());
    for row in &all[..9] {
        frozen.next(row).unwrap();
        assert!(!frozen.freeze().unwrap(), "so few do not suffice");
    }
    feed(&mut frozen, &all[9..20]);
    assert!(frozen.freeze().unwrap());
    assert!(!frozen.freeze().unwrap(), "no score was seen");
    feed(&mut frozen, &all[20..60]);
    assert!(frozen.freeze().unwrap());
    assert!(!frozen.freeze().unwrap(), "nothing is learnt any more");
    let mut planned = learning::<f64>(Plan::new(20, 40, 0.1).unwrap());
    feed(&mut planned, &all);
    assert_eq!(frozen.baseline(), planned.baseline());
}

#[test]
fn a_window_that_cannot_be_learnt_counts_for_nothing() {
    let all = rows(30, 0.0, 1.0);
    let plan = Plan::new(20, 10, 0.1).unwrap();
    let (mut plain, mut spoilt) = (learning::<f32>(plan), learning::<f32>(plan));
    for row in all.iter().map(|row| row.map(|x| x as f32)) {
        let bad = [f32::NAN, f32::INFINITY, -3e38].map(|x| [row[0], x, row[2]]);
        for row in bad {
            let error = spoilt.next(&row).unwrap_err();
            let told = matches!(
                error,
                Error::NotRepresentable { feature: 1 } | Error::ScoreNotRepresentable
            );
            assert!(told, "{error}");
        }
        assert_eq!(spoilt.next(&row[..2]), Err(Error::Shape { expected: 3, found: 2 }));
        assert_eq!(spoilt.next(&row), plain.next(&row));
    }
    assert_eq!(spoilt.baseline(), plain.baseline());
    assert!(plain.baseline().is_some());
}

#[test]
fn features_that_do_not_vary_are_told_and_learnt_anew() {
    let mut learning = learning::<f32>(Plan::new(10, 2, 0.1).unwrap());
    for at in 0..9 {
        learning.next(&[at as f32, 1.0, 1.0 / (1.0 + at as f32)]).unwrap();
    }
    let last = learning.next(&[3.5, 1.0, 0.0]);
    assert_eq!(last, Err(Error::NotPositiveDefinite { row: 1 }));
    assert_eq!(learning.next(&[1.0; 3]), Ok(Step::Learnt { left: 9 }));
}

#[test]
fn plans_and_memory_are_checked() {
    for (learn, calibrate, rate) in
        [(9, 2, 0.1), (10, 1, 0.1), (10, 2, 0.0), (10, 2, 1.0), (10, 2, f64::NAN)]
    {
        assert_eq!(Plan::new(learn, calibrate, rate), Err(Error::Plan));
    }
    let plan = Plan::new(10, 99, 0.01).unwrap();
    assert_eq!((plan.kept(), learning_len(3, plan.kept())), (1, 19));
    assert_eq!(Plan::new(10, 400, 0.01).unwrap().kept(), 5);
    let short = Learning::new(vec![0.0_f32; 18], set(), 3, plan).unwrap_err();
    assert_eq!(short, Error::Shape { expected: 19, found: 18 });
    assert_eq!(
        Learning::new(vec![0.0_f32; 19], set(), 9, plan).unwrap_err(),
        Error::AxisCount { axes: 9 }
    );
}

/// A learnt baseline, and its bytes.
fn learnt<T: Real>() -> (Learning<Memory<T>, T>, Vec<u8>) {
    let mut learning = learning::<T>(Plan::new(30, 20, 0.1).unwrap());
    let all: Vec<_> = rows(50, 1.0, 1e-3).into_iter().map(|row| row.map(T::from_f64)).collect();
    feed(&mut learning, &all);
    let mut bytes = vec![0xA5; baseline_len::<T>(3) + 9];
    let length = learning.baseline().unwrap().write(7, &mut bytes).unwrap().len();
    assert_eq!(&bytes[length..], [0xA5; 9]);
    bytes.truncate(length);
    (learning, bytes)
}

fn comes_back<T: Real>() {
    let (before, bytes) = learnt::<T>();
    let mut after = learning::<T>(Plan::new(500, 400, 0.01).unwrap());
    after.load(7, &bytes).unwrap();
    assert_eq!(after.baseline(), before.baseline());
    let mut again = vec![0; bytes.len()];
    assert_eq!(after.baseline().unwrap().write(7, &mut again).unwrap(), bytes);
}

#[test]
fn what_was_learnt_comes_back_bit_by_bit() {
    comes_back::<f32>();
    comes_back::<f64>();
    assert!(learnt::<f32>().1.len() <= 128);
}

#[test]
fn foreign_bytes_are_told_apart() {
    let (_, good) = learnt::<f32>();
    let mut learning = learning::<f32>(Plan::new(10, 2, 0.1).unwrap());
    learning.next(&[1.0; 3]).unwrap();
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        bytes
    };
    let cases = [
        (vec![], BaselineError::NoBaseline),
        (b"JUD1 and so on, a recording of some sort".to_vec(), BaselineError::NoBaseline),
        (vec![0xFF; 64], BaselineError::NoBaseline),
        (changed(4, 2), BaselineError::Version { found: 2 }),
        (changed(5, 8), BaselineError::Number { found: 8 }),
        (changed(6, 4), BaselineError::Features { expected: 3, found: 4 }),
        (good[..63].to_vec(), BaselineError::Length { expected: 64, found: 63 }),
        ([&good[..], &[0]].concat(), BaselineError::Length { expected: 64, found: 65 }),
        (changed(30, good[30] ^ 1), BaselineError::Damaged),
    ];
    for (bytes, error) in cases {
        assert_eq!(learning.load(7, &bytes), Err(error));
    }
    assert_eq!(learning.load(8, &good), Err(BaselineError::Tag { found: 7 }));
    // None of this disturbed what was being learnt.
    assert_eq!(learning.next(&[2.0; 3]), Ok(Step::Learnt { left: 8 }));
    let (full, _) = learnt::<f32>();
    let mut short = [0; 63];
    let told = full.baseline().unwrap().write(7, &mut short);
    assert_eq!(told, Err(BaselineError::Length { expected: 64, found: 63 }));
}

/// Whole bytes of which no detector can be made.
#[test]
fn a_baseline_that_is_none_is_told() {
    let (_, good) = learnt::<f32>();
    for (at, value) in [(20, f32::NAN), (24, f32::INFINITY), (36, 0.0), (36, f32::NAN), (36, -1.0)]
    {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let end = bytes.len() - 4;
        let checksum = reference_crc(&bytes[..end]).to_le_bytes();
        bytes[end..].copy_from_slice(&checksum);
        let mut learning = learning::<f32>(Plan::new(10, 2, 0.1).unwrap());
        let told = learning.load(7, &bytes).unwrap_err();
        assert!(matches!(told, BaselineError::Unfit(_)), "{told}");
        assert_eq!(learning.next(&[1.0; 3]), Ok(Step::Learnt { left: 9 }));
    }
}

/// The CRC-32 by its table, as most write it.
fn reference_crc(bytes: &[u8]) -> u32 {
    let entry = |index: u32| {
        (0..8).fold(index, |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 })
    };
    let table: Vec<u32> = (0..256).map(entry).collect();
    !bytes.iter().fold(!0, |c, &byte| table[((c ^ u32::from(byte)) & 0xFF) as usize] ^ (c >> 8))
}

proptest! {
    /// Any flipped bit is seen, and arbitrary bytes do no harm.
    #[test]
    fn no_damage_passes(at in 0_usize..64, bit in 0_u8..8, junk in prop::collection::vec(any::<u8>(), 0..160)) {
        let (_, mut bytes) = learnt::<f32>();
        bytes[at] ^= 1 << bit;
        let mut learning = learning::<f32>(Plan::new(10, 2, 0.1).unwrap());
        prop_assert!(learning.load(7, &bytes).is_err());
        prop_assert!(learning.load(7, &junk).is_err());
        prop_assert!(learning.baseline().is_none());
    }

    /// The highest scores are kept whatever their order.
    #[test]
    fn the_order_of_windows_does_not_move_the_threshold(seed in any::<u64>()) {
        let mut all = rows(80, 0.0, 1.0);
        let plan = Plan::new(30, 50, 0.2).unwrap();
        let threshold = |all: &[[f64; 3]]| {
            let mut learning = learning::<f64>(plan);
            feed(&mut learning, all);
            learning.baseline().unwrap().threshold()
        };
        let before = threshold(&all);
        let mut state = seed;
        for at in (31..80).rev() {
            let other = 30 + (noise(&mut state) * (at - 29) as f64) as usize;
            all.swap(at, other.min(at));
        }
        prop_assert_eq!(threshold(&all), before);
    }
}
