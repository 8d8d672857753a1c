//! The line from a board to its server.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use judder_data::Recording;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Speaks;
use super::exchange::exchange;
use crate::wire::{BINARY, Posted, to_binary};

/// How long the sketch waits for an answer.
const SKETCH: Duration = Duration::from_millis(500);
/// How long the others wait.
const PATIENT: Duration = Duration::from_secs(10);

/// Counts of the example's sensor, in g.
const COUNT: f32 = 1.0 / 2048.0;

/// What became of a recording that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Acknowledged,
    /// The server will not have it.
    Refused,
    /// No answer came: it may be there or not.
    Unknown,
    /// The server does not know this form.
    Unread,
}

/// The line from a board to its server: opened when it is needed, and again when it breaks.
pub(super) struct Line {
    server: SocketAddr,
    speaks: Speaks,
    device: String,
    /// Since when the board counts, as a real one draws it each time that it is switched on.
    start: u32,
    /// Whether the server is one that knows of no starts in the binary form.
    is_old: bool,
    open: Option<TcpStream>,
}

impl Line {
    pub(super) fn new(server: SocketAddr, speaks: Speaks, device: String, start: u32) -> Self {
        Self { server, speaks, device, start, is_old: false, open: None }
    }

    /// Whether a recording may be sent twice.
    pub(super) fn repeats(&self) -> bool {
        self.speaks != Speaks::Sketch
    }

    /// Sends a recording once; once more to a server that reads it only in the older form. `cut` is how much of the exchange takes place before the line breaks: to 1
    /// a share of the request, from there on all of it, but no answer.
    pub(super) async fn send(
        &mut self,
        sequence: u64,
        recording: &Recording,
        cut: Option<f64>,
    ) -> Outcome {
        let outcome = self.send_as_it_is(sequence, recording, cut).await;
        if outcome != Outcome::Unread {
            return outcome;
        }
        self.is_old = true;
        match self.send_as_it_is(sequence, recording, cut).await {
            Outcome::Unread => Outcome::Refused,
            outcome => outcome,
        }
    }

    async fn send_as_it_is(
        &mut self,
        sequence: u64,
        recording: &Recording,
        cut: Option<f64>,
    ) -> Outcome {
        let sketch = self.speaks == Speaks::Sketch;
        if sketch && self.asked().await != Some(true) {
            return Outcome::Unknown;
        }
        let Some(request) = self.request(sequence, recording) else { return Outcome::Refused };
        let stream = match self.open.take() {
            Some(stream) => Ok(stream),
            None => TcpStream::connect(self.server).await,
        };
        let Ok(mut stream) = stream else { return Outcome::Unknown };
        let _ = stream.set_nodelay(true);
        let patience = if sketch { SKETCH } else { PATIENT };
        match timeout(patience, exchange(&mut stream, &request, cut)).await {
            Ok(Ok(answer)) => {
                if answer.stays && !sketch {
                    self.open = Some(stream);
                }
                match answer.status {
                    200..300 => Outcome::Acknowledged,
                    400 if self.speaks == Speaks::Binary && !self.is_old => Outcome::Unread,
                    408 | 429 | 500.. => Outcome::Unknown,
                    _ => Outcome::Refused,
                }
            }
            _ => Outcome::Unknown,
        }
    }

    /// Whether the server takes recordings, asked as the sketch does.
    async fn asked(&self) -> Option<bool> {
        let mut stream = TcpStream::connect(self.server).await.ok()?;
        let request =
            format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.server);
        let answer = exchange(&mut stream, request.as_bytes(), None);
        let answer = timeout(SKETCH, answer).await.ok()?.ok()?;
        Some(answer.body == b"1")
    }

    fn request(&self, sequence: u64, recording: &Recording) -> Option<Vec<u8>> {
        let (path, kind, body) = match self.speaks {
            Speaks::Sketch => ("/", "application/json", json(recording, "")),
            Speaks::Json => {
                let (device, start) = (&self.device, self.start);
                let rate = recording.rate_hz().unwrap_or(0.0);
                let known = format!(
                    "\"device\":\"{device}\",\"sequence\":{sequence},\"start\":{start},\"rate_hz\":{rate},"
                );
                ("/api/v1/recordings", "application/json", json(recording, &known))
            }
            Speaks::Binary => {
                let posted = Posted {
                    device: Some(self.device.clone()),
                    sequence: Some(sequence),
                    start: (!self.is_old).then_some(self.start),
                    time: None,
                    recording: Arc::new(recording.clone()),
                };
                ("/api/v1/recordings", BINARY, to_binary(&posted, COUNT)?)
            }
        };
        let close = if self.repeats() { "" } else { "Connection: close\r\n" };
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n{close}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.server,
            body.len()
        )
        .into_bytes();
        request.extend(body);
        Some(request)
    }
}

/// A recording of three axes in JSON, with what is known of it.
fn json(recording: &Recording, known: &str) -> Vec<u8> {
    let mut text = format!("{{{known}");
    for (at, (name, axis)) in ["x", "y", "z"].into_iter().zip(recording.iter_axes()).enumerate() {
        let comma = if at > 0 { "," } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}\"{name}\":[");
        for (at, value) in axis.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{value}");
        }
        text.push(']');
    }
    text.push('}');
    text.into_bytes()
}
