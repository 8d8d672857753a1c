//! Small disks, and little that may be kept: a server keeps to its bytes, refuses nothing for want of room that it can
//! make, and goes on by itself where somebody else makes some.

mod boards;
mod small;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use super::model;
use super::seen::{Seen, grouped};
use boards::{Boards, Sent};
use small::{Place, used};

/// How often it is looked how much is used.
const LOOKED: Duration = Duration::from_millis(20);
/// After so long without room, or with it again, what is to happen has happened.
const SOON: Duration = Duration::from_secs(20);

/// Boards that post, as fast as they are answered up to a rate, to a server that may keep so much.
struct Steady {
    what: &'static str,
    /// The size of the disk; the machine's own where nothing is said.
    disk: Option<&'static str>,
    keep: &'static str,
    /// Recordings a second.
    rate: f64,
    seconds: u64,
    /// Bytes that may ever be used.
    most: u64,
}

const MB: u64 = 1_000_000;

const SHORT: [Steady; 3] = [
    Steady {
        what: "64 MB disk, 16 MB kept",
        disk: Some("64m"),
        keep: "16MB",
        rate: 3500.0,
        seconds: 30,
        most: 24 * MB,
    },
    Steady {
        what: "16 MB disk, 4 MB kept",
        disk: Some("16m"),
        keep: "4MB",
        rate: 300.0,
        seconds: 30,
        most: 6 * MB,
    },
    Steady {
        what: "large disk, 12 MB kept",
        disk: None,
        keep: "12MB",
        rate: f64::INFINITY,
        seconds: 30,
        most: 132 * MB / 10,
    },
];

const LONG: [Steady; 2] = [
    Steady {
        what: "64 MB disk, 16 MB kept",
        disk: Some("64m"),
        keep: "16MB",
        rate: 3500.0,
        seconds: 600,
        most: 24 * MB,
    },
    Steady {
        what: "64 MB disk, 16 MB kept",
        disk: Some("64m"),
        keep: "16MB",
        rate: 300.0,
        seconds: 600,
        most: 24 * MB,
    },
];

const FLAT_OUT: [Steady; 2] = [
    Steady {
        what: "large disk, 40 MB kept",
        disk: None,
        keep: "40MB",
        rate: f64::INFINITY,
        seconds: 60,
        most: 44 * MB,
    },
    Steady {
        what: "large disk, 100 MB kept",
        disk: None,
        keep: "100MB",
        rate: f64::INFINITY,
        seconds: 60,
        most: 110 * MB,
    },
];

/// Small disks and little that may be kept; for long, one after the other.
///
/// # Errors
/// Where no file system can be mounted, or a server does not start.
pub(super) fn attack(at: &super::at::At<'_>) -> Result<Seen> {
    let (program, space) = (at.program, at.space);
    let model = model::train(program, space, boards::READINGS)?;
    let long = at.long;
    let at = &At { program, space, model: &model };
    let mut seen = Seen::default();
    if long {
        seen.add(refused(at)?);
        seen.add(crowded(at, "48m", "16MB")?);
        for one in &FLAT_OUT {
            seen.add(steady(at, one)?);
        }
        together(at, &[], &LONG)?.into_iter().for_each(|one| seen.add(one));
    } else {
        let small: [Attack<'_>; 2] = [&|| refused(at), &|| crowded(at, "12m", "4MB")];
        together(at, &small, &SHORT)?.into_iter().for_each(|one| seen.add(one));
    }
    Ok(seen)
}

type Attack<'a> = &'a (dyn Fn() -> Result<Seen> + Sync);

/// Makes attacks at the same time: they mostly wait.
fn together(at: &At<'_>, some: &[Attack<'_>], more: &[Steady]) -> Result<Vec<Seen>> {
    thread::scope(|scope| {
        let mut runs: Vec<_> = some.iter().map(|one| scope.spawn(*one)).collect();
        runs.extend(more.iter().map(|one| scope.spawn(move || steady(at, one))));
        let ended = runs.into_iter().map(|run| run.join().map_err(|_| anyhow!("a run fell over")));
        ended.map(Result::flatten).collect()
    })
}

/// What all runs have in common.
#[derive(Clone, Copy)]
struct At<'a> {
    program: &'a Path,
    space: &'a Path,
    model: &'a Path,
}

