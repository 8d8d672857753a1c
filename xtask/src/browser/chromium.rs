//! The browser: the system's Chromium or Chrome.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::debian;

const DEBIANS: &str = "/usr/bin/chromium";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The program's path, after installing it where that can be done.
pub(super) fn program() -> Result<PathBuf> {
    if let Some(there) = found() {
        return Ok(there);
    }
    debian::install(&["chromium"], "no Chromium or Chrome, for the pages that judder writes")?;
    match found() {
        Some(there) => Ok(there),
        None => bail!("Debian's chromium is installed, but {DEBIANS} is not there"),
    }
}

fn found() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let named = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    std::iter::once(Path::new(DEBIANS).to_owned()).chain(named).find(|program| program.is_file())
}
