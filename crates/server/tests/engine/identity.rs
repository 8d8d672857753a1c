//! Two boards under one name, and boards that count anew: all is kept once and judged, and the alert says so.

use std::collections::BTreeMap;

use judder_data::Recording;
use judder_history::{History, Retention, Sync, Verdict};
use judder_server::{BINARY, Posted, to_binary};
use serde_json::{Value, json};

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// The first start that a server opens.
const OPENED: u64 = 1 << 32;

/// A board that counts, and sends each recording twice, as one does that has missed an answer.
struct Board {
    start: Option<u32>,
    state: &'static str,
    next: u64,
    /// What the server said of each: its recording's number, by which it is known.
    kept: BTreeMap<i64, Recording>,
}

impl Board {
    fn new(start: Option<u32>, state: &'static str) -> Self {
        Self { start, state, next: 0, kept: BTreeMap::new() }
    }

    /// Posts the next recording; what is answered.
    fn post(&mut self, served: &Served) -> Value {
        let recording = taken(self.state, self.next);
        let answer = post(served, self.start, self.next, &recording);
        assert_eq!(post(served, self.start, self.next, &recording), answer, "a repeat");
        self.next += 1;
        let id = answer["recording"].as_i64().unwrap();
        assert!(self.kept.insert(id, recording).is_none(), "{answer}");
        answer
    }
}

/// The recording that a board in a state takes as one of a number.
fn taken(state: &str, number: u64) -> Recording {
    new(state, number % 150)
}

/// Posts a recording of the device `fan`: those of an odd start in binary.
fn post(served: &Served, start: Option<u32>, sequence: u64, recording: &Recording) -> Value {
    let path = "/api/v1/recordings";
    let reply = if start.is_some_and(|start| start % 2 == 1) {
        let posted = Posted {
            device: Some("fan".to_owned()),
            sequence: Some(sequence),
            start,
            time: None,
            recording: recording.clone().into(),
        };
        let body = to_binary(&posted, 1.0 / 2048.0).unwrap();
        served.ask("POST", path, &[&format!("Content-Type: {BINARY}")], &body)
    } else {
        let mut body = fan::body("fan", sequence, recording);
        body["start"] = json!(start);
        served.send("POST", path, &body)
    };
    let answer = reply.well(201).json();
    assert_eq!((&answer["device"], &answer["sequence"]), (&json!("fan"), &json!(sequence)));
    // A start is that of the board, or one that was opened.
    match answer["start"].as_u64() {
        Some(opened) if opened >= OPENED => assert_eq!(answer["conflict"], true, "{answer}"),
        other => {
            assert_eq!(other, start.map(u64::from), "{answer}");
            assert_eq!(answer.get("conflict"), None);
        }
    }
    answer
}

/// The kinds of the alerts that are open.
fn open(served: &Served) -> Vec<String> {
    served.alerts().into_iter().filter(|(_, cleared)| !cleared).map(|(kind, _)| kind).collect()
}

fn conflicts(served: &Served) -> usize {
    served.alerts().iter().filter(|(kind, _)| kind == "conflict").count()
}

/// Each recording of these boards is in the history once, with its readings, its score and a verdict on it.
fn all_are_kept_and_judged(desk: &Desk, boards: &[&Board]) {
    let file = desk.path("data").join("history.db");
    let history = History::open(&file, Sync::System, Retention::default()).unwrap();
    let reader = history.reader().unwrap();
    let lines = reader.recordings("fan", i64::MIN, i64::MAX, usize::MAX).unwrap();
    assert_eq!(lines.len(), boards.iter().map(|board| board.kept.len()).sum::<usize>());
    for line in lines {
        let stored = reader.recording(line.id).unwrap().unwrap();
        let mut of = boards.iter().filter_map(|board| board.kept.get(&line.id.0));
        let (Some(recording), None) = (of.next(), of.next()) else { panic!("{line:?}") };
        let readings: Vec<f32> = recording.values().iter().map(|value| *value as f32).collect();
        assert_eq!(stored.readings, readings, "{line:?}");
        let [window] = &stored.windows[..] else { panic!("{:?}", stored.windows) };
        assert!(window.score.is_some() && window.decision.is_some(), "{window:?}");
        assert!(matches!(window.verdict, Verdict::Normal | Verdict::Anomaly), "{window:?}");
    }
}

/// A healthy board and one with a coin under one name, `run` recordings of each in turn. After how many recordings,
/// counted from the first that could show that there are two, the alert was there.
fn two_boards(starts: [Option<u32>; 2], run: u64) -> usize {
    let desk = Desk::new();
    let served = desk.start();
    let mut boards = [Board::new(starts[0], "low"), Board::new(starts[1], "low+coin")];
    let (mut since, mut told) = (0, None);
    for turn in 0..40 / run {
        for at in [0, 1] {
            for _ in 0..run {
                boards[at].post(&served);
                // Without starts the second board shows it, with them the first when it is back.
                let shows = turn > 0 || at == 1 && starts == [None; 2];
                since += usize::from(shows);
                if told.is_none() && conflicts(&served) > 0 {
                    told = Some(since);
                }
            }
        }
    }
    let mut found = open(&served);
    found.sort();
    // The one's coin is not outvoted by the other's health.
    assert_eq!(found, ["anomaly", "conflict"], "{starts:?} {run}");
    assert_eq!(conflicts(&served), 1);
    let alert = served.get("/api/v1/alerts").well(200).json();
    let alerts = alert["alerts"].as_array().unwrap().iter();
    let words =
        alerts.filter(|one| one["kind"] == "conflict").map(|one| one["words"].as_str().unwrap());
    for words in words {
        assert!(words.contains("two boards") && words.contains("restart"), "{words}");
    }
    served.stop();
    all_are_kept_and_judged(&desk, &[&boards[0], &boards[1]]);
    told.unwrap()
}

