//! How old rows are, though the clock that stamps them may be set.
//!
//! While a run lasts, a clock that nobody sets tells when the one that stamps was set, and by how much: the number of
//! the next recording and the difference are noted in the file. So the stamps of those before can be read as if the
//! clock had always been as it is now.
//!
//! Between two runs nobody knows how long it took. A clock that then is behind the last stamp is taken to go on from
//! there, and to be behind by as much until it is set, or found ahead by the next run. One that is ahead may be right, or be set soon: for the first [`DOUBT`] of a run the time between counts as
//! nothing, then it is believed.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::UnixMillis;
use crate::error::HistoryError;
use crate::history::History;

/// The scope of the settings in which it is noted.
pub(crate) const SCOPE: &str = "clock";

/// A clock that is off by no more than this was not set, in milliseconds.
const TRIFLE: i64 = 2_000;
/// For so long after a start, the time between this run and the one before counts as nothing.
const DOUBT: Duration = Duration::from_secs(60 * 60);
/// The most that are noted.
const MOST: usize = 256;

/// What time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// By the clock that stamps what is kept.
    pub at: UnixMillis,
    /// How long the history is open, by a clock that nobody sets.
    pub lived: Duration,
}

/// The clock was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    /// When, by the clock as it was set.
    at: UnixMillis,
    /// By how much.
    by: i64,
}

/// What is known of the clock.
#[derive(Debug, Default)]
pub(crate) struct Ages {
    /// By the number of the first recording that is stamped by the clock as it was set then.
    sets: BTreeMap<i64, Set>,
    /// By how much it was set after the last recording, before this run.
    idle: i64,
    run: Option<Run>,
    /// The first number of this run, and the stamp of the one before, by the clock as it was set since.
    first: i64,
    last: Option<UnixMillis>,
    unwritten: bool,
}

/// This run, from the first look at the clock on.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// When it began, by the clock as it was then, and how long after the last stamp that is.
    began: UnixMillis,
    gap: i64,
    /// By how much the clock was behind when the run before ended, as far as anybody knows.
    behind: i64,
    newest: Now,
    /// By how much the clock was set since.
    set: i64,
    /// How much later those of earlier runs are than they say, once that is settled.
    settled: Option<i64>,
}

/// Recordings that follow each other, stamped by one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The first number that is none of them.
    pub(crate) to: i64,
    /// The first and the last time of the clock meanwhile: who is stamped otherwise came at the next of these.
    pub(crate) from_at: UnixMillis,
    pub(crate) to_at: UnixMillis,
    /// How much later they are by the clock as it is now.
    later: i64,
}

impl Stretch {
    /// All there are, whatever their stamps.
    pub(crate) const ALL: Self =
        Self { to: i64::MAX, from_at: i64::MIN, to_at: i64::MAX, later: 0 };

    /// What stamps are below, here, that came before a time.
    pub(crate) fn before(&self, time: UnixMillis) -> UnixMillis {
        let time = time.saturating_sub(self.later);
        match time {
            _ if self.to_at < time => i64::MAX,
            _ if self.from_at >= time => i64::MIN,
            _ => time,
        }
    }

    /// When something was that has this stamp, and how far that is from the times that there were.
    fn read(&self, stamp: UnixMillis) -> (u64, UnixMillis) {
        let within = stamp.clamp(self.from_at, self.to_at.max(self.from_at));
        (stamp.abs_diff(within), within.saturating_add(self.later))
    }
}

impl Run {
    /// How much later those of earlier runs are than they say, were this the end of the doubt.
    fn believed(&self) -> i64 {
        let since = self.gap.saturating_add(self.set);
        match since {
            // It is still behind.
            ..0 => self.gap,
            // It was not behind, and is ahead of that now: the less time has passed, the less goes.
            _ if self.gap >= 0 && self.set > 0 => self.gap.min(self.behind),
            // The clock as it is now is right, so it was set to be, in this run or before it.
            _ => since.min(self.behind).saturating_sub(self.set),
        }
    }

    fn earlier_are_later(&self) -> i64 {
        self.settled.unwrap_or(self.gap)
    }
}

impl Ages {
    /// What was noted, the number of the next recording, and the stamp of the last one.
    pub(crate) fn new(
        noted: BTreeMap<String, String>,
        next: i64,
        last: Option<UnixMillis>,
    ) -> Self {
        let parsed = noted.iter().filter_map(|(from, set)| {
            let (at, by) = set.split_once(' ')?;
            Some((from.parse().ok()?, Set { at: at.parse().ok()?, by: by.parse().ok()? }))
        });
        let mut sets: BTreeMap<i64, Set> = parsed.collect();
        // Where the clock was set after the last recording, that was later than its stamp says.
        let idle = sets.split_off(&next);
        let unwritten = !idle.is_empty();
        let idle = idle.values().fold(0_i64, |all, set| all.saturating_add(set.by));
        let last = last.map(|last| last.saturating_add(idle));
        Self { sets, idle, first: next, last, unwritten, run: None }
    }

