//! What boards on a simulated fan post, and a model of it.

use std::sync::OnceLock;

use judder_data::simulate::Fan;
use judder_data::{Recording, store};
use judder_model::Model;
use judder_train::{Options, train};
use serde_json::{Value, json};

/// Recordings that the model is trained on.
const TRAINED_ON: u64 = 160;

/// Readings in a recording.
pub(crate) const READINGS: usize = 200;

/// A model of the healthy fan at low speed, trained once.
pub(crate) fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| trained("low", TRAINED_ON))
}

/// A model of the same fan, trained on fewer recordings: another file.
pub(crate) fn other_model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| trained("low", TRAINED_ON / 2))
}

/// A model to which the coin is normal.
pub(crate) fn model_of_coin() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| trained("low+coin", TRAINED_ON))
}

fn trained(state: &str, count: u64) -> Model {
    let folder = tempfile::tempdir().unwrap();
    let recordings: Vec<_> = (0..count).map(|index| recording(state, 2 * index)).collect();
    let normal = folder.path().join("normal");
    store::write_folder(&normal, &recordings, |_, entry| entry).unwrap();
    train(&[normal], &[], &Options::default()).unwrap().model
}

/// A recording of the fan.
pub(crate) fn recording(state: &str, index: u64) -> Recording {
    Fan::new(0).recording(state.parse().unwrap(), index, 200.0, READINGS).unwrap()
}

/// A recording that no model was trained on, of the time in which it was: the fan gets warm.
pub(crate) fn new(state: &str, index: u64) -> Recording {
    assert!(index < TRAINED_ON);
    recording(state, 2 * index + 1)
}

/// The same with other readings.
pub(crate) fn with(recording: &Recording, change: impl Fn(usize, usize, f64) -> f64) -> Recording {
    let axes = recording.iter_axes().enumerate();
    let changed = axes.flat_map(|(axis, values)| {
        let values = values.iter().enumerate();
        values.map(|(at, value)| change(axis, at, *value)).collect::<Vec<_>>()
    });
    let values = changed.collect();
    let changed = Recording::from_axes(recording.axes(), recording.len(), values).unwrap();
    changed.with_rate(recording.rate_hz())
}

/// A recording as a board posts it.
pub(crate) fn body(device: &str, sequence: u64, recording: &Recording) -> Value {
    let axes: Vec<_> = recording.iter_axes().collect();
    json!({"device": device, "sequence": sequence, "rate_hz": recording.rate_hz(), "axes": axes})
}
