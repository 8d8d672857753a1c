//! The C++ compilers that there are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of these tests.
pub(crate) fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/arduino")
}

/// Those that are there; where none is, says so.
pub(crate) fn compilers() -> Vec<&'static str> {
    let found: Vec<_> = ["g++", "clang++"]
        .into_iter()
        .filter(|one| Command::new(one).arg("--version").output().is_ok())
        .collect();
    if found.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "neither g++ nor clang++ is there: install one");
        eprintln!("skipped: neither g++ nor clang++ is there");
    }
    found
}

/// Compiles, and whether that went without a word; what was said.
pub(crate) fn compile(compiler: &str, words: &[&str]) -> Result<(), String> {
    let mut command = Command::new(compiler);
    command.args(["-Wall", "-Wextra", "-Werror"]).args(words);
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}
