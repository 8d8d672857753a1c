//! A clock that is set from outside: libfaketime.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

use crate::debian;
use crate::house::House;

/// Where it is, in one of the system's folders of libraries.
const LIBRARY: &str = "faketime/libfaketime.so.1";

/// The library, and where files may be.
pub(super) struct Faked {
    library: PathBuf,
    pub(super) space: PathBuf,
}

/// The clock of one program.
pub(super) struct Clock {
    file: PathBuf,
}

impl Faked {
    /// Finds it, or installs it.
    pub(super) fn find(house: &House) -> Result<Self> {
        if library().is_none() {
            debian::install(&["faketime"], "no libfaketime, which sets the clock of a program")?;
        }
        let library = library().context("Debian's faketime is installed, but not its library")?;
        let space = house.target.join("clocks");
        let _ = fs::remove_dir_all(&space);
        fs::create_dir_all(&space).context("target/clocks")?;
        Ok(Self { library, space })
    }

    /// A clock for a program, set by so many seconds.
    pub(super) fn clock(&self, folder: &Path, by: i64) -> Result<Clock> {
        let clock = Clock { file: folder.join("clock") };
        clock.set(by)?;
        Ok(clock)
    }

    /// Has a program go by a clock.
    pub(super) fn preload(&self, command: &mut Command, clock: &Clock) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &clock.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }

    /// Proves that setting a clock sets that of the day, and leaves the monotonic one alone.
    pub(super) fn prove(&self) -> Result<()> {
        let clock = self.clock(&self.space, 0)?;
        // Not by its path: gates before this one may have built another program there.
        let mut probe = Command::new("/proc/self/exe");
        probe.arg(PROBE).stdin(Stdio::piped()).stdout(Stdio::piped());
        self.preload(&mut probe, &clock);
        let mut probe = probe.spawn().context("the probe of clocks")?;
        let mut lines = BufReader::new(probe.stdout.take().context("no output")?).lines();
        let mut next = || -> Result<(i64, i64)> {
            let line = lines.next().context("the probe ended")??;
            let (wall, steady) = line.split_once(' ').context("not two times")?;
            Ok((wall.parse()?, steady.parse()?))
        };
        let mut before = next()?;
        let mut jumped = 0;
        for by in [86_400, 0, -10_800, 0] {
            clock.set(by)?;
            for _ in 0..5 {
                let now = next()?;
                let (wall, steady) = (now.0 - before.0, now.1 - before.1);
                ensure!((0..5_000).contains(&steady), "the monotonic clock jumped by {steady} ms");
                jumped += i32::from((wall - steady).abs() > 5_000);
                before = now;
            }
        }
        probe.kill()?;
        probe.wait()?;
        ensure!(jumped == 4, "the clock was set four times, and jumped {jumped} times");
        Ok(())
    }
}

impl Clock {
    /// Sets it by so many seconds, from what is true.
    pub(super) fn set(&self, by: i64) -> Result<()> {
        let beside = self.file.with_extension("new");
        fs::write(&beside, format!("{by:+}\n"))?;
        fs::rename(beside, &self.file).context("the file of the clock")
    }
}

/// The word by which this program is a probe.
pub(crate) const PROBE: &str = "clocks-probe";

/// Says both times ten times a second, in milliseconds.
pub(crate) fn probe() -> Result<()> {
    let began = Instant::now();
    for _ in 0..600 {
        let wall = UNIX_EPOCH.elapsed()?.as_millis();
        println!("{wall} {}", began.elapsed().as_millis());
        thread::sleep(Duration::from_millis(100));
    }
    bail!("nobody ended the probe")
}

fn library() -> Option<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/lib"), PathBuf::from("/usr/local/lib")];
    if let Ok(entries) = fs::read_dir("/usr/lib") {
        folders.extend(entries.flatten().map(|entry| entry.path()));
    }
    folders.into_iter().map(|folder| folder.join(LIBRARY)).find(|library| library.is_file())
}
