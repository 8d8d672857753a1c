//! Playwright without browsers of its own, from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::capture;
use crate::gate::Missing;
use crate::house::House;

const PACKAGE: &str = "playwright-core";
const VERSION: &str = "1.65.1";

/// The folder whose `node_modules` has it.
pub(super) fn folder(house: &House) -> Result<PathBuf> {
    let folder = house.target.join("tools/playwright");
    if is_there(&folder) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).context("tools/playwright")?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    npm.arg(&folder).arg(format!("{PACKAGE}@{VERSION}"));
    // The system's browser is used.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(&folder);
    let done = capture(&mut npm)?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let first = said.lines().next().unwrap_or_default();
        return Err(Missing(format!("no {PACKAGE} {VERSION} from npm ({first})")).into());
    }
    ensure!(is_there(&folder), "{} lacks {PACKAGE}, which was installed", folder.display());
    Ok(folder)
}

fn is_there(folder: &Path) -> bool {
    let manifest = folder.join("node_modules").join(PACKAGE).join("package.json");
    let manifest = fs::read_to_string(manifest).ok();
    let manifest = manifest.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    manifest.is_some_and(|manifest| manifest["version"] == VERSION)
}
