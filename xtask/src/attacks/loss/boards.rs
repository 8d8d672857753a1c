//! Boards that post without a pause to think, and remember what they were told of each recording.

use std::io::BufReader;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::super::exchange::exchange;
use super::super::served::Served;
use super::recording::{Known, Which};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nobody waits longer for the first that is acknowledged.
const FIRST: Duration = Duration::from_secs(10);
/// What a board takes to try again, however often it has failed: all of them share the cores of this machine.
const AGAIN: Duration = Duration::from_millis(10);
/// What a thread of a board needs.
const STACK: usize = 192 << 10;

/// What boards speak, in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaks {
    /// As the sketch of the example: without a name, and nothing twice.
    Sketch,
    /// `/api/v1`, until it is acknowledged.
    Json,
    Binary,
}

const TONGUES: [Speaks; 3] = [Speaks::Sketch, Speaks::Json, Speaks::Binary];

/// What a board was told of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Kept,
}

/// A board: what it was told of each recording that it has sent.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) number: u16,
    speaks: Speaks,
    start: Option<u32>,
    pub(super) told: Vec<Told>,
    /// What it was told that is neither that its recording is kept nor that it may come again.
    pub(super) refused: Option<u16>,
    stream: Option<BufReader<TcpStream>>,
}

/// Boards of one server.
#[derive(Debug)]
pub(in crate::attacks) struct Boards {
    pub(super) all: Vec<Board>,
    /// How many recordings of each are acknowledged.
    kept: Vec<AtomicU64>,
    /// Between one recording of a board and the next.
    pause: Duration,
}

impl Boards {
    /// So many boards; with `starts`, half of those that have a name say since when they count.
    pub(in crate::attacks) fn new(count: usize, pause: Duration, starts: bool) -> Self {
        let board = |at: usize| Board {
            number: at as u16,
            speaks: TONGUES[at % TONGUES.len()],
            start: (starts && at % 2 == 1).then_some(1_000_000 + at as u32),
            told: Vec::new(),
            refused: None,
            stream: None,
        };
        let kept = (0..count).map(|_| AtomicU64::new(0)).collect();
        Self { all: (0..count).map(board).collect(), kept, pause }
    }

    /// All of them post to this port for as long as something takes, which gets how much of each is acknowledged.
    pub(in crate::attacks) fn during<T>(
        &mut self,
        port: u16,
        deed: impl FnOnce(&[AtomicU64]) -> Result<T>,
    ) -> Result<T> {
        let (over, pause) = (AtomicBool::new(false), self.pause);
        let over = &over;
        thread::scope(|scope| {
            for (board, kept) in self.all.iter_mut().zip(&self.kept) {
                let thread = thread::Builder::new().stack_size(STACK);
                thread.spawn_scoped(scope, move || {
                    while !over.load(Ordering::Relaxed) {
                        if board.post(port) {
                            kept.fetch_add(1, Ordering::Relaxed);
                            thread::sleep(pause);
                        } else {
                            thread::sleep(AGAIN);
                        }
                    }
                    board.stream = None;
                })?;
            }
            let done = deed(&self.kept);
            over.store(true, Ordering::Relaxed);
            done
        })
    }

    /// The same for the life of a server, which is killed then. `from_the_first`: it begins with the first recording that is
    /// acknowledged, if one is soon.
    pub(in crate::attacks) fn until_killed(
        &mut self,
        served: Served,
        life: Duration,
        from_the_first: bool,
    ) -> Result<()> {
        self.during(served.serving.port, |kept| {
            let all = || kept.iter().map(|kept| kept.load(Ordering::Relaxed)).sum::<u64>();
            let (before, began) = (all(), Instant::now());
            while from_the_first && all() == before && began.elapsed() < FIRST {
                thread::sleep(Duration::from_millis(2));
            }
            thread::sleep(life);
            // Killed as it is dropped.
            drop(served);
            Ok(())
        })
    }

    /// How many recordings are acknowledged.
    pub(in crate::attacks) fn acknowledged(&self) -> usize {
        let kept = |board: &Board| board.told.iter().filter(|told| **told == Told::Kept).count();
        self.all.iter().map(kept).sum()
    }

    /// These are as if they had never been acknowledged.
    pub(in crate::attacks) fn let_go(&mut self, gone: &[Which]) {
        for which in gone {
            let board = self.all.get_mut(usize::from(which.board));
            if let Some(told) = board.and_then(|board| board.told.get_mut(which.number as usize)) {
                *told = Told::Nothing;
            }
        }
    }
}

impl Board {
    /// The name that it has in the tables.
    pub(super) fn device(&self) -> String {
        name(self.number)
    }

    pub(super) fn has_name(&self) -> bool {
        self.speaks != Speaks::Sketch
    }

    /// Sends a recording, the last one again where nothing is known of it; whether it is acknowledged.
    fn post(&mut self, port: u16) -> bool {
        let again = self.has_name() && self.told.last() == Some(&Told::Nothing);
        if !again {
            self.told.push(Told::Nothing);
        }
        let number = self.told.len() as u64 - 1;
        let kept = match self.exchange(port, Which { board: self.number, number }) {
            Ok(201 | 204) => true,
            // It may come again.
            Ok(408 | 429 | 500..) => false,
            Ok(other) => {
                self.refused = Some(other);
                false
            }
            Err(_) => {
                self.stream = None;
                false
            }
        };
        if kept && let Some(last) = self.told.last_mut() {
            *last = Told::Kept;
        }
        kept
    }

    fn exchange(&mut self, port: u16, which: Which) -> Result<u16> {
        let (device, start) = (self.device(), self.start);
        let known = Known { device: &device, start };
        let (path, kind, body) = match self.speaks {
            Speaks::Sketch => ("/", "application/json", which.json(None)),
            Speaks::Json => ("/api/v1/recordings", "application/json", which.json(Some(known))),
            Speaks::Binary => {
                ("/api/v1/recordings", "application/vnd.judder.recording", which.binary(known))
            }
        };
        let ends = if self.has_name() { "" } else { "Connection: close\r\n" };
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n{ends}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", port))?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                BufReader::with_capacity(1024, stream)
            }
        };
        let status = exchange(&mut stream, &request)?;
        if self.has_name() {
            self.stream = Some(stream);
        }
        Ok(status)
    }
}

/// The name of a board.
pub(super) fn name(board: u16) -> String {
    format!("board-{board:03}")
}

/// The board that has a name.
pub(super) fn named(name: &str) -> Result<u16> {
    let number = name.strip_prefix("board-").and_then(|number| number.parse().ok());
    number.ok_or_else(|| anyhow!("nobody is named {name}"))
}
