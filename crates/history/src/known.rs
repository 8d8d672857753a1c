//! Numbers of recordings that are known, by device and start.

use std::collections::HashMap;

use crate::names::MOST;
use crate::recording::{Known, RecordingId, SeenStart};

/// A start, and the number of a recording since it.
pub(crate) type Number = (Option<i64>, i64);

/// The same of one batch, in the order in which they came: few, and soon forgotten.
#[derive(Debug, Default)]
pub(crate) struct Few(Vec<(String, Number, Known)>);

impl Few {
    pub(crate) fn get(&self, device: &str, number: Number) -> Option<Known> {
        let newest = self.0.iter().rev().find(|one| one.1 == number && one.0 == device);
        newest.map(|one| one.2)
    }

    pub(crate) fn push(&mut self, device: &str, number: Number, known: Known) {
        self.0.push((device.to_owned(), number, known));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Number, Known)> {
        self.0.iter().map(|(device, number, known)| (device.as_str(), *number, *known))
    }
}

/// What recordings devices sent under which numbers: of several the newest.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashMap<String, HashMap<Number, Known>>);

impl Numbers {
    pub(crate) fn get(&self, device: &str, number: Number) -> Option<Known> {
        self.0.get(device)?.get(&number).copied()
    }

    pub(crate) fn insert(&mut self, device: &str, number: Number, known: Known) {
        match self.0.get_mut(device) {
            Some(of) => drop(of.insert(number, known)),
            None => drop(self.0.insert(device.to_owned(), HashMap::from([(number, known)]))),
        }
    }

    /// The largest number of a device since a start.
    pub(crate) fn largest_of(&self, device: &str, start: Option<i64>) -> Option<i64> {
        let numbers = self.0.get(device)?.keys().filter(|(of, _)| *of == start);
        numbers.map(|(_, sequence)| *sequence).max()
    }

    /// The starts of a device.
    pub(crate) fn starts_of(&self, device: &str) -> Vec<SeenStart> {
        let mut starts: HashMap<Option<i64>, [(i64, RecordingId); 2]> = HashMap::new();
        for ((start, sequence), known) in self.0.get(device).into_iter().flatten() {
            let one = (*sequence, known.recording);
            let [first, last] = starts.entry(*start).or_insert([one; 2]);
            (*first, *last) = ((*first).min(one), (*last).max(one));
        }
        let seen = |(start, [first, last]): (Option<i64>, [(i64, RecordingId); 2])| SeenStart {
            start: start.map(i64::cast_unsigned),
            last: last.0.cast_unsigned(),
            first_recording: first.1,
            last_recording: last.1,
        };
        starts.into_iter().map(seen).collect()
    }

    /// Forgets the numbers. Devices stay, if they are not too many: they send again.
    pub(crate) fn clear(&mut self) {
        if self.0.len() > MOST {
            self.0.clear();
        }
        self.0.values_mut().for_each(HashMap::clear);
    }
}
