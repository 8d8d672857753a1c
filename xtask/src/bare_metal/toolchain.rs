//! A cargo that can build for chips without an operating system.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use super::sysroot;
use crate::command::{capture, output};
use crate::house::House;

/// A cargo, and the environment in which it finds `core` for the chips' targets.
pub(crate) struct Toolchain {
    pub(super) program: OsString,
    pub(super) environment: Vec<(&'static str, OsString)>,
}

impl Toolchain {
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(&self.program);
        // The folders of the compiler that built this program may hold another one's libraries.
        command.env_remove("LD_LIBRARY_PATH").envs(self.environment.iter().cloned());
        command
    }

    pub(crate) fn version(&self) -> Result<String> {
        Ok(output(self.cargo().arg("--version"))?.trim().to_owned())
    }
}

/// rustup's own where it can have the targets; else Debian's compiler with a `core` built here.
pub(crate) fn find(house: &House, targets: &[&str]) -> Result<Toolchain> {
    match rustup_targets(targets) {
        Ok(()) => Ok(Toolchain { program: "cargo".into(), environment: Vec::new() }),
        Err(why) => {
            println!("rustup cannot bring the targets ({why}); trying Debian's compiler");
            sysroot::debian_toolchain(house, targets, &why)
        }
    }
}

fn rustup_targets(targets: &[&str]) -> Result<(), String> {
    let rustup = |words: &[&str]| {
        let done = capture(Command::new("rustup").args(words)).map_err(|error| {
            let root = error.root_cause();
            format!("rustup: {root}")
        })?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&done.stderr);
        let last =
            said.lines().rfind(|line| line.starts_with("error")).unwrap_or("no reason given");
        Err(last.to_owned())
    };
    let installed = rustup(&["target", "list", "--installed"])?;
    let missing: Vec<&str> =
        targets.iter().copied().filter(|t| installed.lines().all(|line| line != *t)).collect();
    // One at a time: of several, rustup keeps none when one fails.
    missing.into_iter().try_for_each(|target| rustup(&["target", "add", target]).map(drop))
}
