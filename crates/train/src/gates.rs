//! Learning from normal windows how the sensor lies, and how far that moves by itself.

use std::ops::Range;

use judder_core::{GravityAxes, MOST_MOUNTINGS, Posture};
use judder_data::quality::{FEWEST_SHIFTS, SHIFT_DEGREES, shift_spreads};
use judder_model::{Mounted, ReadingUnit, gravity_axes};

/// A sensor that is taped on points the same way within this angle, in degrees.
pub(crate) const TURNED_DEGREES: f64 = 2.0;

/// The share of the normal windows of a state in which a sensor may have been handled.
const MOST_HANDLED: f64 = 0.05;

/// The most that gravity may turn in the normal windows of a state for its direction to say anything.
const MOST_DEGREES: f64 = 45.0;

/// 1.4826: turns a median absolute deviation into a standard deviation of Gaussians.
const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// A window that vibrates so many times as much as any normal one (12 dB) does so for another reason
/// than how its sensor is mounted.
const STRONG: f64 = 4.0;

/// Which axes see gravity, by the means of normal windows; `None` of a single axis or of two, which
/// cannot tell gravity's length, is [`GravityAxes::Unseen`].
pub(crate) fn seeing(postures: &[Posture<f64>], unit: ReadingUnit) -> GravityAxes {
    let means: Vec<&[f64]> = postures.iter().map(Posture::mean).collect();
    gravity_axes(&means, unit)
}

/// How far the mean of a window may move before the sensor was handled, by what `judder check` goes by.
pub(crate) fn handled_above(postures: &[Posture<f64>]) -> Option<f64> {
    if postures.len() < FEWEST_SHIFTS {
        return None;
    }
    let shifts: Vec<f64> = postures.iter().map(Posture::shift).collect();
    let usual = median(shifts.clone());
    let spread = MAD_TO_SIGMA * median(shifts.iter().map(|x| (x - usual).abs()).collect());
    let gravity = median(postures.iter().map(|one| length(one.mean())).collect());
    let turned = gravity * SHIFT_DEGREES.to_radians().tan();
    // What many normal windows do is how the machine runs, not somebody's hand.
    let limit = (usual + shift_spreads(shifts.len()) * spread)
        .max(turned)
        .max(quantile(shifts, 1.0 - MOST_HANDLED));
    (limit > 0.0 && limit.is_finite()).then_some(limit)
}

/// Above which vibration no mounting explains it, by the normal windows.
pub(crate) fn strong_above(postures: &[&Posture<f64>]) -> Option<f64> {
    let most = postures.iter().map(|one| one.vibration()).fold(0.0, f64::max);
    let limit = STRONG * most;
    (limit > 0.0 && limit.is_finite()).then_some(limit)
}

/// How the sensor was mounted: in all normal windows in one way, or in each state in a way of its own.
///
/// `states` are the rows of each, and `rows` those that are learnt from, both in order. Nothing where
/// the directions of a state have little in common, as then any may be normal, or where there are more
/// ways than a model knows.
pub(crate) fn mountings(
    postures: &[Posture<f64>],
    states: &[Range<usize>],
    rows: &[usize],
    turned: f64,
) -> Vec<Mounted> {
    let of = |rows: &[usize]| -> Vec<&Posture<f64>> {
        rows.iter().filter_map(|&row| postures.get(row)).collect()
    };
    // The windows of states that are mounted alike, together.
    let mut alike: Vec<Vec<usize>> = Vec::new();
    for state in states {
        let own: Vec<usize> = rows.iter().copied().filter(|row| state.contains(row)).collect();
        if own.is_empty() {
            continue;
        }
        let with = |one: &Vec<usize>| [one.as_slice(), &own].concat();
        let is_alike = |one: &&mut Vec<usize>| {
            mounting(&of(&with(one)), turned).is_some_and(|both| both.moved <= turned)
        };
        match alike.iter_mut().find(is_alike) {
            Some(one) => one.extend(own),
            None => alike.push(own),
        }
    }
    if alike.len() > MOST_MOUNTINGS {
        return mounting(&of(rows), turned).into_iter().collect();
    }
    let each: Option<Vec<Mounted>> = alike.iter().map(|rows| mounting(&of(rows), turned)).collect();
    each.unwrap_or_default()
}

/// How the sensor was mounted, and how far that may turn: so far that no window that was learnt from
/// comes near it. `None` where the directions of these have little in common.
fn mounting(postures: &[&Posture<f64>], turned: f64) -> Option<Mounted> {
    let axes = postures.first()?.mean().len();
    let n = postures.len() as f64;
    let mean = (0..axes).map(|axis| postures.iter().map(|one| one.mean()[axis]).sum::<f64>() / n);
    let widest = Mounted { gravity: mean.collect(), moved: 90.0, same: 90.0 };
    let most =
        postures.iter().map(|posture| widest.turned(posture).unwrap_or(180.0)).fold(0.0, f64::max);
    let moved = turned.max(2.0 * most);
    let same = (moved / 4.0).max(1.5 * most);
    (moved <= MOST_DEGREES.max(turned)).then_some(Mounted { moved, same, ..widest })
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn median(values: Vec<f64>) -> f64 {
    quantile(values, 0.5)
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((share * values.len() as f64) as usize).copied().unwrap_or(0.0)
}
