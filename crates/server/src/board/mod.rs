//! Boards that are none: what a server sees of a fleet of them.

mod exchange;
mod line;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use judder_data::Recording;
use judder_data::simulate::{Fan, Run, State};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use line::{Line, Outcome};

/// What a board speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// As the example's sketch: asks, posts, and never sends anything twice.
    Sketch,
    /// `/api/v1` in JSON, until it is acknowledged.
    Json,
    /// `/api/v1` in binary, until it is acknowledged.
    Binary,
}

/// Boards on simulated fans.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// The server.
    pub server: SocketAddr,
    /// How many boards there are.
    pub boards: usize,
    /// What they speak, in turn.
    pub speaks: Vec<Speaks>,
    /// Recordings of each board; without an end where that is none.
    pub recordings: Option<u64>,
    /// From one recording to the next.
    pub every: Duration,
    /// By how much that differs each time, as a share of it.
    pub jitter: f64,
    /// The share of exchanges that are cut, before or after the server has all of it.
    pub loss: f64,
    /// What the fans do.
    pub state: State,
    /// What the run of each fan has besides, by the number of its recording.
    pub run: Run,
    /// What those of the first board do from here on, and for how long.
    pub then: Option<(Duration, Duration, State)>,
    /// Sample rate in Hz.
    pub rate_hz: f64,
    /// Readings in a recording.
    pub readings: usize,
    /// Another seed is another fleet of the same kind.
    pub seed: u64,
    /// All boards are on the same fan, which has made so many recordings before; each on one of its own
    /// where nothing is said.
    pub alike: Option<u64>,
}

/// A board is so many recordings behind the next one that is on the same fan: all of them are as warm.
const BETWEEN: u64 = 20;

/// What became of the recordings of a fleet.
#[derive(Debug, Default)]
pub struct Tally {
    /// Recordings that the server acknowledged.
    pub acknowledged: AtomicU64,
    /// How often one was sent again.
    pub again: AtomicU64,
    /// Recordings that were given up: as the sketch does without an answer, or because the server
    /// refused them.
    pub lost: AtomicU64,
}

impl Fleet {
    /// Runs all boards until they have sent their recordings, or `stop` says so; what was begun is then
    /// not ended.
    pub async fn run(&self, tally: &Arc<Tally>, stop: watch::Receiver<bool>) {
        let began = Instant::now();
        let boards: Vec<_> = (0..self.boards)
            .map(|number| {
                let board = Board::new(self.clone(), number, began, Arc::clone(tally));
                let mut stop = stop.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        () = board.run() => {}
                        _ = stop.wait_for(|stop| *stop) => {}
                    }
                })
            })
            .collect();
        for board in boards {
            // A board that fails ends alone.
            let _ = board.await;
        }
    }
}

/// A board on a fan.
struct Board {
    fleet: Fleet,
    number: usize,
    fan: Fan,
    began: Instant,
    tally: Arc<Tally>,
    chance: ChaCha8Rng,
    line: Line,
}

impl Board {
    fn new(fleet: Fleet, number: usize, began: Instant, tally: Arc<Tally>) -> Self {
        let seed = fleet.seed.wrapping_add(number as u64);
        let speaks = fleet.speaks.get(number % fleet.speaks.len().max(1));
        let speaks = speaks.copied().unwrap_or(Speaks::Json);
        // Drawn by chance, not from the seed: a fleet that runs again is one that was switched on again.
        let start = getrandom::u32().unwrap_or(1).max(1);
        let line = Line::new(fleet.server, speaks, format!("simulated-{number}"), start);
        let fan = Fan::new(if fleet.alike.is_some() { fleet.seed } else { seed });
        let chance = ChaCha8Rng::seed_from_u64(seed);
        Self { fleet, number, fan, began, tally, chance, line }
    }

    async fn run(mut self) {
        // Nobody switches all boards on at once.
        let offset = self.fleet.every.mul_f64(self.number as f64 / self.fleet.boards.max(1) as f64);
        let mut next = self.began + offset;
        for index in 0..self.fleet.recordings.unwrap_or(u64::MAX) {
            sleep_until(next).await;
            let Some(recording) = self.recording(index) else { return };
            self.send(index, &recording).await;
            let jitter = 1.0 + self.fleet.jitter * self.chance.random_range(-1.0..=1.0);
            next += self.fleet.every.mul_f64(jitter.max(0.0));
        }
    }

    fn recording(&self, index: u64) -> Option<Recording> {
        let mut state = self.fleet.state;
        if let Some((from, during, then)) = self.fleet.then
            && self.number == 0
            && (from..from.saturating_add(during)).contains(&self.began.elapsed())
        {
            state = then;
        }
        let before = self.fleet.alike.map(|before| before + BETWEEN * self.number as u64);
        let index = index + before.unwrap_or(0);
        let Fleet { run, rate_hz, readings, .. } = &self.fleet;
        self.fan.recording_of(run, state, index, *rate_hz, *readings)
    }

    /// Sends a recording: as the sketch once, else until it is acknowledged.
    async fn send(&mut self, index: u64, recording: &Recording) {
        let mut wait = Duration::from_millis(100);
        loop {
            let cut = self.chance.random_bool(self.fleet.loss.clamp(0.0, 1.0));
            let cut = cut.then(|| self.chance.random_range(0.0..2.0));
            let counter = match self.line.send(index, recording, cut).await {
                Outcome::Acknowledged => &self.tally.acknowledged,
                Outcome::Refused | Outcome::Unread => &self.tally.lost,
                Outcome::Unknown if self.line.repeats() => {
                    self.tally.again.fetch_add(1, Ordering::Relaxed);
                    sleep(wait.mul_f64(self.chance.random_range(0.5..1.5))).await;
                    wait = (2 * wait).min(Duration::from_secs(5));
                    continue;
                }
                Outcome::Unknown => &self.tally.lost,
            };
            counter.fetch_add(1, Ordering::Relaxed);
            return;
        }
    }
}
