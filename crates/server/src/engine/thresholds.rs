//! Thresholds that devices have of their own: chosen from their scores, undone, and forgotten with the model.

use std::sync::Arc;

use judder_history::{HistoryError, Reader};

use super::Engine;
use super::commissioning::Seen;
use super::questions::unknown;
use super::state::{Fleet, State};
use crate::clock::Millis;
use crate::problem::Problem;
use crate::shelf::{Kept, Loaded, Shelf};
use crate::view::ThresholdView;

/// The scope of the history's settings that says which threshold a device has.
pub(super) const THRESHOLDS: &str = "threshold";

/// Windows that are looked at, at most: the newest.
const MOST: usize = 100_000;

/// The scores that are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stretch {
    /// The last so many milliseconds.
    Last(Millis),
    /// From one moment to another.
    Between(Millis, Millis),
}

/// What an answer is made from.
struct Basis {
    model: Arc<Loaded>,
    kept: Option<Kept>,
    now: Millis,
}

impl Engine {
    /// What the scores of a device say of its threshold.
    pub(crate) async fn threshold(
        &self,
        device: String,
        stretch: Stretch,
    ) -> Result<ThresholdView, Problem> {
        let (seen, basis) = self.seen(&device, stretch).await?;
        view(&seen, basis.kept.as_ref())
    }

    /// Chooses a threshold for a device from its scores, which somebody says to be of normal running.
    pub(crate) async fn choose_threshold(
        &self,
        device: String,
        stretch: Stretch,
    ) -> Result<ThresholdView, Problem> {
        let (seen, basis) = self.seen(&device, stretch).await?;
        let chosen = seen.chosen(basis.now).map_err(Problem::conflict)?;
        let fingerprint = basis.model.fingerprint().to_owned();
        let (from, to) = (basis.in_use(), chosen.value);
        let windows = chosen.windows;
        let kept = basis.kept.unwrap_or_default().using(&fingerprint, Some(chosen));
        let kept = self.use_thresholds(device.clone(), basis.model, kept).await?;
        tracing::info!(
            device,
            from,
            to,
            windows,
            "a threshold was chosen from scores of the device"
        );
        view(&seen, Some(&kept))
    }

    /// Has a device go by the threshold of its model again.
    pub(crate) async fn undo_threshold(&self, device: String) -> Result<ThresholdView, Problem> {
        let (seen, basis) = self.seen(&device, Stretch::Last(HOUR)).await?;
        let fingerprint = basis.model.fingerprint().to_owned();
        let (from, to) = (basis.in_use(), basis.model.threshold());
        let kept = match basis.kept {
            Some(kept) if kept.chosen.is_some() && kept.fingerprint == fingerprint => kept,
            _ => {
                let detail = format!("{device} goes by the threshold of its model already");
                return Err(Problem::absent(detail));
            }
        };
        let kept = kept.using(&fingerprint, None);
        let kept = self.use_thresholds(device.clone(), basis.model, kept).await?;
        tracing::info!(device, from, to, "the device goes by the threshold of its model again");
        view(&seen, Some(&kept))
    }

    /// The scores of a device in a stretch of time.
    async fn seen(&self, device: &str, stretch: Stretch) -> Result<(Seen, Basis), Problem> {
        let name = device.to_owned();
        let basis = self.ask(move |state, shelf| {
            if !state.fleet.devices.contains_key(&name) {
                return Err(unknown(&name));
            }
            let model = shelf.given_to(&name).cloned();
            let model = model.ok_or_else(|| Problem::conflict(format!("{name} has no model")))?;
            let kept = shelf.thresholds_of(&name).cloned();
            Ok(Basis { model, kept, now: state.fleet.now().wall })
        });
        let basis = basis.await??;
        let (from, until) = match stretch {
            Stretch::Last(ms) => (basis.now.saturating_sub(ms), basis.now),
            Stretch::Between(from, until) => (from, until),
        };
        let (name, model, kept) = (device.to_owned(), Arc::clone(&basis.model), basis.kept.clone());
        let seen = self.readers().read(move |reader| {
            let points = reader.latest_between(&name, from, until, MOST)?;
            let from = match points.first() {
                // There are more than are looked at.
                Some(first) if points.len() >= MOST => first.at,
                _ => from,
            };
            Ok(Seen::of(&points, (from, until), &model, kept.as_ref()))
        });
        Ok((seen.await?, basis))
    }

    /// Keeps thresholds of a device of this model, and has it go by them.
    async fn use_thresholds(
        &self,
        device: String,
        model: Arc<Loaded>,
        kept: Kept,
    ) -> Result<Kept, Problem> {
        self.ask(move |state, shelf| {
            let now = shelf.given_to(&device);
            if !now.is_some_and(|now| Arc::ptr_eq(now, &model)) {
                let detail = format!("{device} has another model by now; look again");
                return Err(Problem::conflict(detail));
            }
            let json = serde_json::to_string(&kept).map_err(|_| Problem::unread())?;
            state.set(THRESHOLDS, &device, Some(&json))?;
            shelf.keep_thresholds(&device, kept.clone());
            let revision = state.fleet.changes.next();
            if let Some(changed) = state.fleet.devices.get_mut(&device) {
                changed.revision = revision;
            }
            Ok(kept)
        })
        .await?
    }
}

/// What is undone is shown with the last hour.
const HOUR: Millis = 3_600_000;

impl Basis {
    /// The threshold in use.
    fn in_use(&self) -> Option<f64> {
        let kept = self.kept.as_ref();
        let own = kept.filter(|kept| kept.fingerprint == self.model.fingerprint());
        let own = own.and_then(|kept| kept.chosen.as_ref()).map(|chosen| chosen.value);
        own.or(self.model.threshold())
    }
}

fn view(seen: &Seen, kept: Option<&Kept>) -> Result<ThresholdView, Problem> {
    seen.view(kept).ok_or_else(|| {
        let model = &seen.model.name;
        Problem::conflict(format!("the model {model} has no threshold: it only scores"))
    })
}

impl State {
    /// Forgets thresholds of devices that have another model now than the one they were chosen for.
    pub(super) fn review_thresholds(&mut self, shelf: &mut Shelf) {
        for (device, was_in_use) in shelf.review_thresholds() {
            if was_in_use {
                tracing::info!(
                    device,
                    "the model of the device is another one now: the threshold that was chosen for it is forgotten, \
                     and the device goes by the model's"
                );
            }
            // What stays in the history is forgotten again with the next start.
            let _ = self.set(THRESHOLDS, &device, None);
        }
    }
}

impl Fleet {
    /// Takes up thresholds that were chosen in an earlier run.
    pub(super) fn restore_thresholds(
        reader: &Reader,
        shelf: &mut Shelf,
    ) -> Result<(), HistoryError> {
        for (device, kept) in reader.settings(THRESHOLDS)? {
            match serde_json::from_str(&kept) {
                Ok(kept) => shelf.keep_thresholds(&device, kept),
                Err(error) => {
                    tracing::warn!(%error, device, "the device goes by the threshold of its model");
                }
            }
        }
        Ok(())
    }
}
