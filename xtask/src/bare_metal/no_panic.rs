//! The proof that judder-core cannot panic: `firmware/no-panic`, whose panic handler cannot link.
//!
//! Linking is the verdict because nothing can make it lenient: a look for the names of panic
//! functions in a linked program misses those that the optimiser has folded into their callers.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};

use super::panic_sites::panic_sites;
use super::toolchain::Toolchain;
use crate::command::capture;
use crate::house::House;

/// The symbol that exists nowhere, which the program's panic handler calls.
const SYMBOL: &str = "judder_core_may_panic";
/// What firmware is built with: for speed and for size.
const OPT_LEVELS: [&str; 2] = ["3", "s"];

/// Fails, naming the places, if a panic is left in what the program calls.
pub(super) fn prove(house: &House, toolchain: &Toolchain, target: &str) -> Result<()> {
    for opt_level in OPT_LEVELS {
        let program = Program { house, toolchain, target, opt_level };
        // First what links whatever panics are left: its errors are plain ones, of the program.
        program.build_with_panics()?;
        // The proof is worth something only as long as a known panic fails it.
        let planted = program.build("planted-panic")?;
        ensure!(
            says_it_may_panic(&planted),
            "a panic planted in firmware/no-panic was not found at opt-level {opt_level}:\n{}",
            String::from_utf8_lossy(&planted.stderr)
        );
        let plain = program.build("")?;
        if says_it_may_panic(&plain) {
            bail!("judder-core may panic at opt-level {opt_level}:{}", program.sites()?);
        }
        succeeded(&plain)?;
        println!("no panic is left in judder-core for {target} at opt-level {opt_level}");
    }
    Ok(())
}

fn says_it_may_panic(build: &Output) -> bool {
    !build.status.success() && String::from_utf8_lossy(&build.stderr).contains(SYMBOL)
}

fn succeeded(build: &Output) -> Result<()> {
    let said = String::from_utf8_lossy(&build.stderr);
    ensure!(build.status.success(), "firmware/no-panic does not build:\n{said}");
    Ok(())
}

struct Program<'a> {
    house: &'a House,
    toolchain: &'a Toolchain,
    target: &'a str,
    opt_level: &'a str,
}

impl Program<'_> {
    fn build(&self, features: &str) -> Result<Output> {
        let mut cargo: Command = self.toolchain.cargo();
        cargo.current_dir(self.house.root.join("firmware/no-panic"));
        cargo.args(["build", "--quiet", "--release", "--locked", "--features", features]);
        cargo.args(["--target", self.target]).arg("--target-dir").arg(self.folder());
        capture(cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level))
    }

    fn folder(&self) -> PathBuf {
        self.house.target.join("no-panic")
    }

    fn build_with_panics(&self) -> Result<()> {
        succeeded(&self.build("show-panics")?)
    }

    /// One line for each panic left, from a second build that can be linked.
    fn sites(&self) -> Result<String> {
        self.build_with_panics()?;
        let program = self.folder().join(self.target).join("release/judder-no-panic");
        let program = std::fs::read(program).context("the linked firmware/no-panic")?;
        let root = format!("{}/", self.house.root.display());
        let sites = panic_sites(&program)?;
        Ok(sites.iter().map(|site| format!("\n    {}", site.replace(&root, ""))).collect())
    }
}
