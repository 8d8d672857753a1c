//! `judder collect --serial`: what comes over a pseudo-terminal is kept, whatever becomes of the cable.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Stdio};

use judder_data::{load, read_sidecar};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::room::Room;

/// The board's end of a cable; the other one is a name in a room.
struct Board {
    end: File,
    name: PathBuf,
}

impl Board {
    fn plugged(room: &Room, name: &str) -> Self {
        // No program that is started meanwhile may hold the cable.
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let other = ptsname(&end, Vec::new()).unwrap().into_string().unwrap();
        let name = room.path(name);
        // In one step, as it is for who looks.
        symlink(other, name.with_extension("new")).unwrap();
        std::fs::rename(name.with_extension("new"), &name).unwrap();
        Self { end: end.into(), name }
    }

    fn says(&mut self, text: &str) {
        self.end.write_all(text.as_bytes()).unwrap();
    }

    /// Blank lines, as many as a program may read besides.
    fn pauses(&mut self) {
        self.says(&"\r\n".repeat(BESIDES / 2));
    }

    fn unplugged(self) {
        std::fs::remove_file(&self.name).unwrap();
    }
}

/// What a run reads of anything but boards is less, in bytes.
const BESIDES: usize = 2000;

/// A run that listens.
struct Listening {
    child: Child,
    said: BufReader<ChildStderr>,
}

impl Listening {
    fn start(room: &Room, options: &str) -> Self {
        let mut command = room.command();
        command.arg("collect").args(options.split(' '));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let mut listening = Self { child, said };
        listening.hear("listening to ");
        listening
    }

