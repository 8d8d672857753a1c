//! The C compilers of this machine.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use judder_model::{Golden, Model, to_c};

/// What generated C has to bear without a warning.
pub(crate) const STRICT: [&str; 8] = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wdouble-promotion",
    "-Wshadow",
    "-Werror",
    "-ffp-contract=off",
];

/// The compilers that are here; those named in `JUDDER_COMPILERS` have to be.
pub(crate) fn compilers() -> Vec<&'static str> {
    let needed = std::env::var("JUDDER_COMPILERS").unwrap_or_default();
    let works = |program: &&str| {
        let found = Command::new(program).arg("--version").output();
        found.is_ok_and(|done| done.status.success())
    };
    let found: Vec<&str> = ["gcc", "clang"].into_iter().filter(works).collect();
    for program in needed.split_whitespace() {
        assert!(found.contains(&program), "{program} is not here, as JUDDER_COMPILERS says");
    }
    if found.is_empty() {
        eprintln!("skipped: neither gcc nor clang is here");
    }
    found
}

/// A folder with a model as `detector.h` and `detector.c`.
pub(crate) struct Written {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) memory: usize,
    self_test: bool,
}

impl Written {
    pub(crate) fn of(model: &Model, golden: Option<&Golden>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let written = to_c(model, "judder_detector", "detector", golden).unwrap();
        fs::write(folder.path().join("detector.h"), written.header).unwrap();
        fs::write(folder.path().join("detector.c"), written.source).unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c");
        for name in ["replay.c", "other.c"] {
            fs::copy(here.join(name), folder.path().join(name)).unwrap();
        }
        Self { folder, memory: written.memory, self_test: golden.is_some() }
    }

    /// Compiles the detector alone, strictly, as what the words say.
    pub(crate) fn compiles(&self, program: &str, words: &[&str]) {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).args(words).args(STRICT);
        done(command.args(["-c", "detector.c", "-o", "/dev/null"]));
    }

    /// Compiles it into a program that replays recordings.
    pub(crate) fn build(&self, compiler: &str, words: &[&str]) -> PathBuf {
        let program = self.folder.path().join(format!("replay-{compiler}-{}", words.join("")));
        let mut command = Command::new(compiler);
        command.current_dir(self.folder.path()).args(words);
        if self.self_test {
            command.arg("-DSELF_TEST");
        }
        done(command.args(["detector.c", "replay.c", "other.c", "-o"]).arg(&program));
        program
    }
}

/// Runs a command that has to succeed and to say nothing.
pub(crate) fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{command:?}\n{said}");
}

/// What a program that replays says of recordings, axis by axis.
pub(crate) fn replay(program: &Path, axes: usize, recordings: &[Vec<f32>]) -> Vec<String> {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut bytes = Vec::new();
    for recording in recordings {
        bytes.extend(u32::try_from(recording.len() / axes).unwrap().to_ne_bytes());
        recording.iter().for_each(|x| bytes.extend(x.to_ne_bytes()));
    }
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{}: {said}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
