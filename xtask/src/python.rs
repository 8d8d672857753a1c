//! Python packages from PyPI, in virtual environments below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{capture, works};
use crate::debian;
use crate::gate::Missing;
use crate::house::House;

/// A version alone: NumPy has a wheel for each Python and machine, too many for a list of hashes.
const NUMPY: &str = "2.4.6";

/// A Python that has the NumPy that our archives are tested with.
pub(crate) fn with_numpy(house: &House) -> Result<PathBuf> {
    let folder = house.target.join("tools/numpy");
    let python = folder.join("bin/python");
    let is_there = || {
        let check = format!("import numpy; assert numpy.__version__ == '{NUMPY}'");
        works(Command::new(&python).args(["-c", &check]))
    };
    if !is_there() {
        virtual_environment(&folder, "for NumPy")?;
        let package = format!("numpy=={NUMPY}");
        if let Err(why) = install(&folder, ["--only-binary=:all:", &package])? {
            return Err(Missing(format!("no NumPy {NUMPY} from PyPI ({why})")).into());
        }
    }
    if !is_there() {
        bail!("{} does not import NumPy {NUMPY}", python.display());
    }
    Ok(python)
}

/// Makes a new virtual environment in `folder`.
pub(crate) fn virtual_environment(folder: &Path, purpose: &str) -> Result<()> {
    let make = || {
        let mut python = Command::new("python3");
        works(python.args(["-m", "venv", "--clear"]).arg(folder))
    };
    if make() {
        return Ok(());
    }
    debian::install(&["python3", "python3-venv"], &format!("no python3 with venv, {purpose}"))?;
    if !make() {
        bail!("python3 -m venv fails even with Debian's python3-venv");
    }
    Ok(())
}

/// Runs `pip install` in a virtual environment. What pip said last is told where it fails.
pub(crate) fn install<const N: usize>(
    folder: &Path,
    what: [&str; N],
) -> Result<Result<(), String>> {
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    let done = capture(pip.current_dir(folder).args(what))?;
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said.lines().last().unwrap_or_default();
    Ok(if done.status.success() { Ok(()) } else { Err(last.to_owned()) })
}
