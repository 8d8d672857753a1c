//! What time alone brings about.

use std::time::Duration;

use judder_history::{HistoryError, Now, Reader};

use super::condition::{Kind, Open};
use super::crowd::AT_ONCE;
use super::device::{Device, Says};
use super::pace::Pace;
use super::state::{Fleet, State};
use crate::clock::{Millis, Moment, millis};
use crate::shelf::{Changed, Shelf};

/// The scope of the history's settings that says which device has which model.
pub(super) const MODELS: &str = "model";
/// The scope that says which model is the default.
pub(super) const DEFAULT: &str = "default-model";

/// The scope that says when a device was forgotten; it is back when it sends something.
pub(super) const FORGOTTEN: &str = "forgotten";

/// The scope that says how often a device sends something.
pub(super) const PACE: &str = "pace";

/// Devices whose pace is kept at a time.
const PACES: usize = 256;

/// A device of an earlier run is waited for if it was there so lately before this one.
const LATELY: Duration = Duration::from_secs(24 * 3600);

/// Old rows that are taken away at a time, and at each look while there are more: where more came since the last
/// one, twice as many as came;
const PRUNED: usize = 2_000;
/// else so often.
const PRUNE_EVERY: Duration = Duration::from_secs(10);

impl State {
    /// Looks who has fallen silent, whether the session is over, and takes away what is old.
    pub(super) fn tick(&mut self, now: Moment) {
        self.look_at_clock(now);
        self.end_what_is_over(now);
        let silent: Vec<(String, Says)> = self.fleet.fallen_silent(now);
        if !silent.is_empty() {
            self.say(&silent, now);
        }
        self.probe(now);
        self.look_at_itself(now);
        self.tell_held(now);
        self.keep_paces();
        let came = self.history.rows_added();
        if came > PRUNED / 2 {
            self.prune_at = self.prune_at.min(now.steady);
        }
        self.owed = PRUNED.max(came.saturating_mul(2));
    }

    /// Tells that files of models have changed.
    pub(super) fn models_changed(&mut self, changes: Vec<Changed>) {
        for change in changes {
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
    }

    /// Takes some of what is old away; whether there is more of it to go at this look.
    pub(super) fn prune(&mut self, now: Moment) -> bool {
        // A clock that was just set may be set once more.
        if now.steady < self.prune_at || self.owed == 0 || self.fleet.own.jumped_lately(now) {
            return false;
        }
        let budget = self.owed.min(PRUNED);
        self.owed -= budget;
        let pruned = self.history.prune(self.fleet.lived(now), budget);
        if let Err(error) = &pruned {
            self.fleet.metrics.history_errors.inc();
            self.damage.look(error);
            tracing::error!(%error, "old rows could not be taken away");
        }
        if pruned.is_ok_and(|pruned| pruned.more) {
            return self.owed > 0;
        }
        self.prune_at = now.steady + PRUNE_EVERY;
        false
    }

    /// Sees whether the clock was set: what is kept is then stamped otherwise, and pages have to know how long ago
    /// everything was.
    fn look_at_clock(&mut self, now: Moment) {
        if let Some(by) = now.set_since(self.looked) {
            let way = if by > 0 { "on" } else { "back" };
            let by = humantime::format_duration(Duration::from_millis(by.unsigned_abs()));
            tracing::warn!("the clock was set {way} by {by}: nothing that waits goes by it");
            self.fleet.changes.of_everything();
        }
        if let Some(by) = now.set_since(self.looked) {
            self.has_jumped(by, now);
        }
        self.looked = now;
        if let Err(error) = self.history.look_at_clock(self.fleet.lived(now))
            && self.fleet.untold.more(1, now.steady).is_some()
        {
            tracing::error!(%error, "that the clock was set could not be kept");
        }
    }

    /// Keeps how often devices send something, for the next run.
    fn keep_paces(&mut self) {
        let devices = self.fleet.devices.values();
        let news =
            devices.filter_map(|device| Some((device.name.to_string(), device.pace.news()?)));
        let news: Vec<_> = news.take(PACES).collect();
        if news.is_empty() {
            return;
        }
        let mut batch = self.history.batch();
        let set = |(device, pace): &(String, String)| batch.set_setting(PACE, device, Some(pace));
        let kept = news.iter().try_for_each(set).and_then(|()| batch.commit());
        match kept {
            Ok(()) => news.iter().for_each(|(device, _)| {
                if let Some(device) = self.fleet.devices.get_mut(device) {
                    device.pace.noted();
                }
            }),
            // It is tried again at the next look.
            Err(error) => {
                tracing::debug!(%error, "how often devices send something could not be kept")
            }
        }
    }

    /// Ends the session that runs, if it has all it was to have.
    pub(super) fn end_what_is_over(&mut self, now: Moment) {
        if self.fleet.session.as_ref().is_some_and(|session| session.is_over(now)) {
            self.end_session();
        }
    }

    /// Ends the session that runs.
    pub(super) fn end_session(&mut self) -> Option<crate::view::SessionView> {
        let session = self.fleet.session.take()?;
        session.end();
        self.fleet.look_into_another_folder();
        self.fleet.changes.of_datasets();
        tracing::info!(label = session.wanted.label, kept = session.kept, "the session is over");
        Some(session.view())
    }
}

impl Fleet {
    /// How long this run lasts.
    fn lived(&self, now: Moment) -> Now {
        Now { at: now.wall, lived: now.since(self.began) }
    }

