//! Which recordings of which device were kept, and under which numbers.

use std::collections::HashMap;

/// The sequence numbers that were kept of every device.
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
    /// From pairs of a sequence number and a file number, in any order; of equal ones the first counts.
    pub(super) fn collect(pairs: HashMap<String, Vec<(u64, u32)>>) -> Self {
        let devices = pairs.into_iter().map(|(name, mut pairs)| {
            pairs.sort_by_key(|&(sequence, _)| sequence);
            let mut device = Device::default();
            // In order, so that each is added at the end.
            pairs.iter().for_each(|&(sequence, number)| device.add(sequence, number));
            (name, device)
        });
        Self { devices: devices.collect() }
    }

    /// The file number of what a device took as its `sequence`th.
    pub(super) fn number(&self, device: &str, sequence: u64) -> Option<u32> {
        self.devices.get(device)?.number(sequence)
    }

    /// Adds one that is not known.
    pub(super) fn add(&mut self, device: String, sequence: u64, number: u32) {
        self.devices.entry(device).or_default().add(sequence, number);
    }
}

impl Device {
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
    use super::{Device, Known};

    #[test]
    fn of_equal_ones_the_first_counts() {
        let pairs = [("a".to_owned(), vec![(5, 1), (3, 2), (5, 9), (4, 0)])];
        let known = Known::collect(pairs.into());
        let numbers = [2, 3, 4, 5, 6].map(|sequence| known.number("a", sequence));
        assert_eq!(numbers, [None, Some(2), Some(0), Some(1), None]);
        assert_eq!(known.number("b", 5), None);
        assert_eq!(known.devices["a"].runs.len(), 1);
    }

    #[test]
    fn numbers_in_any_order_are_found_and_join_to_runs() {
        // Some of 0 to 99 in a scattered order: 37 has no divisor in common with 101.
        let mut device = Device::default();
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
        let mut device = Device::default();
        for (number, sequence) in [u64::MAX, 0, u64::MAX - 1, 1].into_iter().enumerate() {
            device.add(sequence, number as u32);
            assert_eq!(device.number(sequence), Some(number as u32));
        }
        assert_eq!(device.runs.len(), 2);
        assert_eq!(device.number(2), None);
        assert_eq!(device.number(u64::MAX - 2), None);
    }
}
