//! `judder serve`: what it says, what it refuses, and what it does from end to end.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use judder_data::simulate::Fan;
use serde_json::{Value, json};

use crate::room::Room;

/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A model of the simulated fan, in `fan.json`.
pub(crate) fn room_with_model() -> Room {
    let room = Room::new();
    room.judder("simulate --out fan --states low --recordings 80 --readings 200 --seed 5").well();
    room.judder("train --normal fan/fan_0_low_0_weight -o fan.json").well();
    room
}

/// A server in a room, on a port of its own.
pub(crate) struct Serving {
    child: Child,
    said: Arc<Mutex<String>>,
    reading: Option<thread::JoinHandle<()>>,
    pub(crate) address: SocketAddr,
    /// As the link has it that is printed.
    pub(crate) token: Option<String>,
}

impl Serving {
    pub(crate) fn start(room: &Room, line: &str) -> Self {
        Self::within(room.command(), line)
    }

    /// The same in another environment.
    pub(crate) fn within(command: std::process::Command, line: &str) -> Self {
        Self::at(command, line, "127.0.0.1")
    }

    /// The same on this address.
    pub(crate) fn at(mut command: std::process::Command, line: &str, address: &str) -> Self {
        command.args(line.split(' ')).args(["--address", address, "-p", "0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let from = said.len();
            assert!(lines.read_line(&mut said).unwrap() > 0, "{line}: {said}");
            let found = said[from..].split("listening on http://").nth(1);
            if let Some(found) = found {
                break found.split(',').next().unwrap().parse().unwrap();
            }
        };
        while !said.contains("\nthe page: ") && !line.contains("--page=false") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "{line}: {said}");
        }
        let token =
            said.split("/?token=").nth(1).map(|rest| rest.lines().next().unwrap().to_owned());
        let said = Arc::new(Mutex::new(said));
        let all = Arc::clone(&said);
        let reading = thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
                all.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        Self { child, said, reading: Some(reading), address, token }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal; how it ended, and all that it said.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let status = self.child.wait().unwrap();
        self.reading.take().unwrap().join().unwrap();
        (status.code(), self.said())
    }

    /// All that it said so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said this.
    pub(crate) fn wait_for(&self, words: &str) {
        wait(words, || self.said().contains(words));
    }

    /// Status and body of an answer, if there is one.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> Option<(u16, String)> {
        let token = self.token.as_deref().filter(|_| path != "/" && path != "/api/v1/recordings");
        ask_with(self.address, method, path, "application/json", token, body)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, &[]).unwrap();
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Posts a recording of a fan at low speed.
    pub(crate) fn post(&self, device: &str, sequence: u64, state: &str) -> (u16, String) {
        let body = recording(device, sequence, state);
        self.ask("POST", "/api/v1/recordings", body.as_bytes()).unwrap()
    }
}

/// A test that fails leaves no server behind.
impl Drop for Serving {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of what is answered to a request on a connection of its own, if anything is.
pub(crate) fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    kind: &str,
    body: &[u8],
) -> Option<(u16, String)> {
    ask_with(address, method, path, kind, None, body)
}

