//! Numbers of recordings that are known, by device.

use std::collections::HashMap;

use crate::recording::Known;

/// Devices that are remembered without a number.
const MOST: usize = 65_536;

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

    /// Takes up all of another one, which are newer.
    pub(crate) fn extend(&mut self, newer: &Self) {
        for (device, numbers) in &newer.0 {
            match self.0.get_mut(device) {
                Some(of) => of.extend(numbers),
                None => drop(self.0.insert(device.clone(), numbers.clone())),
            }
        }
    }

    /// The largest number of a device.
    pub(crate) fn largest_of(&self, device: &str) -> Option<i64> {
        self.0.get(device)?.keys().max().copied()
    }

    /// Each device, with its largest number.
    pub(crate) fn largest(&self) -> impl Iterator<Item = (&str, i64)> {
        self.0.iter().filter_map(|(device, of)| Some((device.as_str(), *of.keys().max()?)))
    }

    /// Forgets the numbers. Devices stay, if they are not too many: they send again.
    pub(crate) fn clear(&mut self) {
        if self.0.len() > MOST {
            self.0.clear();
        }
        self.0.values_mut().for_each(HashMap::clear);
    }
}
