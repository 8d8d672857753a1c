//! Boards that post recordings in the binary form, each kept connection by itself.

use std::io::BufReader;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::super::exchange::exchange;

/// Readings of each axis in a recording.
pub(super) const READINGS: usize = 200;
/// Connections at once.
const CONNECTIONS: usize = 8;
/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Boards of one server.
pub(super) struct Boards {
    port: u16,
    boards: usize,
    next: AtomicU64,
}

/// What became of what was sent.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sent {
    /// Answered 201.
    pub(super) kept: u64,
    /// Answered 507.
    pub(super) refused: u64,
}

impl Boards {
    /// So many boards, whose recordings are numbered from there.
    pub(super) fn new(port: u16, boards: usize, first: u64) -> Self {
        Self { port, boards, next: AtomicU64::new(first) }
    }

    /// Posts so many a second at most, for so long or until it is enough.
    pub(super) fn post(
        &self,
        rate: f64,
        long: Duration,
        enough: impl Fn(&Sent) -> bool + Sync,
    ) -> Result<Sent> {
        let (began, sent) = (Instant::now(), Mutex::new(Sent::default()));
        let one = |connection: usize| -> Result<()> {
            let stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let mut stream = BufReader::new(stream);
            let own = rate / CONNECTIONS as f64;
            for turn in 0_u64.. {
                let due = began + Duration::from_secs_f64((turn as f64 / own).min(1e6));
                if due.max(Instant::now()) >= began + long {
                    break;
                }
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let board = (number as usize * CONNECTIONS + connection) % self.boards;
                let status = exchange(&mut stream, &request(board, number))?;
                let mut sent = sent.lock().map_err(|_| anyhow!("a connection fell over"))?;
                match status {
                    201 => sent.kept += 1,
                    507 => sent.refused += 1,
                    other => bail!("a recording was answered {other}"),
                }
                if enough(&sent) {
                    break;
                }
            }
            Ok(())
        };
        thread::scope(|scope| {
            let one = &one;
            let all: Vec<_> = (0..CONNECTIONS).map(|at| scope.spawn(move || one(at))).collect();
            let ended =
                all.into_iter().map(|one| one.join().map_err(|_| anyhow!("a board fell over")));
            ended.map(Result::flatten).collect::<Result<Vec<()>>>()
        })?;
        sent.into_inner().map_err(|_| anyhow!("a connection fell over"))
    }
}

/// A request with a recording of 3 axes, of noise about gravity.
fn request(board: usize, number: u64) -> Vec<u8> {
    let name = format!("board-{board:03}");
    let mut body = b"JUD1".to_vec();
    body.extend([3, name.len() as u8, 0, 0]);
    body.extend((READINGS as u32).to_le_bytes());
    body.extend((1.0_f32 / 2048.0).to_le_bytes());
    body.extend(200.0_f64.to_le_bytes());
    body.extend(number.to_le_bytes());
    body.extend(0_i64.to_le_bytes());
    body.extend(name.as_bytes());
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for at in 0..3 * READINGS {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let gravity = if at % 3 == 2 { 2048 } else { 0 };
        body.extend((gravity + (state % 401) as i16 - 200).to_le_bytes());
    }
    let mut request = format!(
        "POST /api/v1/recordings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/vnd.judder.recording\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    request
}
