//! The sketches that `judder export --to arduino` writes: what of them speaks with a server loses and
//! doubles nothing.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use judder_data::{load, read_sidecar};

use crate::collecting::Collecting;
use crate::room::Room;

/// Readings in a recording of `board.cpp`.
const READINGS: usize = 32;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/sketch")
}

/// A room with the sketches of a model, and the compilers that there are.
fn sketches() -> (Room, Vec<&'static str>) {
    let room = Room::with_model();
    room.judder("export m.json --to arduino -o sketches").well();
    let compilers: Vec<_> = ["g++", "clang++"]
        .into_iter()
        .filter(|one| Command::new(one).arg("--version").output().is_ok())
        .collect();
    assert!(
        !compilers.is_empty() || std::env::var_os("CI").is_none(),
        "neither g++ nor clang++ is there: install one"
    );
    (room, compilers)
}

fn compiled(compiler: &str, words: &[&str]) {
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror"]).args(words);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// A board of the sketch's own sources, built for this machine.
fn board(room: &Room, compiler: &str) -> PathBuf {
    let program = room.path("board");
    let sources = room.path("sketches/collect");
    compiled(
        compiler,
        &[
            "-std=c++11",
            "-O1",
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
            &format!("-I{}", sources.display()),
            here().join("board.cpp").to_str().unwrap(),
            sources.join("poster.cpp").to_str().unwrap(),
            "-o",
            program.to_str().unwrap(),
        ],
    );
    program
}

/// A board that runs; what it said is read at its end.
struct Running(Child);

impl Running {
    /// One that has drawn no start.
    fn start(room: &Room, program: &Path, device: &str, seconds: u32, recordings: u32) -> Self {
        Self::with_start(room, program, device, seconds, recordings, 0)
    }

    fn with_start(
        room: &Room,
        program: &Path,
        device: &str,
        seconds: u32,
        recordings: u32,
        start: u32,
    ) -> Self {
        let words = [
            "127.0.0.1",
            "0",
            device,
            &format!("{device}.number"),
            &seconds.to_string(),
            &recordings.to_string(),
            &start.to_string(),
        ];
        let mut command = Command::new(program);
        command.current_dir(room.path("")).args(words);
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn is_done(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// What it said.
    fn end(mut self) -> String {
        let mut said = String::new();
        let mut read = |from: &mut dyn std::io::Read| from.read_to_string(&mut said).unwrap();
        read(&mut self.0.stdout.take().unwrap());
        read(&mut self.0.stderr.take().unwrap());
        self.0.wait().unwrap();
        said
    }
}

/// A test that fails leaves no board behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the server is by now, for boards that look for it.
fn tell(room: &Room, collecting: &Collecting) {
    room.write("port.new", collecting.address.port().to_string());
    std::fs::rename(room.path("port.new"), room.path("port")).unwrap();
}

/// How many recordings there are.
fn kept(room: &Room) -> usize {
    // None is an error, which it is before the first.
    judder_data::sources(&room.path("low")).map_or(0, |found| found.len())
}

#[test]
fn nothing_is_lost_and_nothing_doubled_while_the_server_is_killed_again_and_again() {
    let (room, compilers) = sketches();
    let Some(compiler) = compilers.first() else { return };
    let program = board(&room, compiler);
    let recordings = 1500;
    let mut collecting = Collecting::start(&room, "-d low");
    tell(&room, &collecting);
    // The first has no start, as one of judder 0.1.
    let starts = [0, u32::MAX];
    let mut boards: Vec<_> = (0..)
        .zip(starts)
        .map(|(at, start)| {
            let name = format!("fan-{at}");
            Running::with_start(&room, &program, &name, 120, recordings, start)
        })
        .collect();
    let mut kills = 0;
    let until = Instant::now() + Duration::from_secs(110);
    while !boards.iter_mut().all(Running::is_done) && Instant::now() < until {
        // So many more are kept first, each time another number.
        let enough = kept(&room) + 40 + kills * 37 % 100;
        while kept(&room) < enough
            && !boards.iter_mut().all(Running::is_done)
            && Instant::now() < until
        {
            std::thread::yield_now();
        }
        collecting.end("KILL");
        kills += 1;
        collecting = Collecting::start(&room, "-d low");
        tell(&room, &collecting);
    }
    let told: Vec<String> = boards.into_iter().map(Running::end).collect();
    collecting.end("TERM");
    assert!(kills >= 5, "{kills} kills; {told:?}");
    for told in &told {
        let all = format!("{recordings} made, 0 waiting, {recordings} sent, ");
        assert!(told.starts_with(&all), "{told}");
        assert!(told.contains(" 0 refused, 0 missed, 0 uncertain"), "{told}");
        assert!(!told.contains(" 0 failed"), "no exchange was hit: {told}");
    }
    each_is_there_once(&room, &["fan-0", "fan-1"], recordings.into());
    // Those that were sent again have the start that they were sent with.
    for entry in read_sidecar(&room.path("low")).unwrap() {
        let expected = (entry.device.as_deref() == Some("fan-1")).then_some(u64::from(u32::MAX));
        assert_eq!(entry.start, expected, "{entry:?}");
    }
}

/// By the list and by the files: every number of every board, once, with its own readings.
fn each_is_there_once(room: &Room, devices: &[&str], count: u64) {
    let entries = read_sidecar(&room.path("low")).unwrap();
    let (recordings, errors) = load(&room.path("low")).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!((entries.len(), recordings.len()), (devices.len() * count as usize, entries.len()));
    let seen: BTreeSet<_> =
        entries.iter().map(|one| (one.device.clone().unwrap(), one.sequence.unwrap())).collect();
    let expected: BTreeSet<_> = devices
        .iter()
        .flat_map(|device| (0..count).map(move |number| ((*device).to_owned(), number)))
        .collect();
    assert_eq!(seen, expected);
    for (entry, one) in entries.iter().zip(&recordings) {
        assert!(one.path.ends_with(&entry.file));
        assert_eq!(one.recording.len(), READINGS);
        assert_eq!(one.recording.rate_hz(), Some(200.5));
        let number = entry.sequence.unwrap() as f64;
        assert!(one.recording.axis(0).iter().all(|x| *x == number / 2048.0), "{}", entry.file);
        let falls = (1..=READINGS).map(|at| -(at as f64) / 2048.0);
        assert!(one.recording.axis(1).iter().copied().eq(falls));
        assert!(one.recording.axis(2).iter().all(|z| *z == 1.0));
    }
}

/// A board that is switched off and on goes on behind its numbers.
#[test]
fn numbers_go_on_over_a_restart() {
    let (room, compilers) = sketches();
    let Some(compiler) = compilers.first() else { return };
    let program = board(&room, compiler);
    let collecting = Collecting::start(&room, "-d low");
    tell(&room, &collecting);
    for _ in 0..3 {
        let told = Running::start(&room, &program, "fan", 60, 70).end();
        assert!(told.starts_with("70 made, 0 waiting, 70 sent, 0 failed"), "{told}");
    }
    collecting.end("TERM");
    let mut numbers: Vec<_> =
        read_sidecar(&room.path("low")).unwrap().iter().map(|one| one.sequence.unwrap()).collect();
    numbers.sort_unstable();
    // In blocks of 64: what is left of the second at each restart is skipped.
    let expected: Vec<u64> = [0, 128, 256].into_iter().flat_map(|at| at..at + 70).collect();
    assert_eq!(numbers, expected);
}

/// A board that has nowhere to keep its numbers counts anew, each time with another start.
#[test]
fn a_board_that_counts_anew_says_so_by_its_start() {
    let (room, compilers) = sketches();
    let Some(compiler) = compilers.first() else { return };
    let program = board(&room, compiler);
    let collecting = Collecting::start(&room, "-d low");
    tell(&room, &collecting);
    let starts = [7_u32, 3_000_000_000, 9];
    for start in starts {
        let _ = std::fs::remove_file(room.path("fan.number"));
        let told = Running::with_start(&room, &program, "fan", 60, 30, start).end();
        assert!(told.starts_with("30 made, 0 waiting, 30 sent, 0 failed"), "{told}");
    }
    collecting.end("TERM");
    let entries = read_sidecar(&room.path("low")).unwrap();
    let seen: Vec<_> = entries.iter().map(|one| (one.start, one.sequence.unwrap())).collect();
    let each = |start: u32| (0..30).map(move |number| (Some(u64::from(start)), number));
    assert_eq!(seen, starts.into_iter().flat_map(each).collect::<Vec<_>>());
}

/// A request, once it is whole: its head and its body.
fn request(stream: &mut std::net::TcpStream) -> (String, Vec<u8>) {
    use std::io::Read;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (mut bytes, mut some) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return (head, bytes.split_off(end + 4));
            }
        }
        let count = stream.read(&mut some).unwrap();
        assert!(count > 0, "the request ends early");
        bytes.extend(&some[..count]);
    }
}

