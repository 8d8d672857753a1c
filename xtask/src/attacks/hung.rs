//! A disk that hangs, and a model file that does: the server says that it is not ready, is not watched as well, and ends
//! in time.

use std::fs::{self, File};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::served::{Served, connect, post, recording, status};
use crate::command::run;
use crate::compilers;
use crate::house::House;

/// What hangs.
const LIBRARY: &str = include_str!("hang.c");

/// How long it may take until it is said, and until the server ends.
const SAID: Duration = Duration::from_secs(6);
const ENDED: Duration = Duration::from_secs(15);
/// Nobody waits longer for an answer.
const SOON: Duration = Duration::from_secs(2);

/// What tells the service manager that the engine turns, and how often that is to come.
const PING: &[u8] = b"WATCHDOG=1";
const WATCHED_US: &str = "4000000";

pub(super) fn attack(house: &House, program: &Path) -> Result<Vec<String>> {
    compilers::ensure()?;
    let space = house.target.join("attacks/hung");
    let _ = fs::remove_dir_all(&space);
    fs::create_dir_all(&space).context("target/attacks/hung")?;
    let mut faults = disk(program, &space)?;
    faults.extend(pipe(program, &space)?);
    Ok(faults)
}

/// fsync takes 25 s.
fn disk(program: &Path, space: &Path) -> Result<Vec<String>> {
    let (source, library) = (space.join("hang.c"), space.join("libhang.so"));
    fs::write(&source, LIBRARY)?;
    run(Command::new("gcc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl"))?;
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
    let mut faults = Vec::new();
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
    if said > SAID {
        faults.push(format!("a disk that hangs is said after {said:.1?}"));
    }
    if !served.ask("/healthz", SOON).is_ok_and(|(status, _)| status == 200) {
        faults.push("a server whose disk hangs does not answer /healthz".to_owned());
    }
    let _ = pings(&manager, Duration::ZERO)?;
    let after = pings(&manager, Duration::from_secs(4))?;
    if after > 0 {
        faults.push(format!("an engine that hangs tells its manager {after} times that it turns"));
    }
    let ended = end(&mut served)?;
    println!(
        "a disk that hangs: not ready after {:.1} s, {after} pings of the watchdog since ({before} before), ended {:.1} s \
         after SIGTERM",
        said.as_secs_f64(),
        ended.as_secs_f64()
    );
    if ended > ENDED {
        faults.push(format!("a server whose disk hangs ends {ended:.1?} after SIGTERM"));
    }
    // What was acknowledged is there.
    let served = Served::start(program, space, &[], &[])?;
    let (_, fleet) = served.ask("/api/v1/fleet", SOON)?;
    if !fleet.contains("\"name\":\"fan\"") {
        faults.push("what was acknowledged before is lost".to_owned());
    }
    Ok(faults)
}

/// A pipe lies where a model was.
fn pipe(program: &Path, space: &Path) -> Result<Vec<String>> {
    let model = space.join("pipe.model.json");
    fs::copy(space.join("../fan.model.json"), &model).context("the model of the other attack")?;
    let path: PathBuf = model.clone();
    let folder = space.join("pipe");
    fs::create_dir_all(&folder)?;
    let mut served = Served::start(program, &folder, &[&path.to_string_lossy()], &[])?;
    fs::remove_file(&model)?;
    run(Command::new("mkfifo").arg(&model))?;
    thread::sleep(Duration::from_secs(6));
    let mut faults = Vec::new();
    for path in ["/readyz", "/healthz", "/api/v1/fleet", "/metrics"] {
        if !served.ask(path, SOON).is_ok_and(|(status, _)| status == 200) {
            faults.push(format!("a pipe in place of a model: {path} is not answered well"));
        }
    }
    let ended = end(&mut served)?;
    println!(
        "a pipe in place of a model: all is answered, ended {:.1} s after SIGTERM",
        ended.as_secs_f64()
    );
    if ended > ENDED {
        faults.push(format!("a pipe in place of a model: ends {ended:.1?} after SIGTERM"));
    }
    Ok(faults)
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

/// Ends a server; how long that takes.
fn end(served: &mut Served) -> Result<Duration> {
    let began = Instant::now();
    served.signal("TERM")?;
    while served.runs() && began.elapsed() < 3 * ENDED {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(began.elapsed())
}
