//! Tests that run in a process of their own: to be killed, to have a limit, or to fill a disk.
//!
//! Such a test is marked with `#[ignore]`, asks [`folder`] where it is to be, and is run by another test of the same
//! program.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that tells the child its folder.
const FOLDER: &str = "JUDDER_TEST_FOLDER";

/// A mount of its own, gone with the process; without root where the system lets anybody have one.
const LAUNCHERS: [&[&str]; 3] =
    [&["unshare", "-m"], &["unshare", "-rm"], &["sudo", "-nE", "unshare", "-m"]];

/// The command that runs an ignored test of this program on a folder, after a shell has run `first`.
pub fn command(first: &str, test: &str, folder: &Path) -> Command {
    launched(&[], first, test, folder)
}

/// Runs such a test.
///
/// # Panics
/// Unless it passes.
pub fn passes(first: &str, test: &str, folder: &Path) {
    passed(&mut command(first, test, folder));
}

/// Runs such a test in a file system of its own: a `tmpfs` with these options, `size=512k`.
///
/// # Panics
/// Unless it passes; and with `CI=true` where no file system can be mounted, which is else told and passed over.
pub fn passes_on_a_small_disk(options: &str, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o {options} tmpfs \"${FOLDER}\"");
    let can = |launcher: &&&[&str]| {
        shell(launcher, &mount, folder.path()).output().is_ok_and(|done| done.status.success())
    };
    let Some(launcher) = LAUNCHERS.iter().find(can) else {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1");
        assert!(!ci, "{test} may not be skipped with CI=true: no file system can be mounted");
        eprintln!("skipped {test}: no file system can be mounted; run it as root");
        return;
    };
    passed(&mut launched(launcher, &mount, test, folder.path()));
}

/// The folder of the child that this is.
///
/// # Panics
/// If it is none.
pub fn folder() -> PathBuf {
    std::env::var_os(FOLDER).unwrap().into()
}

fn launched(launcher: &[&str], first: &str, test: &str, folder: &Path) -> Command {
    let script = format!("{first}; exec \"$0\" --ignored --exact --nocapture {test}");
    let mut command = shell(launcher, &script, folder);
    command.arg(std::env::current_exe().unwrap());
    command
}

fn shell(launcher: &[&str], script: &str, folder: &Path) -> Command {
    let mut words = launcher.to_vec();
    words.extend(["sh", "-ec", script]);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env(FOLDER, folder);
    command
}

fn passed(command: &mut Command) {
    let child = command.output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success() && out.contains("1 passed"), "{out}{err}");
}