    /// Looks at the clock; `next` is the number of the next recording.
    fn look(&mut self, now: Now, next: i64) {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let Some(run) = &mut self.run else {
            let began = now.at.saturating_sub(millis(now.lived));
            let last = self.last.unwrap_or(began);
            let gap = began.saturating_sub(last);
            let (began, gap) =
                if gap.abs() <= TRIFLE { (began.max(last), 0) } else { (began, gap) };
            let set = self.sets.values().fold(self.idle, |all, set| all.saturating_add(set.by));
            let behind = set.saturating_neg().max(0);
            let run = Run { began, gap, behind, newest: now, set: 0, settled: None };
            self.unwritten |= run.believed() != 0;
            self.run = Some(run);
            return;
        };
        let lived = millis(now.lived.saturating_sub(run.newest.lived));
        let by = now.at.saturating_sub(run.newest.at).saturating_sub(lived);
        run.newest = now;
        if by.abs() > TRIFLE {
            run.set = run.set.saturating_add(by);
            add(&mut self.sets, next, Set { at: now.at, by });
            self.unwritten = true;
        }
        if run.settled.is_none() && now.lived >= DOUBT {
            run.settled = Some(run.believed());
            self.unwritten = true;
        }
    }

    /// All that is to be noted: where the doubt is not over, as if it were.
    fn notes(&self) -> BTreeMap<i64, Set> {
        let mut notes = self.sets.clone();
        if let Some(run) = &self.run {
            let by = run.settled.unwrap_or_else(|| run.believed()).saturating_add(self.idle);
            if by != 0 {
                begin(&mut notes, self.first, Set { at: run.began, by });
            }
        }
        notes.retain(|_, set| set.by != 0);
        notes
    }

    /// The recordings by whose clock they are stamped, the oldest first.
    pub(crate) fn stretches(&self) -> Vec<Stretch> {
        let mut sets = self.sets.clone();
        let newest = self.run.map_or(i64::MAX, |run| run.newest.at);
        if let Some(run) = &self.run {
            let by = run.earlier_are_later().saturating_add(self.idle);
            begin(&mut sets, self.first, Set { at: run.began, by });
        }
        let last = Stretch { to: i64::MAX, from_at: i64::MIN, to_at: newest, later: 0 };
        let mut all = vec![last];
        for (from, set) in sets.iter().rev() {
            if let Some(after) = all.last_mut() {
                after.from_at = set.at;
                let (to_at, later) =
                    (set.at.saturating_sub(set.by), after.later.saturating_add(set.by));
                all.push(Stretch { to: *from, from_at: i64::MIN, to_at, later });
            }
        }
        all.reverse();
        all
    }

    /// Forgets what is about recordings that are gone: those before the oldest that is there.
    fn forget(&mut self, oldest: i64) {
        let before = self.sets.len();
        self.sets.retain(|from, _| *from > oldest);
        while self.sets.len() > MOST
            && let Some((_, first)) = self.sets.pop_first()
        {
            // Those on one side of it are taken to be younger than they are.
            if first.by > 0
                && let Some(mut second) = self.sets.first_entry()
            {
                second.get_mut().by = second.get().by.saturating_add(first.by);
            }
        }
        self.unwritten |= self.sets.len() != before;
    }
}

/// When something was that is stamped so, by the clock as it is now: where that may have been at several times, at
/// the last of them.
pub(crate) fn youngest(stretches: &[Stretch], stamp: UnixMillis) -> UnixMillis {
    let read = stretches.iter().map(|stretch| stretch.read(stamp));
    let nearest = read.min_by_key(|&(off, at)| (off, std::cmp::Reverse(at)));
    nearest.map_or(stamp, |(_, at)| at)
}

/// Notes that the clock was set, where it may just have been set before any recording came.
fn add(sets: &mut BTreeMap<i64, Set>, from: i64, set: Set) {
    let one = sets.entry(from).or_insert(Set { at: set.at, by: 0 });
    *one = Set { at: set.at, by: one.by.saturating_add(set.by) };
}

/// The same of what was at the start, before what was noted since.
fn begin(sets: &mut BTreeMap<i64, Set>, from: i64, set: Set) {
    let one = sets.entry(from).or_insert(Set { at: set.at, by: 0 });
    one.by = one.by.saturating_add(set.by);
}

impl History {
    /// Looks at the clock: to be called about every second, so that it is seen where the clock is set. What was kept
    /// before is then as old as it was.
    ///
    /// # Errors
    /// Where that could not be written; it is tried again at the next look.
    pub fn look_at_clock(&mut self, now: Now) -> Result<(), HistoryError> {
        let next = self.next_number();
        self.ages.look(now, next);
        self.write_ages()
    }

    /// Forgets when the clock was set before the oldest recording that is left.
    pub(crate) fn forget_sets(&mut self) -> Result<(), HistoryError> {
        if self.ages.sets.is_empty() {
            return Ok(());
        }
        let oldest = "SELECT id FROM recording ORDER BY id LIMIT 1";
        let oldest = self.reader()?.list(oldest, [], |row| row.get(0))?.pop();
        let oldest = oldest.unwrap_or_else(|| self.next_number());
        self.ages.forget(oldest);
        self.write_ages()
    }

    fn write_ages(&mut self) -> Result<(), HistoryError> {
        if !self.ages.unwritten {
            return Ok(());
        }
        let notes = self.ages.notes();
        // In the order of the numbers, for who reads them.
        let key = |from: &i64| format!("{from:019}");
        let noted = self.reader()?.settings(SCOPE)?;
        let mut batch = self.batch();
        for gone in noted.keys().filter(|noted| !notes.keys().any(|from| key(from) == **noted)) {
            batch.set_setting(SCOPE, gone, None)?;
        }
        for (from, set) in &notes {
            let (key, value) = (key(from), format!("{} {}", set.at, set.by));
            if noted.get(&key) != Some(&value) {
                batch.set_setting(SCOPE, &key, Some(&value))?;
            }
        }
        batch.commit()?;
        self.ages.unwritten = false;
        Ok(())
    }
}
