//! System packages, where this is a Debian and we are its root.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};

use crate::command::{output, run};
use crate::gate::Missing;

/// Installs packages; elsewhere than as root on Debian, a [`Missing`] says what `purpose` lacks.
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<()> {
    ensure(&packages.join(" "), purpose)?;
    run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

/// Unpacks a package into a folder, which changes nothing else on the machine; elsewhere than as root on
/// Debian, a [`Missing`] says what `purpose` lacks.
pub(crate) fn unpack(package: &str, folder: &Path, purpose: &str) -> Result<()> {
    ensure(package, purpose)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    // It comes into the folder that apt-get stands in, which who fetches it for root could not enter.
    let mut download = apt_get();
    download.args(["-o", "APT::Sandbox::User=root", "download", package]);
    run(download.current_dir(folder))?;
    let mut entries = folder.read_dir()?.filter_map(|entry| Some(entry.ok()?.path()));
    let archive = entries.find(|path| path.extension().is_some_and(|end| end == "deb"));
    let archive = archive.with_context(|| format!("no {package} in {}", folder.display()))?;
    run(Command::new("dpkg-deb").arg("--extract").arg(&archive).arg(folder))?;
    fs::remove_file(archive)?;
    Ok(())
}

/// Sees that this is Debian and we are its root, and that it knows its packages.
fn ensure(packages: &str, purpose: &str) -> Result<()> {
    let root = || output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !Path::new("/usr/bin/apt-get").exists() || !root() {
        let why = format!("{purpose}; as root on Debian `apt-get install {packages}` brings it");
        return Err(Missing(why).into());
    }
    static LISTS: OnceLock<Result<(), String>> = OnceLock::new();
    LISTS
        .get_or_init(|| run(apt_get().arg("update")).map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(|error| anyhow!(error))
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
