//! A server that nobody asks anything: how soon it answers, and what it uses of a core while it waits.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::dataset::Recordings;
use crate::process::program;

use super::server::Server;

/// Starts of each server.
const STARTS: usize = 9;
/// How long each is left alone.
const ALONE: Duration = Duration::from_secs(5);
/// The longest time from the start to the first answer.
const ANSWERS: Duration = Duration::from_millis(100);
/// The largest share of a core.
const SHARE: f64 = 0.01;

/// Starts `judder serve` and `judder collect`, and leaves them alone. True if the promises are kept.
pub(crate) fn idle(recordings: &Recordings) -> anyhow::Result<bool> {
    let space = tempfile::tempdir()?;
    let model = space.path().join("fan.model.json");
    std::fs::write(&model, recordings.model.to_json())?;
    let judder = program()?;
    let mut all = true;
    for command in ["serve", "collect"] {
        let arguments = |at: usize| {
            let folder = space.path().join(format!("{command}-{at}"));
            let mut words: Vec<OsString> = vec![command.into()];
            if command == "serve" {
                words.push(model.clone().into());
            }
            words.extend(["-d".into(), folder.into()]);
            words.extend(["--address", "127.0.0.1", "-p", "0"].map(OsString::from));
            words
        };
        let mut took = Vec::new();
        for at in 0..STARTS {
            let arguments = arguments(at);
            let began = Instant::now();
            let server = Server::start(command, &judder, &arguments)?;
            let mut stream = TcpStream::connect(server.address)?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            took.push(began.elapsed());
            anyhow::ensure!(answer.ends_with('1'), "{command}: {answer}");
        }
        took.sort();
        let answers = took[STARTS / 2];
        let server = Server::start(command, &judder, &arguments(STARTS))?;
        let before = server.used()?;
        thread::sleep(ALONE);
        let used = server.used()?;
        let share = (used.cpu_s - before.cpu_s) / ALONE.as_secs_f64();
        let kept = answers <= ANSWERS && share < SHARE;
        all &= kept;
        println!(
            "judder {command}: first answer after {answers:.1?} (median of {STARTS}, promised {ANSWERS:?}); idle \
             {:.2} % of a core over {ALONE:?} (promised {} %), {:.0} MB: {}",
            100.0 * share,
            100.0 * SHARE,
            used.now_mb,
            if kept { "kept" } else { "MISSED" }
        );
    }
    Ok(all)
}
