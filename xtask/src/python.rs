//! Python packages from PyPI, in virtual environments below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{capture, works};
use crate::debian;
use crate::gate::Missing;
use crate::house::House;

/// Versions alone: most have a wheel for each Python and machine, too many for a list of hashes.
///
/// NumPy reads our archives, LiteRT and TensorFlow Lite for Microcontrollers run the `.tflite` files,
/// ONNX Runtime the `.onnx` files, after onnx has checked them.
const PACKAGES: [(&str, &str); 6] = [
    ("numpy", "2.4.6"),
    ("ai-edge-litert", "2.3.0"),
    ("tflite-micro", "0.dev20261023182759"),
    ("onnxruntime", "1.32.0"),
    ("onnx", "1.23.2"),
    ("pyarrow", "26.0.1"),
];

/// A Python that has the packages that our archives and models are tested with.
pub(crate) fn with_runtimes(house: &House) -> Result<PathBuf> {
    let folder = house.target.join("tools/runtimes");
    let python = folder.join("bin/python");
    let is_there = || {
        let wrong = PACKAGES.map(|(name, version)| format!("version('{name}') != '{version}'"));
        let wrong = wrong.join(" or ");
        let check =
            format!("import sys; from importlib.metadata import version; sys.exit({wrong})");
        works(Command::new(&python).args(["-c", &check]))
    };
    if !is_there() {
        virtual_environment(&folder, "for NumPy and the runtimes of models")?;
        let [a, b, c, d, e, f] = PACKAGES.map(|(name, version)| format!("{name}=={version}"));
        if let Err(why) = install(&folder, ["--only-binary=:all:", a.as_str(), &b, &c, &d, &e, &f])?
        {
            let packages = [a, b, c, d, e, f].join(", ");
            return Err(Missing(format!("not all of {packages} from PyPI ({why})")).into());
        }
    }
    if !is_there() {
        bail!("{} lacks a package that was installed for it", python.display());
    }
    Ok(python)
}

/// Where the scripts stand that write recordings with the libraries of their formats.
const FORMATS: &str = "crates/data/tests/formats";

/// A Python that has the libraries that recordings are written with.
pub(crate) fn with_formats(house: &House) -> Result<PathBuf> {
    let folder = house.target.join("tools/formats");
    let python = folder.join("bin/python");
    let pinned = house.root.join(FORMATS).join("requirements.txt");
    let text = std::fs::read_to_string(&pinned)?;
    let packages: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.trim().split_once("==")).collect();
    let is_there = || {
        let wrong: Vec<String> = packages
            .iter()
            .map(|(name, version)| format!("version('{name}') != '{version}'"))
            .collect();
        let check = format!(
            "import sys; from importlib.metadata import version; sys.exit({})",
            wrong.join(" or ")
        );
        works(Command::new(&python).args(["-c", &check]))
    };
    if !is_there() {
        virtual_environment(&folder, "for the libraries that recordings are written with")?;
        let pinned = pinned.to_string_lossy();
        if let Err(why) = install(&folder, ["--only-binary=:all:", "-r", &pinned])? {
            let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
            return Err(
                Missing(format!("not all of {} from PyPI ({why})", names.join(", "))).into()
            );
        }
    }
    if !is_there() {
        bail!("{} lacks a package that was installed for it", python.display());
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
pub(crate) fn install<'a>(
    folder: &Path,
    what: impl IntoIterator<Item = &'a str>,
) -> Result<Result<(), String>> {
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    let done = capture(pip.current_dir(folder).args(what))?;
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said.lines().last().unwrap_or_default();
    Ok(if done.status.success() { Ok(()) } else { Err(last.to_owned()) })
}
