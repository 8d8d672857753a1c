//! The table of how good the default detector is, on the ceiling fan and on machines that nobody tuned it for.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::run;
use crate::house::House;

/// What is judged, from the words of the command line.
pub(crate) struct Judged<'w> {
    /// Folders with a `tasks.json`; none are those of the real recordings.
    machines: Vec<&'w str>,
    /// Whether the page is written anew.
    write: bool,
}

/// The page with the table.
const PAGE: &str = "docs/machines.md";

impl<'w> Judged<'w> {
    pub(crate) fn of(words: &[&'w str]) -> Result<Self> {
        let (mut machines, mut write) = (Vec::new(), false);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--machines" => {
                    machines.push(*words.next().context("--machines: a folder is missing")?);
                }
                "--write" => write = true,
                _ => bail!("{word}: there are --machines DIR and --write"),
            }
        }
        Ok(Self { machines, write })
    }

    /// Builds judder and its bench, and has the one judge the other.
    pub(crate) fn judge(&self, house: &House) -> Result<()> {
        run(&mut house.cargo(["build", "--release", "-p", "judder", "-p", "judder-bench"]))?;
        let built = |name: &str| house.target.join("release").join(name);
        let mut bench = Command::new(built("judder-bench"));
        bench.arg("judge").arg("--judder").arg(built("judder"));
        if let Some(before) = std::env::var_os("JUDDER_BEFORE") {
            bench.arg("--before").arg(before);
        }
        match house.recordings()? {
            Some(folder) => drop(bench.env("JUDDER_DATA", folder)),
            None => bail!("the real recordings are neither at $JUDDER_DATA nor at ../shared/data"),
        }
        for folder in &self.machines {
            let folder: PathBuf = folder.into();
            let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
            bench.arg("--machines").arg(folder);
        }
        if self.write {
            bench.arg("--page").arg(house.root.join(PAGE));
        }
        run(&mut bench)
    }
}
