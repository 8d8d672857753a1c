//! Under which start a recording of a device is kept, so that no two of them share a number.
//!
//! A recording is told from others by its device, its start and its sequence number. A board that has a start
//! number draws one each time that it is switched on. Without one, or where two boards have drawn the same,
//! other readings may come under a number that is used: these go to a start that is opened for them.

/// The starts from here on were opened by who keeps recordings; those of boards are below, and above 0.
///
/// The lower 32 bits are the start that the board said, 0 where it said none; the others count those that were
/// opened for a device.
pub const FIRST_OPENED: u64 = 1 << 32;

/// Starts that are remembered of a device.
const REMEMBERED: usize = 8;

/// So many recordings of a start after a later one was seen are no mishap of the network.
const LATE: u8 = 2;

/// After so many recordings in a row of one start, all others are over.
const CALM: u32 = 100;

/// A board that counts on leaves out fewer numbers than this, mostly.
const NEAR: u64 = 16;

/// Recordings that one board sends at once overtake each other by fewer numbers than this.
const FAR: u64 = 256;

/// The starts of one device that are remembered, the one that was seen first in front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Starts {
    seen: Vec<Start>,
    /// Of all that were ever opened, the last.
    opened: u64,
    /// Recordings so far.
    count: u64,
    /// The last one: its start and its number.
    latest: Option<(Option<u64>, u64)>,
    /// Recordings of earlier starts than the newest.
    late: u8,
    /// Recordings in a row of the last one's start.
    run: u32,
    /// Where numbers went far back, and how far they have counted on from there.
    low: Option<u64>,
}

/// A start of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Its number; none where the board says none.
    pub start: Option<u64>,
    /// The largest sequence number in it.
    pub last: u64,
    /// Whether it was seen after a later one was.
    pub back: bool,
    /// Which recording was its last, counted from anywhere.
    pub used: u64,
}

/// The start that a board said, of one that it said itself or that was opened for it.
fn said(start: Option<u64>) -> Option<u64> {
    start.map(|start| start % FIRST_OPENED).filter(|said| *said > 0)
}

/// Whether a start was opened by who keeps recordings.
#[must_use]
pub fn is_opened(start: Option<u64>) -> bool {
    start.is_some_and(|start| start >= FIRST_OPENED)
}

/// Whether one start was opened for another.
fn is_for(opened: Option<u64>, start: Option<u64>) -> bool {
    is_opened(opened) && said(opened) == said(start)
}

/// Whether a board that took one number may take another one next.
fn is_near(last: u64, sequence: u64) -> bool {
    sequence > last && sequence - last <= NEAR
}

impl Starts {
    /// Those that were seen earlier, the first in front.
    #[must_use]
    pub fn of(seen: Vec<Start>) -> Self {
        let opened = seen.iter().filter_map(|one| one.start).max().unwrap_or(0);
        let count = seen.iter().map(|one| one.used).max().unwrap_or(0);
        let mut starts = Self { seen, opened, count, ..Self::default() };
        while starts.seen.len() > REMEMBERED {
            starts.forget();
        }
        starts
    }

    /// Whether a start was seen.
    #[must_use]
    pub fn has(&self, start: Option<u64>) -> bool {
        self.index_of(start).is_some()
    }