/// A server of judder 0.1 does not know of starts: it gets each recording as it reads it, and none is dropped.
#[test]
fn a_server_that_knows_of_no_starts_gets_none() {
    use std::io::Write;
    use std::net::TcpListener;

    let (room, compilers) = sketches();
    let Some(compiler) = compilers.first() else { return };
    let program = board(&room, compiler);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    room.write("port", listener.local_addr().unwrap().port().to_string());
    let running = Running::with_start(&room, &program, "fan", 60, 6, 0x0403_0201);
    let (mut kept, mut refused) = (Vec::new(), 0);
    while kept.len() < 6 {
        let (mut stream, _) = listener.accept().unwrap();
        let (head, body) = request(&mut stream);
        let answer = match (head.starts_with("GET /healthz"), body.get(..4)) {
            (true, _) => "200 OK\r\nContent-Length: 4\r\n\r\n\"ok\"",
            (_, Some(b"JUD1")) => {
                kept.push(u64::from_le_bytes(body[24..32].try_into().unwrap()));
                // Now and then it is gone for a while, and another may be there after it.
                match kept.len() {
                    3 if refused == 1 => {
                        kept.pop();
                        continue;
                    }
                    _ => "201 Created\r\nContent-Length: 2\r\n\r\n{}",
                }
            }
            _ => {
                assert_eq!(
                    (&body[..4], &body[40..48]),
                    (&b"JUD2"[..], &b"\x01\x02\x03\x04\0\0\0\0"[..])
                );
                refused += 1;
                "400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"
            }
        };
        write!(stream, "HTTP/1.1 {answer}").unwrap();
    }
    let told = running.end();
    assert!(told.starts_with("6 made, 0 waiting, 6 sent, 1 failed, 0 refused"), "{told}");
    assert_eq!((kept, refused), ((0..6).collect(), 2));
}

