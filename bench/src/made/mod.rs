//! Made runs: is what lies apart in them named, and nothing else; and what is left out of them worth leaving out?
//!
//! A fan runs as real machines do, and a model is trained on its first windows. What is then judged is what follows in the same
//! run, and the same with a damaged bearing. All of it is simulated, and says what the naming does, not what machines do.

mod kind;

use std::path::PathBuf;

use anyhow::Context;
use judder_data::simulate::{Fan, Run, Speed, State};
use judder_data::{Located, Recording};
use judder_model::{Model, Scorer};
use judder_train::{Baseline, LeaveOut, Options, Stretches, Trained, train_on};
use rayon::prelude::*;

use kind::Kind;

/// Windows that are learnt from.
const WINDOWS: [u64; 4] = [20, 50, 100, 300];

/// Fans of so many seeds, unless it is said otherwise.
const SEEDS: u64 = 20;

/// Windows that follow and are judged, as they are and with bursts.
const JUDGED: u64 = 100;

/// The bursts that are to be found, in g: of some 50 windows that are learnt from, most are.
const BURSTS_G: f64 = 0.07;

/// Each seed's fan runs at the next of these.
const SPEEDS: [Speed; 3] = [Speed::Low, Speed::Medium, Speed::High];
const RATE_HZ: f64 = 200.0;
const READINGS: usize = 200;

/// What is promised: named where there is a stretch, and where there is none.
const NAMED: f64 = 0.9;
const NAMED_WITHOUT: f64 = 0.05;

/// Shares of the windows that are judged.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    false_alarms: f64,
    detected: f64,
}

/// What came of one run.
#[derive(Debug, Clone, Copy)]
struct Came {
    named: bool,
    /// With nothing left out, and with what is offered.
    none: Worth,
    offered: Worth,
}

/// Makes the runs of so many seeds, and prints a table; whether what is promised was kept.
pub(crate) fn judge(mut words: impl Iterator<Item = String>) -> anyhow::Result<bool> {
    let seeds = match (words.next().as_deref(), words.next()) {
        (None, _) => SEEDS,
        (Some("--seeds"), Some(count)) => count.parse().context("--seeds takes a number")?,
        _ => anyhow::bail!("made takes --seeds N and nothing else"),
    };
    println!(
        "| run | windows | named | alarms, none left out | found | alarms, as offered | found |"
    );
    println!("|---|---|---|---|---|---|---|");
    // Runs in which nothing lies apart, and in which something does: how many are named, and of how many.
    let mut counts = [(0, 0); 2];
    for kind in Kind::ALL {
        for windows in WINDOWS {
            let runs = (0..seeds).into_par_iter().map(|seed| came(kind, windows, seed));
            let came: Vec<Came> = runs.collect::<anyhow::Result<_>>()?;
            let named = came.iter().filter(|one| one.named).count();
            let (all, of) = &mut counts[usize::from(kind.place().is_some())];
            (*all, *of) = (*all + named, *of + came.len());
            let mean =
                |of: fn(&Came) -> f64| 100.0 * came.iter().map(of).sum::<f64>() / came.len() as f64;
            println!(
                "| {} | {windows} | {named} of {} | {:.1} % | {:.1} % | {:.1} % | {:.1} % |",
                kind.name(),
                came.len(),
                mean(|one| one.none.false_alarms),
                mean(|one| one.none.detected),
                mean(|one| one.offered.false_alarms),
                mean(|one| one.offered.detected),
            );
        }
    }
    let [without, with] =
        counts.map(|(named, of)| named as f64 / f64::max(f64::from(of as u32), 1.0));
    println!(
        "\nnamed where there is a stretch: {:.1} % (promised: at least {:.0} %); where there is none: {:.1} % (at most {:.0} %)",
        100.0 * with,
        100.0 * NAMED,
        100.0 * without,
        100.0 * NAMED_WITHOUT
    );
    Ok(with >= NAMED && without <= NAMED_WITHOUT)
}

fn came(kind: Kind, windows: u64, seed: u64) -> anyhow::Result<Came> {
    let fan = Fan::new(seed);
    let speed = SPEEDS[(seed % SPEEDS.len() as u64) as usize];
    let state = State { speed, coin: false, moved: false };
    let run = kind.run(&fan, state, windows);
    let made = |run: &Run, numbers| made(&fan, run, state, numbers);
    let normal = made(&run, windows..windows + JUDGED)?;
    let damaged = Run { bursts_g: BURSTS_G, ..run.clone() };
    let damaged = made(&damaged, windows..windows + JUDGED)?;
    let learnt = made(&run, 0..windows)?;
    let train = |leave_out: Vec<LeaveOut>| -> anyhow::Result<Trained> {
        let located = learnt
            .iter()
            .zip(0..)
            .map(|(recording, at)| Located { path: path(at), recording: recording.clone() });
        let given = vec![(PathBuf::from("run"), learnt.len())];
        let baseline = Baseline::of(located.collect(), given);
        let options = Options { rate_hz: Some(RATE_HZ), leave_out, ..Options::default() };
        Ok(train_on(baseline, None, &options)?)
    };
    let worth = |model: &Model| Worth {
        false_alarms: above(model, &normal),
        detected: above(model, &damaged),
    };
    let plain = train(Vec::new())?;
    let ways = ways(&plain.stretches);
    let none = worth(&plain.model);
    let offered = if ways.is_empty() { none } else { worth(&train(ways)?.model) };
    Ok(Came { named: kind.is_named(&plain.stretches, &run, path), none, offered })
}

/// What could be left out, once each.
fn ways(stretches: &Stretches) -> Vec<LeaveOut> {
    let mut ways: Vec<_> = stretches.found.iter().filter_map(|one| one.place.leave_out()).collect();
    ways.sort_unstable();
    ways.dedup();
    ways
}

fn path(at: u64) -> PathBuf {
    PathBuf::from(format!("run/{at:04}.csv"))
}

fn made(
    fan: &Fan,
    run: &Run,
    state: State,
    numbers: std::ops::Range<u64>,
) -> anyhow::Result<Vec<Recording>> {
    let recordings = numbers.map(|at| fan.recording_of(run, state, at, RATE_HZ, READINGS));
    recordings.collect::<Option<_>>().context("there is no such recording")
}

/// The share of the windows of recordings that are above the threshold.
fn above(model: &Model, recordings: &[Recording]) -> f64 {
    let scorer = Scorer::new(model);
    let windows = recordings.iter().flat_map(|one| {
        let scored = scorer.score(one.values(), one.axes(), one.rate_hz());
        scored.into_iter().flatten()
    });
    let scores: Vec<f64> = windows.map(|window| window.score).collect();
    let above = scores.iter().filter(|score| **score > model.threshold().value).count();
    above as f64 / scores.len().max(1) as f64
}
