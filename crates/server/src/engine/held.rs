//! What was held back of alerts that flap, told when its time has come.

use judder_history::{Alert, Transition, UnixMillis};

use super::condition::Kind;
use super::crowd::AT_ONCE;
use super::deed::{Deed, Whom};
use super::device::Device;
use super::own::whom;
use super::state::{Fleet, State};
use crate::clock::{Moment, millis};

/// Of what an earlier run held back, so old is too old.
const LATELY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

impl State {
    /// Tells what was held back, where that is due.
    pub(super) fn tell_held(&mut self, now: Moment) {
        let devices = self.fleet.devices.values().filter(|device| !device.flapping.is_empty());
        let is_due = |device: &&Device| {
            let alert = |kind| device.conditions.alert(kind).map(|open| open.id);
            let mut all = device.flapping.clone().into_iter();
            all.any(|(kind, mut one)| {
                !one.due(alert(kind), now.steady).is_empty() || one.is_over(now.steady)
            })
        };
        let names: Vec<String> =
            devices.filter(is_due).take(AT_ONCE).map(|device| device.name.to_string()).collect();
        if names.is_empty() && self.fleet.own.flapping.is_empty() {
            return;
        }
        let of = names.iter().map(String::as_str);
        if self.bring_about(of, now, |fleet| fleet.tell_held(&names, now)) {
            self.wake();
        }
    }

    /// Tells what an earlier run held back: that what it told was raised is over, and what is open in its place.
    pub(super) fn tell_what_was_held(&mut self, now: Moment) {
        let since = now.wall.saturating_sub(millis(LATELY));
        // What cannot be read now is left.
        let half: Vec<Alert> = self.reader.half_told(since).unwrap_or_default();
        for alert in half {
            let at = now.wall;
            self.fleet.deeds.push(Deed::Told(alert.id, Transition::Cleared, at, Whom::All));
            let kind = Kind::named(&alert.kind);
            let device = self.fleet.devices.get_mut(&alert.device);
            if let Some((kind, device)) = kind.zip(device)
                && let Some(open) = device.conditions.alert(kind).filter(|open| !open.told)
            {
                device.conditions.told(kind);
                self.fleet.deeds.push(Deed::Told(open.id, Transition::Raised, at, Whom::All));
            }
        }
        if let Err(error) = self.write_deeds() {
            // It is still half told for the next start.
            self.fleet.deeds.clear();
            tracing::warn!(%error, "what was held back of alerts could not be told");
        }
    }

    /// Wakes who tells of alerts.
    pub(super) fn wake(&self) {
        if let Some(wake) = &self.waker {
            wake();
        }
    }
}

impl Fleet {
    fn tell_held(&mut self, names: &[String], now: Moment) {
        for name in names {
            let Some(device) = self.devices.get_mut(name) else { continue };
            let Device { flapping, conditions, .. } = device;
            for (kind, one) in flapping.iter_mut() {
                let open = conditions.alert(*kind).map(|open| open.id);
                for (id, transition) in one.due(open, now.steady) {
                    if transition == Transition::Raised {
                        conditions.told(*kind);
                    }
                    self.deeds.push(Deed::Told(id, transition, now.wall, Whom::All));
                }
            }
            flapping.retain(|_, one| !one.is_over(now.steady));
        }
        let mut flapping = std::mem::take(&mut self.own.flapping);
        for (about, one) in &mut flapping {
            for (id, transition) in one.due(self.own.alert(about), now.steady) {
                self.deeds.push(Deed::Told(id, transition, now.wall, whom(&about.1, true)));
            }
        }
        flapping.retain(|_, one| !one.is_over(now.steady));
        self.own.flapping = flapping;
    }
}

impl Device {
    /// What ends its alerts, and tells that those are over that outlets know of.
    pub(super) fn ends(&self, at: UnixMillis) -> Vec<Deed> {
        let held = self.flapping.values().filter(|one| one.is_held());
        let known: Vec<_> = held.filter_map(|one| one.known()).collect();
        let is_open = |id| self.conditions.alerts().any(|open| open.id == id);
        let open = self.conditions.alerts().map(|open| {
            let told = open.told || known.contains(&open.id);
            Deed::Cleared(open.id, at, Whom::all(told))
        });
        let over = known.iter().filter(|id| !is_open(**id));
        let over = over.map(|id| Deed::Told(*id, Transition::Cleared, at, Whom::All));
        open.chain(over).collect()
    }
}
