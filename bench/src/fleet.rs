//! A fleet of simulated boards before the server's engine: when does it raise an alert, and when not?
//!
//! All boards are on one fan, each [`BETWEEN`] recordings ahead of the one before it, as those of
//! `judder simulate --post --alike`. What they post goes through the engine of `judder serve` with its default
//! votes; alerts are those of its history.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context;
use judder_data::simulate::{Fan, State};
use judder_data::{Recording, Sync, store};
use judder_history::{Alert, AlertFilter, History};
use judder_server::{
    Deciding, Engine, Keep, Limits, MOST_KNOWN, Metrics, Posted, Setup, Shelf, SystemClock,
};
use judder_train::{Options, train};
use rayon::prelude::*;
use tokio::task::JoinSet;

const HEALTHY: State =
    State { speed: judder_data::simulate::Speed::Low, coin: false, moved: false };
const COIN: State = State { coin: true, ..HEALTHY };

/// How many recordings a board is ahead of the one before it.
const BETWEEN: usize = 20;

const RATE_HZ: f64 = 200.0;
const READINGS: usize = 200;

/// How large it all is.
#[derive(Debug, Clone, Copy)]
struct Size {
    boards: usize,
    recordings: usize,
}

const WHOLE: Size = Size { boards: 30, recordings: 1000 };

/// What happens to the first board's fan, from a recording on.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    /// A coin drops onto a blade at this recording.
    Coin(usize),
    /// Its vibration grows by this share until the last recording.
    Grows(f64),
}

/// An alert, and the number of the recording that raised it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Raised {
    at: usize,
    board: usize,
    kind: String,
}

/// The recordings of the fan.
struct Recorded {
    healthy: Vec<Arc<Recording>>,
    coin: Vec<Arc<Recording>>,
}

impl Recorded {
    fn of(size: Size, seed: u64) -> anyhow::Result<Self> {
        let fan = Fan::new(seed);
        let make = |state: State, count: usize| {
            let one = |index| fan.recording(state, index as u64, RATE_HZ, READINGS).map(Arc::new);
            (0..count).into_par_iter().map(one).collect::<Option<Vec<_>>>().context("a recording")
        };
        let healthy = make(HEALTHY, size.recordings + BETWEEN * (size.boards - 1))?;
        Ok(Self { healthy, coin: make(COIN, size.recordings)? })
    }

    /// What a board records, of so many.
    fn posted(&self, fault: Fault, board: usize, index: usize, of: usize) -> Arc<Recording> {
        let healthy = &self.healthy[BETWEEN * board + index];
        match fault {
            Fault::Coin(from) if board == 0 && index >= from => Arc::clone(&self.coin[index]),
            Fault::Grows(share) if board == 0 => {
                Arc::new(stronger(healthy, 1.0 + share * index as f64 / of as f64))
            }
            _ => Arc::clone(healthy),
        }
    }
}

/// A recording with its vibration about each axis' mean so many times as strong.
fn stronger(recording: &Recording, gain: f64) -> Recording {
    let values = recording.iter_axes().flat_map(|axis| {
        let mean = axis.iter().sum::<f64>() / axis.len() as f64;
        axis.iter().map(move |x| mean + gain * (x - mean))
    });
    let stronger = Recording::from_axes(recording.axes(), recording.len(), values.collect());
    stronger.unwrap_or_else(|| recording.clone()).with_rate(recording.rate_hz())
}

