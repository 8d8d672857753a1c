//! Very many devices: as many as there is room for, and what is told of those that fall silent together.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use judder_history::{Alert, Device as Seen};

use super::arrived::Arrived;
use super::device::{Device, Says};
use super::state::Fleet;

/// Of a device with fewer recordings nothing is known: it may be a name that somebody made up.
const FEW: u64 = 10;

/// Devices that are looked at together when they fall silent; the others are looked at the next time.
pub(super) const AT_ONCE: usize = 500;

/// So many alerts of silence are told one by one
const EACH: usize = 20;
/// in this time; of more, one tells how many they are.
const TOGETHER: Duration = Duration::from_secs(60);

/// Devices that fell silent together.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Crowd {
    since: Option<Instant>,
    told: usize,
    /// Of which nothing is told yet.
    untold: usize,
}

impl Crowd {
    /// Has one of those that fall silent now tell of all others, if they are many, or were lately.
    pub(super) fn gather(&mut self, silent: &mut [(String, Says)], now: Instant) {
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= TOGETHER) {
            *self = Self { since: Some(now), told: 0, untold: self.untold };
        }
        let room = EACH.saturating_sub(self.told);
        if silent.len() <= room && self.untold == 0 {
            self.told += silent.len();
            return;
        }
        let mut all = silent.iter_mut();
        if room > 0
            && let Some((_, first)) = all.next()
        {
            let others = self.untold + all.len();
            if others > 0 {
                let words = std::mem::take(&mut first.words);
                first.words = format!("{words}; {others} other devices fell silent with it").into();
            }
            (self.told, self.untold) = (self.told + 1, 0);
        } else {
            self.untold += all.len();
        }
        all.for_each(|(_, says)| says.told = false);
    }
}

impl Fleet {
    /// Whether a device is not to give way to others: it has a model or a key of its own, or an alert is open.
    fn stays(&self, device: &Device) -> bool {
        device.fixed
            || self.named.contains(&*device.name)
            || device.conditions.open().next().is_some()
            || device.flapping.values().any(|one| one.known().is_some())
    }

    /// Whether a device may be a name that somebody made up, of very many: nobody is told that such a one is silent.
    pub(super) fn is_made_up(&self, device: &Device) -> bool {
        self.devices.len() > self.most_devices / 2 && device.recordings < FEW && !self.stays(device)
    }

    /// Makes room for devices that are new, where there is none: those give way that nothing is known of, and that
    /// were heard longest ago; then those of an earlier run that are not waited for. What the history has of them
    /// stays there.
    pub(super) fn make_room(&mut self, arrived: &[Arrived]) {
        if self.devices.len() + arrived.len() <= self.most_devices {
            return;
        }
        let mut new: Vec<&str> = arrived.iter().map(|one| one.device.as_str()).collect();
        new.retain(|device| !self.devices.contains_key(*device));
        new.sort_unstable();
        new.dedup();
        if new.is_empty() || self.devices.len() + new.len() <= self.most_devices {
            return;
        }
        let over = (self.devices.len() + new.len()).saturating_sub(self.most_devices);
        // Some more at once, as all are looked at.
        let leave = over.max(self.most_devices / 100);
        let now = self.now();
        let mut all: Vec<_> = self
            .devices
            .values()
            .filter(|device| !self.stays(device))
            .filter_map(|device| {
                let known = device.recordings >= FEW;
                if known && self.is_waited_for(device, now) {
                    return None;
                }
                let heard = device.heard.map(|heard| heard.steady);
                Some(((known, heard, device.last_seen), device.name.to_string()))
            })
            .collect();
        all.sort_unstable();
        let (mut left, mut bytes) = (0_u64, 0);
        for (_, name) in all.into_iter().take(leave) {
            let gone = self.devices.remove(&name);
            bytes += gone.and_then(|gone| gone.last).map_or(0, |last| last.held.bytes());
            self.changes.forgot(&name);
            left += 1;
        }
        self.holds(0, bytes);
        if left > 0
            && let Some(devices) = self.crowded.more(left, now.steady)
        {
            let most = self.most_devices;
            tracing::warn!(
                devices,
                most,
                "there are more devices than may be: those that nothing is known of give way"
            );
        }
    }

    /// Of the devices that the history knows those that there is room for: with a model, a key or an alert first,
    /// then those of more than a few recordings, then those that were seen last.
    pub(super) fn worth_knowing(
        &self,
        mut all: Vec<Seen>,
        models: &BTreeMap<String, String>,
        alerts: &[Alert],
    ) -> Vec<Seen> {
        if all.len() <= self.most_devices {
            return all;
        }
        let alerted: std::collections::HashSet<&str> =
            alerts.iter().map(|alert| alert.device.as_str()).collect();
        all.sort_by_cached_key(|one| {
            let name = one.name.as_str();
            let stays =
                models.contains_key(name) || self.named.contains(name) || alerted.contains(name);
            Reverse((stays, one.recordings >= FEW, one.last_seen))
        });
        all.truncate(self.most_devices);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::condition::Kind;

    fn silent(count: usize) -> Vec<(String, Says)> {
        let one = |at| (format!("b{at}"), Says::new(Kind::Silent, true, "nothing came"));
        (0..count).map(one).collect()
    }

    fn told(silent: &[(String, Says)]) -> Vec<&str> {
        silent.iter().filter(|one| one.1.told).map(|one| &*one.1.words).collect()
    }

    #[test]
    fn few_are_told_one_by_one_and_many_as_one() {
        let (mut crowd, now) = (Crowd::default(), Instant::now());
        let mut few = silent(20);
        crowd.gather(&mut few, now);
        assert_eq!(told(&few), ["nothing came"; 20]);
        let (mut crowd, mut many) = (Crowd::default(), silent(21));
        crowd.gather(&mut many, now);
        assert_eq!(told(&many), ["nothing came; 20 other devices fell silent with it"]);
    }

    #[test]
    fn a_hundred_thousand_that_fall_silent_one_after_the_other_are_twenty_a_minute() {
        let (mut crowd, begin) = (Crowd::default(), Instant::now());
        let (mut all, mut counted) = (0, 0);
        for at in 0..200 {
            let mut some = silent(AT_ONCE);
            crowd.gather(&mut some, begin + Duration::from_millis(500 * at));
            for words in told(&some) {
                all += 1;
                let others = words.split_once("; ").unwrap().1.split(' ').next().unwrap();
                counted += 1 + others.parse::<usize>().unwrap();
            }
        }
        assert!(all <= 2 * EACH, "{all}");
        // The next one tells of those that nothing was told of.
        let mut last = silent(1);
        crowd.gather(&mut last, begin + Duration::from_secs(300));
        let words = told(&last)[0].to_owned();
        let others = words.split_once("; ").unwrap().1.split(' ').next().unwrap();
        counted += 1 + others.parse::<usize>().unwrap();
        assert_eq!(counted, 200 * AT_ONCE + 1);
    }
}
