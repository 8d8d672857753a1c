//! Tests that run in a process of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The command that runs an ignored test of this program on a folder, by way of a launcher such as
/// `unshare` and after a shell has run `first`.
pub(crate) fn command(launcher: &[&str], first: &str, test: &str, folder: &Path) -> Command {
    let script = format!("{first}; exec \"$0\" --ignored --exact --nocapture {test}");
    let mut words = launcher.to_vec();
    words.extend(["sh", "-ec", &script]);
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .arg(std::env::current_exe().unwrap())
        .env("JUDDER_TEST_FOLDER", folder);
    command
}

/// Runs such a test, which must pass.
pub(crate) fn passes(launcher: &[&str], first: &str, test: &str, folder: &Path) {
    let child = command(launcher, first, test, folder).output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// The folder of the child that this is.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("JUDDER_TEST_FOLDER").unwrap().into()
}
