//! System packages, where this is a Debian and we are its root.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, anyhow};

use crate::command::{output, run};
use crate::gate::Missing;

/// Installs packages; elsewhere than as root on Debian, a [`Missing`] says what `purpose` lacks.
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<()> {
    let root = || output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !Path::new("/usr/bin/apt-get").exists() || !root() {
        let packages = packages.join(" ");
        let why = format!("{purpose}; as root on Debian `apt-get install {packages}` brings it");
        return Err(Missing(why).into());
    }
    static LISTS: OnceLock<Result<(), String>> = OnceLock::new();
    LISTS
        .get_or_init(|| run(apt_get().arg("update")).map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(|error| anyhow!(error))?;
    run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // Another run on the same machine may hold dpkg's lock for a while.
    command.args([
        "-qq",
        "-o",
        "Acquire::Retries=3",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Use-Pty=0",
    ]);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