/// A server that answers as the TinyML example's does: whatever the path, and without a length.
#[test]
fn the_examples_server_gets_what_it_expects() {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    let (room, compilers) = sketches();
    let Some(compiler) = compilers.first() else { return };
    let program = board(&room, compiler);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    room.write("port", listener.local_addr().unwrap().port().to_string());
    let running = Running::start(&room, &program, "fan", 60, 5);
    let (mut posted, mut asked) = (Vec::new(), 0);
    while posted.len() < 5 {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut request = Vec::new();
        let mut some = [0; 4096];
        let whole = |request: &[u8]| {
            let text = String::from_utf8_lossy(request).into_owned();
            let (head, body) = text.split_once("\r\n\r\n")?;
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            (body.len() >= length).then(|| (head.to_owned(), body.to_owned()))
        };
        let (head, body) = loop {
            if let Some(whole) = whole(&request) {
                break whole;
            }
            let count = stream.read(&mut some).unwrap();
            assert!(count > 0, "the request ends early");
            request.extend(&some[..count]);
        };
        if head.starts_with("GET") {
            asked += 1;
            // Not at once.
            let ready: &[u8] = if asked < 4 { b"0" } else { b"1" };
            stream.write_all(b"HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6\r\n\r\n").unwrap();
            stream.write_all(ready).unwrap();
        } else {
            assert!(head.starts_with("POST / HTTP/1.1"), "{head}");
            stream.write_all(b"HTTP/1.0 204 No Content\r\n\r\n").unwrap();
            posted.push(body);
        }
    }
    let told = running.end();
    assert!(told.contains("5 made, 0 waiting, 5 sent") && told.contains("speaks 2"), "{told}");
    for (number, body) in posted.iter().enumerate() {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let x = body["x"].as_array().unwrap();
        assert_eq!(x.len(), READINGS);
        assert!(x.iter().all(|x| x.as_f64() == Some(number as f64 / 2048.0)));
        assert_eq!(body["y"][2].as_f64(), Some(-3.0 / 2048.0));
    }
}

#[test]
fn sketches_are_written_over_nothing() {
    let room = Room::with_model();
    room.write("full/notes.txt", "mine");
    room.refused("export m.json --to arduino -o full", 1, &["error: full", "not empty"]);
    room.refused("export m.json --to arduino -o m.json", 1, &["error: m.json"]);
    room.refused("export m.json --to arduino --standardised -o new", 2, &["--standardised"]);
    assert_eq!(room.read("full/notes.txt"), b"mine");
    assert!(!room.path("new").exists());
    room.judder("export m.json --to arduino -o new").well();
    let settings = String::from_utf8(room.read("new/collect/settings.h")).unwrap();
    assert!(settings.contains("#define RATE_HZ 200.0\n"), "{settings}");
    assert!(settings.contains("#define READINGS 64\n"), "{settings}");
    let text = |path: &str| String::from_utf8(room.read(path)).unwrap();
    assert!(text("new/detect/detect.ino").contains("static judder_m watch;"));
    assert!(text("new/detect/detector.c").contains("judder_m_judge("));
    room.judder("export m.json --to arduino --name fan -o named").well();
    assert!(text("named/detect/detect.ino").contains("static judder_fan watch;"));
    assert!(text("named/detect/detector.h").contains("#define JUDDER_FAN_FEATURES"));
}
