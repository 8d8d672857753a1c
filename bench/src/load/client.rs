//! A client that posts as fast as it is answered.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use judder_data::simulate::{Fan, Speed, State};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Digits of a sequence number, which are written over from request to request.
const DIGITS: usize = 12;

/// Requests that are sent, but for the number in them.
pub(crate) struct Bodies(Arc<Vec<Request>>);

struct Request {
    bytes: Vec<u8>,
    /// Where the device's number and the sequence number stand.
    device: usize,
    sequence: usize,
}

/// A request of one device, whose number is written over from one to the next.
pub(crate) struct Numbered {
    bytes: Vec<u8>,
    sequence: usize,
}

impl Numbered {
    /// The request with the number of a recording.
    pub(crate) fn numbered(&mut self, round: usize, number: usize) -> &[u8] {
        // Begins with 1: a number in JSON has no zeros in front.
        let digits = format!("1{round:0>2}{number:0>9}");
        self.bytes[self.sequence..self.sequence + DIGITS].copy_from_slice(digits.as_bytes());
        &self.bytes
    }
}

/// What came of a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Requests answered a second.
    pub(crate) rate: f64,
    /// Requests answered in all.
    pub(crate) requests: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Bodies {
    /// Recordings of a simulated fan.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let fan = Fan::new(0);
        let state = State { speed: Speed::Low, coin: false, moved: false };
        let request = |index| -> anyhow::Result<Request> {
            let recording = fan.recording(state, index, 200.0, 200).context("a recording")?;
            let mut body = format!(
                "{{\"device\":\"board-{:0>4}\",\"sequence\":{:1>DIGITS$},\"rate_hz\":200",
                0, 1
            );
            for (name, axis) in ["x", "y", "z"].into_iter().zip(recording.iter_axes()) {
                let values: Vec<String> = axis.iter().map(ToString::to_string).collect();
                write!(body, ",\"{name}\":[{}]", values.join(","))?;
            }
            body.push('}');
            let mut bytes = format!(
                "POST /api/v1/recordings HTTP/1.1\r\nHost: judder\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n",
                body.len()
            )
            .into_bytes();
            let begin = bytes.len();
            let device = begin + body.find("board-").context("a device")? + 6;
            let sequence = begin + body.find("sequence\":").context("a sequence")? + 10;
            bytes.extend(body.into_bytes());
            Ok(Request { bytes, device, sequence })
        };
        let requests = (0..16).map(request).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self(Arc::new(requests)))
    }

    /// Those of one device.
    pub(crate) fn of(&self, device: usize) -> Vec<Numbered> {
        let numbered = |request: &Request| {
            let mut bytes = request.bytes.clone();
            let number = format!("{device:0>4}");
            bytes[request.device..request.device + 4].copy_from_slice(number.as_bytes());
            Numbered { bytes, sequence: request.sequence }
        };
        self.0.iter().map(numbered).collect()
    }
}

/// What clients run on: as many threads wherever they are measured.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

/// Posts on so many connections for so long, each a device of its own.
pub(crate) async fn load(
    server: SocketAddr,
    bodies: &Bodies,
    connections: usize,
    long: Duration,
    round: usize,
) -> anyhow::Result<Load> {
    let began = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|connection| tokio::spawn(post(server, bodies.of(connection), round, began + long)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied();
    let (p50, p99) = at(0.5).zip(at(0.99)).context("nothing was answered")?;
    Ok(Load { rate, requests: times.len(), p50, p99 })
}

async fn post(
    server: SocketAddr,
    mut requests: Vec<Numbered>,
    round: usize,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let (mut times, mut answer) = (Vec::new(), [0; 2048]);
    let count = requests.len();
    for number in 0.. {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        stream.write_all(requests[number % count].numbered(round, number)).await?;
        answered(&mut stream, &mut answer).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Reads an answer to its end; it is one of success.
pub(crate) async fn answered(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        anyhow::ensure!(read > 0, "the connection was closed");
        filled += read;
        let Ok(text) = std::str::from_utf8(&buffer[..filled]) else {
            bail!("an answer in no UTF-8")
        };
        let Some(end) = text.find("\r\n\r\n") else { continue };
        anyhow::ensure!(text.as_bytes().get(9) == Some(&b'2'), "refused: {text}");
        let lower = text[..end].to_ascii_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length: usize = length.map_or(Ok(0), str::parse)?;
        if filled >= end + 4 + length {
            return Ok(());
        }
    }
}