    /// The devices that have fallen silent: some of them, if they are very many.
    fn fallen_silent(&mut self, now: Moment) -> Vec<(String, Says)> {
        let silent = |device: &&Device| {
            let since = device.heard.map_or(self.began, |heard| heard.steady);
            !device.conditions.is_open(Kind::Silent)
                && !self.is_made_up(device)
                && now.since(since) > device.pace.silent_after(self.silent_after)
                && self.is_waited_for(device, now)
        };
        let all = self.devices.values().filter(silent).take(AT_ONCE);
        let mut says: Vec<(String, Says)> = all
            .map(|device| {
                let seconds = device.quiet_for(now, now.since(self.began).as_secs());
                let words =
                    format!("nothing came for {seconds} s: look at its power and its network");
                (device.name.to_string(), Says::new(Kind::Silent, true, words))
            })
            .collect();
        self.crowd.gather(&mut says, now.steady);
        says
    }

    /// Whether something is to come from a device: of those of an earlier run, from who was there lately before this
    /// one began. If the clock says that this was long ago, or is to be, it may be set yet.
    pub(super) fn is_waited_for(&self, device: &Device, now: Moment) -> bool {
        let began = now.wall.saturating_sub(millis(now.since(self.began)));
        device.heard.is_some() || began.abs_diff(device.last_seen) < LATELY.as_millis() as u64
    }

    /// Takes up what an earlier run knew: devices, their models, and the alerts that are open.
    pub(super) fn restore_from(
        &mut self,
        reader: &Reader,
        shelf: &mut Shelf,
    ) -> Result<(), HistoryError> {
        let forgotten = reader.settings(FORGOTTEN)?;
        let mut paces = reader.settings(PACE)?;
        let models = reader.settings(MODELS)?;
        let alerts = reader.open_alerts()?;
        let known = reader.devices()?;
        for known in self.worth_knowing(known, &models, &alerts) {
            let gone = forgotten.get(&known.name).and_then(|at| at.parse::<Millis>().ok());
            if gone.is_some_and(|at| at >= known.last_seen) {
                continue;
            }
            let mut device = Device::new(&known.name, known.first_seen);
            (device.last_seen, device.recordings) = (known.last_seen, known.recordings);
            let pace = paces.remove(&known.name);
            device.fixed = models.contains_key(&known.name);
            device.pace = pace.and_then(|kept| Pace::recalled(&kept)).unwrap_or_default();
            self.devices.insert(known.name, device);
        }
        for alert in alerts {
            let Some(kind) = Kind::named(&alert.kind) else { continue };
            if alert.of_device().is_none() {
                self.own.reopen(kind, &alert);
            } else {
                let told = !reader.told(alert.id)?.is_empty();
                self.reopen(&alert.device, kind, Open { id: alert.id, told }, &alert.words);
            }
        }
        for (device, model) in models {
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
        Self::restore_thresholds(reader, shelf)?;
        for device in self.devices.values_mut() {
            // Where none is to judge, what one said is of no use.
            match shelf.model_of(&device.name) {
                Some(_) => device.restore(reader)?,
                None => device.restore_judge(reader)?,
            }
        }
        Ok(())
    }
}
