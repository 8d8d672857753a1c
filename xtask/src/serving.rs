//! A server that runs until it is dropped.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Nobody waits longer for a start.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it says of its port, which is one of the loopback address.
const LISTENING: &str = "listening on http://127.0.0.1:";

/// A server, killed when it is dropped.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) port: u16,
}

impl Serving {
    /// Starts one by this command, which writes what it says to the end of a log, and waits until it listens.
    pub(crate) fn start(mut serve: Command, log: &Path) -> Result<Self> {
        let written = File::options().create(true).append(true).open(log)?;
        let from = fs::metadata(log)?.len() as usize;
        serve.stdin(Stdio::null()).stdout(written.try_clone()?).stderr(written);
        let program = serve.get_program().display().to_string();
        let child = serve.spawn().with_context(|| program.clone())?;
        let mut serving = Self { child, port: 0 };
        let until = Instant::now() + PATIENCE;
        loop {
            let said = fs::read_to_string(log)?;
            let said = said.get(from..).unwrap_or_default();
            let port =
                said.split_once(LISTENING).and_then(|(_, rest)| rest.split_once([',', '\n']));
            if let Some((port, _)) = port {
                serving.port = port.trim().parse().context("the port")?;
                return Ok(serving);
            }
            if serving.child.try_wait()?.is_some() || Instant::now() > until {
                bail!("{program} does not listen: {said}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Where it has ended already, that is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
