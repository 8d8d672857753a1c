//! The house is built as its plan says: who knows whom, and what lies about in the tree.
#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by panicking")]

mod siblings;
mod table;
mod tree;

use std::path::PathBuf;
use std::process::Command;

/// The workspace's root, found when the test runs: the tree may have moved since it was compiled.
fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").expect("run by cargo");
    PathBuf::from(xtask).parent().expect("xtask/ lies in the workspace").to_owned()
}

/// Standard output of a command that is run at the root and must succeed.
fn output(program: &str, words: &[&str]) -> String {
    let done = Command::new(program).args(words).current_dir(root()).output().expect(program);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {}: {said}", words.join(" "));
    String::from_utf8(done.stdout).expect("UTF-8")
}
