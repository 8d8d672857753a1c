//! An alert that comes and goes: all of it is in the history, and people are told of some.

use crate::desk::{Desk, Served};
use crate::fan::new;

/// Posts so many recordings of a state, one after the other.
fn run(served: &Served, sequence: &mut u64, state: &str, count: u64) {
    for _ in 0..count {
        served.post("fan", *sequence, &new(state, *sequence % 150));
        *sequence += 1;
    }
}

#[test]
fn an_alert_that_flaps_is_held_and_what_is_so_in_the_end_is_told() {
    let mut desk = Desk::new();
    desk.silent_after = Some(std::time::Duration::from_secs(100_000));
    desk.clock.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    let mut sequence = 0;
    run(&served, &mut sequence, "low", 10);
    for flap in 0..6 {
        for (state, count, what) in [("low+coin", 5, "raised"), ("low", 10, "cleared")] {
            desk.clock.pass(1);
            run(&served, &mut sequence, state, count);
            if flap < 2 {
                assert_eq!(heard.next(), format!("fan anomaly {what}"));
            }
        }
    }
    assert_eq!(served.alerts(), vec![("anomaly".to_owned(), true); 6]);
    let third = heard.message();
    assert_eq!(third.transition, "raised");
    assert!(third.words.contains("flaps: 3 times in the last hour"), "{}", third.words);
    // Since the third was told, seven seconds have passed.
    desk.clock.pass(592);
    served.look();
    assert_eq!(heard.rest(), Vec::<String>::new());
    desk.clock.pass(1);
    served.look();
    // It says how it is now, though the one that was told is over for long.
    let over = heard.message();
    assert_eq!((over.alert, over.transition), (third.alert, "cleared"));
    let sixth = served.get("/api/v1/alerts").json()["alerts"][0].take();
    let cleared = sixth["cleared"].as_u64().unwrap();
    let cleared = std::time::UNIX_EPOCH + std::time::Duration::from_millis(cleared);
    let cleared = humantime::format_rfc3339_millis(cleared).to_string();
    assert_eq!(over.cleared_at.as_ref(), Some(&cleared));
    let words = format!("it came 3 times more, and is over since {cleared}");
    assert!(
        over.words.contains("flaps: 6 times") && over.words.ends_with(&words),
        "{}",
        over.words
    );
    // It is so again: that is told when its time has come.
    run(&served, &mut sequence, "low+coin", 5);
    desk.clock.pass(599);
    served.look();
    assert_eq!(heard.rest(), Vec::<String>::new());
    desk.clock.pass(1);
    served.look();
    let seventh = heard.message();
    assert_eq!(seventh.transition, "raised");
    assert!(seventh.words.contains("flaps: 7 times"), "{}", seventh.words);
    // What is held back when the server ends is told by the next.
    run(&served, &mut sequence, "low", 10);
    served.stop();
    assert_eq!(heard.rest(), Vec::<String>::new());
    let heard = desk.listen("hook");
    let served = desk.start();
    let over = heard.message();
    assert_eq!((over.alert, over.transition), (seventh.alert, "cleared"));
    served.stop();
    assert_eq!(heard.rest(), Vec::<String>::new());
}
