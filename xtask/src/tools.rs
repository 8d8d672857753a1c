//! The model files that judder is tested with, made anew with what PyPI has today.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{output, run};
use crate::gate::Done;
use crate::house::House;
use crate::python;

/// Where the files are that all gates read, and in `make` beside them what makes them.
const FIXTURES: &str = "crates/model/tests/models";

/// What is installed for some scripts, by the names in a file of `make`.
struct Environment {
    requirements: &'static str,
    scripts: &'static [&'static str],
}

/// Apart, as each takes some gigabytes, and LiteRT's tools an older PyTorch.
const ENVIRONMENTS: [Environment; 3] = [
    Environment {
        requirements: "requirements.txt",
        scripts: &["keras_files.py", "tensorflow_files.py", "tf2onnx_files.py", "sklearn_files.py"],
    },
    Environment { requirements: "requirements-pytorch.txt", scripts: &["pytorch_files.py"] },
    Environment { requirements: "requirements-litert.txt", scripts: &["litert_files.py"] },
];

/// Makes all files in `target/tools/models`, reads them, and writes the tables of `docs/models.md`, which
/// are of those in the repository.
pub(crate) fn gate(house: &House) -> Result<Done> {
    let fixtures = house.root.join(FIXTURES);
    let make = fixtures.join("make");
    every_script_runs(&make)?;
    let space = house.target.join("tools");
    let models = space.join("models");
    if models.exists() {
        fs::remove_dir_all(&models)?;
    }
    fs::create_dir_all(&models)?;
    for environment in &ENVIRONMENTS {
        let folder = space.join(environment.requirements.trim_end_matches(".txt"));
        let made = make_files(environment, &make, &folder, &models);
        // Nobody needs it any more, and the next one needs its room.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        made?;
    }
    let lacking: Vec<String> = names(&fixtures)?.difference(&names(&models)?).cloned().collect();
    ensure!(lacking.is_empty(), "not made anew: {}", lacking.join(", "));
    let mut test = house.cargo(["test", "--package", "judder-model", "--test", "tools"]);
    run(test.args(["--", "--nocapture"]).env("JUDDER_MODELS", &models))?;
    let mut write = house.cargo(["test", "--package", "judder-model", "--test", "tools", "page"]);
    run(write.env_remove("JUDDER_MODELS").env("JUDDER_WRITE", "1"))?;
    Ok(Done::Whole)
}

/// Installs what some scripts need, as it is today, and runs them.
fn make_files(environment: &Environment, make: &Path, folder: &Path, models: &Path) -> Result<()> {
    let pinned = requirements(&make.join(environment.requirements))?;
    println!("installing {} from PyPI", names_of(&pinned).join(", "));
    python::virtual_environment(folder, "for the tools that write models")?;
    let options = ["--no-cache-dir", "--upgrade"];
    let what = options.into_iter().chain(names_of(&pinned));
    if let Err(why) = python::install(folder, what)? {
        // Not a skip: this gate is asked for by name, and has nothing to say without them.
        bail!("PyPI does not give what {} names: {why}", environment.requirements);
    }
    let python = folder.join("bin/python");
    for (name, version) in &pinned {
        let code = format!("from importlib.metadata import version; print(version({name:?}))");
        let today = output(Command::new(&python).args(["-c", &code]))?;
        let today = today.trim();
        let than = if today == version { "as in the repository" } else { version };
        println!("{name:<20} {today:<12} ({than})");
    }
    for script in environment.scripts {
        let mut script_run = Command::new(&python);
        script_run.arg(make.join(script)).arg(models).current_dir(folder);
        run(script_run.env("PYTHONDONTWRITEBYTECODE", "1").env("CUDA_VISIBLE_DEVICES", ""))?;
    }
    Ok(())
}

/// Names and versions of what made the files of the repository.
fn requirements(path: &Path) -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.split_once("==") {
            Some((name, version)) => Ok((name.to_owned(), version.to_owned())),
            None => bail!("{}: `{line}` names no version", path.display()),
        })
        .collect()
}

fn names_of(pinned: &[(String, String)]) -> Vec<&str> {
    pinned.iter().map(|(name, _)| name.as_str()).collect()
}

/// Fails where a script makes files that is not in the list here.
fn every_script_runs(make: &Path) -> Result<()> {
    let listed: BTreeSet<&str> =
        ENVIRONMENTS.iter().flat_map(|environment| environment.scripts).copied().collect();
    let there = entries(make)?;
    let there: BTreeSet<String> = there
        .iter()
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .filter(|name| name.ends_with("_files.py"))
        .collect();
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    ensure!(listed == there, "scripts in {}: {there:?}, of which {listed:?} run", make.display());
    Ok(())
}

/// The names of what is said of files, with their folders.
fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for tool in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&tool)? {
            if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.strip_prefix(folder).unwrap_or(&path);
                names.insert(name.display().to_string());
            }
        }
    }
    Ok(names)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = folder.read_dir().with_context(|| folder.display().to_string())?;
    read.map(|entry| Ok(entry?.path())).collect()
}
