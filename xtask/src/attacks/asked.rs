//! Requests, byte for byte, and what is answered.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    /// The value of the first header of a name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Asks, with these lines in the head, and reads to the end.
pub(super) fn ask(at: SocketAddr, line: &str, head: &[String], body: &str) -> Result<Answer> {
    let mut stream = sent(at, line, head, body)?;
    let (mut answer, mut bytes) = (Vec::new(), [0; 16 << 10]);
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&bytes[..count]),
            // Some forwarders end so.
            Err(error) if error.kind() == ErrorKind::ConnectionReset && !answer.is_empty() => break,
            Err(error) => return Err(error).with_context(|| format!("{line} at {at}")),
        }
        // Events have no end.
        if answer.len() < 2 * bytes.len() && String::from_utf8_lossy(&answer).contains("event: ") {
            break;
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) =
        answer.split_once("\r\n\r\n").with_context(|| format!("{line}: no answer"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("{line}: {head}"))?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// Asks for something without an end, and reads until `seen` is in it; how long that took, once `meanwhile` was done.
pub(super) fn hear(
    at: SocketAddr,
    line: &str,
    head: &[String],
    seen: &str,
    meanwhile: impl FnOnce() -> Result<()>,
) -> Result<Option<Duration>> {
    let mut stream = sent(at, line, head, "")?;
    let (mut heard, mut bytes) = (String::new(), [0; 4096]);
    // Until it listens.
    while !heard.contains("event: update") {
        // What is held back on the way does not come in time.
        let count = stream.read(&mut bytes).unwrap_or(0);
        if count == 0 {
            return Ok(None);
        }
        heard += &String::from_utf8_lossy(&bytes[..count]);
    }
    meanwhile()?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if heard.contains(seen) {
            return Ok(Some(began.elapsed()));
        }
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return Ok(None),
            Ok(count) => heard += &String::from_utf8_lossy(&bytes[..count]),
        }
    }
    Ok(None)
}

fn sent(at: SocketAddr, line: &str, head: &[String], body: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(at).with_context(|| at.to_string())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    for line in head {
        request += &format!("{line}\r\n");
    }
    if !body.is_empty() {
        request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
    Ok(stream)
}
