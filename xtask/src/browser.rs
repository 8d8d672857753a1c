//! The pages that judder writes, in a real browser.
//!
//! What is looked for stands in `xtask/browser/`, for Node's own test runner: a `*.test.mjs` is run,
//! the other files there are what tests share.

mod chromium;
mod node;
mod pages;
mod playwright;
mod strained;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;

pub(crate) fn gate(house: &House) -> Result<Done> {
    node::ensure()?;
    let playwright = playwright::folder(house)?;
    let chromium = chromium::program()?;
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let recordings = house.recordings()?;
    let pages = pages::made(house, recordings.as_deref())?;
    let scripts = house.root.join("xtask/browser");
    let node = || {
        let mut node = Command::new("node");
        node.current_dir(&scripts)
            .env("JUDDER_PAGES", &pages)
            .env("JUDDER_PLAYWRIGHT", &playwright)
            .env("JUDDER_CHROMIUM", &chromium);
        if let Some(recordings) = &recordings {
            node.env("JUDDER_RECORDINGS", recordings);
        }
        node
    };
    // Before the tests, so that a person can look at what they complain of.
    run(node().arg("screenshots.mjs"))?;
    let tests = tests(&scripts)?;
    ensure!(!tests.is_empty(), "{} has no `*.test.mjs`", scripts.display());
    // Named, because without a terminal older versions write for machines.
    run(node().args(["--test", "--test-reporter=spec"]).args(tests))?;
    Ok(match recordings {
        Some(_) => Done::Whole,
        None => Done::Partly("no page of the real recordings, which are not here".to_owned()),
    })
}

/// The files that Node is to run, in order.
fn tests(scripts: &Path) -> Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    for entry in scripts.read_dir().context("xtask/browser")? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            tests.push(path);
        }
    }
    tests.sort();
    Ok(tests)
}
