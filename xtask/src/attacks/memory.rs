//! What anybody may send takes a bounded memory, and boards that are known go on being answered.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::at::At;
use super::seen::{Seen, grouped};
use super::served::{Served, TOKEN, connect, post, recording, status};
use crate::command::run;

/// The most that the server may have in memory, in bytes.
const MOST: u64 = 256_000_000;
/// Boards that are known, how often each sends something, and how long nearly all of them wait at most.
const BOARDS: usize = 20;
const EVERY: Duration = Duration::from_millis(250);
const QUICK: Duration = Duration::from_secs(1);
/// Readings of a recording of theirs.
const READINGS: usize = 600;

const BODY: usize = 4 << 20;
const HEAD: usize = 390_000;

/// How much is sent.
struct Counts {
    large: usize,
    unended: usize,
    heads: usize,
    names: usize,
    pages: usize,
    /// How long what is not ended is held.
    held: Duration,
}

const SHORT: Counts = Counts {
    large: 54,
    unended: 200,
    heads: 1000,
    names: 12_000,
    pages: 400,
    held: Duration::from_secs(4),
};
const LONG: Counts = Counts {
    large: 54,
    unended: 600,
    heads: 2000,
    names: 100_000,
    pages: 1200,
    held: Duration::from_secs(30),
};

/// What became of an attack.
struct Withstood {
    what: String,
    highest: u64,
    waits: Vec<Duration>,
    refused: usize,
    alive: bool,
    words: String,
}

impl Withstood {
    fn p99(&self) -> Duration {
        self.waits.get(self.waits.len() * 99 / 100).copied().unwrap_or(Duration::MAX)
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !self.alive {
            faults.push(format!("{}: the server has ended", self.what));
        }
        if self.highest > MOST {
            faults.push(format!("{}: {} MB of memory", self.what, self.highest / 1_000_000));
        }
        if self.p99() > QUICK || self.refused > 0 {
            let (p99, refused) = (self.p99(), self.refused);
            faults.push(format!("{}: boards wait {p99:.1?}, {refused} were refused", self.what));
        }
        faults
    }
}

/// The boards that are known.
struct Boards {
    waits: Mutex<Vec<Duration>>,
    refused: AtomicUsize,
    over: AtomicBool,
}

pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    rlimit::increase_nofile_limit(u64::MAX).context("the limit of open files")?;
    let (program, space) = (at.program, at.space);
    let model = space.join("fan.model.json");
    let judder = || {
        let mut judder = std::process::Command::new(program);
        judder.current_dir(space);
        judder
    };
    run(judder().args(["simulate", "--out", "fan", "--states", "low", "--recordings", "60"]))?;
    run(judder().args(["train", "--normal", "fan/fan_0_low_0_weight", "-o"]).arg(&model))?;
    let counts = if at.long { LONG } else { SHORT };
    let path = model.to_string_lossy();
    let mut served = Served::start(program, space, &[&path, "--silent-after", "10 s"], &[])?;
    let boards = Boards {
        waits: Mutex::default(),
        refused: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    };
    let port = served.serving.port;
    let all = thread::scope(|scope| {
        for board in 0..BOARDS {
            let boards = &boards;
            scope.spawn(move || boards.send(board, port));
        }
        let all = all(&mut served, &boards, &counts);
        boards.over.store(true, Ordering::Relaxed);
        all
    });
    let mut seen = Seen::default();
    for one in &all? {
        seen.faults.extend(one.faults());
        let alive = if one.alive { "alive" } else { "the server has ended" };
        let (highest, p99) = (one.highest / 1_000_000, one.p99().as_millis());
        let more = if one.words.is_empty() { String::new() } else { format!(" ({})", one.words) };
        seen.row(
            format!("{}; {BOARDS} boards that are known go on", one.what),
            "256 MB of memory, boards wait 1 s at most (99 %), none is refused",
            format!("{highest} MB, {p99} ms, {} refused, {alive}{more}", one.refused),
        );
    }
    // The names have fallen silent meanwhile.
    let lines = fs::read_to_string(&served.log)?.lines().count();
    seen.fault(lines > 1000, || format!("{lines} lines in the log"));
    seen.row("all of these in the log", "1 000 lines", format!("{} lines", grouped(lines)));
    Ok(seen)
}

