//! A folder to run judder in, and what a run came to.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// An empty folder that judder is run in.
pub(crate) struct Room {
    dir: tempfile::TempDir,
    /// What those leave that are killed.
    temporary: tempfile::TempDir,
}

/// Readings in a recording of [`Room::with_fan`].
pub(crate) const READINGS: usize = 64;

/// Healthy recordings of [`Room::with_fan`].
pub(crate) const NORMAL: &str = "fan/fan_0_low_0_weight";

/// Anomalous ones.
pub(crate) const ANOMALY: &str = "fan/fan_0_low_1_weight";

impl Room {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), temporary: tempfile::tempdir().unwrap() }
    }

    /// A room with 24 recordings of [`NORMAL`] and of [`ANOMALY`].
    pub(crate) fn with_fan() -> Self {
        let room = Self::new();
        let states = "--states low,low+coin --recordings 24";
        room.judder(&format!("simulate --out fan {states} --readings {READINGS}")).well();
        room
    }

    /// The same, and `m.json`, a model of three features trained on them.
    pub(crate) fn with_model() -> Self {
        let room = Self::with_fan();
        room.judder(&format!("train --normal {NORMAL} --features mad -o m.json")).well();
        room
    }

    /// The same recordings, and `n.json`, an autoencoder of three features trained on them.
    pub(crate) fn with_network() -> Self {
        let room = Self::with_fan();
        let train = "train --detector autoencoder --features mad";
        room.judder(&format!("{train} --normal {NORMAL} -o n.json")).well();
        room
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Every file and folder, hidden ones too, in order.
    pub(crate) fn all(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path.clone());
                }
                found.push(path.strip_prefix(self.dir.path()).unwrap().to_owned());
            }
        }
        found.sort();
        found
    }

    /// [`all`](Self::all) but the room that a server beside holds back for a full disk, which it makes and gives up
    /// when it gets to it.
    pub(crate) fn lasting(&self) -> Vec<PathBuf> {
        let held_back = |path: &PathBuf| path.to_string_lossy().ends_with("-reserve");
        self.all().into_iter().filter(|path| !held_back(path)).collect()
    }

    /// judder with nothing set, to be run here.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_judder"));
        command.env("TMPDIR", self.temporary.path());
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }

    /// Runs judder with the words of a line.
    pub(crate) fn judder(&self, line: &str) -> Ended {
        self.run(line.split_whitespace())
    }

    pub(crate) fn run(&self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
        let mut command = self.command();
        command.args(words);
        Ended::of(&mut command)
    }

    /// Runs a script in which `judder` is the program.
    pub(crate) fn shell(&self, script: &str) -> Ended {
        let program = Path::new(env!("CARGO_BIN_EXE_judder"));
        let mut paths = vec![program.parent().unwrap().to_owned()];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let mut command = Command::new("sh");
        command
            .args(["-ec", script])
            .env("PATH", std::env::join_paths(paths).unwrap())
            .env("TMPDIR", self.temporary.path())
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        Ended::of(&mut command)
    }

    /// Runs judder, which must refuse with this code and one line that says all of `words`, print
    /// nothing on standard output, and leave the folder as it was.
    pub(crate) fn refused(&self, line: &str, code: i32, words: &[&str]) -> Ended {
        let before = self.lasting();
        let ended = self.judder(line).ended(code).says(words);
        assert_eq!(ended.stdout, "", "{}", ended.line);
        assert_eq!(self.lasting(), before, "{} left something", ended.line);
        ended
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What was run.
    pub(crate) line: String,
    /// None where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).expect("what judder says is UTF-8");
        let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        let (stdout, stderr) = (text(stdout), text(stderr));
        Self { line: words.join(" "), code: status.code(), stdout, stderr }
    }

    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}\n{}", self.line, self.stdout, self.stderr);
        self
    }

    pub(crate) fn well(self) -> Self {
        self.ended(0)
    }

    /// The one error says all of these words, on one line.
    pub(crate) fn says(self, words: &[&str]) -> Self {
        let errors: Vec<&str> =
            self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        let [error] = errors.as_slice() else {
            panic!("{}: not one error:\n{}", self.line, self.stderr);
        };
        for word in words {
            assert!(error.contains(word), "{}: no {word:?} in\n{error}", self.line);
        }
        self
    }

    /// Standard output, line by line.
    pub(crate) fn rows(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}
