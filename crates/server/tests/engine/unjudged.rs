//! A device of which nothing is judged any more is told: once, with why, and over when it is judged again.

use judder_data::Recording;
use judder_server::{Deciding, Shelf};
use serde_json::Value;

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// The sensor is tilted bit by bit within the recording, by 0.4 g in all.
fn handled(index: u64) -> Recording {
    let tilted = |axis, at, value| if axis == 0 { value + 0.002 * at as f64 } else { value };
    fan::with(&new("low", index), tilted)
}

/// It sits on another side.
fn remounted(index: u64) -> Recording {
    let recording = new("low", index);
    let axes: Vec<_> = recording.iter_axes().collect();
    let turned = [axes[2], axes[0], axes[1]].concat();
    Recording::from_axes(3, recording.len(), turned).unwrap().with_rate(recording.rate_hz())
}

struct Board<'d> {
    desk: &'d Desk,
    served: Served,
    next: u64,
}

impl<'d> Board<'d> {
    fn new(desk: &'d Desk) -> Self {
        desk.clock.stop();
        Self { desk, served: desk.start(), next: 0 }
    }

    /// Sends so many recordings, so many seconds apart.
    fn send(&mut self, count: u64, every: u64, recording: impl Fn(u64) -> Recording) {
        for _ in 0..count {
            self.desk.clock.pass(every);
            self.served.post("fan", self.next, &recording(self.next % 80));
            self.next += 1;
        }
    }

    fn device(&self) -> Value {
        self.served.device("fan")
    }
}

fn alerts(of: &[(&str, bool)]) -> Vec<(String, bool)> {
    of.iter().map(|(kind, cleared)| ((*kind).to_owned(), *cleared)).collect()
}

#[test]
fn windows_that_are_handled_for_a_minute_are_told_once_with_why() {
    let desk = Desk::new();
    let mut board = Board::new(&desk);
    board.send(10, 4, |index| new("low", index));
    board.send(19, 4, handled);
    assert_eq!(board.served.alerts(), [], "nineteen in a row");
    board.send(1, 4, handled);
    assert_eq!(board.served.alerts(), alerts(&[("unjudged", false)]));
    let device = board.device();
    assert_eq!(
        (&device["state"], &device["conditions"][0]),
        (&"handled".into(), &"unjudged".into())
    );
    assert_eq!((&device["unjudged"], &device["excused"]), (&20.into(), &20.into()));
    let alert = board.served.get("/api/v1/alerts").json()["alerts"][0].take();
    let words = alert["words"].as_str().unwrap();
    assert!(words.starts_with("handled: 20 windows in a row"), "{words}");
    assert!(words.contains("20 of them are above the threshold"), "{words}");
    board.send(40, 4, handled);
    // One that is judged ends nothing, several do.
    board.send(1, 4, |index| new("low", index));
    board.send(3, 4, handled);
    assert_eq!(board.served.alerts(), alerts(&[("unjudged", false)]));
    board.send(3, 4, |index| new("low", index));
    assert_eq!(board.served.alerts(), alerts(&[("unjudged", true)]));
    assert_eq!(board.device()["unjudged"], 0);
    let metrics = String::from_utf8(board.served.get("/metrics").well(200).body).unwrap();
    assert!(metrics.contains("\njudder_windows_excused_total 63\n"), "{metrics}");
}

/// Who mounts a sensor has it in hand for a while, and a fast board sends many windows of that.
#[test]
fn half_a_minute_in_hand_is_not_told() {
    let desk = Desk::new();
    let mut board = Board::new(&desk);
    board.send(10, 1, |index| new("low", index));
    board.send(30, 1, handled);
    board.send(10, 1, |index| new("low", index));
    board.send(30, 1, handled);
    assert_eq!(board.served.alerts(), []);
}