/// One attack after the other on one server.
fn all(served: &mut Served, boards: &Boards, counts: &Counts) -> Result<Vec<Withstood>> {
    let port = served.serving.port;
    // First they become known.
    let mut seen = vec![boards.during(served, "nothing", |_| {
        thread::sleep(Duration::from_secs(4));
        Ok(String::new())
    })?];
    let what = format!("{} bodies of 4 MiB under new names", counts.large);
    seen.push(boards.during(served, &what, |_| large(port, counts.large))?);
    let what = format!("{} bodies of 4 MiB, not ended", counts.unended);
    seen.push(boards.during(served, &what, |_| unended(port, counts.unended, counts.held))?);
    let what = format!("{} heads of 390 kB, not ended", counts.heads);
    seen.push(boards.during(served, &what, |_| heads(port, counts.heads, counts.held))?);
    let what = format!("{} names of devices", counts.names);
    seen.push(boards.during(served, &what, |served| {
        names(port, counts.names)?;
        let began = Instant::now();
        let (status, fleet) = served.ask("/api/v1/fleet", Duration::from_secs(30))?;
        let ms = began.elapsed().as_millis();
        // All of them fall silent.
        thread::sleep(Duration::from_secs(12));
        Ok(format!("fleet: {status}, {} kB in {ms} ms", fleet.len() / 1000))
    })?);
    let what = format!("{} pages that read nothing, 500 boards", counts.pages);
    seen.push(boards.during(served, &what, |_| pages(port, counts.pages, counts.held))?);
    Ok(seen)
}

impl Boards {
    /// Posts until it is over.
    fn send(&self, board: usize, port: u16) {
        let device = format!("known-{board}");
        let mut stream = None;
        let mut sequence = 0;
        while !self.over.load(Ordering::Relaxed) {
            let began = Instant::now();
            let body = recording(&device, sequence, READINGS);
            match try_post(&mut stream, port, body.as_bytes()) {
                Ok(201) => {
                    sequence += 1;
                    self.waits().push(began.elapsed());
                }
                _ => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    stream = None;
                }
            }
            thread::sleep(EVERY.saturating_sub(began.elapsed()));
        }
    }

    fn waits(&self) -> std::sync::MutexGuard<'_, Vec<Duration>> {
        self.waits.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What is seen during an attack.
    fn during(
        &self,
        served: &mut Served,
        what: &str,
        attack: impl FnOnce(&Served) -> Result<String>,
    ) -> Result<Withstood> {
        served.forget_highest()?;
        self.waits().clear();
        self.refused.store(0, Ordering::Relaxed);
        let began = Instant::now();
        let done = attack(served);
        println!("{what}: {:.0} s", began.elapsed().as_secs_f64());
        let alive = served.runs()
            && served
                .ask("/healthz", Duration::from_secs(5))
                .is_ok_and(|(status, _)| status == 200);
        let words = match done {
            Ok(words) => words,
            Err(error) if alive => return Err(error.context(what.to_owned())),
            Err(error) => format!("{error:#}"),
        };
        let mut waits = std::mem::take(&mut *self.waits());
        waits.sort_unstable();
        Ok(Withstood {
            what: what.to_owned(),
            highest: served.highest().unwrap_or(u64::MAX),
            waits,
            refused: self.refused.load(Ordering::Relaxed),
            alive,
            words,
        })
    }
}

fn try_post(stream: &mut Option<TcpStream>, port: u16, body: &[u8]) -> Result<u16> {
    let stream = match stream {
        Some(stream) => stream,
        none => none.insert(connect(port)?),
    };
    stream.write_all(&post("application/json", body))?;
    status(stream)
}

/// Runs something so many times, on some threads.
fn each(count: usize, threads: usize, deed: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= count {
                    return Ok(());
                }
                deed(at)?;
            }
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        all.into_iter().try_for_each(|one| one.join().unwrap_or(Ok(())))
    })
}

