//! A server with a clock of its own, and boards that post to it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::faked::{Clock, Faked};
use super::receiver::Receiver;
use crate::command::{output, run};
use crate::serving::Serving;

/// The names of the boards.
pub(super) const BOARD: [&str; 2] = ["well", "dead"];

/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs until it is dropped.
pub(super) struct Server {
    pub(super) clock: Clock,
    pub(super) receiver: Receiver,
    program: PathBuf,
    folder: PathBuf,
    preload: Command,
    kept: Option<(u64, u64)>,
    serving: Serving,
    next: [u64; BOARD.len()],
    /// When each recording was sent.
    sent: Vec<Instant>,
}

impl Server {
    /// Starts one in a folder of its own; how long readings and recordings are kept, in seconds.
    pub(super) fn start(
        program: &Path,
        faked: &Faked,
        by: i64,
        kept: Option<(u64, u64)>,
    ) -> Result<Self> {
        let name = format!("{:?}", thread::current().id());
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let folder = faked.space.join(name);
        fs::create_dir_all(&folder)?;
        let receiver = Receiver::start()?;
        // It tells by a command that always fails, and by a webhook that fails at first.
        fs::write(
            folder.join("judder.toml"),
            format!(
                "[[commands]]\nname = 'no'\nprogram = '/bin/false'\n\n[[webhooks]]\nname = 'later'\n\
                 url = 'http://127.0.0.1:{}/'\n",
                receiver.port
            ),
        )?;
        let clock = faked.clock(&folder, by)?;
        let mut preload = Command::new(program);
        faked.preload(&mut preload, &clock);
        let serving = begin(program, &folder, &preload, kept)?;
        let program = program.to_owned();
        let (next, sent) = ([0; BOARD.len()], Vec::new());
        Ok(Self { clock, receiver, program, folder, preload, kept, serving, next, sent })
    }

    /// Stops it, and starts it again in its folder with a clock that is set by so many seconds.
    pub(super) fn restart(&mut self, by: i64) -> Result<()> {
        run(Command::new("kill").args(["-INT", &self.serving.child.id().to_string()]))?;
        self.serving.child.wait()?;
        self.clock.set(by)?;
        self.serving = begin(&self.program, &self.folder, &self.preload, self.kept)?;
        Ok(())
    }

    /// A board posts its next recording.
    pub(super) fn post(&mut self, board: usize) -> Result<()> {
        let (name, sequence) = (BOARD[board], self.next[board]);
        let axis: Vec<f64> =
            (0..40).map(|at| f64::from(at * (sequence as i32 % 7 + 1) % 11) / 64.0).collect();
        let body = serde_json::json!({"device": name, "sequence": sequence, "x": axis, "y": axis, "z": axis});
        self.ask("POST", "/api/v1/recordings", &body.to_string())?;
        self.next[board] += 1;
        self.sent.push(Instant::now());
        Ok(())
    }

    /// How many recordings were sent in the last so many seconds.
    pub(super) fn sent_within(&self, seconds: u64) -> usize {
        let lately = |sent: &&Instant| sent.elapsed() < Duration::from_secs(seconds);
        self.sent.iter().filter(lately).count()
    }

    /// The devices of all alerts, oldest first, and whether they are cleared.
    pub(super) fn alerts(&self) -> Result<Vec<(String, bool)>> {
        let said: Value = serde_json::from_str(&self.ask("GET", "/api/v1/alerts", "")?)?;
        let all = said["alerts"].as_array().context("no alerts")?;
        // That the clock was set is an alert of the server, and is to be: it is of no device.
        let one = |alert: &Value| {
            let device = alert["device"].as_str()?;
            Some((device.to_owned(), !alert["cleared"].is_null()))
        };
        Ok(all.iter().rev().filter_map(one).collect())
    }

    /// How many readings and recordings are in the tables.
    pub(super) fn rows(&self) -> Result<(usize, usize)> {
        // Before somebody is answered, what is kept goes there.
        self.alerts()?;
        let count = "import sqlite3, sys; c = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True); \
                     print(*[c.execute(f'SELECT count(*) FROM {t}').fetchone()[0] for t in ('readings', 'recording')])";
        let path = self.folder.join("kept/history.db");
        let said = output(Command::new("python3").args(["-c", count]).arg(path))?;
        let (readings, recordings) = said.trim().split_once(' ').context("not two counts")?;
        Ok((readings.parse()?, recordings.parse()?))
    }

    /// How often an alert was told in vain.
    pub(super) fn told(&self) -> usize {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        log.matches("/bin/false` ended with").count()
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.serving.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // A board shows none.
        let token = match path {
            "/api/v1/recordings" => String::new(),
            _ => {
                let token = fs::read_to_string(self.folder.join("kept/token"))?;
                format!("Authorization: Bearer {}\r\n", token.trim())
            }
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             {token}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        ensure!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
        Ok(body.to_owned())
    }
}

fn begin(
    program: &Path,
    folder: &Path,
    preload: &Command,
    kept: Option<(u64, u64)>,
) -> Result<Serving> {
    let log = folder.join("log");
    let mut serve = Command::new(program);
    serve.current_dir(folder).args(["serve", "--config", "judder.toml", "-d", "kept"]);
    serve.args(["--address", "127.0.0.1", "-p", "0"]);
    if let Some((readings, scores)) = kept {
        serve.args(["--keep-readings", &format!("{readings} s")]);
        serve.args(["--keep-scores", &format!("{scores} s")]);
    }
    for (name, value) in preload.get_envs() {
        serve.env(name, value.unwrap_or_default());
    }
    Serving::start(serve, &log)
}
