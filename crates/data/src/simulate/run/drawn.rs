//! Which recordings of a run something happens in.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::chance::{Chance, Purpose};
use super::super::{Fan, State};

impl Fan {
    /// So many of the recordings `among`, by index, each as likely as any other; all of them, where they are not as many.
    /// `which` tells one drawing of a state from the next: each is another.
    ///
    /// R. W. Floyd's sampling (J. Bentley, *Programming Pearls: A Sample of Brilliance*, 1987).
    pub fn some_of(
        &self,
        state: State,
        among: Range<u64>,
        count: u64,
        which: u64,
    ) -> BTreeSet<u64> {
        let mut chance = Chance::new(self.seed, Purpose::Drawn, state.group(), which);
        let all = among.end.saturating_sub(among.start);
        let mut drawn = BTreeSet::new();
        for last in all.saturating_sub(count)..all {
            let at = ((chance.uniform() * (last + 1) as f64) as u64).min(last);
            if !drawn.insert(among.start + at) {
                drawn.insert(among.start + last);
            }
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Speed;

    const LOW: State = State { speed: Speed::Low, coin: false, moved: false };

    #[test]
    fn as_many_are_drawn_as_were_asked_for_and_each_as_often() {
        let mut often = [0; 10];
        for which in 0..3000 {
            let drawn = Fan::new(1).some_of(LOW, 20..30, 3, which);
            assert_eq!(drawn.len(), 3);
            drawn.iter().for_each(|index| often[(index - 20) as usize] += 1);
        }
        assert!(often.iter().all(|often| (800..1000).contains(often)), "{often:?}");
    }

    #[test]
    fn no_more_are_drawn_than_there_are() {
        let fan = Fan::new(1);
        assert_eq!(fan.some_of(LOW, 5..8, 9, 0), BTreeSet::from([5, 6, 7]));
        assert_eq!(fan.some_of(LOW, 5..5, 2, 0), BTreeSet::new());
        assert_eq!(fan.some_of(LOW, 0..9, 0, 0), BTreeSet::new());
    }
}
