//! Anomalies are explained by what was done to the recordings, on the simulated fan.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use judder_data::simulate::{Fan, State};
use judder_data::{Located, Recording};
use judder_model::{Explainer, Model, Reason, Vibration};
use judder_train::{Baseline, Method, Options, train_on};

const RATE: f64 = 200.0;
const READINGS: usize = 200;

fn simulated(state: &str, indices: std::ops::Range<u64>) -> Vec<Located> {
    let (fan, state): (Fan, State) = (Fan::new(1), state.parse().unwrap());
    indices
        .map(|index| Located {
            path: format!("{state}/{index:04}.csv").into(),
            recording: fan.recording(state, index, RATE, READINGS).unwrap(),
        })
        .collect()
}

fn trained(states: &[&str], method: Method) -> Model {
    let (mut all, mut given) = (Vec::new(), Vec::new());
    for state in states {
        let recordings = simulated(state, 0..100);
        given.push((state.into(), recordings.len()));
        all.extend(recordings);
    }
    let all = Baseline::of(all, given);
    let features = method.default_features().parse().unwrap();
    train_on(all, None, &Options { features, method, ..Options::default() }).unwrap().model
}

/// Unseen recordings of a state, with something done to them: to each axis, by its number.
fn changed(state: &str, change: impl Fn(usize, usize, f64) -> f64) -> Vec<Vec<f64>> {
    let change = |one: &Recording| {
        let values = one.values().iter().enumerate();
        values.map(|(at, &x)| change(at / READINGS, at % READINGS, x)).collect()
    };
    simulated(state, 100..140).iter().map(|one| change(&one.recording)).collect()
}

fn first(model: &Model, values: &[f64]) -> Vibration {
    match Explainer::new(model).explain(values, 0).unwrap()[0] {
        Reason::Vibration(one) => one,
        Reason::Feature(one) => panic!("no vibration, but {one}"),
    }
}

fn methods() -> [Method; 3] {
    [Method::default(), Method::Neighbours(5), Method::KMeans(2)]
}

/// An amplitude some three times that which a band of 6 Hz has.
#[test]
fn a_tone_is_named_with_axis_frequency_and_about_its_strength() {
    for method in methods() {
        let model = trained(&["low"], method);
        let profile = model.profile().unwrap();
        // The median energy of the fourth band of z, from 18.75 to 25 Hz, as `Profile` lays it out.
        let normal = profile.states[0].median[3 + 2 * 16 + 3].exp().sqrt();
        let amplitude = 10.0 * normal * 2f64.sqrt();
        let tone = |axis: usize, at: usize, x: f64| {
            let phase = std::f64::consts::TAU * 22.0 * at as f64 / RATE;
            if axis == 2 { x + amplitude * phase.sin() } else { x }
        };
        let mut ratios = Vec::new();
        for values in changed("low", tone) {
            let found = first(&model, &values);
            let (from, to) = found.band_hz.unwrap();
            assert_eq!(found.axis, 2, "{found}");
            assert!(from <= 22.0 && 22.0 <= to && to - from < 20.0, "{found}");
            ratios.push(found.ratio);
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ratios.len() / 2];
        // Less than 10, where a second band is named with it and adds its own normal energy.
        assert!((5.0..13.0).contains(&median), "{median}");
    }
}

#[test]
fn a_gain_is_named_with_its_axis() {
    for method in methods() {
        let model = trained(&["low"], method);
        // Gravity is not vibration, and stays.
        let gain = |axis: usize, _: usize, x: f64| if axis == 1 { 3.0 * x } else { x };
        for values in changed("low", gain) {
            let found = first(&model, &values);
            assert_eq!(found.axis, 1, "{found}");
            assert!((1.5..6.0).contains(&found.ratio), "{found}");
        }
    }
}

/// The fan is normal at two speeds: what is said compares with the one that it is nearest to.
#[test]
fn a_window_is_compared_with_the_state_that_it_is_nearest_to() {
    let both = trained(&["low", "medium"], Method::default());
    assert_eq!(both.profile().unwrap().states.len(), 2);
    for state in ["low", "medium"] {
        let alone = trained(&[state], Method::default());
        let gain = |axis: usize, _: usize, x: f64| if axis == 0 { 2.0 * x } else { x };
        for values in changed(state, gain) {
            let (one, other) = (first(&alone, &values), first(&both, &values));
            // The same words, of spreads by other windows.
            assert_eq!((one.axis, other.axis), (0, 0), "{one} {other}");
            if one.band_hz == other.band_hz {
                assert!((one.ratio / other.ratio - 1.0).abs() < 0.2, "{one} {other}");
            }
        }
        let state = both.detector().state(&features(&both, &simulated(state, 100..101)[0]));
        let [one, other] = [&both, &alone].map(|model| {
            let states = &model.profile().unwrap().states;
            states[if states.len() == 1 { 0 } else { state }].median.clone()
        });
        let far = one.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(far < 0.05, "{far}");
    }
}

fn features(model: &Model, one: &Located) -> Vec<f64> {
    let binding = model.binding();
    let mut windows = judder_model::Windows::<f64>::new(binding.axes, binding.window);
    let (window, scratch) = windows.cut(one.recording.values(), 0).unwrap();
    let mut room = vec![0.0; model.features().count(binding.axes).unwrap()];
    model.features().extract(&window, scratch, &mut room).unwrap();
    room
}

/// The medians and spreads of the definition.
#[test]
fn a_profile_is_medians_and_deviations_from_them() {
    let model = trained(&["low"], Method::Mahalanobis(judder_train::Shrinkage::default()));
    let profile = model.profile().unwrap();
    let set = judder_model::Profile::features(profile.bands).unwrap();
    let count = set.count(3).unwrap();
    let mut columns = vec![Vec::new(); count];
    for one in simulated("low", 0..100) {
        let mut windows = judder_model::Windows::<f64>::new(3, READINGS);
        let (window, scratch) = windows.cut(one.recording.values(), 0).unwrap();
        let mut room = vec![0.0; count];
        for (column, x) in columns.iter_mut().zip(set.extract(&window, scratch, &mut room).unwrap())
        {
            column.push(*x);
        }
    }
    let median = |column: &[f64]| {
        let mut sorted = column.to_vec();
        sorted.sort_by(f64::total_cmp);
        (sorted[49] + sorted[50]) / 2.0
    };
    for (at, column) in columns.iter().enumerate() {
        let middle = median(column);
        let far: Vec<f64> = column.iter().map(|x| (x - middle).abs()).collect();
        let (found, spread) = (profile.states[0].median[at], profile.states[0].spread[at]);
        // Rounded to four places.
        assert!((found - middle).abs() < 6e-5, "{at}: {found} {middle}");
        let expected = (1.4826 * median(&far)).max(0.05);
        assert!((spread - expected).abs() < 6e-5, "{at}: {spread} {expected}");
    }
}