    /// Waits until it says these words; the line.
    fn hear(&mut self, words: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "no {words:?} in\n{all}");
            if line.contains(words) {
                return line;
            }
            all += &line;
        }
    }

    /// The bytes that it read so far.
    fn read(&self) -> usize {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).unwrap();
        io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok()).unwrap()
    }

    /// Does what sends so many bytes, and waits until it read them: a cable that is pulled takes what was not with it.
    fn takes(&self, boards: &mut [Board], texts: &[String]) {
        let before = self.read();
        for (board, text) in boards.iter_mut().zip(texts) {
            board.says(text);
            board.pauses();
        }
        let sent = texts.iter().map(|text| text.len() + BESIDES).sum::<usize>();
        while self.read() < before + sent {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Ends it; what it said last.
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success()
        );
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{rest}");
        rest
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reading(k: usize) -> [f64; 3] {
    [3.0, 5.0, 7.0].map(|cycles| ((k as f64 / cycles).sin() * 1e4).round() / 1e4)
}

/// Readings at 1 kHz with their time in µs, as a board prints them.
fn lines(readings: std::ops::Range<usize>) -> String {
    let line = |k: usize| {
        let [x, y, z] = reading(k);
        format!("{},{x},{y},{z}\r\n", 70_000 + 1000 * k)
    };
    readings.map(line).collect()
}

/// The readings of a folder, in order, each with the three numbers.
fn kept(room: &Room, folder: &str) -> Vec<Vec<f64>> {
    let (recordings, errors) = load(&room.path(folder)).unwrap();
    assert_eq!(errors.len(), 0);
    recordings.iter().flat_map(|one| one.recording.rows().map(Iterator::collect)).collect()
}

fn expected(readings: std::ops::Range<usize>) -> Vec<Vec<f64>> {
    readings.map(|k| reading(k).to_vec()).collect()
}

#[test]
fn all_is_kept_in_order_however_quickly_it_comes() {
    let room = Room::new();
    let mut boards = [Board::plugged(&room, "port")];
    let mut listening =
        Listening::start(&room, "--serial port@2000000 -d fan/low --label low --unit mg");
    listening.takes(&mut boards, &["9,0.9\r\nready\r\n".to_owned() + &lines(0..20_000)]);
    boards.into_iter().for_each(Board::unplugged);
    listening.hear("tried again");
    let said = listening.end();
    assert!(said.ends_with("kept 20 recordings\n"), "{said}");
    assert!(said.contains("20 recordings of 20000 readings, 1000 Hz\n"), "{said}");
    assert!(said.contains("1 line is no reading"), "{said}");
    assert_eq!(kept(&room, "fan/low"), expected(0..20_000));
    let entries = read_sidecar(&room.path("fan/low")).unwrap();
    assert_eq!(entries.len(), 20);
    for (entry, number) in entries.iter().zip(0..) {
        assert_eq!(entry.file, format!("{number:04}.csv"));
        assert!((entry.rate_hz.unwrap() / 1000.0 - 1.0).abs() < 1e-3);
        assert_eq!(entry.unit, "mg".parse().ok());
        let said = [&entry.device, &entry.label, &entry.source].map(Option::as_deref);
        assert_eq!(said, [Some("port"), Some("low"), Some("serial")]);
        assert!(humantime::parse_rfc3339(entry.time.as_ref().unwrap()).is_ok());
    }
}

#[test]
fn a_cable_may_be_pulled_and_put_back() {
    let room = Room::new();
    let mut boards = [Board::plugged(&room, "port")];
    let mut listening = Listening::start(&room, "--serial port -d kept --length 250");
    listening.takes(&mut boards, &["half\r\n".to_owned() + &lines(0..1100)]);
    // It is pulled within a line.
    boards[0].says("71100000,0.1,0");
    boards.into_iter().for_each(Board::unplugged);
    listening.hear("it was unplugged");
    let mut boards = [Board::plugged(&room, "port")];
    listening.hear("there again");
    listening.takes(&mut boards, &[".7,0.1\r\n".to_owned() + &lines(5000..6000)]);
    boards.into_iter().for_each(Board::unplugged);
    listening.hear("it was unplugged");
    let said = listening.end();
    assert!(said.contains("8 recordings of 2100 readings"), "{said}");
    assert!(said.contains("100 readings before gaps and at the end were too few"), "{said}");
    assert_eq!(kept(&room, "kept"), [expected(0..1000), expected(5000..6000)].concat());
}

#[test]
fn what_is_cut_short_is_kept_where_that_is_asked_for_and_each_port_has_a_folder() {
    let room = Room::new();
    let mut boards = ["left", "right"].map(|name| Board::plugged(&room, name));
    let mut listening =
        Listening::start(&room, "--serial left --serial right -d kept --length 400 --short");
    listening.hear("listening to ");
    // Ten are missing.
    let text = |from| format!("half\n{}{}", lines(from..from + 500), lines(from + 510..from + 700));
    listening.takes(&mut boards, &[0, 10_000].map(text));
    boards.into_iter().for_each(Board::unplugged);
    listening.hear("it was unplugged");
    listening.hear("it was unplugged");
    let said = listening.end();
    assert!(said.ends_with("kept 6 recordings\n") && said.contains("1 gap"), "{said}");
    for (folder, from) in [("kept/left", 0), ("kept/right", 10_000)] {
        let all = [expected(from..from + 500), expected(from + 510..from + 700)].concat();
        assert_eq!(kept(&room, folder), all);
        let files = read_sidecar(&room.path(folder)).unwrap().len();
        assert_eq!(files, 3);
    }
}

#[test]
fn a_port_that_is_none_is_refused() {
    let room = Room::new();
    room.write("file", "1,2,3\n");
    std::fs::create_dir(room.path("other")).unwrap();
    for (options, code, words) in [
        ("--serial none -d k", 1, ["none: no such port;", "there"]),
        ("--serial file -d k", 1, ["file: is no serial port", "there"]),
        ("--serial file@fast -d k", 2, ["--serial", "\"fast\" is no baud rate"]),
        ("--serial file", 2, ["--dir", "missing"]),
        ("--serial file --serial other/file -d k", 2, ["--serial", "one name"]),
        ("--serial file -d k --seconds 0", 2, ["--seconds", "above 0"]),
    ] {
        room.refused(&format!("collect {options}"), code, &words);
    }
    room.judder("collect --length 5 -d k").ended(2);
    room.judder("collect --serial file --sessions -d k").ended(2);
}
