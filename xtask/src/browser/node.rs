//! Node.js, which drives the browser, and npm beside it.

use std::process::Command;

use anyhow::Result;

use crate::command::{capture, works};
use crate::debian;
use crate::gate::Missing;

/// The oldest major version that Playwright runs on.
const OLDEST: u32 = 20;

/// Sees that `node` and `npm` are there, and new enough.
pub(super) fn ensure() -> Result<()> {
    let there = || works(Command::new("npm").arg("--version")) && version().is_some();
    if !there() {
        debian::install(&["nodejs", "npm"], "no Node.js with npm, which drives the browser")?;
    }
    match version() {
        Some(version) if version >= OLDEST => Ok(()),
        Some(old) => {
            let why = format!("Node.js {OLDEST} or newer for the browser's driver; this is {old}");
            Err(Missing(why).into())
        }
        None => Err(Missing("a Node.js that says its version".into()).into()),
    }
}

/// The major version, as 20 of `v20.20.2`.
fn version() -> Option<u32> {
    let done = capture(Command::new("node").arg("--version")).ok()?;
    let said = String::from_utf8(done.stdout).ok()?;
    said.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}
