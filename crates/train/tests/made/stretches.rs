//! Runs of which a part lies apart.

use judder_data::Located;
use judder_train::{LeaveOut, LyingApart, Options, Place, Trained, train_on};

use crate::windows::{baseline, changed, usual};

const COUNT: u64 = 100;
const SEEDS: u64 = 20;

/// Usual recordings, the vibration of each so many times as strong.
fn run(seed: u64, strength: impl Fn(f64) -> f64) -> Vec<Located> {
    let mut all = usual("normal", seed * COUNT, COUNT);
    for (at, one) in all.iter_mut().enumerate() {
        let strength = strength(at as f64);
        let rest = |axis| if axis == 2 { 1.0 } else { 0.0 };
        let stronger = |axis, _, x| rest(axis) + strength * (x - rest(axis));
        one.recording = changed(&one.recording, stronger);
    }
    all
}

fn warming(seed: u64) -> Vec<Located> {
    run(seed, |at| 1.0 + 0.5 * (-at / 12.0).exp())
}

/// At first the load is another.
fn loaded(seed: u64) -> Vec<Located> {
    run(seed, |at| if at < 30.0 { 1.3 } else { 1.0 })
}

fn trained(recordings: Vec<Located>, leave_out: &[LeaveOut]) -> Trained {
    let options = Options { leave_out: leave_out.to_vec(), ..Options::default() };
    train_on(baseline(recordings), None, &options).unwrap()
}

/// Where stretches of a run lie, and how many windows each has.
fn places(recordings: Vec<Located>) -> Vec<(Place, usize)> {
    let found = trained(recordings, &[]).stretches.found;
    found.into_iter().map(|LyingApart { place, windows, .. }| (place, windows)).collect()
}

#[test]
fn what_lies_apart_is_named_and_nothing_else() {
    let mut named = [0; 5];
    for seed in 0..SEEDS {
        let odd = (seed * 13 % COUNT) as f64;
        let found = [
            places(run(seed, |_| 1.0)),
            places(warming(seed)),
            places(loaded(seed)),
            places(run(seed, |at| if at < 75.0 { 1.0 } else { 1.3 })),
            places(run(seed, |at| if at == odd { 2.0 } else { 1.0 })),
        ];
        let is = |at: usize, place: Place, windows: std::ops::RangeInclusive<usize>| {
            found[at].iter().any(|(is, long)| *is == place && windows.contains(long))
        };
        named[0] += usize::from(!found[0].is_empty());
        named[1] += usize::from(is(1, Place::Start { falls: true }, 5..=45));
        named[2] += usize::from(is(2, Place::Start { falls: false }, 27..=33));
        named[3] += usize::from(is(3, Place::End, 22..=28));
        named[4] += usize::from(is(4, Place::Single, 1..=1));
    }
    assert!(named[0] <= 1 && named[1..].iter().all(|runs| *runs >= 18), "{named:?}");
}

#[test]
fn without_what_lies_apart_the_threshold_is_lower_and_it_is_above_it() {
    let (with, without) = (trained(loaded(1), &[]), trained(loaded(1), &[LeaveOut::Start]));
    let apart = with.stretches.found[0].windows;
    assert_eq!((with.left, without.left, without.windows), (0, apart, 100 - apart));
    // What is offered is what comes of it.
    let offered = with.stretches.without[0];
    assert_eq!(without.stretches.without[0], offered);
    let limit = |trained: &Trained| trained.model.threshold().value;
    assert_eq!(
        (limit(&with), limit(&without)),
        (offered.with.threshold, offered.without.threshold)
    );
    assert!(offered.without.noticed > offered.with.noticed, "{offered:?}");
    assert!(offered.above > 0.9, "{offered:?}");
    // A model of the others is the same model.
    let others = trained(loaded(1).split_off(apart), &[]);
    assert_eq!(without.model.detector(), others.model.detector());
}

#[test]
fn a_single_window_is_left_out_where_that_is_wanted() {
    let odd = || run(3, |at| if at == 40.0 { 2.0 } else { 1.0 });
    let without = trained(odd(), &[LeaveOut::Far]);
    assert_eq!((without.left, without.windows), (1, 99));
    assert!(without.stretches.found[0].first.ends_with("0040.csv"), "{:?}", without.stretches);
    assert!(without.model.threshold().value < 0.5 * trained(odd(), &[]).model.threshold().value);
    // Of the start there is nothing.
    assert_eq!(trained(odd(), &[LeaveOut::Start]).left, 0);
}
