//! A command that is run for each alert.

use std::env;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{self, Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Failure, Message, Outlet};

/// Bytes of a value in the environment; systems refuse much longer ones.
const LONGEST_VALUE: usize = 4 << 10;
/// Bytes of output that go to the log.
const LONGEST_OUTPUT: u64 = 4 << 10;
/// How often it is looked whether the command has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long output is waited for when the command has ended: a child that it left may hold it.
const OUTPUT: Duration = Duration::from_millis(500);

/// Tells by running a program: the alert is in its environment (`JUDDER_DEVICE`, `JUDDER_WORDS`, ...), and
/// as JSON on its standard input. No shell sees it.
#[derive(Debug, Clone)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    limit: Duration,
    secrets: Vec<String>,
}

/// What the system told this program alone.
const OWN: [&str; 4] = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_FDS"];

impl Command {
    /// Runs a program with these arguments, as they are; it is killed after so long.
    pub fn new(program: impl Into<String>, arguments: Vec<String>, limit: Duration) -> Self {
        Self { program: program.into(), arguments, limit, secrets: Vec::new() }
    }

    /// The same without these variables of the environment, which have secrets. Those of judder's configuration
    /// (`JUDDER_...`) it never gets.
    #[must_use]
    pub fn without(mut self, secrets: Vec<String>) -> Self {
        self.secrets = secrets;
        self
    }

    /// Whether a variable of this program's environment is for this program alone.
    fn is_own(&self, name: &OsStr) -> bool {
        let ours = name.as_encoded_bytes().starts_with(b"JUDDER_");
        ours || OWN.iter().any(|own| name == *own)
            || self.secrets.iter().any(|one| name == one.as_str())
    }

    fn spawn(&self, message: &Message) -> std::io::Result<Child> {
        let mut command = process::Command::new(&self.program);
        for (name, _) in env::vars_os().filter(|(name, _)| self.is_own(name)) {
            command.env_remove(name);
        }
        command
            .args(&self.arguments)
            .envs(environment(message))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        // A group of its own, so that what it starts can be ended with it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }
}

impl Outlet for Command {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        let program = &self.program;
        let failed = |what: &str, error| Failure::later(format!("`{program}` {what}: {error}"));
        let mut child =
            self.spawn(message).map_err(|error| failed("could not be started", error))?;
        if let Some(mut input) = child.stdin.take() {
            let json = message.to_json();
            // It need not read it.
            thread::spawn(move || _ = input.write_all(&json));
        }
        let output = [read(child.stdout.take()), read(child.stderr.take())];
        let ended = wait(&mut child, self.limit);
        for output in output {
            if let Ok(text) = output.recv_timeout(OUTPUT)
                && !text.is_empty()
            {
                tracing::info!(target: "judder::alert", alert = message.alert, %program, "{text}");
            }
        }
        match ended.map_err(|error| failed("was lost", error))? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Failure::later(format!("`{program}` ended with {status}"))),
            None => {
                let limit = humantime::format_duration(self.limit);
                Err(Failure::later(format!("`{program}` took longer than {limit} and was killed")))
            }
        }
    }
}

fn environment(message: &Message) -> impl Iterator<Item = (&'static str, String)> {
    let number = |number: Option<f64>| number.map(|number| number.to_string());
    let values = [
        ("JUDDER_ALERT", Some(message.alert.to_string())),
        ("JUDDER_DEVICE", message.device.clone()),
        ("JUDDER_KIND", Some(message.kind.clone())),
        ("JUDDER_TRANSITION", Some(message.transition.to_owned())),
        ("JUDDER_WORDS", Some(message.words.clone())),
        ("JUDDER_RAISED_AT", Some(message.raised_at.clone())),
        ("JUDDER_CLEARED_AT", message.cleared_at.clone()),
        ("JUDDER_SCORE", number(message.score)),
        ("JUDDER_THRESHOLD", number(message.threshold)),
        ("JUDDER_MODEL", message.model.clone()),
        ("JUDDER_LINK", message.link.clone()),
        ("JUDDER_OTHERS", Some(message.others.len().to_string())),
    ];
    // All are there, so that none of an outer judder's is taken for one of these.
    values.into_iter().map(|(name, value)| (name, fit(&value.unwrap_or_default())))
}

/// A value as the environment can have it.
fn fit(value: &str) -> String {
    value[..value.floor_char_boundary(LONGEST_VALUE)].replace('\0', " ")
}

/// Reads to the end, in a thread of its own, and gives the beginning.
fn read(output: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    if let Some(mut output) = output {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = output.by_ref().take(LONGEST_OUTPUT).read_to_end(&mut bytes);
            // The rest is read so that the command can go on.
            let _ = std::io::copy(&mut output, &mut std::io::sink());
            let _ = send.send(String::from_utf8_lossy(&bytes).trim().to_owned());
        });
    }
    receive
}

/// Waits for a command to end; none where it took too long and was killed.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= limit {
            kill(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

/// Kills a command, and what it started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Where that fails, it alone is killed.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}
