//! The last of some values.

/// The last `N` values, oldest first, in a place of a fixed size: copied without a look at each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ring<T, const N: usize> {
    values: [T; N],
    /// Where the oldest one is, once there are as many as there is room for.
    oldest: usize,
    count: usize,
}

impl<T: Copy + Default, const N: usize> Ring<T, N> {
    /// Adds a value, and forgets the oldest one where there is no room.
    pub(super) fn push(&mut self, value: T) {
        let (at, room) = (self.oldest + self.count, self.count < N);
        self.values[at % N] = value;
        match room {
            true => self.count += 1,
            false => self.oldest = (self.oldest + 1) % N,
        }
    }

    /// The values, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let (newer, older) = self.values.split_at(self.oldest);
        older.iter().chain(newer).take(self.count).copied()
    }
}

impl<T: Copy + Default, const N: usize> Default for Ring<T, N> {
    fn default() -> Self {
        Self { values: [T::default(); N], oldest: 0, count: 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn the_last_ones_stay_in_order() {
        let (mut ring, mut expected) = (Ring::<u8, 5>::default(), VecDeque::new());
        for value in 1..20 {
            ring.push(value);
            expected.push_back(value);
            if expected.len() > 5 {
                expected.pop_front();
            }
            assert!(ring.iter().eq(expected.iter().copied()), "{ring:?}");
        }
    }
}
