//! How old rows are, whatever is done to the clock: none goes before its time, and none stays for good.

use std::time::Duration;

use judder_history::{AlertId, History, NewAlert, Now, RecordingId, Retention};
use proptest::prelude::*;

use crate::desk::{Desk, FOR_EVER, keep};

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// Readings for two days, the rest for ten.
const RETENTION: Retention = Retention {
    readings: Duration::from_secs(2 * 86_400),
    scores: Duration::from_secs(10 * 86_400),
    bytes: None,
};

/// A server whose clock may be wrong, and what it has kept.
struct Server {
    desk: Desk,
    history: Option<History>,
    /// The true time, and when it began.
    now: i64,
    began: i64,
    /// By how much its clock is wrong.
    wrong: i64,
    next: u64,
    /// By how much a clock may be off without having been set, all in all.
    off: i64,
    /// For how much longer an alert may stay: its stamp alone may mean several times.
    doubtful: i64,
    /// Recordings, and when they came in truth.
    kept: Vec<(RecordingId, i64)>,
    alerts: Vec<(AlertId, i64)>,
}

impl Server {
    fn new() -> Self {
        let desk = Desk::new();
        let history = Some(desk.open_with(RETENTION));
        let now = 56 * YEAR;
        let (kept, alerts) = (Vec::new(), Vec::new());
        let (off, doubtful) = (SECOND, 0);
        let mut server =
            Self { desk, history, now, began: now, wrong: 0, next: 0, off, doubtful, kept, alerts };
        server.look();
        server
    }

    fn clock(&self) -> Now {
        let lived = Duration::from_millis((self.now - self.began) as u64);
        // What a clock says before 1970 is 1970.
        Now { at: (self.now + self.wrong).max(0), lived }
    }

    fn history(&mut self) -> &mut History {
        self.history.as_mut().unwrap()
    }

    fn look(&mut self) {
        let now = self.clock();
        self.history().look_at_clock(now).unwrap();
    }

    fn pass(&mut self, time: i64) {
        self.now += time;
        self.look();
    }

    fn set(&mut self, wrong: i64) {
        self.off += 2 * SECOND;
        // A jump of years is soon told from what comes later.
        let by = (wrong - self.wrong).abs();
        self.doubtful += if by > 20 * DAY { 0 } else { by };
        self.wrong = wrong;
        self.look();
    }

    fn keep(&mut self) {
        let (at, next) = (self.clock().at, self.next);
        let id = keep(self.history(), "a", next, at);
        self.next += 1;
        self.kept.push((id, self.now));
    }

    fn raise(&mut self) {
        let at = self.clock().at;
        let mut batch = self.history().batch();
        let alert = NewAlert { device: "a", kind: "anomaly", at, ..NewAlert::default() };
        let id = batch.raise(&alert).unwrap();
        batch.clear(id, at).unwrap();
        batch.commit().unwrap();
        self.alerts.push((id, self.now));
    }

    /// One every hour, for so many.
    fn keep_hours(&mut self, count: i64) {
        for _ in 0..count {
            self.pass(HOUR);
            self.keep();
        }
    }

    fn restart(&mut self, away: i64, wrong: i64) {
        self.off += 2 * SECOND;
        drop(self.history.take());
        self.now += away;
        (self.began, self.wrong) = (self.now, wrong);
        self.history = Some(self.desk.open_with(RETENTION));
        self.look();
    }

    fn prune(&mut self) {
        let now = self.clock();
        while self.history().prune(now, 50).unwrap().more {}
    }

    /// The ages of what is left: of recordings, of those with readings, and of alerts, the oldest first.
    fn left(&mut self) -> [Vec<i64>; 3] {
        let reader = self.history().reader().unwrap();
        let lines = reader.recordings("a", i64::MIN, i64::MAX, usize::MAX).unwrap();
        let now = self.now;
        let ages = |with: bool| {
            let there = |id| lines.iter().any(|line| line.id == id && (!with || line.has_readings));
            self.kept.iter().filter(|one| there(one.0)).map(|one| now - one.1).collect::<Vec<_>>()
        };
        let alert = |one: &&(AlertId, i64)| reader.alert(one.0).unwrap().is_some();
        let alerts = self.alerts.iter().filter(alert).map(|one| now - one.1).collect();
        [ages(false), ages(true), alerts]
    }

