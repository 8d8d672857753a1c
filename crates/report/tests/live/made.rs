//! Recordings of the simulated fan, a model of them, and a history that is made up.

use judder_data::Recording;
use judder_data::simulate::Fan;
use judder_data::store::write_folder;
use judder_model::Model;
use judder_report::live::{Alerted, DeviceFigures, Scored};

/// 2025-11-25 21:53:20 UTC.
pub(crate) const START: i64 = 1_764_107_600_000;
pub(crate) const THRESHOLD: f64 = 11.5;

/// A second of a fan in a state.
pub(crate) fn recording(state: &str, at: u64) -> Recording {
    Fan::new(1).recording(state.parse().unwrap(), at, 200.0, 200).unwrap()
}

/// A model of that fan at its lowest speed.
pub(crate) fn model() -> Model {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("low");
    let recordings: Vec<Recording> = (0..60).map(|at| recording("low", at)).collect();
    write_folder(&folder, &recordings, |_, entry| entry).unwrap();
    judder_train::train(&[folder], &[], &judder_train::Options::default()).unwrap().model
}

/// Five minutes of a score each third second: strange in the fourth, and silent for half a minute before.
pub(crate) fn history() -> Vec<Scored> {
    let judged = |second: i64| {
        let strange = (180..240).contains(&second);
        let part = (second * 7 % 11) as f64 / 10.0;
        let score = if strange { 20.0 + 40.0 * part } else { 1.0 + 4.0 * part };
        let score = (second % 50 != 6).then_some(score);
        Scored {
            at_ms: START + 1000 * second,
            score,
            least: score,
            decision: Some(if strange { 40.0 } else { 3.0 }),
            threshold: Some(THRESHOLD),
        }
    };
    (0..300).step_by(3).filter(|second| !(140..170).contains(second)).map(judged).collect()
}

pub(crate) fn alerts() -> Vec<Alerted> {
    let at = |second: i64| START + 1000 * second;
    vec![
        Alerted { anomaly: false, from_ms: at(145), to_ms: Some(at(170)) },
        Alerted { anomaly: true, from_ms: at(183), to_ms: Some(at(241)) },
        Alerted { anomaly: true, from_ms: at(290), to_ms: None },
        // Over before the history begins.
        Alerted { anomaly: true, from_ms: at(-90), to_ms: Some(at(-60)) },
    ]
}

/// A device of which nothing is known.
pub(crate) fn nothing() -> DeviceFigures<'static> {
    DeviceFigures {
        recording: None,
        rate_hz: None,
        model: None,
        reasons: &[],
        history: &[],
        alerts: &[],
        threshold: None,
        from_ms: START,
        to_ms: START + 300_000,
        minutes_ahead: 0,
    }
}
