//! `judder score` and `judder explore` of a dataset as whole processes, against `cat` of all its files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use judder_data::{sources, store};

use crate::dataset::Recordings;
use crate::{Figure, median};

/// The whole process, standard output to nowhere.
pub(crate) fn against_cat(recordings: &Recordings) -> anyhow::Result<Figure> {
    let judder = program()?;
    let space = tempfile::tempdir()?;
    let model = space.path().join("fan.model.json");
    store::write_whole(&model, |to| std::io::Write::write_all(to, &recordings.model.to_json()))?;
    let sources = sources(&recordings.folder)?;
    let files: Vec<&Path> = sources.iter().map(|source| source.path()).collect();
    let ours = || {
        run(Command::new(&judder)
            .arg("score")
            .arg(&model)
            .arg(&recordings.folder)
            .args(["--format", "csv"]))
    };
    let (ours, baseline) = median::alternate(ours, || run(Command::new("cat").args(&files)))?;
    let what = "judder score of a dataset as a process, against cat of its files".to_owned();
    Ok(Figure { what, ours, baseline, promise: 2.0 })
}

/// The page of a dataset, each folder of it a normal state.
pub(crate) fn explore_against_cat(recordings: &Recordings) -> anyhow::Result<Figure> {
    let judder = program()?;
    let space = tempfile::tempdir()?;
    let page = space.path().join("page.html");
    let sources = sources(&recordings.folder)?;
    let files: Vec<&Path> = sources.iter().map(|source| source.path()).collect();
    let ours = || {
        let mut explore = Command::new(&judder);
        run(explore.arg("explore").arg("--normal").arg(&recordings.folder).arg("-o").arg(&page))
    };
    let (ours, baseline) = median::alternate(ours, || run(Command::new("cat").args(&files)))?;
    let what = "judder explore of a dataset as a process, against cat of its files".to_owned();
    // It reads them twice, and looks at each window in some ten ways.
    Ok(Figure { what, ours, baseline, promise: 12.0 })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// The release build of judder, made now if it has to be; or `$JUDDER_PROGRAM`.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    if let Some(program) = std::env::var_os("JUDDER_PROGRAM") {
        return Ok(program.into());
    }
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--release", "--package", "judder"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo says of the package that it runs is no news for those that look whether they are to be built anew.
    for (name, _) in std::env::vars_os() {
        let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"].map(str::as_bytes);
        if of_package.iter().any(|prefix| name.as_encoded_bytes().starts_with(prefix)) {
            build.env_remove(name);
        }
    }
    anyhow::ensure!(build.status()?.success(), "judder does not build");
    let bench = std::env::current_exe()?;
    let folder = bench.parent().context("a program is in a folder")?;
    Ok(folder.join("judder"))
}
