//! Who is told of alerts by a webhook, and does not take them at once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

/// How often a message is refused before it is taken: then it is due after some 15 s.
const REFUSED: usize = 2;

/// When each message came.
type Came = Arc<Mutex<BTreeMap<String, Vec<Instant>>>>;

/// A receiver that goes on for as long as the program does.
pub(super) struct Receiver {
    pub(super) port: u16,
    came: Came,
}

impl Receiver {
    /// One on a port of its own.
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let came = Came::default();
        let receiver = Self { port, came: Arc::clone(&came) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who says nothing that can be read is not answered.
                let _ = answer(stream, &came);
            }
        });
        Ok(receiver)
    }

    /// How long after the first try the longest wait of a message was until it was taken; none where one has
    /// waited for longer than `patience` and is not taken, or where there is none.
    pub(super) fn taken_after(&self, patience: Duration) -> Option<Duration> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = came.values().filter_map(|tries| {
            let first = tries.first()?;
            match tries.get(REFUSED) {
                Some(taken) => Some(Some(*taken - *first)),
                None if first.elapsed() > patience => Some(None),
                None => None,
            }
        });
        waits.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

fn answer(stream: TcpStream, came: &Came) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(said) = line.strip_prefix("content-length:") {
            length = said.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body)?;
    let message = format!("{} {}", body["alert"], body["transition"]);
    let mut came = came.lock().unwrap_or_else(PoisonError::into_inner);
    let tries = came.entry(message).or_default();
    tries.push(Instant::now());
    let status = if tries.len() > REFUSED { "204 No Content" } else { "503 Busy" };
    write!(stream.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .context("an answer")
}
