//! Running other programs, with errors that say which and how.

use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// Runs to the end with this program's own output, and fails if the command does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    println!("$ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("`{shown}`"))?;
    if !status.success() {
        bail!("`{shown}`: {status}");
    }
    Ok(())
}

/// Standard output of a command that must succeed; its standard error is the terminal's.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let done = capture(command.stderr(Stdio::inherit()))?;
    if !done.status.success() {
        bail!("`{shown}`: {}", done.status);
    }
    String::from_utf8(done.stdout).with_context(|| format!("`{shown}`: not UTF-8"))
}

/// Everything about a command that may fail.
pub(crate) fn capture(command: &mut Command) -> Result<Output> {
    let shown = show(command);
    command.stdin(Stdio::null()).output().with_context(|| format!("`{shown}`"))
}

/// Whether the command starts and ends well; nothing of it is shown.
pub(crate) fn works(command: &mut Command) -> bool {
    capture(command).is_ok_and(|done| done.status.success())
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
