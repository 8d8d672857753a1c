//! Numbers of recordings that are known, by device.

use std::collections::HashMap;

use crate::names::MOST;
use crate::recording::Known;

/// The same of one batch, in the order in which they came: few, and soon forgotten.
#[derive(Debug, Default)]
pub(crate) struct Few(Vec<(String, i64, Known)>);

impl Few {
    pub(crate) fn get(&self, device: &str, sequence: i64) -> Option<Known> {
        let newest = self.0.iter().rev().find(|one| one.1 == sequence && one.0 == device);
        newest.map(|one| one.2)
    }

    pub(crate) fn push(&mut self, device: &str, sequence: i64, known: Known) {
        self.0.push((device.to_owned(), sequence, known));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, i64, Known)> {
        self.0.iter().map(|(device, sequence, known)| (device.as_str(), *sequence, *known))
    }
}

/// What recordings devices sent under which numbers: of several the newest.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashMap<String, HashMap<i64, Known>>);

impl Numbers {
    pub(crate) fn get(&self, device: &str, sequence: i64) -> Option<Known> {
        self.0.get(device)?.get(&sequence).copied()
    }

    pub(crate) fn insert(&mut self, device: &str, sequence: i64, known: Known) {
        match self.0.get_mut(device) {
            Some(of) => drop(of.insert(sequence, known)),
            None => drop(self.0.insert(device.to_owned(), HashMap::from([(sequence, known)]))),
        }
    }

    /// The largest number of a device.
    pub(crate) fn largest_of(&self, device: &str) -> Option<i64> {
        self.0.get(device)?.keys().max().copied()
    }

    /// Forgets the numbers. Devices stay, if they are not too many: they send again.
    pub(crate) fn clear(&mut self) {
        if self.0.len() > MOST {
            self.0.clear();
        }
        self.0.values_mut().for_each(HashMap::clear);
    }
}