/// A binary recording as long as a body may be.
fn long_recording(device: &str) -> Vec<u8> {
    let readings = (BODY - 40 - device.len()) / 2;
    let mut body = b"JUD1".to_vec();
    body.extend([1, device.len() as u8, 0, 0]);
    body.extend((readings as u32).to_le_bytes());
    body.extend((1.0_f32 / 1024.0).to_le_bytes());
    body.extend(200.0_f64.to_le_bytes());
    body.extend(1_u64.to_le_bytes());
    body.extend(0_i64.to_le_bytes());
    body.extend(device.as_bytes());
    body.extend((0..readings).flat_map(|at| ((at * 7919 % 20011) as i16).to_le_bytes()));
    body
}

const BINARY: &str = "application/vnd.judder.recording";

fn large(port: u16, count: usize) -> Result<String> {
    let statuses = Mutex::new(std::collections::BTreeMap::<u16, usize>::new());
    each(count, 16, |at| {
        let request = post(BINARY, &long_recording(&format!("large-{at}")));
        let mut stream = connect(port)?;
        // Who is refused need not read all of it.
        let _ = stream.write_all(&request);
        let status = status(&mut stream).unwrap_or(0);
        let mut all = statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *all.entry(status).or_default() += 1;
        Ok(())
    })?;
    let all = statuses.into_inner().unwrap_or_default();
    let words: Vec<String> = all
        .iter()
        .map(|(status, count)| match status {
            0 => format!("{count} cut off"),
            status => format!("{count} x {status}"),
        })
        .collect();
    Ok(words.join(", "))
}

fn unended(port: u16, count: usize, held: Duration) -> Result<String> {
    let request = post(BINARY, &long_recording("unended"));
    let part = &request[..request.len() - 1];
    hold(port, count, held, |stream| stream.write_all(part).is_ok())
}

fn heads(port: u16, count: usize, held: Duration) -> Result<String> {
    let mut head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec();
    head.resize(HEAD, b'x');
    hold(port, count, held, |stream| stream.write_all(&head).is_ok())
}

/// Opens so many connections, sends something, and holds them.
fn hold(
    port: u16,
    count: usize,
    held: Duration,
    send: impl Fn(&mut TcpStream) -> bool + Sync,
) -> Result<String> {
    let open = Mutex::new(Vec::new());
    let sent = AtomicUsize::new(0);
    each(count, 64, |_| {
        let mut stream = connect(port)?;
        stream.set_write_timeout(Some(Duration::from_secs(3)))?;
        sent.fetch_add(usize::from(send(&mut stream)), Ordering::Relaxed);
        open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(stream);
        Ok(())
    })?;
    thread::sleep(held);
    Ok(format!("{} of them were taken as far as they came", sent.into_inner()))
}

fn names(port: u16, count: usize) -> Result<()> {
    let statuses = AtomicUsize::new(0);
    let streams: Vec<Mutex<Option<TcpStream>>> = (0..16).map(|_| Mutex::default()).collect();
    each(count, 16, |at| {
        let mut stream = streams[at % 16].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let body = recording(&format!("name-{at}"), 1, 4);
        match try_post(&mut stream, port, body.as_bytes()) {
            Ok(201) => drop(statuses.fetch_add(1, Ordering::Relaxed)),
            _ => *stream = None,
        }
        Ok(())
    })?;
    let kept = statuses.into_inner();
    anyhow::ensure!(kept == count, "{kept} of {count} were kept");
    Ok(())
}

fn pages(port: u16, count: usize, held: Duration) -> Result<String> {
    let over = AtomicBool::new(false);
    let posted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for part in 0..10 {
            let (over, posted) = (&over, &posted);
            scope.spawn(move || {
                let (mut stream, mut sequence) = (None, 0);
                while !over.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    for board in (0..500).skip(part).step_by(10) {
                        let body = recording(&format!("board-{board}"), sequence, READINGS);
                        match try_post(&mut stream, port, body.as_bytes()) {
                            Ok(201) => drop(posted.fetch_add(1, Ordering::Relaxed)),
                            _ => stream = None,
                        }
                    }
                    sequence += 1;
                    thread::sleep(Duration::from_secs(2).saturating_sub(began.elapsed()));
                }
            });
        }
        let request = format!(
            "GET /api/v1/updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        );
        thread::sleep(Duration::from_secs(3));
        let held = hold(port, count, held, |stream| stream.write_all(request.as_bytes()).is_ok());
        over.store(true, Ordering::Relaxed);
        held
    })?;
    Ok(format!("{} recordings of theirs were kept", posted.into_inner()))
}
