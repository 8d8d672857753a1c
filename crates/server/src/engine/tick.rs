//! What time alone brings about.

use std::time::{Duration, Instant};

use judder_history::{HistoryError, Reader};

use super::condition::Kind;
use super::device::{Device, Says};
use super::shared::Shared;
use super::state::{Fleet, State};
use crate::clock::{Millis, now};
use crate::shelf::{Changed, Shelf};

/// The scope of the history's settings that says which device has which model.
pub(super) const MODELS: &str = "model";
/// The scope that says which model is the default.
pub(super) const DEFAULT: &str = "default-model";

/// The scope that says when a device was forgotten; it is back when it sends something.
pub(super) const FORGOTTEN: &str = "forgotten";

/// A device of an earlier run is waited for if it was there so lately.
const LATELY: Duration = Duration::from_secs(24 * 3600);

/// Old rows that are taken away at a time, at each look while there are more,
const PRUNED: usize = 2_000;
/// else so often, in milliseconds.
const PRUNE_EVERY: Millis = 10_000;

impl State {
    /// Looks who has fallen silent, whether the session is over, which models have changed, and takes away
    /// what is old.
    pub(super) fn tick(&mut self, now: Millis, shared: &Shared) {
        self.end_what_is_over(now);
        let silent: Vec<(String, Says)> = self.fleet.fallen_silent(now);
        for (name, says) in silent {
            // It is tried again at each look.
            if let Err(error) = self.say(&name, vec![says], now)
                && self.fleet.untold.more(1, Instant::now()).is_some()
            {
                tracing::error!(%error, device = name, "an alert could not be kept");
            }
        }
        let changed = shared.shelf_mut().look();
        for change in changed {
            self.fleet.changes.of_models();
            match change {
                Changed::Swapped(name) => {
                    self.fleet.metrics.model_reloads.count("used");
                    tracing::info!(model = name, "the model's file has changed: it is used now")
                }
                Changed::Mended(name) => {
                    tracing::info!(model = name, "the model's file can be used again")
                }
                Changed::Unfit(name, problem) => {
                    self.fleet.metrics.model_reloads.count("refused");
                    tracing::warn!(
                        model = name,
                        problem,
                        "the model's file has changed and cannot be used: the old one stays"
                    );
                }
            }
        }
        if now >= self.prune_at {
            let pruned = self.history.prune(now, PRUNED);
            if let Err(error) = &pruned {
                self.fleet.metrics.history_errors.inc();
                tracing::error!(%error, "old rows could not be taken away");
            }
            if !pruned.is_ok_and(|pruned| pruned.more) {
                self.prune_at = now + PRUNE_EVERY;
            }
        }
    }

    /// Ends the session that runs, if it has all it was to have.
    pub(super) fn end_what_is_over(&mut self, now: Millis) {
        if self.fleet.session.as_ref().is_some_and(|session| session.is_over(now)) {
            self.end_session();
        }
    }

    /// Ends the session that runs.
    pub(super) fn end_session(&mut self) -> Option<crate::view::SessionView> {
        let session = self.fleet.session.take()?;
        self.fleet.look_into_another_folder();
        self.fleet.changes.of_datasets();
        tracing::info!(label = session.wanted.label, kept = session.kept, "the session is over");
        Some(session.view())
    }
}

impl Fleet {
    /// The devices that have fallen silent.
    fn fallen_silent(&self, now: Millis) -> Vec<(String, Says)> {
        let silent = |device: &&Device| {
            let limit = device.pace.silent_after(self.silent_after);
            let waited = u64::try_from(now - device.waited_for_since).unwrap_or_default();
            !device.conditions.is_open(Kind::Silent) && Duration::from_millis(waited) > limit
        };
        let all = self.devices.values().filter(|device| device.is_expected).filter(silent);
        all.map(|device| {
            let seconds = (now - device.heard) / 1000;
            let words = format!("nothing came for {seconds} s: look at its power and its network");
            (device.name.to_string(), Says { kind: Kind::Silent, holds: true, words: words.into() })
        })
        .collect()
    }

    /// Takes up what an earlier run knew: devices, their models, and the alerts that are open.
    pub(super) fn restore_from(
        &mut self,
        reader: &Reader,
        shelf: &mut Shelf,
    ) -> Result<(), HistoryError> {
        let now = now();
        let forgotten = reader.settings(FORGOTTEN)?;
        for known in reader.devices()? {
            let gone = forgotten.get(&known.name).and_then(|at| at.parse::<Millis>().ok());
            if gone.is_some_and(|at| at >= known.last_seen) {
                continue;
            }
            let mut device = Device::new(&known.name, known.first_seen);
            (device.last_seen, device.recordings) = (known.last_seen, known.recordings);
            device.heard = known.last_seen;
            let ago = u64::try_from(now - known.last_seen).unwrap_or_default();
            device.is_expected = Duration::from_millis(ago) < LATELY;
            device.waited_for_since = now;
            self.devices.insert(known.name, device);
        }
        for alert in reader.open_alerts()? {
            if let Some(kind) = Kind::named(&alert.kind) {
                self.reopen(&alert.device, kind, alert.id);
            }
        }
        for (device, model) in reader.settings(MODELS)? {
            // What this run was started with comes first.
            if shelf.assigned().contains_key(&device) {
                continue;
            }
            if let Err(error) = shelf.assign(&device, Some(&model)) {
                tracing::warn!(%error, device, "the device has the default model");
            }
        }
        for (_, model) in reader.settings(DEFAULT)? {
            if let Err(error) = shelf.make_default(&model) {
                tracing::warn!(%error, "the first model is the default");
            }
        }
        Ok(())
    }
}
