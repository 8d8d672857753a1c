//! A device is judged as if it were alone, whoever posts between.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use judder_data::Recording;
use judder_model::{Scorer, Watcher};
use judder_server::Deciding;
use proptest::prelude::*;
use serde_json::Value;

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// What a recording of a device is of.
const STATES: [&str; 4] = ["low", "low+coin", "off", "low+moved"];

/// Recordings of each state, which take longer to make than to judge.
static MADE: LazyLock<Vec<Vec<Recording>>> = LazyLock::new(|| {
    STATES.iter().map(|state| (0..12).map(|index| new(state, index)).collect()).collect()
});

/// The verdicts and decisions on these recordings by themselves.
fn alone(recordings: &[&Recording]) -> Vec<(String, Option<f64>)> {
    let model = fan::model();
    let scorer = Scorer::new(model);
    let mut watching = model.watching().clone();
    assert!(watching.is_by_window(), "votes are the server's");
    let Deciding { votes, of, clear } = Deciding::default();
    (watching.votes, watching.of, watching.clear) = (votes, of, clear);
    let mut watcher = Watcher::new(model, &watching).unwrap();
    let scored = recordings
        .iter()
        .flat_map(|one| scorer.score(one.values(), one.axes(), one.rate_hz()).unwrap());
    scored
        .map(|window| {
            let outcome = watcher.next(&window).unwrap();
            let judged = ["normal", "anomaly"].contains(&outcome.verdict.as_str());
            (outcome.verdict.as_str().to_owned(), judged.then_some(outcome.score))
        })
        .collect()
}

/// Those that a server came to.
fn served(served: &Served, device: &str) -> Vec<(String, Option<f64>)> {
    let path = format!("/api/v1/devices/{device}/scores?from=0&most=5000");
    let found = served.get(&path).well(200).json();
    let points = found["points"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    points.map(|point| (text(&point["verdict"]), point["decision"].as_f64())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn each_device_is_judged_as_if_it_were_alone(
        order in proptest::collection::vec((0..3_usize, 0..STATES.len(), 1..6_usize), 4..24)
    ) {
        let desk = Desk::new();
        let server = desk.start();
        let mut of: BTreeMap<String, Vec<&Recording>> = BTreeMap::new();
        for (device, state, count) in order {
            let name = format!("fan-{device}");
            let mine = of.entry(name.clone()).or_default();
            for _ in 0..count {
                let recording = &MADE[state][mine.len() % 12];
                server.post(&name, mine.len() as u64, recording);
                mine.push(recording);
            }
        }
        for (device, recordings) in of {
            prop_assert_eq!(served(&server, &device), alone(&recordings), "{}", device);
        }
    }
}

/// The same with all of them at once.
#[test]
fn devices_that_post_at_once_are_judged_alike() {
    let desk = Desk::new();
    let server = desk.start();
    let of = |device: usize| -> Vec<&Recording> {
        (0..40).map(|at| &MADE[(at / 8 + device) % STATES.len()][at % 12]).collect()
    };
    std::thread::scope(|scope| {
        for device in 0..4 {
            let (server, of) = (&server, &of);
            scope.spawn(move || {
                for (sequence, recording) in of(device).iter().enumerate() {
                    server.post(&format!("fan-{device}"), sequence as u64, recording);
                }
            });
        }
    });
    for device in 0..4 {
        assert_eq!(served(&server, &format!("fan-{device}")), alone(&of(device)), "{device}");
    }
}
