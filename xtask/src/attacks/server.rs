//! A server that runs until it is dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Nobody waits longer for a start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server in a folder of its own.
pub(super) struct Server {
    child: Child,
    folder: PathBuf,
}

impl Server {
    /// Starts one on a port of the loopback address alone, with these options besides.
    pub(super) fn start(program: &Path, folder: &Path, port: u16, more: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("log");
        let log = File::create(&path)?;
        let mut serve = Command::new(program);
        serve.current_dir(folder).args(["serve", "-d", "kept", "--address", "127.0.0.1"]);
        serve.args(["-p", &port.to_string()]).args(more);
        serve.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = serve.spawn().with_context(|| program.display().to_string())?;
        let mut server = Self { child, folder: folder.to_owned() };
        let until = Instant::now() + PATIENCE;
        loop {
            let said = fs::read_to_string(&path)?;
            if said.contains("\nthe page: ") {
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() || Instant::now() > until {
                bail!("{} does not listen: {said}", program.display());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The token, as who may read the folder knows it.
    pub(super) fn token(&self) -> Result<String> {
        let text = fs::read_to_string(self.folder.join("kept/token")).context("the token")?;
        Ok(text.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended already, that is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
