//! Normal recordings of which some are not.

use judder_data::{Located, Recording};
use judder_train::{Fitted, Method, Options, Shrinkage, Trained, train_on};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::windows::{LENGTH, USUAL, baseline, changed, folder, noise, usual};

const COUNT: u64 = 200;

/// A damped knock, no two alike. Before its middle and after it the mean stays what it was, so that
/// this is no hand.
fn knocked(one: &Recording, seed: usize) -> Recording {
    let mut chance = ChaCha8Rng::seed_from_u64(seed as u64);
    let size = 4f64.powf(chance.random());
    let direction: [f64; 3] = [(); 3].map(|()| StandardNormal.sample(&mut chance));
    let (decay, turn) = (chance.random_range(2.0..8.0), chance.random_range(0.5..3.0));
    let start = LENGTH / 3 + seed * 11 % (LENGTH / 6);
    changed(one, |axis, at, x| {
        let since = at.saturating_sub(start) as f64;
        x + size * direction[axis] * (-since / decay).exp() * (turn * since).sin()
    })
}

/// Usual recordings, every tenth knocked.
fn knocked_tenth() -> Vec<Located> {
    let mut all = usual("normal", 0, COUNT);
    for (at, one) in all.iter_mut().enumerate().skip(4).step_by(10) {
        one.recording = knocked(&one.recording, at);
    }
    all
}

fn trained(recordings: Vec<Located>, method: &Method, robust: bool) -> Trained {
    let options = Options { robust, method: method.clone(), ..Options::default() };
    train_on(baseline(recordings), None, &options).unwrap()
}

fn methods() -> [Method; 2] {
    [Method::default(), Method::Mahalanobis(Shrinkage::default())]
}

#[test]
fn what_is_far_from_all_others_is_set_aside() {
    let usual_ones = || usual("normal", 0, COUNT).into_iter().enumerate();
    let others: Vec<Located> =
        usual_ones().filter(|(at, _)| at % 10 != 4).map(|(_, one)| one).collect();
    for method in &methods() {
        let clean = trained(usual("normal", 0, COUNT), method, false);
        let robust = trained(knocked_tenth(), method, true);
        assert_eq!((robust.handled, robust.set_aside, robust.windows), (0, 20, 180));
        let limit = |trained: &Trained| trained.model.threshold().value;
        let ratio = limit(&robust) / limit(&clean);
        assert!((0.5..2.0).contains(&ratio), "{ratio}");
        // The fit is that to the others, and to nothing else.
        let others = trained(others.clone(), method, false);
        assert_eq!(robust.model.detector(), others.model.detector());
    }
}

/// Which says something, as it is otherwise without: one Gaussian is blown up, and of several one is
/// that of the knocks.
#[test]
fn without_that_a_tenth_spoils_the_model() {
    let [several, one] = methods();
    let limit = |of: Vec<Located>| {
        let trained = trained(of, &one, false);
        assert_eq!((trained.set_aside, trained.windows), (0, 200));
        trained.model.threshold().value
    };
    let ratio = limit(knocked_tenth()) / limit(usual("normal", 0, COUNT));
    assert!(ratio > 4.0, "{ratio}");
    let plain = trained(knocked_tenth(), &several, false);
    assert!(matches!(plain.fitted, Fitted::Mixture(..)));
}

#[test]
fn of_usual_windows_none_is_set_aside() {
    for method in &methods() {
        let of = |robust| trained(usual("normal", 0, COUNT), method, robust);
        assert_eq!(of(true).set_aside, 0);
        assert_eq!(of(true).model.to_json(), of(false).model.to_json());
    }
}

/// A state that is more than a quarter of a folder is one still, and a folder is, however few it has.
#[test]
fn states_stay_states() {
    let strong = |name: &str, count: u64| {
        folder(name, count, |at| noise(1000 + at, USUAL.map(|sd| 2.5 * sd)))
    };
    for (recordings, sizes) in [
        ([usual("one", 0, 112), strong("one", 40)].concat(), [40, 112]),
        ([usual("one", 0, 150), strong("two", 20)].concat(), [20, 150]),
    ] {
        let trained = trained(recordings, &Method::default(), true);
        assert_eq!(trained.set_aside, 0);
        let Fitted::Mixture(_, _, mut found) = trained.fitted else { panic!("a mixture") };
        found.sort_unstable();
        assert_eq!(found, sizes);
    }
}
