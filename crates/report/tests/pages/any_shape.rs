//! Recordings of any shape, with odd readings among them, make a page or an error.

use judder_data::Recording;
use proptest::prelude::*;

use crate::made::{Made, explored};
use crate::page::Page;

fn reading() -> impl Strategy<Value = f64> {
    let odd = [0.0, -0.0, 1.0, 1e30, -1e30, 1e-30, f64::MAX, f64::MIN, 5e-324];
    prop_oneof![8 => -2.0..2.0f64, 1 => proptest::sample::select(odd.to_vec())]
}

fn recording(axes: usize) -> impl Strategy<Value = Recording> {
    let made = move |readings| {
        let noisy = proptest::collection::vec(reading(), axes * readings);
        let flat = reading().prop_map(move |value| vec![value; axes * readings]);
        prop_oneof![4 => noisy, 1 => flat]
            .prop_map(move |values| Recording::from_axes(axes, readings, values).unwrap())
    };
    (1..=300usize).prop_flat_map(made)
}

/// States whose recordings have as many axes, but for a few.
fn states() -> impl Strategy<Value = Vec<Vec<Recording>>> {
    let state = |axes| {
        let one = prop_oneof![9 => recording(axes), 1 => (1..=8usize).prop_flat_map(recording)];
        let count = prop_oneof![9 => 1..=5usize, 1 => Just(0usize)];
        count.prop_flat_map(move |count| proptest::collection::vec(one.clone(), count))
    };
    (1..=8usize).prop_flat_map(move |axes| proptest::collection::vec(state(axes), 1..=4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn never_panics(
        states in states(),
        anomalous in 0..4usize,
    ) {
        let made = Made::new();
        let folders: Vec<_> = states
            .iter()
            .enumerate()
            .map(|(at, recordings)| made.state(at.to_string(), recordings))
            .collect();
        let all: Vec<_> = folders.iter().map(std::path::PathBuf::as_path).collect();
        let (normal, anomaly) = all.split_at(all.len() - anomalous.min(all.len() - 1));
        if let Ok(explored) = explored(normal, anomaly) {
            Page::of(&explored.html).is_drawn_well();
        }
    }
}
