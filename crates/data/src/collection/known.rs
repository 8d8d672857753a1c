//! Which recordings of which device were kept, and under which numbers.

use std::collections::HashMap;

use crate::Starts;

/// The sequence numbers that were kept of every device, for each of its starts.
///
/// A board counts its recordings one by one, so sequence numbers are held as runs, 16 bytes each;
/// the file number of each recording takes 4 bytes. Several boards post in turn, which leaves no
/// runs among file numbers. A million recordings are 4 MB, and 20 MB if no two of them follow each other.
#[derive(Debug, Default)]
pub(super) struct Known {
    devices: HashMap<String, Device>,
}

#[derive(Debug, Default)]
struct Device {
    starts: Starts,
    numbers: HashMap<Option<u64>, Numbers>,
}

/// Which number a recording has in a collection, and by which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) start: Option<u64>,
    pub(super) sequence: u64,
    /// That of its file.
    pub(super) number: u32,
}

/// What was kept under one start.
#[derive(Debug, Default)]
struct Numbers {
    /// In order of their sequence numbers; no two adjoin.
    runs: Vec<Run>,
    /// The file numbers of all runs, one after the other.
    numbers: Vec<u32>,
}

/// Sequence numbers that follow each other.
#[derive(Debug)]
struct Run {
    /// The first of them.
    first: u64,
    /// Where its file number stands; those of the others follow, up to the next run.
    at: usize,
}

impl Known {
    /// From what was kept of each device, in the order in which it was; of equal ones the first counts.
    pub(super) fn collect(kept: HashMap<String, Vec<Numbered>>) -> Self {
        let devices = kept.into_iter().map(|(name, mut kept)| {
            let mut device = Device::default();
            for one in &kept {
                device.starts.take(one.start, one.sequence);
            }
            kept.sort_by_key(|one| one.sequence);
            // In order, so that each is added at the end.
            for Numbered { start, sequence, number } in kept {
                device.numbers.entry(start).or_default().add(sequence, number);
            }
            (name, device)
        });
        Self { devices: devices.collect() }
    }

    /// The starts of a device.
    pub(super) fn starts(&self, device: &str) -> Starts {
        self.devices.get(device).map(|device| device.starts.clone()).unwrap_or_default()
    }

    /// The file number of what a device took as its `sequence`th since a start.
    pub(super) fn number(&self, device: &str, start: Option<u64>, sequence: u64) -> Option<u32> {
        self.devices.get(device)?.numbers.get(&start)?.number(sequence)
    }

    /// Adds one that is not known.
    pub(super) fn add(&mut self, device: String, one: Numbered) {
        let device = self.devices.entry(device).or_default();
        device.starts.take(one.start, one.sequence);
        device.numbers.entry(one.start).or_default().add(one.sequence, one.number);
    }
}

impl Numbers {
    fn number(&self, sequence: u64) -> Option<u32> {
        let after = self.runs.partition_point(|run| run.first <= sequence);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let at = usize::try_from(sequence - run.first).ok()?.checked_add(run.at)?;
        (at < self.end(after)).then(|| self.numbers[at])
    }

    /// Where the numbers of the run before this one end.
    fn end(&self, run: usize) -> usize {
        self.runs.get(run).map_or(self.numbers.len(), |run| run.at)
    }

    fn add(&mut self, sequence: u64, number: u32) {
        if self.number(sequence).is_some() {
            return;
        }
        let after = self.runs.partition_point(|run| run.first <= sequence);
        let end = self.end(after);
        self.numbers.insert(end, number);
        self.runs[after..].iter_mut().for_each(|run| run.at += 1);
        let continues = after.checked_sub(1).is_some_and(|before| {
            let run = &self.runs[before];
            sequence - run.first == (end - run.at) as u64
        });
        let next = if continues {
            after
        } else {
            self.runs.insert(after, Run { first: sequence, at: end });
            after + 1
        };
        // What lay between two runs joins them.
        if self.runs.get(next).is_some_and(|run| run.first - 1 == sequence) {
            self.runs.remove(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Numbered, Numbers};

    #[test]
    fn of_equal_ones_the_first_counts() {
        let kept = [(None, 5, 1), (None, 3, 2), (None, 5, 9), (Some(8), 5, 7), (None, 4, 0)];
        let kept = kept.map(|(start, sequence, number)| Numbered { start, sequence, number });
        let known = Known::collect([("a".to_owned(), kept.to_vec())].into());
        let numbers = [2, 3, 4, 5, 6].map(|sequence| known.number("a", None, sequence));
        assert_eq!(numbers, [None, Some(2), Some(0), Some(1), None]);
        assert_eq!(known.number("a", Some(8), 5), Some(7));
        assert_eq!(known.number("a", Some(8), 4), None);
        assert_eq!(known.number("b", None, 5), None);
        assert_eq!(known.devices["a"].numbers[&None].runs.len(), 1);
    }

    #[test]
    fn numbers_in_any_order_are_found_and_join_to_runs() {
        // Some of 0 to 99 in a scattered order: 37 has no divisor in common with 101.
        let mut device = Numbers::default();
        let order: Vec<u64> = (1..101).map(|step| step * 37 % 101).collect();
        for (at, &sequence) in order.iter().enumerate() {
            assert_eq!(device.number(sequence), None);
            device.add(sequence, at as u32);
            device.add(sequence, 999);
            let known = &order[..=at];
            for (number, &sequence) in known.iter().enumerate() {
                assert_eq!(device.number(sequence), Some(number as u32));
            }
            let starts = known.iter().filter(|&&sequence| !known.contains(&(sequence - 1)));
            assert_eq!(device.runs.len(), starts.count());
        }
        assert_eq!((device.runs.len(), device.numbers.len()), (1, 100));
    }

    #[test]
    fn the_ends_of_the_range_are_numbers_like_others() {
        let mut device = Numbers::default();
        for (number, sequence) in [u64::MAX, 0, u64::MAX - 1, 1].into_iter().enumerate() {
            device.add(sequence, number as u32);
            assert_eq!(device.number(sequence), Some(number as u32));
        }
        assert_eq!(device.runs.len(), 2);
        assert_eq!(device.number(2), None);
        assert_eq!(device.number(u64::MAX - 2), None);
    }
}
