//! A clock that is set: nothing goes that is younger than it may be, nobody is silent, and people are told in time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use judder_history::Retention;

use crate::desk::{Desk, Served};
use crate::fan::new;

const DAY: i64 = 86_400;

fn kept(served: &Served) -> u64 {
    let all = served.get("/api/v1/devices/fan/scores?from=0&to=9007199254740991&most=5000");
    all.well(200).json()["points"].as_array().unwrap().len() as u64
}

/// Time passes, and is looked at, for more than five minutes.
fn some_minutes(desk: &Desk, served: &Served) {
    for _ in 0..35 {
        desk.clock.pass(10);
        served.look();
    }
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    let days = |days: u64| Duration::from_secs(days * 86_400);
    desk.retention = Retention { readings: days(30), scores: days(30), bytes: None };
    desk.silent_after = Some(Duration::from_secs(1_000));
    desk.clock.stop();
    desk
}

#[test]
fn nothing_goes_before_its_time_however_the_clock_is_set() {
    for jumps in [[40 * DAY, -40 * DAY], [-7_200, 0], [-400 * DAY, 400 * DAY]] {
        let desk = desk();
        let heard = desk.listen("hook");
        let served = desk.start();
        let mut sequence = 0;
        let mut post = |served: &Served, count: u64| {
            for _ in 0..count {
                served.post("fan", sequence, &new("low", sequence));
                sequence += 1;
            }
        };
        post(&served, 10);
        for (at, jump) in jumps.into_iter().enumerate() {
            desk.clock.set(jump);
            some_minutes(&desk, &served);
            post(&served, 10);
            assert_eq!(kept(&served), 20 + 10 * at as u64, "{jump} s");
        }
        assert_eq!(served.alerts(), [], "{jumps:?}");
        assert!(heard.rest().iter().all(|one| one.starts_with("server clock")), "{jumps:?}");
        // They do go when it is their time.
        desk.clock.pass(31 * DAY as u64);
        some_minutes(&desk, &served);
        assert_eq!(kept(&served), 0, "{jumps:?}");
    }
}

/// A machine without a battery for its clock, which was switched off for three days.
#[test]
fn a_start_in_1970_deletes_nothing() {
    let desk = desk();
    let served = desk.start();
    for sequence in 0..10 {
        served.post("fan", sequence, &new("low", sequence));
    }
    served.stop();
    desk.clock.pass(3 * DAY as u64);
    desk.clock.set(-100_000 * DAY);
    let served = desk.start();
    for sequence in 10..20 {
        served.post("fan", sequence, &new("low", sequence));
        some_minutes(&desk, &served);
    }
    desk.clock.set(100_000 * DAY);
    some_minutes(&desk, &served);
    assert_eq!((kept(&served), served.alerts()), (20, vec![]));
}

/// What is old goes, but not while the clock may still be wrong.
#[test]
fn nothing_goes_within_five_minutes_of_a_jump() {
    let desk = desk();
    let served = desk.start();
    for sequence in 0..10 {
        served.post("fan", sequence, &new("low", sequence));
    }
    desk.clock.pass(29 * DAY as u64);
    served.look();
    assert_eq!(kept(&served), 10);
    desk.clock.pass(2 * DAY as u64);
    desk.clock.set(3_600);
    served.look();
    desk.clock.pass(290);
    served.look();
    assert_eq!(kept(&served), 10, "it was set five minutes ago");
    desk.clock.pass(20);
    served.look();
    served.wait("they go", |served| kept(served) == 0);
}

#[test]
fn what_is_to_be_told_again_is_told_in_time() {
    for jump in [40 * DAY, -7_200, -400 * DAY] {
        let desk = desk();
        let heard = desk.listen("hook");
        let served = desk.start();
        heard.fails.store(true, Ordering::Release);
        for (sequence, state) in
            (0_u64..15).zip([["low"; 10].as_slice(), &["low+coin"; 5]].concat())
        {
            served.post("fan", sequence, &new(state, sequence));
        }
        served.wait("a try", |_| heard.tries.load(Ordering::Acquire) > 0);
        desk.clock.set(jump);
        served.look();
        heard.fails.store(false, Ordering::Release);
        let mut told = [heard.next(), heard.next()];
        told.sort();
        assert_eq!(told, ["fan anomaly raised", "server clock raised"], "{jump} s");
    }
}
