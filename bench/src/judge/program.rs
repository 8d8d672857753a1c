//! A judder program, used as anybody uses it: `train`, `rebaseline`, `score`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::figures::{Scores, Window};
use super::tasks::{Files, Folders};

/// What a program says of the windows of a task, which were recorded at `rate` Hz.
pub(super) fn scores(program: &Path, rate: f64, files: &Files) -> anyhow::Result<Scores> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let mut model = folder.join("trained.model.json");
    let mut train = Command::new(program);
    train.arg("train").args(["--rate", &rate.to_string(), "--normal"]);
    run(train.args(copies(&folder.join("train"), &files.train)?).arg("-o").arg(&model))?;
    if !files.rebase.is_empty() {
        let moved = folder.join("moved.model.json");
        let new = copies(&folder.join("rebase"), &files.rebase)?;
        let mut rebaseline = Command::new(program);
        run(rebaseline
            .arg("rebaseline")
            .arg(&model)
            .arg("--normal")
            .args(new)
            .arg("-o")
            .arg(&moved))?;
        model = moved;
    }
    let score = |name: &str, of: &Folders| -> anyhow::Result<Vec<Window>> {
        let mut command = Command::new(program);
        command.arg("score").arg(&model).args(copies(&folder.join(name), of)?);
        windows(&run(command.args(["--format", "csv"]))?)
    };
    Ok(Scores {
        normal: score("normal", &files.normal)?,
        anomaly: score("anomaly", &files.anomaly)?,
    })
}

/// Copies the files to folders of their own, which are returned. One folder may be named several times.
fn copies(to: &Path, folders: &Folders) -> anyhow::Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for (at, (name, files)) in folders.iter().enumerate() {
        let folder = to.join(at.to_string()).join(name);
        std::fs::create_dir_all(&folder)?;
        for file in files {
            let name = file.file_name().context("a file has a name")?;
            std::fs::copy(file, folder.join(name)).with_context(|| file.display().to_string())?;
        }
        made.push(folder);
    }
    Ok(made)
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{command:?}: {error}");
    Ok(String::from_utf8(output.stdout)?)
}

/// Rows of `path,score,threshold,verdict`.
fn windows(csv: &str) -> anyhow::Result<Vec<Window>> {
    let row = |line: &str| {
        let mut fields = line.rsplit(',');
        let (verdict, limit, score) = (fields.next()?, fields.next()?, fields.next()?);
        let score: f64 = score.parse().ok()?;
        let above = score > limit.parse().ok()?;
        let excused = !matches!(verdict, "normal" | "anomaly");
        Some(Window { score, above, excused })
    };
    let rows = csv.lines().skip(1);
    rows.map(|line| row(line).with_context(|| format!("not a row of scores: {line}"))).collect()
}
