//! A disk that hangs, and a model file that does: the server says that it is not ready, is not watched as well, and ends
//! in time.

use std::fs::{self, File};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::at::At;
use super::model;
use super::seen::Seen;
use super::served::{Served, connect, post, recording, status};
use super::shims::{self, HANG};
use crate::command::run;

/// How long it may take until it is said, and until the server ends.
const SAID: Duration = Duration::from_secs(6);
const ENDED: Duration = Duration::from_secs(15);
/// Nobody waits longer for an answer.
const SOON: Duration = Duration::from_secs(2);

/// What tells the service manager that the engine turns, and how often that is to come.
const PING: &[u8] = b"WATCHDOG=1";
const WATCHED_US: &str = "4000000";

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    let mut seen = Seen::default();
    disk(at, &mut seen)?;
    pipe(at, &mut seen)?;
    Ok(seen)
}

/// fsync takes 25 s.
fn disk(at: &At<'_>, seen: &mut Seen) -> Result<()> {
    let (program, space) = (at.program, at.space);
    let library = shims::build(space, HANG)?;
    let (socket, hangs) = (space.join("notify"), space.join("hangs"));
    let manager = UnixDatagram::bind(&socket).context("a socket of a service manager")?;
    let mut served = Served::start(
        program,
        space,
        &["--durable"],
        &[
            ("LD_PRELOAD", &library),
            ("JUDDER_HANG", &hangs),
            ("NOTIFY_SOCKET", &socket),
            ("WATCHDOG_USEC", Path::new(WATCHED_US)),
        ],
    )?;
    let mut stream = connect(served.serving.port)?;
    let send = |stream: &mut std::net::TcpStream, sequence| {
        let body = recording("fan", sequence, 200);
        std::io::Write::write_all(stream, &post("application/json", body.as_bytes()))
    };
    send(&mut stream, 0)?;
    ensure!(status(&mut stream)? == 201, "the first recording is not kept");
    ensure!(served.ask("/readyz", SOON)?.0 == 200, "a server that is well is not ready");
    let before = pings(&manager, Duration::from_secs(4))?;
    ensure!(before >= 2, "a server that is well tells its manager {before} times in 4 s");

    File::create(&hangs)?;
    let began = Instant::now();
    send(&mut stream, 1)?;
    let said = loop {
        let (ready, words) = served.ask("/readyz", SOON)?;
        if ready == 503 {
            println!("after {:.1} s: {words}", began.elapsed().as_secs_f64());
            break began.elapsed();
        }
        if began.elapsed() > 3 * SAID {
            break began.elapsed();
        }
        thread::sleep(Duration::from_millis(50));
    };
    seen.fault(said > SAID, || format!("a disk that hangs is said after {said:.1?}"));
    seen.fault(!served.ask("/healthz", SOON).is_ok_and(|(status, _)| status == 200), || {
        "a server whose disk hangs does not answer /healthz".to_owned()
    });
    let _ = pings(&manager, Duration::ZERO)?;
    let after = pings(&manager, Duration::from_secs(4))?;
    seen.fault(after > 0, || {
        format!("an engine that hangs tells its manager {after} times that it turns")
    });
    let ended = served.end()?;
    seen.fault(ended > ENDED, || {
        format!("a server whose disk hangs ends {ended:.1?} after SIGTERM")
    });
    // What was acknowledged is there.
    let served = Served::start(program, space, &[], &[])?;
    let (_, fleet) = served.ask("/api/v1/fleet", SOON)?;
    seen.fault(!fleet.contains("\"name\":\"fan\""), || {
        "what was acknowledged before is lost".to_owned()
    });
    seen.row(
        "each fsync takes 25 s, `--durable`",
        "`/readyz` 503 within 6 s, no word to systemd, ended within 15 s of SIGTERM",
        format!(
            "503 after {:.1} s, {after} words since ({before} before), ended after {:.1} s",
            said.as_secs_f64(),
            ended.as_secs_f64()
        ),
    );
    Ok(())
}

/// A pipe lies where a model was.
fn pipe(at: &At<'_>, seen: &mut Seen) -> Result<()> {
    let (program, space) = (at.program, at.space);
    let model = model::train(program, space, 200)?;
    let folder = space.join("pipe");
    fs::create_dir_all(&folder)?;
    let mut served = Served::start(program, &folder, &[&model.to_string_lossy()], &[])?;
    fs::remove_file(&model)?;
    run(Command::new("mkfifo").arg(&model))?;
    thread::sleep(Duration::from_secs(6));
    let paths = ["/readyz", "/healthz", "/api/v1/fleet", "/metrics"];
    let answered = |path: &&str| served.ask(path, SOON).is_ok_and(|(status, _)| status == 200);
    let answered = paths.iter().filter(|path| answered(path)).count();
    let ended = served.end()?;
    let what = "a pipe in place of a model file";
    seen.fault(answered < paths.len(), || format!("{what}: {answered} of {paths:?} are answered"));
    seen.fault(ended > ENDED, || format!("{what}: ends {ended:.1?} after SIGTERM"));
    seen.row(
        what,
        "all is answered, ended within 15 s of SIGTERM",
        format!(
            "{answered} of {} are answered, ended after {:.1} s",
            paths.len(),
            ended.as_secs_f64()
        ),
    );
    Ok(())
}

/// How often the manager is told in this time that the engine turns.
fn pings(manager: &UnixDatagram, within: Duration) -> Result<usize> {
    let until = Instant::now() + within;
    let (mut count, mut said) = (0, [0; 256]);
    manager.set_read_timeout(Some(Duration::from_millis(100)))?;
    loop {
        match manager.recv(&mut said) {
            Ok(length) => count += usize::from(said[..length].starts_with(PING)),
            Err(_) if Instant::now() >= until => return Ok(count),
            Err(_) => {}
        }
    }
}