    /// Prunes, and sees that what is younger than its limit is there and nothing is older, but for so long.
    fn check(&mut self, grace: i64) -> Result<(), TestCaseError> {
        self.prune();
        let now = self.now;
        let limits = [RETENTION.scores, RETENTION.readings, RETENTION.scores];
        let recordings: Vec<i64> = self.kept.iter().map(|one| now - one.1).collect();
        let alerts = self.alerts.iter().map(|one| now - one.1).collect();
        let readings = recordings.clone();
        let graces = [grace, grace, grace + self.doubtful].map(|grace| grace + self.off);
        let off = self.off;
        let left = self.left();
        for ((found, grace), (all, limit)) in
            left.iter().zip(graces).zip([recordings, readings, alerts].iter().zip(limits))
        {
            let limit = limit.as_millis() as i64;
            let young: Vec<i64> = all.iter().copied().filter(|age| *age <= limit - off).collect();
            prop_assert!(young.iter().all(|age| found.contains(age)), "{young:?} {found:?}");
            let oldest = found.iter().max().copied().unwrap_or(0);
            let over = (oldest - limit) as f64 / HOUR as f64;
            prop_assert!(oldest <= limit + grace, "{over} h too old: {left:?}");
        }
        Ok(())
    }
}

fn check(server: &mut Server, grace: i64) {
    server.check(grace).unwrap();
}

#[test]
fn a_clock_that_is_set_and_set_back_lets_nothing_go_and_keeps_nothing() {
    for jump in [DAY, -3 * HOUR, 40 * DAY, 10 * YEAR, -56 * YEAR] {
        let mut server = Server::new();
        server.keep_hours(30);
        server.raise();
        server.set(jump);
        check(&mut server, 0);
        server.pass(14 * SECOND);
        server.keep();
        server.raise();
        check(&mut server, 0);
        server.set(0);
        server.keep();
        check(&mut server, 0);
        for _ in 0..14 {
            server.keep_hours(24);
            check(&mut server, 0);
        }
        // All of that time is gone, and what was noted of it with it.
        assert_eq!(server.history().reader().unwrap().settings("clock").unwrap().len(), 0);
    }
}

#[test]
fn it_may_stay_wrong_and_be_found_so_by_the_next_run() {
    for jump in [DAY, -3 * HOUR, 10 * YEAR, -20 * YEAR] {
        let mut server = Server::new();
        server.keep_hours(30);
        server.set(jump);
        server.keep_hours(30);
        check(&mut server, 0);
        // The clock is as wrong as before.
        server.restart(0, jump);
        check(&mut server, 0);
        server.keep_hours(30);
        check(&mut server, 0);
        server.set(0);
        server.keep_hours(100);
        check(&mut server, 0);
        server.restart(0, 0);
        check(&mut server, 0);
        server.keep_hours(300);
        check(&mut server, 0);
    }
}

/// A machine without a battery for its clock.
#[test]
fn a_start_in_1970_lets_nothing_go_and_what_it_kept_is_as_old_as_it_is() {
    let mut server = Server::new();
    server.keep_hours(30);
    server.raise();
    for _ in 0..3 {
        server.restart(5 * HOUR, -56 * YEAR);
        check(&mut server, 15 * HOUR);
        server.pass(60 * SECOND);
        server.keep();
        server.raise();
        // Killed before the clock is right, or not.
        check(&mut server, 15 * HOUR);
        server.set(0);
        check(&mut server, 0);
        server.keep();
        check(&mut server, 0);
    }
    server.keep_hours(300);
    check(&mut server, 0);
}

/// It has no network for as long as it runs, and then one.
#[test]
fn a_run_in_1970_to_its_end_keeps_what_it_saw() {
    let mut server = Server::new();
    server.keep_hours(30);
    server.restart(0, -56 * YEAR);
    server.keep_hours(30);
    check(&mut server, 0);
    server.restart(0, 0);
    check(&mut server, 0);
    server.keep_hours(30);
    server.restart(0, -56 * YEAR);
    server.keep_hours(3);
    check(&mut server, 0);
    server.restart(0, 0);
    server.keep_hours(300);
    check(&mut server, 0);
}

