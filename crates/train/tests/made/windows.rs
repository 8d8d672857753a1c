//! Recordings of noise, made by a seed.

use std::fs;
use std::path::Path;

use judder_data::{Located, Recording};
use judder_model::{Model, Scorer};
use judder_train::{Baseline, Judged};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Readings in a recording, and so in a window.
pub(crate) const LENGTH: usize = 128;

/// How strongly each axis vibrates, in g, where nothing else is said.
pub(crate) const USUAL: [f64; 3] = [0.02, 0.01, 0.03];

/// Gravity along the last axis, and vibration of these standard deviations.
pub(crate) fn noise(seed: u64, sd: [f64; 3]) -> Recording {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut values = Vec::with_capacity(3 * LENGTH);
    for (axis, sd) in sd.into_iter().enumerate() {
        for _ in 0..LENGTH {
            let drawn: f64 = StandardNormal.sample(&mut chance);
            values.push(sd * drawn + if axis == 2 { 1.0 } else { 0.0 });
        }
    }
    Recording::from_axes(3, LENGTH, values).unwrap()
}

/// Recordings of a folder, each made by its number.
pub(crate) fn folder(name: &str, count: u64, make: impl Fn(u64) -> Recording) -> Vec<Located> {
    let path = |at: u64| format!("{name}/{at:04}.csv").into();
    (0..count).map(|at| Located { path: path(at), recording: make(at) }).collect()
}

/// `count` usual recordings; those of another `first` differ.
pub(crate) fn usual(name: &str, first: u64, count: u64) -> Vec<Located> {
    folder(name, count, |at| noise(first + at, USUAL))
}

/// Each reading, which are `[axes][length]`, made anew from its place and value.
pub(crate) fn changed(one: &Recording, with: impl Fn(usize, usize, f64) -> f64) -> Recording {
    let length = one.len();
    let values = one.values().iter().enumerate().map(|(at, &x)| with(at / length, at % length, x));
    Recording::from_axes(one.axes(), length, values.collect()).unwrap().with_rate(one.rate_hz())
}

/// The same of a sensor that sees no gravity, in a unit that nothing tells: each reading so many times.
pub(crate) fn without_gravity(one: &Recording, times: f64) -> Recording {
    changed(one, |axis, _, x| times * if axis == 2 { x - 1.0 } else { x })
}

/// The sensor is moved by a hand, half way.
pub(crate) fn moved(one: &Recording) -> Recording {
    changed(one, |axis, at, x| if axis == 0 && at >= LENGTH / 2 { x + 0.1 } else { x })
}

/// A sensor turned by so many degrees around its first axis.
pub(crate) fn turned(one: &Recording, degrees: f64) -> Recording {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    changed(one, |axis, at, x| match axis {
        1 => cosine * x - sine * one.axis(2)[at],
        2 => sine * one.axis(1)[at] + cosine * x,
        _ => x,
    })
}

/// The same recordings, each changed.
pub(crate) fn each(all: &[Located], change: impl Fn(&Recording) -> Recording) -> Vec<Located> {
    let one = |one: &Located| Located { path: one.path.clone(), recording: change(&one.recording) };
    all.iter().map(one).collect()
}

pub(crate) fn baseline(recordings: Vec<Located>) -> Baseline {
    let given = vec![("normal".into(), recordings.len())];
    Baseline::of(recordings, given)
}

/// Recordings judged by a model.
pub(crate) fn judged(model: &Model, recordings: &[Located]) -> Vec<Judged> {
    let scorer = Scorer::new(model);
    let judge = |one: &Located| {
        let windows = scorer.score(one.recording.values(), one.recording.axes(), None);
        Judged { path: one.path.clone(), windows, seen: false }
    };
    recordings.iter().map(judge).collect()
}

/// A folder of recordings on disk.
pub(crate) fn written(folder: &Path, recordings: &[Located]) {
    for (at, one) in recordings.iter().enumerate() {
        let row = |row: Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let rows: Vec<String> = one.recording.rows().map(|values| row(values.collect())).collect();
        fs::write(folder.join(format!("{at:04}.csv")), rows.join("\n") + "\n").unwrap();
    }
}

pub(crate) fn geometric_mean(scores: &[f64]) -> f64 {
    (scores.iter().map(|score| score.ln()).sum::<f64>() / scores.len() as f64).exp()
}