/// Has all boards post to an engine with this model; the alerts, in the order of the recordings.
fn watch(
    model: &Path,
    recorded: &Recorded,
    size: Size,
    fault: Fault,
) -> anyhow::Result<Vec<Raised>> {
    let mut shelf = Shelf::new(Deciding::default(), None);
    shelf.add(model)?;
    let history = History::temporary()?;
    let reader = history.reader()?;
    let running = Engine::start(Setup {
        history,
        recorded: false,
        root: None,
        label: None,
        folder: None,
        sync: Sync::System,
        shelf,
        sessions_only: false,
        // How fast boards post here says nothing.
        silent_after: Some(Duration::from_secs(86_400)),
        unjudged_after: None,
        clock: Arc::new(SystemClock),
        most_devices: MOST_KNOWN,
        named: BTreeSet::new(),
        most_held: Limits::default().last(),
        turned: None,
        metrics: Arc::new(Metrics::new(SystemTime::now())),
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let mut raised = Vec::new();
    let mut known = 0;
    for index in 0..size.recordings {
        let mut round = JoinSet::new();
        for board in 0..size.boards {
            let engine = running.engine();
            let posted = Posted {
                device: Some(format!("board-{board}")),
                sequence: Some(index as u64),
                start: None,
                time: None,
                recording: recorded.posted(fault, board, index, size.recordings),
            };
            let peer = SocketAddr::from(([127, 0, 0, 1], 1));
            round.spawn_on(
                async move { engine.keep(posted, peer).await.map(|_| ()) },
                runtime.handle(),
            );
        }
        for kept in runtime.block_on(round.join_all()) {
            kept.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        }
        let alerts = reader.totals()?.alerts;
        if alerts > known {
            let most = (alerts - known) as usize;
            let new = reader.alerts(&AlertFilter { most, ..AlertFilter::default() })?;
            raised.extend(new.into_iter().map(|Alert { device, kind, .. }| {
                let board = device.trim_start_matches("board-").parse().unwrap_or(usize::MAX);
                Raised { at: index, board, kind }
            }));
            known = alerts;
        }
    }
    running.stop();
    raised.sort();
    Ok(raised)
}

/// A model of so many healthy recordings, as `judder train` makes it, or as another program of that name does.
fn trained(
    folder: &Path,
    recorded: &Recorded,
    windows: usize,
    by: Option<&Path>,
) -> anyhow::Result<PathBuf> {
    let normal = folder.join(format!("normal-{windows}"));
    if !normal.exists() {
        let recordings: Vec<Recording> =
            recorded.healthy[..windows].iter().map(|one| (**one).clone()).collect();
        store::write_folder(&normal, &recordings, |_, entry| entry)?;
    }
    let age = if by.is_some() { "before" } else { "now" };
    let file = folder.join(format!("{age}-{windows}.model.json"));
    match by {
        None => {
            let model = train(&[normal], &[], &Options::default())?.model;
            std::fs::write(&file, model.to_json())?;
        }
        Some(program) => {
            let mut train = Command::new(program);
            train.arg("train").arg("--normal").arg(&normal).arg("-o").arg(&file);
            let done = train.output().with_context(|| program.display().to_string())?;
            anyhow::ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
    }
    Ok(file)
}

/// Alerts of a board that are about its vibration, and of all others.
fn parted(raised: &[Raised]) -> (BTreeMap<&str, usize>, BTreeMap<&str, usize>) {
    let (mut first, mut others) = (BTreeMap::new(), BTreeMap::new());
    for Raised { at, board, kind } in raised {
        match board {
            0 => drop(first.entry(kind.as_str()).or_insert(*at)),
            _ => *others.entry(kind.as_str()).or_insert(0) += 1,
        }
    }
    (first, others)
}

/// Runs the whole fleet, with models of this build, and where `JUDDER_BEFORE` names another `judder` with those
/// that it trains. True if the promises are kept.
pub(crate) fn whole() -> anyhow::Result<bool> {
    let size = WHOLE;
    println!("{} boards on one simulated fan, {} recordings each", size.boards, size.recordings);
    let recorded = Recorded::of(size, 0)?;
    let folder = tempfile::tempdir()?;
    let before = std::env::var_os("JUDDER_BEFORE").map(PathBuf::from);
    let faults = [
        ("healthy", Fault::None),
        ("a coin on one from recording 500 on", Fault::Coin(500)),
        ("one grows by 10 %", Fault::Grows(0.1)),
        ("one grows by 30 %", Fault::Grows(0.3)),
        ("one grows by 100 %", Fault::Grows(1.0)),
    ];
    let mut kept = true;
    for windows in [100, 160, 200, 240] {
        let programs = std::iter::once(None).chain(before.as_deref().map(Some));
        for by in programs {
            let model = trained(folder.path(), &recorded, windows, by)?;
            println!(
                "model of {windows} windows{}",
                if by.is_some() { ", trained by $JUDDER_BEFORE" } else { "" }
            );
            for (what, fault) in faults {
                let raised = watch(&model, &recorded, size, fault)?;
                let (first, others) = parted(&raised);
                println!(
                    "  {what}: that board {first:?}, the {} others {others:?}",
                    size.boards - 1
                );
                if by.is_none() {
                    kept &= promised(fault, &raised);
                }
            }
        }
    }
    Ok(kept)
}

/// Whether the alerts are what is promised. A growth by a tenth is less than the fan itself wanders in that time.
fn promised(fault: Fault, raised: &[Raised]) -> bool {
    let (first, others) = parted(raised);
    let quiet = others.values().sum::<usize>() <= 1 && !others.contains_key("drift");
    let soon = |by: usize| first.get("anomaly").or(first.get("drift")).is_some_and(|at| *at < by);
    match fault {
        Fault::None => quiet && first.is_empty(),
        Fault::Coin(from) => quiet && soon(from + 5),
        Fault::Grows(share) => quiet && (share < 0.3 || soon(usize::MAX)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const SMALL: Size = Size { boards: 30, recordings: 400 };

    /// The README's own path: a model of 160 recordings, boards on the same fan, which gets warm meanwhile.
    #[test]
    fn a_healthy_fleet_is_quiet_and_a_coin_is_found_at_once() {
        let recorded = Recorded::of(SMALL, 0).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for windows in [100, 160] {
            let model = trained(folder.path(), &recorded, windows, None).unwrap();
            let healthy = watch(&model, &recorded, SMALL, Fault::None).unwrap();
            assert_eq!(healthy, [], "{windows}");
            let coin = watch(&model, &recorded, SMALL, Fault::Coin(300)).unwrap();
            assert!(promised(Fault::Coin(300), &coin), "{windows}: {coin:?}");
            let grown = watch(&model, &recorded, SMALL, Fault::Grows(1.0)).unwrap();
            assert!(promised(Fault::Grows(1.0), &grown), "{windows}: {grown:?}");
        }
    }
}
