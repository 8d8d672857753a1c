//! Thresholds that devices have of their own, in the place of their model's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::loaded::Loaded;

/// Thresholds of a device before the one in use that are remembered: by these its earlier scores are known for ones of
/// the same model.
const REMEMBERED: usize = 16;

/// A threshold that was chosen from the scores of a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    /// A score above this is an anomaly.
    pub(crate) value: f64,
    /// From how many decisions.
    pub(crate) windows: usize,
    /// Of which time, in milliseconds since 1970.
    pub(crate) from: i64,
    pub(crate) until: i64,
    /// When.
    pub(crate) at: i64,
}

/// What is kept of the thresholds of a device.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Of the model that they are for.
    pub(crate) fingerprint: String,
    /// The one in use; none where it is the model's.
    pub(crate) chosen: Option<Chosen>,
    /// Those before it.
    pub(crate) past: Vec<f64>,
}

impl Kept {
    /// With another threshold in use, or the model's.
    pub(crate) fn using(&self, fingerprint: &str, chosen: Option<Chosen>) -> Self {
        let mut past = match self.fingerprint == fingerprint {
            true => self.past.clone(),
            false => Vec::new(),
        };
        let before = self.chosen.as_ref().filter(|_| self.fingerprint == fingerprint);
        past.extend(before.map(|before| before.value));
        past.drain(..past.len().saturating_sub(REMEMBERED));
        Self { fingerprint: fingerprint.to_owned(), chosen, past }
    }
}

/// The thresholds of devices, by their names.
#[derive(Debug, Default)]
pub(super) struct Thresholds(BTreeMap<String, Own>);

#[derive(Debug)]
struct Own {
    kept: Kept,
    /// The model with the threshold in use, if that is not its own, and the one that it was made of.
    loaded: Option<(Arc<Loaded>, Arc<Loaded>)>,
}

impl Thresholds {
    /// What judges a device whose model is this.
    pub(super) fn judging<'s>(&'s self, device: &str, model: &'s Arc<Loaded>) -> &'s Arc<Loaded> {
        let own = self.0.get(device).and_then(|own| own.loaded.as_ref());
        match own {
            Some((of, loaded)) if Arc::ptr_eq(of, model) => loaded,
            _ => model,
        }
    }

    /// What is kept of a device.
    pub(super) fn kept(&self, device: &str) -> Option<&Kept> {
        self.0.get(device).map(|own| &own.kept)
    }

    /// Has a device use what is kept, if it has this model.
    pub(super) fn put(&mut self, device: &str, model: Option<&Arc<Loaded>>, kept: Kept) {
        let model = model.filter(|model| kept.fingerprint == model.fingerprint());
        let loaded = model.zip(kept.chosen.as_ref()).map(|(model, chosen)| {
            (Arc::clone(model), Arc::new(model.with_threshold(chosen.value)))
        });
        self.0.insert(device.to_owned(), Own { kept, loaded });
    }

    /// Nothing is kept of a device any more.
    pub(super) fn remove(&mut self, device: &str) -> Option<Kept> {
        self.0.remove(device).map(|own| own.kept)
    }

    /// The devices of which something is kept.
    pub(super) fn devices(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}
