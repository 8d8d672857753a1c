//! The C compilers that generated C is tried with.

use std::process::Command;

use anyhow::Result;

use crate::command::works;
use crate::debian;

/// The compilers, as `JUDDER_COMPILERS` names them to the tests.
pub(crate) const NAMES: &str = "gcc clang";

/// Brings the compilers, and clang's sanitizers.
pub(crate) fn ensure() -> Result<()> {
    let there = |name: &str| works(Command::new(name).arg("--version"));
    if !NAMES.split(' ').all(there) || !sanitizes() {
        debian::install(&["gcc", "g++", "clang", "libclang-rt-dev"], "no gcc or clang")?;
    }
    Ok(())
}

fn sanitizes() -> bool {
    let mut clang = Command::new("sh");
    let script = "echo 'int main(void) { return 0; }' | \
                  clang -fsanitize=address,undefined -x c - -o /dev/null";
    works(clang.args(["-c", script]))
}
