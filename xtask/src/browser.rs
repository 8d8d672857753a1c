//! The pages that judder writes, in a real browser.
//!
//! What is looked for stands in `xtask/browser/`, for Node's own test runner: a `*.test.mjs` is run,
//! the other files there are what tests share.

mod chromium;
mod fonts;
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

use fonts::Fonts;

pub(crate) fn gate(house: &House) -> Result<Done> {
    let browser = Browser::with_pages(house)?;
    let tests = tests(&browser.scripts)?;
    ensure!(!tests.is_empty(), "{} has no `*.test.mjs`", browser.scripts.display());
    // Named, because without a terminal older versions write for machines.
    let how = ["--test", "--test-reporter=spec", "--test-concurrency=2"];
    run(browser.node().args(how).args(tests))?;
    let mut lacking = Vec::from_iter(browser.fonts.lacking);
    if browser.recordings.is_none() {
        lacking.push("no page of the real recordings, which are not here".to_owned());
    }
    Ok(if lacking.is_empty() { Done::Whole } else { Done::Partly(lacking.join("; ")) })
}

/// Pictures of every page for a person to look at, and those that the README shows.
pub(crate) fn screenshots(house: &House) -> Result<()> {
    let browser = Browser::with_pages(house)?;
    let docs = house.root.join("docs");
    run(browser.node().arg("screenshots.mjs").env("JUDDER_DOCS", docs))
}

/// How soon the first device is on the page of a thousand.
pub(crate) fn first_device(house: &House) -> Result<()> {
    let browser = Browser::with_pages(house)?;
    run(&mut house.cargo(["build", "--release", "--package", "judder"]))?;
    let program = house.target.join("release/judder");
    run(browser.node().arg("first-device.mjs").env("JUDDER_PROGRAM", program))
}

/// What it takes to look at the pages.
struct Browser {
    pages: PathBuf,
    program: PathBuf,
    playwright: PathBuf,
    chromium: PathBuf,
    fonts: Fonts,
    recordings: Option<PathBuf>,
    scripts: PathBuf,
}

impl Browser {
    /// Brings the tools, and makes the pages anew.
    fn with_pages(house: &House) -> Result<Self> {
        node::ensure()?;
        let playwright = playwright::folder(house)?;
        let chromium = chromium::program()?;
        let fonts = fonts::together(house)?;
        run(&mut house.cargo(["build", "--package", "judder"]))?;
        let recordings = house.recordings()?;
        let pages = pages::made(house, recordings.as_deref())?;
        let scripts = house.root.join("xtask/browser");
        let program = house.target.join("debug/judder");
        Ok(Self { pages, program, playwright, chromium, fonts, recordings, scripts })
    }

    /// Node, told where all of it is.
    fn node(&self) -> Command {
        let mut node = Command::new("node");
        node.current_dir(&self.scripts)
            .env("JUDDER_PAGES", &self.pages)
            .env("JUDDER_PROGRAM", &self.program)
            .env("JUDDER_PLAYWRIGHT", &self.playwright)
            .env("JUDDER_CHROMIUM", &self.chromium)
            .env("JUDDER_FONTS", &self.fonts.folder);
        if let Some(recordings) = &self.recordings {
            node.env("JUDDER_RECORDINGS", recordings);
        }
        node
    }
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