/// The same with a token.
fn ask_with(
    address: SocketAddr,
    method: &str,
    path: &str,
    kind: &str,
    token: Option<&str>,
    body: &[u8],
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\n\
         {token}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    stream.write_all(&request).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// A recording as a board posts it.
pub(crate) fn recording(device: &str, sequence: u64, state: &str) -> String {
    let taken = Fan::new(5).recording(state.parse().unwrap(), sequence, 200.0, 200).unwrap();
    let axes: Vec<_> = taken.iter_axes().collect();
    json!({"device": device, "sequence": sequence, "rate_hz": 200.0, "axes": axes}).to_string()
}

/// Waits for something to be so.
pub(crate) fn wait(what: &str, mut so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < until, "{what}: it never came");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_cannot_be_is_said() {
    let room = Room::with_model();
    let serving = Serving::start(&room, "serve m.json -d here");
    let port = serving.address.port();
    room.refused(
        &format!("serve m.json -d other --address 127.0.0.1 -p {port}"),
        1,
        &[&format!("127.0.0.1:{port}: cannot be listened on"), "another port with --port"],
    );
    room.refused("serve m.json -d here -p 0 --address 127.0.0.1", 1, &["here", "another"]);
    room.write("file", "");
    for (line, words) in [
        ("serve m.json -d file -p 0", ["error: file: is a file", "--dir"]),
        (
            "serve m.json -d file/under -p 0",
            ["error: file/under: the folder cannot be made", "--dir"],
        ),
        ("serve none.json -p 0", ["none.json", ""]),
        ("serve fan/fan_0_low_0_weight/0000.csv -p 0", ["0000.csv", ""]),
        ("serve fan -p 0", ["fan", ""]),
        ("serve m.json m.json fan/../m.json -p 0", ["m.json", "another name"]),
    ] {
        room.refused(&format!("{line} --address 127.0.0.1"), 1, &words);
    }
    for (line, words) in [
        ("serve m.json -p 70000", ["70000", ""]),
        ("serve m.json -t x", ["a whole number", ""]),
        ("serve m.json --votes 4/3", ["--votes", "4/3"]),
        ("serve m.json --clear 2", ["--clear", "2"]),
        ("serve m.json --keep-scores soon", ["--keep-scores", "soon"]),
        ("serve m.json --label x", ["--label", ""]),
    ] {
        room.refused(line, 2, &words);
    }
    // The first one has heard nothing of it.
    assert_eq!(serving.post("fan", 0, "low").0, 201);
    let (code, said) = serving.end("TERM");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("took 1 recording\n"), "{said}");
}

#[test]
fn the_configuration_is_printed_and_nothing_is_started() {
    let room = Room::with_model();
    let line = "serve m.json -d here -p 1234 --votes 2/4 --print-config";
    let printed = room.judder(line).well().stdout;
    for words in ["port = 1234", "dir = \"here\"", "votes = \"2/4\""] {
        assert!(printed.contains(words), "{printed}");
    }
    assert!(!room.path("here").exists());
    // What is printed is a configuration.
    room.write("judder.toml", &printed);
    assert_eq!(room.judder("serve --config judder.toml --print-config").well().stdout, printed);
}

#[test]
fn a_probe_asks_the_server_that_runs() {
    let room = Room::new();
    let serving = Serving::start(&room, "serve");
    let port = serving.address.port();
    let probe = format!("serve --probe --address 127.0.0.1 -p {port}");
    room.judder(&probe).well();
    serving.end("INT");
    room.judder(&probe).ended(1).says(&[&port.to_string()]);
}

