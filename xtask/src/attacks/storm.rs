//! Many boards that come back at once, and again at once where nobody answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::at::At;
use super::free;
use super::loss::{Boards, Keeper, Kept, READINGS};
use super::model;
use super::seen::{Seen, counted, grouped};

/// How many, and how often the server is started anew.
const SHORT: (usize, usize) = (200, 3);
const LONG: (usize, usize) = (1000, 6);
/// Between two recordings of a board that is answered.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a server lives.
const LIFE: Duration = Duration::from_secs(4);
/// Nobody waits longer until each is acknowledged something.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is promised of that; with fewer boards it is not judged, as others may have the machine.
const SOON: Duration = Duration::from_secs(5);

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let model = model::train(at.program, at.space, READINGS)?;
    let (count, starts) = if at.long { LONG } else { SHORT };
    let room = at.space.join("storm");
    let mut keeper = Keeper::new(at.program, &model, room, &[], Kept::Tables)?;
    [keeper.port] = free::ports()?;
    let mut boards = Boards::new(count, PAUSE, at.starts);
    let mut waits = Vec::new();
    boards.during(keeper.port, |kept| {
        for start in 0..starts {
            let mut served = keeper.start(&[])?;
            waits.push(until_all(kept));
            thread::sleep(LIFE);
            // Every other one is killed as it is dropped.
            if start % 2 == 1 {
                served.end()?;
            }
        }
        Ok(())
    })?;
    let tally = keeper.look(&boards)?;
    let mut seen = Seen::default();
    let what = format!(
        "{} boards without back-off, {starts} starts, {} of them after a kill",
        grouped(count),
        starts / 2
    );
    let longest = waits.iter().max().copied().unwrap_or(PATIENCE);
    seen.faults.extend(tally.faults(&what));
    let most = if at.long { SOON } else { PATIENCE };
    seen.fault(longest >= most, || format!("{what}: the last is acknowledged after {longest:.1?}"));
    seen.row(
        what,
        "0 lost, 0 twice; each is acknowledged within 5 s of a start",
        format!(
            "{}; each after {:.1} s at most",
            counted(tally.acknowledged, tally.lost.len(), tally.twice),
            longest.as_secs_f64()
        ),
    );
    Ok(seen)
}

/// How long it takes until each board is acknowledged something more.
fn until_all(kept: &[AtomicU64]) -> Duration {
    let now = || kept.iter().map(|kept| kept.load(Ordering::Relaxed)).collect::<Vec<_>>();
    let (began, before) = (Instant::now(), now());
    while began.elapsed() < PATIENCE && now().iter().zip(&before).any(|(now, then)| now <= then) {
        thread::sleep(Duration::from_millis(5));
    }
    began.elapsed()
}
