//! A disk of a few megabytes, and a server on it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::gate::Missing;

/// A mount of its own, gone with the process; without root where the system lets anybody have one.
const LAUNCHERS: [&[&str]; 3] =
    [&["unshare", "-m"], &["unshare", "-rm"], &["sudo", "-nE", "unshare", "-m"]];

/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a server keeps what it keeps: in a small file system of its own, or in a folder.
pub(super) struct Place {
    /// The folder, as it is seen from here.
    pub(super) seen: PathBuf,
    /// The folder, as the shell sees it.
    folder: PathBuf,
    log: PathBuf,
    shell: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// A server that runs until it is dropped: it is killed then.
pub(super) struct Server {
    pub(super) port: u16,
    pid: String,
}

impl Place {
    /// A file system of this size, or none of its own.
    pub(super) fn new(space: &Path, disk: Option<&str>) -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = space.join(format!("disk-{number}"));
        fs::create_dir_all(&folder)?;
        let log = space.join(format!("disk-{number}.log"));
        let Some(disk) = disk else {
            let (mut shell, to, from) = shell(&["sh"], "echo there")?;
            return match there(from) {
                Some(from) => Ok(Self { seen: folder.clone(), folder, log, shell, to, from }),
                None => bail!("sh: {}", shell.wait()?),
            };
        };
        for launcher in LAUNCHERS {
            let words = [launcher, &["sh"]].concat();
            let mount =
                format!("mount -t tmpfs -o size={disk} tmpfs '{}' && echo there", folder.display());
            let Ok((mut shell, to, from)) = shell(&words, &mount) else { continue };
            if let Some(from) = there(from) {
                // With sudo the shell is a child of what was begun.
                let seen = PathBuf::from(format!("/proc/{}/root", pid(&shell)));
                let seen = seen.join(folder.strip_prefix("/").unwrap_or(&folder));
                return Ok(Self { seen, folder, log, shell, to, from });
            }
            let _ = shell.kill();
            shell.wait()?;
        }
        Err(Missing("no file system can be mounted; run it as root".to_owned()).into())
    }

    /// Begins a server on it, once what ran before has ended.
    pub(super) fn serve(&mut self, program: &Path, model: &Path, more: &[&str]) -> Result<Server> {
        File::create(&self.log)?;
        let words = format!(
            "'{}' serve '{}' -d '{}/kept' --address 127.0.0.1 -p 0 {} >>'{}' 2>&1 </dev/null & echo $!",
            program.display(),
            model.display(),
            self.folder.display(),
            more.join(" "),
            self.log.display()
        );
        writeln!(self.to, "{words}")?;
        let mut pid = String::new();
        self.from.read_line(&mut pid)?;
        let pid = pid.trim().to_owned();
        let until = Instant::now() + PATIENCE;
        loop {
            let said = self.said();
            let port = said.split_once("listening on http://127.0.0.1:").map(|(_, rest)| rest);
            let port = port.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
            if let Some(port) = port {
                return Ok(Server { port: port.parse()?, pid });
            }
            if ended(&pid) || Instant::now() > until {
                bail!("{} does not listen: {said}", program.display());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the server said.
    pub(super) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fills so much of it, or all there is.
    pub(super) fn fill(&self, bytes: Option<usize>) -> Result<()> {
        let mut file = File::create(self.filler())?;
        let mut left = bytes.unwrap_or(usize::MAX);
        while left > 0 {
            let piece = left.min(4096);
            match file.write_all(&[1; 4096][..piece]) {
                Err(error) if error.kind() == io::ErrorKind::StorageFull && bytes.is_none() => {
                    break;
                }
                done => done?,
            }
            left -= piece;
        }
        Ok(())
    }

    /// Takes away what fills it.
    pub(super) fn make_room(&self) -> Result<()> {
        fs::remove_file(self.filler()).context("the filler")
    }

    fn filler(&self) -> PathBuf {
        self.seen.join("filler")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It may have ended already; its file system goes with it.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", &self.pid]).status();
        let until = Instant::now() + PATIENCE;
        while !ended(&self.pid) && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Whether a process has ended, and closed its files: its first thread may be a zombie while others still have them open.
fn ended(pid: &str) -> bool {
    let said = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let first = said.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with(['Z', 'X']));
    first && fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count) <= 1
}

/// The bytes of all files in a folder, in whole blocks; of what goes meanwhile nothing.
pub(super) fn used(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter(|entry| entry.file_name() != "filler").map(|entry| {
        let there = entry.metadata();
        match there {
            Ok(there) if there.is_dir() => used(&entry.path()),
            Ok(there) => there.len().next_multiple_of(4096),
            Err(_) => 0,
        }
    });
    sizes.sum()
}

type Shell = (Child, ChildStdin, BufReader<ChildStdout>);

/// A shell that does this first, and then what it is told.
fn shell(words: &[&str], first: &str) -> Result<Shell> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut shell = command.spawn().context("sh")?;
    let mut to = shell.stdin.take().context("no input")?;
    let from = BufReader::new(shell.stdout.take().context("no output")?);
    writeln!(to, "{first} || exit 1")?;
    Ok((shell, to, from))
}

fn there(mut from: BufReader<ChildStdout>) -> Option<BufReader<ChildStdout>> {
    let mut line = String::new();
    from.read_line(&mut line).is_ok_and(|_| line.trim() == "there").then_some(from)
}

/// The process whose mounts are those of the shell.
fn pid(shell: &Child) -> String {
    let mut pid = shell.id().to_string();
    // `unshare` becomes the shell; `sudo` begins it.
    while let Ok(children) = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        && let Some(child) = children.split_whitespace().next()
    {
        pid = child.to_owned();
    }
    pid
}