#[test]
fn a_start_far_ahead_lets_nothing_go_that_is_set_right_within_the_hour() {
    let mut server = Server::new();
    server.keep_hours(60);
    server.raise();
    server.restart(5 * HOUR, 10 * YEAR);
    check(&mut server, 5 * HOUR);
    server.keep();
    server.pass(50 * 60 * SECOND);
    check(&mut server, 6 * HOUR);
    server.set(0);
    server.keep_hours(2);
    check(&mut server, 0);
    server.restart(0, 0);
    server.keep_hours(100);
    check(&mut server, 0);
}

/// Months in a drawer: for an hour they count as nothing, in case that the clock is wrong; then they count.
#[test]
fn the_time_between_two_runs_counts_from_the_first_hour_on() {
    let mut server = Server::new();
    server.keep_hours(30);
    server.restart(90 * DAY, 0);
    server.prune();
    assert_eq!(server.left().map(|ages| ages.len()), [30, 30, 0]);
    server.pass(HOUR - SECOND);
    server.prune();
    assert_eq!(server.left().map(|ages| ages.len()), [30, 30, 0]);
    server.keep();
    server.pass(2 * SECOND);
    server.prune();
    assert_eq!(server.left().map(|ages| ages.len()), [1, 1, 0]);
}

/// Version 0.1.0 did not see that the clock was set, and looked at the oldest row alone.
#[test]
fn rows_of_the_future_that_nobody_noted_go_before_those_that_came_after_them() {
    let desk = Desk::new();
    let now = 56 * YEAR;
    let mut history = desk.open_with(FOR_EVER);
    (0..3).for_each(|at| _ = keep(&mut history, "a", at, now + 10 * YEAR + at as i64 * SECOND));
    (3..60).for_each(|at| _ = keep(&mut history, "a", at, now + at as i64 * SECOND));
    drop(history);
    let retention = Retention {
        readings: Duration::from_secs(10),
        scores: Duration::from_secs(20),
        bytes: None,
    };
    let mut history = desk.open_with(retention);
    let reader = history.reader().unwrap();
    let mut counts = |seconds: i64| {
        let lived = Duration::from_secs(seconds.unsigned_abs());
        let at = now + (60 + seconds) * SECOND;
        while history.prune(Now { at, lived }, 2).unwrap().more {}
        let totals = reader.totals().unwrap();
        (totals.recordings, totals.readings)
    };
    assert_eq!(counts(0), (20, 10));
    assert_eq!(counts(15), (5, 0));
    assert_eq!(counts(30), (0, 0));
}

#[derive(Debug, Clone)]
enum Step {
    Keep,
    Raise,
    Pass(i64),
    Set(i64),
    /// Away for so long, with a clock that is so wrong.
    Restart(i64, i64),
    Check,
}

fn step() -> impl Strategy<Value = Step> {
    let wrong = || prop_oneof![2 => Just(0), 1 => -DAY..DAY, 1 => -60 * YEAR..60 * YEAR];
    prop_oneof![
        8 => Just(Step::Keep),
        2 => Just(Step::Raise),
        4 => (0..30 * HOUR).prop_map(Step::Pass),
        2 => wrong().prop_map(Step::Set),
        1 => (0..DAY, -60 * YEAR..1).prop_map(|(away, wrong)| Step::Restart(away, wrong)),
        4 => Just(Step::Check),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// The time between two runs may not count: nothing else is left too long.
    #[test]
    fn nothing_goes_before_its_time_and_nothing_stays(steps in prop::collection::vec(step(), 1..60)) {
        let (mut server, mut away, mut is_wrong) = (Server::new(), 0, false);
        server.keep();
        for step in steps {
            match step {
                Step::Keep => server.keep(),
                Step::Raise => {
                    server.keep();
                    server.raise();
                }
                Step::Pass(time) => server.pass(time),
                // A clock that was wrong at the start is set right.
                Step::Set(_) if is_wrong && server.now - server.began < HOUR => server.set(0),
                Step::Set(wrong) => server.set(wrong),
                Step::Restart(time, wrong) => {
                    // A clock that is behind makes it shorter, and by so much that nothing of it is left.
                    let since = server.kept.last().map_or(0, |last| server.now - last.1);
                    away += (time + since).max(-wrong.max(-30 * DAY));
                    // What one that ends with a wrong clock has kept, nobody can tell.
                    server.set(0);
                    server.restart(time, wrong);
                    is_wrong = wrong != 0;
                }
                Step::Check => server.check(away)?,
            }
        }
        server.check(away)?;
    }
}
