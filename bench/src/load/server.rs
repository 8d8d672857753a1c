//! The servers that are measured, each a process of its own.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use anyhow::Context;
use judder_data::Sync;
use judder_history::History;
use judder_server::{
    Access, Door, Engine, Inlet, Keys, Limits, MOST_KNOWN, PeerLimits, Secret, Setup, Shelf,
    SystemClock, listen, serve,
};
use tempfile::TempDir;

/// A server, until it is dropped.
pub(crate) struct Server {
    pub(crate) what: &'static str,
    pub(crate) address: SocketAddr,
    child: Child,
    /// Its temporary folder: it is killed, and removes nothing.
    _temporary: TempDir,
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    /// The most memory that it had, and what it has now, in MB.
    pub(crate) peak_mb: f64,
    pub(crate) now_mb: f64,
    /// Seconds of all cores.
    pub(crate) cpu_s: f64,
}

impl Server {
    /// Starts a program, which says on standard error where it listens.
    pub(crate) fn start(
        what: &'static str,
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
    ) -> anyhow::Result<Self> {
        let temporary = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.env("TMPDIR", temporary.path());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| program.display().to_string())?;
        let mut said = BufReader::new(child.stderr.take().context("it says something")?);
        let mut line = String::new();
        let address = loop {
            line.clear();
            anyhow::ensure!(said.read_line(&mut line)? > 0, "{what} ended");
            let address =
                line.split("http://").nth(1).and_then(|rest| rest.split(['/', ',']).next());
            if let Some(address) = address.and_then(|address| address.trim().parse().ok()) {
                break address;
            }
        };
        // A pipe that nobody reads would stop it.
        thread::spawn(move || {
            let _ = said.read_to_end(&mut Vec::new());
        });
        Ok(Self { what, address, child, _temporary: temporary })
    }

    /// What it has used so far.
    pub(crate) fn used(&self) -> anyhow::Result<Used> {
        let process = Path::new("/proc").join(self.child.id().to_string());
        let status = fs::read_to_string(process.join("status"))?;
        let of = |name: &str| -> Option<f64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
            Some(kilobytes / 1000.0)
        };
        let stat = fs::read_to_string(process.join("stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
        // Counted from the name: user and system time, in hundredths of a second.
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
        Ok(Used {
            peak_mb: of("VmHWM:").context("VmHWM")?,
            now_mb: of("VmRSS:").context("VmRSS")?,
            cpu_s: (ticks(12).context("utime")? + ticks(13).context("stime")?) / 100.0,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Judder's server with storing off: recordings are read and checked, devices watched, and nothing is kept.
#[allow(clippy::print_stderr, reason = "the parent reads it")]
pub(crate) fn run_engine() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = listen("127.0.0.1:0".parse()?)?;
        let access = Access::new(Secret::random()?, Keys::default());
        let door = Arc::new(Door::new(access, PeerLimits::default()));
        let running = Engine::start(Setup {
            history: History::temporary()?,
            recorded: false,
            root: None,
            label: None,
            folder: None,
            sync: Sync::System,
            shelf: Shelf::default(),
            sessions_only: false,
            silent_after: None,
            unjudged_after: None,
            clock: Arc::new(SystemClock),
            most_devices: MOST_KNOWN,
            named: BTreeSet::new(),
            most_held: Limits::default().last(),
            turned: None,
            metrics: door.metrics(),
        })?;
        eprintln!("listening on http://{}, keeping nothing", listener.local_addr()?);
        let inlet = Inlet::new(running.engine(), door);
        serve(listener, inlet, Limits::default(), std::future::pending()).await;
        Ok(())
    })
}
