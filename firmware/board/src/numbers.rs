//! Numbers of recordings, which go on over a restart.

/// So many numbers are taken at once, so that flash is not written for each.
const BLOCK: u64 = 64;

/// The numbers of a board's recordings: none is given twice.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    next: u64,
    end: u64,
}

impl Numbers {
    /// Goes on behind what was kept; from 0 where nothing was.
    pub fn new(kept: &[u8; 16]) -> Self {
        let (number, check) = kept.split_first_chunk().unwrap_or((&[0; 8], &[]));
        let number = u64::from_le_bytes(*number);
        let is_whole = check == (!number).to_le_bytes();
        let next = if is_whole { number } else { 0 };
        Self { next, end: next }
    }

    /// The next number; `None` where it has to be kept first and cannot be.
    pub fn take(&mut self, keep: impl FnOnce(&[u8; 16]) -> bool) -> Option<u64> {
        if self.next >= self.end {
            let end = self.end.saturating_add(BLOCK);
            let mut bytes = [0; 16];
            let (number, check) = bytes.split_at_mut(8);
            number.copy_from_slice(&end.to_le_bytes());
            check.copy_from_slice(&(!end).to_le_bytes());
            if !keep(&bytes) {
                return None;
            }
            self.end = end;
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn no_number_is_given_twice_however_often_it_restarts() {
        let mut flash = [0xFF; 16];
        let mut given: Vec<u64> = Vec::new();
        let mut written = 0;
        for takes in [1, 70, 0, 64, 65, 3] {
            let mut numbers = Numbers::new(&flash);
            for _ in 0..takes {
                given.extend(numbers.take(|bytes| {
                    flash = *bytes;
                    written += 1;
                    true
                }));
            }
        }
        assert!(given.is_sorted_by(|one, next| one < next), "{given:?}");
        assert_eq!((given.len(), given[0], given[1], written), (203, 0, 64, 7));
    }

    #[test]
    fn what_cannot_be_kept_is_not_given() {
        let mut numbers = Numbers::new(&[0; 16]);
        assert_eq!(numbers.take(|_| false), None);
        assert_eq!(numbers.take(|_| true), Some(0));
        assert_eq!(numbers.take(|_| false), Some(1), "of the block there is more");
    }
}
