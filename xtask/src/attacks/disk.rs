//! Small disks, and little that may be kept: a server keeps to its bytes, refuses nothing for want of room that it can
//! make, and goes on by itself where somebody else makes some.

mod boards;
mod small;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::command::run;
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

/// Makes the attacks on a program, in a folder; for long, one after the other. What is wrong.
///
/// # Errors
/// Where no file system can be mounted, or a server does not start.
pub(crate) fn look(program: &Path, space: &Path, long: bool) -> Result<Vec<String>> {
    let model = model(program, space)?;
    let at = &At { program, space, model: &model };
    let faults = if long {
        let mut faults = vec![refused(at)?, crowded(at, "48m", "16MB")?];
        for one in &FLAT_OUT {
            faults.push(steady(at, one)?);
        }
        faults.extend(together(at, &[], &LONG)?);
        faults
    } else {
        let small: [Attack<'_>; 2] = [&|| refused(at), &|| crowded(at, "12m", "4MB")];
        together(at, &small, &SHORT)?
    };
    Ok(faults.concat())
}

type Attack<'a> = &'a (dyn Fn() -> Result<Vec<String>> + Sync);

/// Makes attacks at the same time: they mostly wait.
fn together(at: &At<'_>, some: &[Attack<'_>], more: &[Steady]) -> Result<Vec<Vec<String>>> {
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

/// A model of recordings as the boards send them.
fn model(program: &Path, space: &Path) -> Result<std::path::PathBuf> {
    let states = ["simulate", "--out", "fan", "--states", "low", "--recordings", "24"];
    let readings = boards::READINGS.to_string();
    let mut simulate = Command::new(program);
    run(simulate.current_dir(space).args(states).args(["--readings", &readings]))?;
    let train =
        ["train", "--normal", "fan/fan_0_low_0_weight", "--features", "mad", "-o", "m.json"];
    run(Command::new(program).current_dir(space).args(train))?;
    Ok(space.join("m.json"))
}

/// A server with a limit, and boards that post to it.
fn steady(at: &At<'_>, one: &Steady) -> Result<Vec<String>> {
    let mut place = Place::new(at.space, one.disk)?;
    let server = place.serve(at.program, at.model, &["--keep-bytes", one.keep])?;
    let boards = Boards::new(server.port, 20, 0);
    let (most, sent) =
        watched(&place, || boards.post(one.rate, Duration::from_secs(one.seconds), |_| false));
    let sent = sent?;
    println!(
        "{:<24} {:>6.0} recordings a second for {} s: {} refused, at most {:.1} MB used, {:.1} MB now",
        one.what,
        sent.kept as f64 / one.seconds as f64,
        one.seconds,
        sent.refused,
        most as f64 / MB as f64,
        used(&place.seen) as f64 / MB as f64,
    );
    let mut faults = Vec::new();
    if most > one.most {
        faults.push(format!("{}: {most} bytes were used, of {}", one.what, one.most));
    }
    if sent.refused > 0 {
        faults.push(format!("{}: {} were refused", one.what, sent.refused));
    }
    ensure!(sent.kept > 0, "{}: none was kept: {}", one.what, place.said());
    Ok(faults)
}

/// A small disk and no limit: recordings are refused, until somebody makes a little room.
fn refused(at: &At<'_>) -> Result<Vec<String>> {
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
    let more = boards.post(50.0, Duration::from_secs(2), |_| false)?;
    println!(
        "{what:<24} {} kept, {} refused; with 2 MiB more the first is kept after {:.1} s, then {} of {}",
        filled.kept,
        filled.refused,
        after.as_secs_f64(),
        more.kept,
        more.kept + more.refused
    );
    let mut faults = Vec::new();
    if filled.refused == 0 {
        faults.push(format!("{what}: it is never full"));
    }
    if on.kept == 0 || more.refused > 0 {
        faults.push(format!("{what}: it does not go on"));
    }
    Ok(faults)
}

/// Somebody else fills the disk to its last byte, when a server has what it may have: it goes on in the room that is
/// its own, and so does the next one.
fn crowded(at: &At<'_>, disk: &'static str, keep: &'static str) -> Result<Vec<String>> {
    let what = "a disk that others fill";
    let mut place = Place::new(at.space, Some(disk))?;
    let server = place.serve(at.program, at.model, &["--keep-bytes", keep])?;
    let boards = Boards::new(server.port, 20, 0);
    let file = place.seen.join("kept/history.db");
    // Until it does not grow any more.
    let (mut length, mut kept) = (0, 0);
    for _ in 0..30 {
        kept += boards.post(2000.0, Duration::from_secs(2), |_| false)?.kept;
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
    println!(
        "{what:<24} {kept} kept before; {} in the first 5 s, {} in the next, {} after a kill",
        line(&full),
        line(&later),
        line(&again)
    );
    let mut faults = Vec::new();
    for (sent, when) in [(later, "after 5 s"), (again, "after a kill")] {
        if sent.refused > 0 || sent.kept == 0 {
            faults.push(format!("{what}: {} are refused {when}", sent.refused));
        }
    }
    Ok(faults)
}

/// The most that was ever used of a place meanwhile.
fn watched<T>(place: &Place, deed: impl FnOnce() -> T) -> (u64, T) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(used(&place.seen));
                thread::sleep(LOOKED);
            }
            most
        });
        let done = deed();
        over.store(true, Ordering::Relaxed);
        (looking.join().unwrap_or(u64::MAX), done)
    })
}
