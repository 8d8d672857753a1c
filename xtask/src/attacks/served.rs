//! A server to attack.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::command::run;
use crate::serving::Serving;

/// The token of the server.
pub(super) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs until it is dropped.
pub(super) struct Served {
    pub(super) serving: Serving,
    pub(super) log: PathBuf,
}

impl Served {
    /// Starts one with these arguments and variables, in a folder of its own.
    pub(super) fn start(
        program: &Path,
        folder: &Path,
        args: &[&str],
        variables: &[(&str, &Path)],
    ) -> Result<Self> {
        let words = [&["serve"], args, &["-d", "kept", "-p", "0"]].concat();
        Self::launch(program, folder, &words, variables)
    }

    /// The same with all words of its own but the address.
    pub(super) fn launch(
        program: &Path,
        folder: &Path,
        words: &[&str],
        variables: &[(&str, &Path)],
    ) -> Result<Self> {
        let log = folder.join("log");
        let mut serve = Command::new(program);
        serve.current_dir(folder).args(words).args(["--address", "127.0.0.1"]);
        serve.env("JUDDER_TOKEN", TOKEN).envs(variables.iter().copied());
        Ok(Self { serving: Serving::start(serve, &log)?, log })
    }

    /// Whether it runs still.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.serving.child.try_wait(), Ok(None))
    }

    /// Asks it for something as its owner; the status and the body.
    pub(super) fn ask(&self, path: &str, patience: Duration) -> Result<(u16, String)> {
        self.request("GET", path, "", patience)
    }

    /// Asks it, as its owner, to do something.
    pub(super) fn tell(&self, path: &str, body: &str) -> Result<(u16, String)> {
        self.request("POST", path, body, PATIENCE)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        body: &str,
        patience: Duration,
    ) -> Result<(u16, String)> {
        let mut stream = connect(self.serving.port)?;
        stream.set_read_timeout(Some(patience))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let status = head.split(' ').nth(1).context("no status")?;
        Ok((status.parse()?, body.to_owned()))
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) -> Result<()> {
        run(Command::new("kill").args([&format!("-{name}"), &self.serving.child.id().to_string()]))
    }

    /// Ends it as it is ended by people; how long that takes.
    pub(super) fn end(&mut self) -> Result<Duration> {
        let began = Instant::now();
        self.signal("TERM")?;
        while self.runs() && began.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        Ok(began.elapsed())
    }

    /// The highest resident memory so far, in bytes.
    pub(super) fn highest(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.serving.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmHWM")?;
        Ok(kib.trim().parse::<u64>()? << 10)
    }

    /// Has the highest memory be looked for anew.
    pub(super) fn forget_highest(&self) -> Result<()> {
        fs::write(format!("/proc/{}/clear_refs", self.serving.child.id()), "5")
            .context("clear_refs")
    }
}

/// A connection to a server of this machine.
pub(super) fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A request that posts this.
pub(super) fn post(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /api/v1/recordings HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    request
}

/// The status of the next answer on a connection, whose body is read.
pub(super) fn status(stream: &mut TcpStream) -> Result<u16> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.split_once("content-length: ").map(|(_, rest)| rest.split("\r\n").next());
    let length: usize = length.flatten().unwrap_or("0").parse()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(head.split(' ').nth(1).context("no status")?.parse()?)
}

/// A recording of three axes in JSON, as a board sends it.
pub(super) fn recording(device: &str, sequence: u64, readings: usize) -> String {
    let axis: Vec<f64> = (0..readings as u64)
        .map(|at| ((at * (sequence % 7 + 1) * 37) % 101) as f64 / 1024.0)
        .collect();
    let still: Vec<f64> = axis.iter().map(|x| 1.0 + x / 2.0).collect();
    serde_json::json!({
        "device": device, "sequence": sequence, "rate_hz": 200.0, "x": axis, "y": axis, "z": still
    })
    .to_string()
}