#[test]
fn without_a_folder_nothing_is_left() {
    let room = Room::new();
    let before = room.all();
    let serving = Serving::start(&room, "serve");
    assert_eq!(serving.post("fan", 0, "low").0, 201);
    let session = serving.ask("POST", "/api/v1/session", br#"{"label":"x"}"#).unwrap();
    assert!(session.0 == 409 && session.1.contains("-d DIR"), "{session:?}");
    assert_eq!(serving.get("/api/v1/fleet")["devices"][0]["state"], "unwatched");
    serving.end("TERM");
    assert_eq!(room.all(), before);
}

/// From a coin to a webhook, signed, and to a command that no text from the network reaches through a shell.
#[test]
fn a_coin_is_told_to_all_outlets() {
    let room = room_with_model();
    let hook = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = format!(
        "[[webhooks]]\nname = \"hall\"\nurl = \"http://{}/alerts\"\nsecret_env = \"HOOK\"\n\n\
         [[commands]]\nname = \"note\"\nprogram = \"sh\"\n\
         args = [\"-c\", 'printf \"%s %s %s\\n\" \"$JUDDER_DEVICE\" \"$JUDDER_KIND\" \"$JUDDER_TRANSITION\" >> told; env >> environment']\n",
        hook.local_addr().unwrap()
    );
    room.write("judder.toml", config);
    let (token, secret) = ("the-token-that-was-given", "the-secret-of-the-hook");
    let mut command = room.command();
    command.env("JUDDER_TOKEN", token).env("HOOK", secret);
    let serving = Serving::within(command, "serve fan.json -d here --config judder.toml");
    let device = "_.--touch-pwned";
    for sequence in 80..86 {
        assert_eq!(serving.post(device, sequence, "low+coin").0, 201);
    }
    for hostile in ["$(touch pwned)", "a;touch pwned", "a`touch pwned`", "a\n", "../a"] {
        assert_eq!(serving.post(hostile, 0, "low").0, 422, "{hostile}");
    }
    let told = |event: &str| {
        let mut stream = hook.accept().unwrap().0;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut reader = BufReader::new(&mut stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let from = head.len();
            reader.read_line(&mut head).unwrap();
            let line = head[from..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        assert!(head.to_ascii_lowercase().contains("signature"), "{head}");
        let body: Value = serde_json::from_slice(&body).unwrap();
        let text = body.to_string();
        for words in [device, "anomaly", event] {
            assert!(text.contains(words), "{text}");
        }
    };
    told("raised");
    for sequence in 86..98 {
        assert_eq!(serving.post(device, sequence, "low").0, 201);
    }
    told("cleared");
    let lines = || std::fs::read_to_string(room.path("told")).unwrap_or_default();
    wait("the command", || lines().lines().count() == 2);
    let expected = format!("{device} anomaly raised\n{device} anomaly cleared\n");
    assert_eq!(lines(), expected);
    assert!(!room.path("pwned").exists());
    let (_, said) = serving.end("TERM");
    assert!(said.contains(device) && said.contains("anomaly"), "{said}");
    // What somebody gave is told to nobody.
    let environment = std::fs::read_to_string(room.path("environment")).unwrap();
    assert!(environment.contains("JUDDER_KIND=anomaly"), "{environment}");
    for hidden in [token, secret] {
        assert!(!environment.contains(hidden) && !said.contains(hidden), "{environment}\n{said}");
    }
}

/// Boards are answered while so many connections say nothing, and what those took serves the next ones.
#[test]
fn idle_connections_are_in_nobodys_way() {
    // Both ends are files, and some are open already.
    let most = rlimit::increase_nofile_limit(25_000).unwrap();
    let count = usize::try_from(most).unwrap().saturating_sub(1_000).min(10_000);
    if count < 10_000 {
        eprintln!("{count} idle connections in place of 10000: more files may not be open here");
    }
    let room = Room::new();
    let serving = Serving::start(&room, "serve");
    serving.post("fan", 0, "low");
    let connected = || -> u64 {
        let (_, text) = serving.ask("GET", "/metrics", &[]).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("judder_connections "));
        line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    };
    let resident = || -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/statm", serving.id())).unwrap();
        status.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    };
    let before = resident();
    for round in 0..5 {
        let connect = |_| TcpStream::connect(serving.address).unwrap();
        let idle: Vec<_> = (0..count).map(connect).collect();
        wait("all connections", || connected() > count as u64);
        for sequence in 0..10 {
            assert_eq!(serving.post("fan", 10 * round + sequence + 1, "low").0, 201);
        }
        drop(idle);
        wait("their end", || connected() == 1);
    }
    // The allocator keeps what was freed for the next ones: five times as many take no more than these.
    let each = resident().saturating_sub(before) / count as u64;
    assert!(each < 36 << 10, "{each} bytes for each idle connection");
    serving.end("TERM");
}

/// Each run of simulated boards is a board that is switched on again; two at once are two boards of one name.
#[test]
fn a_fleet_that_runs_again_is_kept_anew_and_two_at_once_are_told() {
    let room = Room::with_model();
    let serving = Serving::start(&room, "serve m.json -d here");
    let boards = format!(
        "simulate --post http://{} --boards 2 --protocol json,binary --recordings 12 --every 0.05 --readings 64",
        serving.address
    );
    let recordings = || -> Vec<u64> {
        let fleet = serving.get("/api/v1/fleet");
        let devices = fleet["devices"].as_array().unwrap().iter();
        devices.map(|device| device["recordings"].as_u64().unwrap()).collect()
    };
    let conflicts = || -> Vec<String> {
        let alerts = serving.get("/api/v1/alerts")["alerts"].take();
        let found = alerts.as_array().unwrap().iter().filter(|alert| alert["kind"] == "conflict");
        let mut names: Vec<_> =
            found.map(|alert| alert["device"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    for round in 1..=2 {
        room.judder(&boards).well();
        assert_eq!(recordings(), [12 * round; 2]);
        assert_eq!(conflicts(), [""; 0]);
    }
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| room.judder(&boards).well());
        }
    });
    assert_eq!(recordings(), [48; 2]);
    assert_eq!(conflicts(), ["simulated-0", "simulated-1"]);
    serving.end("TERM");
}