#[test]
fn a_slow_board_is_told_after_ten_minutes() {
    let desk = Desk::new();
    let mut board = Board::new(&desk);
    board.send(5, 600, |index| new("low", index));
    board.send(4, 600, handled);
    assert_eq!(board.served.alerts(), []);
    board.send(1, 600, handled);
    assert_eq!(board.served.alerts(), alerts(&[("unjudged", false)]));
}

#[test]
fn what_another_alert_explains_is_not_told_twice() {
    for (kind, every, recording) in [
        ("remounted", 4, remounted as fn(u64) -> Recording),
        ("remounted", 600, remounted),
        ("rate", 4, |index| new("low", index).with_rate(Some(400.0))),
        ("rate", 600, |index| new("low", index).with_rate(Some(400.0))),
        ("stuck", 4, |index| {
            fan::with(&new("low", index), |axis, _, value| if axis == 1 { 0.125 } else { value })
        }),
    ] {
        let desk = Desk::new();
        let mut board = Board::new(&desk);
        board.send(10, every, |index| new("low", index));
        board.send(60, every, recording);
        assert_eq!(board.served.alerts(), alerts(&[(kind, false)]), "every {every} s");
    }
}

#[test]
fn without_a_model_nothing_is_to_be_judged() {
    let desk = Desk::bare();
    let mut board = Board::new(&desk);
    board.send(200, 10, handled);
    assert_eq!((board.served.alerts(), board.device()["unjudged"].as_u64()), (vec![], Some(0)));
}

/// Nobody has seen that it is well: an alert that is open stays open, and the device is not judged.
#[test]
fn a_model_that_is_taken_away_clears_nothing_and_is_told() {
    let desk = Desk::new();
    let heard = desk.listen("hook");
    let mut board = Board::new(&desk);
    board.send(10, 4, |index| new("low", index));
    board.send(10, 4, |index| new("low+coin", index));
    assert_eq!(heard.next(), "fan anomaly raised");
    board.served.has_models(Shelf::default());
    board.send(1, 4, |index| new("low", index));
    let message = heard.message();
    assert_eq!((message.kind.as_str(), message.transition), ("unjudged", "raised"));
    assert!(message.words.starts_with("no model: fan judged it before"), "{}", message.words);
    board.send(40, 4, |index| new("low", index));
    let open = alerts(&[("anomaly", false), ("unjudged", false)]);
    assert_eq!((heard.rest(), board.served.alerts()), (vec![], open.clone()));
    let device = board.device();
    assert_eq!(device["conditions"], serde_json::json!(["anomaly", "unjudged"]));
    assert!(!device["words"].as_str().unwrap().is_empty(), "{device}");

    // Nor does a start without one end it.
    let next = board.next;
    board.served.stop();
    let mut bare = desk;
    bare.models.clear();
    let heard = bare.listen("hook");
    let mut board = Board { desk: &bare, served: bare.start(), next };
    board.send(20, 4, |index| new("low", index));
    assert_eq!((heard.rest(), board.served.alerts()), (vec![], open));

    let mut again = Shelf::new(Deciding::default(), None);
    again.add(&bare.path("fan.model.json")).unwrap();
    board.served.has_models(again);
    board.send(20, 4, |index| new("low", index));
    assert_eq!(board.served.alerts(), alerts(&[("anomaly", true), ("unjudged", true)]));
    let mut told = [heard.next(), heard.next()];
    told.sort();
    assert_eq!(told, ["fan anomaly cleared", "fan unjudged cleared"]);
}

#[test]
fn who_was_judged_is_told_though_the_model_went_with_a_restart() {
    let desk = Desk::new();
    let mut board = Board::new(&desk);
    board.send(5, 4, |index| new("low", index));
    let next = board.next;
    board.served.stop();
    let mut bare = desk;
    bare.models.clear();
    let mut board = Board { desk: &bare, served: bare.start(), next };
    board.send(1, 4, |index| new("low", index));
    assert_eq!(board.served.alerts(), alerts(&[("unjudged", false)]));
}