#[test]
fn two_boards_under_one_name_are_told_and_both_are_judged() {
    for starts in [[None, None], [Some(8), Some(3)], [None, Some(3)]] {
        for run in [1, 4, 10] {
            let told = two_boards(starts, run);
            assert!(told <= 10, "{starts:?} {run}: {told}");
        }
    }
}

/// Those whose start is the same by bad luck, or is none, and whose numbers are far apart.
#[test]
fn two_boards_that_differ_by_nothing_but_their_numbers() {
    for (start, first) in [(None, 1000), (Some(5), 0)] {
        let desk = Desk::new();
        let served = desk.start();
        let mut boards = [Board::new(start, "low"), Board::new(start, "low+coin")];
        boards[0].next = first;
        for _ in 0..30 {
            boards.iter_mut().for_each(|board| drop(board.post(&served)));
        }
        let mut found = open(&served);
        found.sort();
        assert_eq!(found, ["anomaly", "conflict"]);
        served.stop();
        all_are_kept_and_judged(&desk, &[&boards[0], &boards[1]]);
    }
}

#[test]
fn a_restart_with_another_start_is_none_of_that() {
    let desk = Desk::new();
    let served = desk.start();
    let mut boards: Vec<Board> = Vec::new();
    for start in [70, 2, 41] {
        let mut board = Board::new(Some(start), "low");
        // Other readings under the same numbers.
        board.next = 0;
        for _ in 0..12 {
            let recording = new("low", board.next + 12 * boards.len() as u64);
            let answer = post(&served, board.start, board.next, &recording);
            assert_eq!(answer["start"], start);
            board.next += 1;
            board.kept.insert(answer["recording"].as_i64().unwrap(), recording);
        }
        boards.push(board);
    }
    assert_eq!(served.alerts(), []);
    // The machine is watched from the first recording on.
    let mut board = Board::new(Some(9), "low+coin");
    let mut told = 0;
    while open(&served).is_empty() {
        board.post(&served);
        told += 1;
    }
    assert!(told <= 5, "{told}");
    assert_eq!(open(&served), ["anomaly"]);
    boards.push(board);
    served.stop();
    all_are_kept_and_judged(&desk, &boards.iter().collect::<Vec<_>>());
}

#[test]
fn a_restart_without_a_start_is_told_judged_at_once_and_over_after_a_hundred() {
    let desk = Desk::new();
    let served = desk.start();
    let mut before = Board::new(None, "low");
    (0..40).for_each(|_| drop(before.post(&served)));
    assert_eq!(served.alerts(), []);
    let mut board = Board::new(None, "low+coin");
    let mut told = 0;
    while open(&served) != ["conflict", "anomaly"] {
        let answer = board.post(&served);
        assert_eq!(answer["start"], OPENED, "its numbers are one start");
        assert_eq!(conflicts(&served), 1);
        told += 1;
        assert!(told <= 5, "{:?}", served.alerts());
    }
    // Beyond the numbers that it had before, and until it is clear that there is no other.
    while board.next < 100 {
        board.post(&served);
        assert!(open(&served).contains(&"conflict".to_owned()), "{}", board.next);
    }
    let last = board.post(&served);
    assert_eq!(last["start"], OPENED);
    assert_eq!(open(&served), ["anomaly"]);
    served.stop();
    all_are_kept_and_judged(&desk, &[&before, &board]);
}

#[test]
fn who_counts_on_and_repeats_is_no_conflict() {
    for start in [None, Some(6), Some(7)] {
        let desk = Desk::new();
        let served = desk.start();
        let mut board = Board::new(start, "low");
        let mut answers = Vec::new();
        for _ in 0..30 {
            answers.push(board.post(&served));
            // One that waited in its queue, and some that are left out.
            board.next += board.next % 7;
        }
        for answer in &answers {
            let id = answer["recording"].as_i64().unwrap();
            let sequence = answer["sequence"].as_u64().unwrap();
            assert_eq!(post(&served, start, sequence, &board.kept[&id]), *answer);
        }
        assert_eq!(served.alerts(), []);
        assert_eq!(served.device("fan")["recordings"], 30);
    }
}

/// Starts that were opened, and who is in them, are known to the next run.
#[test]
fn a_server_that_starts_again_knows_which_start_is_whose() {
    let desk = Desk::new();
    let mut boards = [Board::new(None, "low"), Board::new(None, "low+coin")];
    boards[1].next = 1000;
    let mut answers = Vec::new();
    let mut starts: [Vec<Value>; 2] = Default::default();
    for _ in 0..4 {
        let served = desk.start();
        for _ in 0..3 {
            // The one counts where the other has been.
            for (board, starts) in boards.iter_mut().zip(&mut starts) {
                let answer = board.post(&served);
                starts.push(answer["start"].clone());
                answers.push((board.state, answer));
            }
        }
        for (state, answer) in &answers {
            let sequence = answer["sequence"].as_u64().unwrap();
            let again = post(&served, None, sequence, &taken(state, sequence));
            assert_eq!(again, *answer);
        }
        assert_eq!(open(&served), ["conflict", "anomaly"][..open(&served).len()]);
    }
    // From where it is clear that there are two, each stays in a start of its own.
    for starts in &mut starts {
        starts.drain(..3);
        starts.dedup();
    }
    assert!(starts[0].len() == 1 && starts[1].len() == 1 && starts[0] != starts[1], "{starts:?}");
    all_are_kept_and_judged(&desk, &[&boards[0], &boards[1]]);
}