/// A server with a limit, and boards that post to it.
fn steady(at: &At<'_>, one: &Steady) -> Result<Seen> {
    let mut place = Place::new(at.space, one.disk)?;
    let server = place.serve(at.program, at.model, &["--keep-bytes", one.keep])?;
    let boards = Boards::new(server.port, 20, 0);
    let (most, sent) =
        watched(&place, || boards.post(one.rate, Duration::from_secs(one.seconds), |_| false));
    let sent = sent?;
    let mut seen = Seen::default();
    seen.fault(most > one.most, || {
        format!("{}: {most} bytes were used, of {}", one.what, one.most)
    });
    seen.fault(sent.refused > 0, || format!("{}: {} were refused", one.what, sent.refused));
    ensure!(sent.kept > 0, "{}: none was kept: {}", one.what, place.said());
    let mb = |bytes: u64| bytes as f64 / MB as f64;
    let rate = match one.rate {
        rate if rate.is_finite() => format!("{rate:.0} recordings a second"),
        _ => "recordings flat out".to_owned(),
    };
    seen.row(
        format!("{}: {rate} for {} s", one.what, one.seconds),
        format!("{:.1} MB used at most, none refused", mb(one.most)),
        format!(
            "{:.1} MB at most, {} kept, {} refused",
            mb(most),
            grouped(sent.kept as usize),
            sent.refused
        ),
    );
    Ok(seen)
}

/// A small disk and no limit: recordings are refused, until somebody makes a little room.
fn refused(at: &At<'_>) -> Result<Seen> {
    let what = "8 MB disk, no limit";
    let mut place = Place::new(at.space, Some("8m"))?;
    place.fill(Some(2 << 20))?;
    let server = place.serve(at.program, at.model, &[])?;
    let boards = Boards::new(server.port, 20, 0);
    let filled = boards.post(f64::INFINITY, 3 * SOON, |sent| sent.refused >= 20)?;
    place.make_room()?;
    let began = Instant::now();
    let on = boards.post(50.0, SOON, |sent| sent.kept > 0)?;
    let after = began.elapsed();
    // What it had taken before goes to the tables first, and may need the room once more.
    let mut more = boards.post(50.0, Duration::from_secs(2), |_| false)?;
    while more.refused > 0 && began.elapsed() < 2 * SOON {
        more = boards.post(50.0, Duration::from_secs(2), |_| false)?;
    }
    let mut seen = Seen::default();
    seen.fault(filled.refused == 0, || format!("{what}: it is never full"));
    seen.fault(on.kept == 0 || more.refused > 0, || format!("{what}: it does not go on"));
    seen.row(
        format!("{what}, until it is full; then 2 MiB more"),
        "507, and goes on by itself where there is room",
        format!(
            "{} kept, {} refused; with room the first is kept after {:.1} s, then {} of {}",
            grouped(filled.kept as usize),
            filled.refused,
            after.as_secs_f64(),
            more.kept,
            more.kept + more.refused
        ),
    );
    Ok(seen)
}

/// Somebody else fills the disk to its last byte, when a server has what it may have: it goes on in the room that is
/// its own, and so does the next one.
fn crowded(at: &At<'_>, disk: &'static str, keep: &'static str) -> Result<Seen> {
    let what = "a disk that others fill";
    let mut place = Place::new(at.space, Some(disk))?;
    let server = place.serve(at.program, at.model, &["--keep-bytes", keep])?;
    let boards = Boards::new(server.port, 20, 0);
    let file = place.seen.join("kept/history.db");
    // Until it does not grow any more.
    let mut length = 0;
    for _ in 0..30 {
        boards.post(2000.0, Duration::from_secs(2), |_| false)?;
        let now = file.metadata()?.len();
        if now == length && now > 1 << 20 {
            break;
        }
        length = now;
    }
    place.fill(None)?;
    let full = boards.post(300.0, Duration::from_secs(5), |_| false)?;
    let later = boards.post(300.0, Duration::from_secs(5), |_| false)?;
    drop(server);
    let server = place.serve(at.program, at.model, &["--keep-bytes", keep])?;
    let boards = Boards::new(server.port, 20, 1 << 32);
    let again = boards.post(300.0, Duration::from_secs(5), |_| false)?;
    let line = |sent: &Sent| format!("{} of {}", sent.kept, sent.kept + sent.refused);
    let mut seen = Seen::default();
    for (sent, when) in [(&later, "after 5 s"), (&again, "after a kill")] {
        seen.fault(sent.refused > 0 || sent.kept == 0, || {
            format!("{what}: {} are refused {when}", sent.refused)
        });
    }
    seen.row(
        format!("{} MB disk, {keep} kept, filled by others", disk.trim_end_matches('m')),
        "goes on in the room that is its own",
        format!(
            "{} in the first 5 s, {} in the next, {} after a kill",
            line(&full),
            line(&later),
            line(&again)
        ),
    );
    Ok(seen)
}

/// The most that was ever used of a place meanwhile.
fn watched<T>(place: &Place, deed: impl FnOnce() -> T) -> (u64, T) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                // Files come and go while a folder is listed, and one may be listed twice, or its bytes be met again
                // where they went: what is there is there at two looks in a row.
                most = most.max(used(&place.seen).min(used(&place.seen)));
                thread::sleep(LOOKED);
            }
            most
        });
        let done = deed();
        over.store(true, Ordering::Relaxed);
        (looking.join().unwrap_or(u64::MAX), done)
    })
}
