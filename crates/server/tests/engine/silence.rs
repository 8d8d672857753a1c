//! Silence is told of boards that stop, at their own pace, and of no others: not at first contact, not after a
//! restart, and not where somebody sets the clock.

use serde_json::Value;

use crate::desk::{Desk, Served};
use crate::fan::new;

const DAY: i64 = 24 * 3600;
const YEAR: i64 = 365 * DAY;

/// A board that sends one recording after the other.
struct Board {
    name: &'static str,
    next: u64,
}

impl Board {
    fn new(name: &'static str) -> Self {
        Self { name, next: 0 }
    }

    fn send(&mut self, served: &Served) {
        served.post(self.name, self.next, &new("low", self.next % 80));
        self.next += 1;
    }

    /// Sends so many, `every` so many seconds, and looks meanwhile.
    fn send_many(&mut self, desk: &Desk, served: &Served, count: usize, every: u64) {
        for _ in 0..count {
            pass(desk, served, every);
            self.send(served);
        }
    }
}

/// So much time passes, and the engine looks often.
fn pass(desk: &Desk, served: &Served, seconds: u64) {
    let steps = 10.min(seconds.max(1));
    for step in 0..steps {
        desk.clock.pass(seconds * (step + 1) / steps - seconds * step / steps);
        served.look();
    }
}

fn silent(cleared: bool) -> Vec<(String, bool)> {
    vec![("silent".to_owned(), cleared)]
}

#[test]
fn slow_boards_are_not_silent_at_first_contact_nor_after_restarts_and_are_when_they_stop() {
    for every in [1, 40, 70, 600] {
        let desk = Desk::bare();
        desk.clock.stop();
        let served = desk.start();
        let mut board = Board::new("fan");
        board.send(&served);
        assert!(served.device("fan")["every_s"].is_null());
        assert_eq!(served.device("fan")["silent_after_s"], 1800.0);
        board.send_many(&desk, &served, 4, every);
        let about = served.device("fan")["every_s"].as_f64().unwrap();
        assert!((about - every as f64).abs() < 1.0, "{about}");
        assert_eq!(served.alerts(), [], "every {every} s");
        served.look();
        served.stop();
        for _ in 0..3 {
            let served = desk.start();
            let again = served.device("fan")["every_s"].as_f64().unwrap();
            assert!((again - about).abs() < 1.0, "{again}, not {about}");
            // It was about to send when the server stopped, or had just sent.
            board.send_many(&desk, &served, 1, every);
            board.send_many(&desk, &served, 1, every);
            assert_eq!(served.alerts(), [], "every {every} s, after a restart");
            served.stop();
        }
        // It stops before the server does: that is found, by its pace.
        let served = desk.start();
        let limit = (3 * every).max(30);
        pass(&desk, &served, limit - 1 - every.min(5));
        assert_eq!(served.alerts(), [], "every {every} s, too early");
        pass(&desk, &served, 10 + every.min(5));
        assert_eq!(served.alerts(), silent(false), "every {every} s, {}", served.device("fan"));
        board.send(&served);
        assert_eq!(served.alerts(), silent(true));
    }
}

#[test]
fn of_an_unknown_pace_nothing_is_said_for_half_an_hour() {
    let desk = Desk::bare();
    desk.clock.stop();
    let served = desk.start();
    let mut board = Board::new("fan");
    board.send(&served);
    pass(&desk, &served, 1795);
    assert_eq!(served.alerts(), []);
    pass(&desk, &served, 10);
    assert_eq!(served.alerts(), silent(false));
    let words = served.device("fan")["words"].as_str().unwrap().to_owned();
    assert!(words.starts_with("nothing came for 180"), "{words}");
}

#[test]
fn a_clock_that_is_set_makes_nobody_silent_and_hides_no_silence() {
    for jump in [DAY, -3 * 3600, 10 * YEAR, -60 * YEAR] {
        let desk = Desk::new();
        desk.clock.stop();
        let served = desk.start();
        let (mut well, mut dead) = (Board::new("well"), Board::new("dead"));
        for _ in 0..6 {
            well.send_many(&desk, &served, 1, 5);
            dead.send(&served);
        }
        let seen = |served: &Served, name: &str| {
            let fleet = served.fleet();
            let mut found = fleet["devices"].as_array().unwrap().iter();
            let device: &Value = found.find(|one| one["name"] == name).unwrap();
            fleet["now"].as_i64().unwrap() - device["last_seen"].as_i64().unwrap()
        };
        for by in [jump, -jump] {
            desk.clock.set(by);
            assert_eq!(served.alerts(), [], "set by {by} s");
            served.look();
            assert_eq!(served.alerts(), [], "set by {by} s");
            let ago = seen(&served, "dead");
            assert!((0..60_000).contains(&ago), "it was seen {ago} ms ago");
            well.send_many(&desk, &served, 2, 5);
            dead.send(&served);
            assert_eq!(served.alerts(), [], "set by {by} s");
        }
        // One stops while the clock is wrong: that is found as soon as without.
        desk.clock.set(jump);
        for _ in 0..5 {
            well.send_many(&desk, &served, 1, 5);
        }
        assert_eq!(served.alerts(), [], "25 s");
        well.send_many(&desk, &served, 2, 5);
        assert_eq!(served.alerts(), silent(false), "35 s, set by {jump} s");
        assert_eq!(served.device("dead")["state"], "silent");
        let words = served.device("dead")["words"].as_str().unwrap().to_owned();
        assert!(words.starts_with("nothing came for 3"), "{words}");
        desk.clock.set(-jump);
        served.look();
        dead.send(&served);
        assert_eq!(served.alerts(), silent(true), "set by {jump} s");
    }
}

/// A machine without a battery for its clock starts in 1970, and is set right once there is a network.
#[test]
fn a_start_in_1970_makes_nobody_silent() {
    let desk = Desk::new();
    desk.clock.stop();
    let served = desk.start();
    let mut board = Board::new("fan");
    board.send_many(&desk, &served, 6, 5);
    served.look();
    served.stop();
    let right = -60 * YEAR;
    desk.clock.set(right);
    let served = desk.start();
    // Nothing says how long it is ago that the board was there.
    pass(&desk, &served, 10);
    assert_eq!(served.alerts(), []);
    desk.clock.set(-right);
    served.look();
    pass(&desk, &served, 15);
    assert_eq!(served.alerts(), []);
    // It was there lately, so it is waited for since the start.
    pass(&desk, &served, 10);
    assert_eq!(served.alerts(), silent(false));
    board.send(&served);
    board.send_many(&desk, &served, 6, 5);
    assert_eq!(served.alerts(), silent(true));
}

/// Who was gone long before the server stopped is not waited for when it starts.
#[test]
fn who_was_gone_for_days_is_not_waited_for() {
    let mut desk = Desk::bare();
    desk.clock.stop();
    desk.silent_after = Some(std::time::Duration::from_secs(10 * DAY as u64));
    let served = desk.start();
    let (mut gone, mut there) = (Board::new("gone"), Board::new("there"));
    gone.send_many(&desk, &served, 5, 5);
    desk.clock.pass(2 * DAY as u64);
    there.send_many(&desk, &served, 5, 5);
    served.stop();
    desk.silent_after = None;
    let served = desk.start();
    pass(&desk, &served, 3600);
    assert_eq!(served.alerts(), silent(false));
    assert_eq!(served.device("there")["state"], "silent");
    assert_eq!(served.device("gone")["state"], "unwatched");
}
