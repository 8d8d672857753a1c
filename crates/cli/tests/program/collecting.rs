//! `judder collect`: what boards post is kept, and what is acknowledged is kept exactly once.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use judder_data::simulate::{Fan, LoadStep, Run};
use judder_data::{load, read_sidecar};

use crate::room::{Ended, Room};

/// A server in a room, on a port of its own.
pub(crate) struct Collecting {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
    pub(crate) address: SocketAddr,
}

impl Collecting {
    pub(crate) fn start(room: &Room, options: &str) -> Self {
        let mut command = room.command();
        command.args("collect --address 127.0.0.1 -p 0".split(' ')).args(options.split(' '));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
        let address = address.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self { child, said, address }
    }

    /// Sends a signal, and returns how it ended and what it said.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

/// Sends a request on a new connection; the status of the answer, if there is one.
pub(crate) fn post(address: SocketAddr, path: &str, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

/// A test that fails leaves no server behind.
impl Drop for Collecting {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(ended: &Ended, words: &str) {
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
}

#[test]
fn boards_of_every_kind_are_kept_and_the_end_is_said() {
    let room = Room::new();
    let collecting = Collecting::start(&room, "-d fan/low --label low");
    let url = format!("http://{}", collecting.address);
    let boards = format!(
        "simulate --post {url} --boards 3 --protocol sketch,json,binary --recordings 8 --every 0.05 \
         --readings 64 --seed 5 --load-step 4"
    );
    said(&room.judder(&boards).well(), "24 recordings acknowledged, 0 lost, 0 sent again");
    let (code, last) = collecting.end("TERM");
    assert_eq!((code, last.lines().last()), (Some(0), Some("kept 24 recordings")));

    let (recordings, errors) = load(&room.path("fan/low")).unwrap();
    assert_eq!((recordings.len(), errors.len()), (24, 0));
    let entries = read_sidecar(&room.path("fan/low")).unwrap();
    let state = "low".parse().unwrap();
    let run = Run { load_step: Some(LoadStep::from(4)), ..Run::default() };
    for (entry, one) in entries.iter().zip(&recordings) {
        assert_eq!(entry.label.as_deref(), Some("low"));
        assert!(one.path.ends_with(&entry.file));
        // The sketch says nothing of itself.
        let Some(device) = &entry.device else { continue };
        let number: u64 = device.trim_start_matches("simulated-").parse().unwrap();
        let fan = Fan::new(5 + number);
        let taken = fan.recording_of(&run, state, entry.sequence.unwrap(), 200.0, 64).unwrap();
        assert_eq!(one.recording.values(), taken.values());
        assert_eq!(one.recording.rate_hz(), taken.rate_hz());
    }
    assert_eq!(entries.iter().filter(|entry| entry.device.is_none()).count(), 8);

    // It goes on where it ended.
    let collecting = Collecting::start(&room, "-d fan/low");
    assert_eq!(post(collecting.address, "/", r#"{"x":[1],"y":[2],"z":[3]}"#), Some(204));
    assert!(room.path("fan/low/0024.csv").is_file());
    collecting.end("INT");
}

/// Exchanges that break are made again, and nothing is kept twice.
#[test]
fn boards_on_a_bad_line_lose_nothing() {
    let room = Room::new();
    let collecting = Collecting::start(&room, "-d low");
    let boards = format!(
        "simulate --post http://{} --boards 4 --protocol json,binary --recordings 30 --every 0.01 \
         --readings 16 --loss 0.3",
        collecting.address
    );
    let ended = room.judder(&boards).well();
    said(&ended, "120 recordings acknowledged, 0 lost");
    let again: usize = ended
        .stderr
        .split(", ")
        .nth(2)
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .unwrap();
    // Three of ten break, and each of these may break again: some 51.
    assert!((20..100).contains(&again), "{}", ended.stderr);
    collecting.end("TERM");
    let entries = read_sidecar(&room.path("low")).unwrap();
    let mut seen: Vec<_> = entries.iter().map(|one| (one.device.clone(), one.sequence)).collect();
    seen.sort();
    seen.dedup();
    assert_eq!((entries.len(), seen.len()), (120, 120));
}

#[test]
fn boards_that_nobody_answers_say_so() {
    let room = Room::new();
    // The first port is nobody's.
    let line = "simulate --post http://127.0.0.1:1 --protocol sketch --recordings 6 --every 0.8";
    let ended = room.judder(line);
    assert!(ended.stderr.starts_with("no answer from 127.0.0.1:1: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("0 recordings acknowledged, 6 lost"), "{}", ended.stderr);
}

#[test]
fn a_signal_as_soon_as_it_listens_ends_it_well() {
    let room = Room::new();
    for signal in ["TERM", "INT", "TERM", "INT", "TERM", "INT"] {
        let (code, said) = Collecting::start(&room, "-d low").end(signal);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.ends_with("kept 0 recordings\n"), "{said}");
    }
}

#[test]
fn time_ends_it() {
    let room = Room::new();
    let ended = room.judder("collect -d low -p 0 --address 127.0.0.1 -t 1").well();
    assert!(ended.stderr.ends_with("kept 0 recordings\n"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_is_said() {
    let room = Room::new();
    let collecting = Collecting::start(&room, "-d low");
    let port = collecting.address.port();
    room.refused(
        &format!("collect -d other --address 127.0.0.1 -p {port}"),
        1,
        &[&format!("error: 127.0.0.1:{port}: cannot be listened on")],
    );
    room.refused("collect -d low -p 0", 1, &["error: low", "another"]);
    room.write("file", "");
    room.refused("collect -d file -p 0", 1, &["error: file: is a file", "--dir"]);
    room.refused("collect -d low -p 70000", 2, &["70000"]);
    room.refused("collect -d low -t x", 2, &["a whole number"]);
    room.refused("simulate --post ftp://x", 2, &["http://HOST:PORT"]);
    room.refused("simulate --post http://127.0.0.1:1 --out x", 2, &["cannot be used with"]);
    room.refused("simulate --boards 3", 2, &["required arguments"]);
    room.refused("simulate --post http://127.0.0.1:1 --every 0", 2, &["--every"]);
    collecting.end("KILL");
    // Who was killed is in nobody's way.
    let again = Collecting::start(&room, "-d low");
    again.end("TERM");
}