    /// Where a recording may be known under its number: in the start that the board said, and in those that
    /// were opened for this one.
    pub fn places(&self, start: Option<u64>) -> impl Iterator<Item = Option<u64>> + '_ {
        let opened = self.seen.iter().map(|one| one.start);
        let opened = opened.filter(move |one| is_for(*one, start));
        [start].into_iter().chain(opened.filter(move |one| *one != start))
    }

    /// The start that a recording is kept under; `taken` are those of its [places](Self::places) in which its
    /// number is one of other readings.
    ///
    /// Where several have room, the one goes on whose numbers are nearest; of equally near ones that which was seen
    /// first. A start that no recording came under since a later one was seen is over, and goes on only where no
    /// other is near.
    #[must_use]
    pub fn place(&self, start: Option<u64>, sequence: u64, taken: &[Option<u64>]) -> Option<u64> {
        let has_opened = self.seen.iter().any(|one| is_for(one.start, start));
        if !has_opened && !taken.contains(&start) && !self.is_of_another(start, sequence) {
            return start;
        }
        let of_it = |one: &&Start| one.start == start || is_for(one.start, start);
        let newest = self.seen.iter().rev().find(of_it).map(|one| one.start);
        let rank = |one: &&Start| {
            let is_over = !one.back && Some(one.start) != newest;
            match sequence.checked_sub(one.last).filter(|gap| *gap > 0) {
                Some(gap) if gap <= NEAR => (u8::from(is_over), gap, 0),
                Some(gap) if !is_over => (2, gap, one.used),
                // It was overtaken.
                None if !is_over => (3, 0, u64::MAX - one.used),
                Some(_) => (4, 0, u64::MAX - one.used),
                None => (u8::MAX, 0, 0),
            }
        };
        let free = self.seen.iter().filter(of_it).filter(|one| !taken.contains(&one.start));
        let found = free.min_by_key(rank).filter(|one| rank(one).0 < u8::MAX);
        match found {
            Some(one) if has_opened => one.start,
            None if has_opened && !taken.contains(&start) && self.index_of(start).is_none() => {
                start
            }
            _ => Some((self.opened / FIRST_OPENED + 1) * FIRST_OPENED + said(start).unwrap_or(0)),
        }
    }

    /// Takes a recording that is kept under a start. Whether it shows that two boards send under the name of the
    /// device, or that one counts anew: a start had to be opened, or one goes on after a later one was seen.
    pub fn take(&mut self, start: Option<u64>, sequence: u64) -> bool {
        self.count += 1;
        self.look_back(start, sequence);
        let goes_on = self.latest.is_none_or(|(latest, _)| latest == start);
        self.run = if goes_on { self.run.saturating_add(1) } else { 1 };
        self.latest = Some((start, sequence));
        let used = self.count;
        let Some(at) = self.index_of(start) else {
            if self.seen.len() >= REMEMBERED {
                self.forget();
            }
            self.seen.push(Start { start, last: sequence, back: false, used });
            self.opened = self.opened.max(start.unwrap_or(0));
            if is_opened(start) {
                // What comes under an earlier one now is no mishap.
                self.late = LATE;
            }
            return is_opened(start);
        };
        let is_newest = at + 1 == self.seen.len();
        let known = &mut self.seen[at];
        (known.last, known.used) = (known.last.max(sequence), used);
        known.back |= !is_newest;
        if !is_newest {
            self.late = self.late.saturating_add(1);
        }
        let shows = !is_newest && self.late >= LATE;
        if self.run >= CALM {
            let one = self.seen.remove(at);
            self.seen.push(one);
            self.seen.iter_mut().for_each(|one| one.back = false);
            self.late = 0;
        }
        shows
    }

    /// Notes where numbers of boards that say no start go far back.
    fn look_back(&mut self, start: Option<u64>, sequence: u64) {
        let goes_back = |(_, latest): (Option<u64>, u64)| sequence.saturating_add(FAR) < latest;
        let same = self.latest.filter(|(latest, _)| *latest == start && start.is_none());
        if same.is_some_and(goes_back) || self.low.is_some_and(|low| is_near(low, sequence)) {
            self.low = Some(sequence);
        }
    }

    /// Whether numbers go far back for another time, and on from where they went the last time: two boards count
    /// apart from each other.
    fn is_of_another(&self, start: Option<u64>, sequence: u64) -> bool {
        let back = self.latest.is_some_and(|(latest, number)| {
            start.is_none() && latest == start && sequence.saturating_add(FAR) < number
        });
        back && self.low.is_some_and(|low| is_near(low, sequence))
    }

    fn index_of(&self, start: Option<u64>) -> Option<usize> {
        self.seen.iter().position(|one| one.start == start)
    }

    /// Forgets the start that was used longest ago.
    fn forget(&mut self) {
        let oldest = self.seen.iter().enumerate().min_by_key(|(_, one)| one.used);
        if let Some((at, _)) = oldest {
            self.seen.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{FIRST_OPENED, REMEMBERED, Start, Starts, is_opened};

    const S1: Option<u64> = Some(FIRST_OPENED);
    const S2: Option<u64> = Some(2 * FIRST_OPENED);

    /// Who keeps recordings: readings are told by which board they are of.
    #[derive(Default)]
    struct Keeper {
        starts: Starts,
        kept: HashMap<(Option<u64>, u64), u64>,
        conflicts: Vec<usize>,
        count: usize,
    }

    impl Keeper {
        /// The start that a recording is kept under, and whether it is a repeat.
        fn keep(
            &mut self,
            start: Option<u64>,
            sequence: u64,
            readings: u64,
        ) -> (Option<u64>, bool) {
            let mut taken = Vec::new();
            for place in self.starts.places(start) {
                match self.kept.get(&(place, sequence)) {
                    Some(known) if *known == readings => return (place, true),
                    Some(_) => taken.push(place),
                    None => {}
                }
            }
            let place = self.starts.place(start, sequence, &taken);
            assert_eq!(self.kept.insert((place, sequence), readings), None);
            self.count += 1;
            if self.starts.take(place, sequence) {
                self.conflicts.push(self.count);
            }
            (place, false)
        }

        /// The starts of recordings with these numbers, each sent twice.
        fn all(
            &mut self,
            start: Option<u64>,
            numbers: std::ops::Range<u64>,
            readings: u64,
        ) -> Vec<Option<u64>> {
            let mut keep = |sequence| {
                let (place, repeat) = self.keep(start, sequence, readings);
                assert!(!repeat);
                assert_eq!(self.keep(start, sequence, readings), (place, true));
                place
            };
            let mut places: Vec<_> = numbers.map(&mut keep).collect();
            places.dedup();
            places
        }
    }

    #[test]
    fn a_board_that_counts_on_stays_where_it_is() {
        for start in [None, Some(7)] {
            let mut keeper = Keeper::default();
            assert_eq!(keeper.all(start, 5..300, 1), [start]);
            // What overtook others is no conflict.
            assert_eq!(keeper.all(start, 0..5, 1), [start]);
            assert_eq!(keeper.conflicts, [0; 0]);
        }
    }

    #[test]
    fn a_board_that_counts_anew_goes_on_in_one_start_also_beyond_its_old_numbers() {
        let mut keeper = Keeper::default();
        keeper.all(None, 0..200, 1);
        assert_eq!(keeper.all(None, 0..400, 2), [S1]);
        assert_eq!(keeper.all(None, 0..1, 3), [S2]);
        assert_eq!(keeper.all(None, 3..500, 3), [S2]);
        assert_eq!(keeper.conflicts, [201, 601]);
    }

    #[test]
    fn starts_of_a_board_are_no_conflict_unless_an_earlier_one_goes_on() {
        let mut keeper = Keeper::default();
        for (start, readings) in [(5, 1), (9, 2), (2, 3), (8, 4)] {
            assert_eq!(keeper.all(Some(start), 0..20, readings), [Some(start)]);
        }
        assert_eq!(keeper.conflicts, [0; 0]);
        // One that was late may be a mishap.
        assert_eq!(keeper.all(Some(2), 20..21, 3), [Some(2)]);
        assert_eq!(keeper.all(Some(8), 20..40, 4), [Some(8)]);
        assert_eq!(keeper.conflicts, [0; 0]);
        assert_eq!(keeper.all(Some(2), 21..22, 3), [Some(2)]);
        assert_eq!(keeper.conflicts, [102]);
    }

    #[test]
    fn two_boards_that_count_alike_share_two_starts() {
        for run in [1, 2, 10] {
            let mut keeper = Keeper::default();
            for first in (0..100).step_by(run as usize) {
                for board in [1, 2] {
                    assert_eq!(keeper.all(None, first..first + run, board).len(), 1);
                }
            }
            let starts: std::collections::BTreeSet<_> =
                keeper.kept.keys().map(|(start, _)| *start).collect();
            assert_eq!(starts.into_iter().collect::<Vec<_>>(), [None, S1]);
            assert_eq!(keeper.conflicts[0], run as usize + 1);
            assert!(keeper.conflicts.len() >= 90, "{}", keeper.conflicts.len());
            // From the third turn on each board stays in its own.
            let of = |start, board| {
                let late =
                    (3 * run..100).filter(|at| keeper.kept.get(&(start, *at)) == Some(&board));
                late.count() as u64
            };
            let (one, other) = (of(None, 1), of(None, 2));
            assert!(one.min(other) == 0 && one.max(other) == 100 - 3 * run, "{one} {other}");
        }
    }

    #[test]
    fn two_boards_far_apart_are_told_by_their_numbers() {
        let mut keeper = Keeper::default();
        keeper.all(None, 0..1000, 1);
        for at in 0..300 {
            assert_eq!(keeper.all(None, at..at + 1, 2), [S1]);
            assert_eq!(keeper.all(None, 1000 + at..1001 + at, 1), [None]);
        }
        assert_eq!(keeper.conflicts.len(), 301);
    }

    #[test]
    fn of_two_that_are_near_the_nearer_goes_on() {
        let mut keeper = Keeper::default();
        keeper.all(None, 0..1000, 1);
        for at in 0..3 {
            keeper.all(None, at..at + 1, 2);
            keeper.all(None, 1000 + at..1001 + at, 1);
        }
        // The other board catches up.
        assert_eq!(keeper.all(None, 990..998, 2), [S1]);
        assert_eq!(keeper.all(None, 1003..1010, 1), [None]);
        assert_eq!(keeper.all(None, 998..1003, 2), [S1]);
        // The same of what an earlier run left.
        let left = [(None, 100, true), (S1, 105, false)];
        let seen = left.map(|(start, last, back)| Start { start, last, back, used: last });
        let starts = Starts::of(seen.to_vec());
        let place = |sequence| starts.place(None, sequence, &[]);
        assert_eq!([101, 105, 106, 109].map(place), [None, None, S1, S1]);
    }

    #[test]
    fn two_boards_whose_numbers_do_not_meet_are_noticed_by_their_jumps() {
        for run in [1, 3] {
            let mut keeper = Keeper::default();
            keeper.all(None, 3000..3010, 1);
            for first in (0..30).step_by(run as usize) {
                let start = if first < run { None } else { S1 };
                assert_eq!(keeper.all(None, first..first + run, 2), [start], "{first}");
                assert_eq!(keeper.all(None, 3010 + first..3010 + first + run, 1), [None]);
            }
            assert_eq!(keeper.conflicts[0], 10 + 2 * run as usize + 1);
        }
        // Those that are sent at once come in any order.
        let mut keeper = Keeper::default();
        for at in 0..2000 {
            let number = at / 200 * 200 + at * 67 % 200;
            assert_eq!(keeper.all(None, number..number + 1, 1), [None]);
        }
        assert_eq!(keeper.conflicts, [0; 0]);
        // Numbers by chance are those of one board.
        let mut keeper = Keeper::default();
        let mut number = 1_u64;
        for _ in 0..1000 {
            number = number * 48_271 % 0x7fff_ffff;
            assert_eq!(keeper.all(None, number..number + 1, 1), [None]);
        }
    }

    #[test]
    fn what_is_over_takes_part_again_and_what_calms_down_is_over() {
        let mut keeper = Keeper::default();
        keeper.all(None, 0..50, 1);
        keeper.all(None, 0..50, 2);
        keeper.all(None, 50..60, 1);
        assert_eq!(keeper.starts.seen.iter().filter(|one| one.back).count(), 0);
        keeper.all(None, 50..60, 2);
        keeper.all(None, 60..200, 2);
        assert_eq!(keeper.starts.late, 0);
        assert!(keeper.starts.seen.iter().all(|one| !one.back));
        assert_eq!(keeper.starts.seen.last().unwrap().last, 199);
    }

    proptest! {
        #[test]
        fn whoever_sends_whatever_each_is_kept_once_and_repeats_are_known(
            sent in proptest::collection::vec((0..4_u64, 0..3_u64, 0..40_u64, any::<bool>()), 0..300)
        ) {
            let mut keeper = Keeper::default();
            let mut counted = [0; 4];
            for (board, start, sequence, counts) in sent {
                let start = Some(start).filter(|start| *start > 0);
                let sequence = if counts { counted[board as usize] } else { sequence };
                counted[board as usize] = sequence + 1;
                let (place, _) = keeper.keep(start, sequence, board);
                prop_assert!(place == start || is_opened(place));
                prop_assert_eq!(keeper.keep(start, sequence, board), (place, true));
                prop_assert!(keeper.starts.seen.len() <= REMEMBERED);
            }
        }
    }
}
