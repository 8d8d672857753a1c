//! The pages to look at: of a simulated fan, of what strains a page, and of the real fan.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{output, run};
use crate::house::House;

use super::strained;

const LOW: &str = "fan/fan_0_low_0_weight";
const COIN: &str = "fan/fan_0_low_1_weight";
const MEDIUM: &str = "fan/fan_0_med_0_weight";
/// Recordings that no model is fitted to.
const LATER_LOW: &str = "later/fan_0_low_0_weight";
const LATER_COIN: &str = "later/fan_0_low_1_weight";

/// Names that are a page's own language: markup and quotes, and what keeps a script from ending. They
/// begin differently, so that pages cut nothing off.
const MARKUP_NORMAL: &str = "markup/a<script>alert(1)<b>&\"'";
const MARKUP_ANOMALY: &str = "markup/<!--<script>";

/// Names that fit nowhere: long ones, of wide letters, of letters that are all wide, and of one word.
const LONG: [(&str, &str); 4] = [
    (LOW, "long/beside the window of the hall, lowest speed, nothing on its blades"),
    (MEDIUM, "long/WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"),
    (LATER_LOW, "long/扇風機の軸受の加速度を最低速度で一日中記録したもの"),
    (COIN, "long/a-coin-on-the-second-blade-near-its-tip-at-the-lowest-of-all-speeds"),
];

const MODEL: &str = "fan.model.json";

/// The states of the real fan.
const REAL_NORMAL: [&str; 5] = [
    "fan_0_low_0_weight",
    "fan_0_low_0_weight-moving",
    "fan_0_med_0_weight",
    "fan_0_high_0_weight",
    "fan_0_off_0_weight",
];
const REAL_ANOMALY: [&str; 3] = ["fan_0_low_1_weight", "fan_0_med_1_weight", "fan_0_high_1_weight"];

/// Makes every page anew, and says in which folder.
pub(super) fn made(house: &House, recordings: Option<&Path>) -> Result<PathBuf> {
    let folder = house.target.join("browser");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let judder = Judder { program: house.target.join("debug/judder"), folder };
    judder.simulate()?;
    judder.strain()?;
    if let Some(recordings) = recordings {
        judder.explore_real(&recordings.join("ceiling-fan"))?;
    }
    judder.report()?;
    judder.score()?;
    Ok(judder.folder)
}

/// The program, run in a folder.
struct Judder {
    program: PathBuf,
    folder: PathBuf,
}

impl Judder {
    fn simulate(&self) -> Result<()> {
        let fan = ["--out", "fan", "--states", "low,low+coin,medium", "--recordings", "60"];
        run(self.command("simulate").args(fan))?;
        let later = ["--out", "later", "--states", "low,low+coin", "--recordings", "20"];
        run(self.command("simulate").args(later).args(["--from", "60"]))?;
        copy(&self.folder.join(LOW), &self.folder.join(MARKUP_NORMAL))?;
        copy(&self.folder.join(COIN), &self.folder.join(MARKUP_ANOMALY))
    }

    fn report(&self) -> Result<()> {
        self.explore("explore.html", &[LOW, MEDIUM], &[COIN])?;
        self.train("train.html", MODEL, LOW, COIN)?;
        self.evaluate("evaluate.html", &[LOW], &[COIN])?;
        // Labels that are wrong on purpose, for verdicts of all four kinds.
        self.evaluate("mislabelled.html", &[LOW, MEDIUM], &[COIN, LATER_COIN, LATER_LOW])?;
        self.explore("markup-explore.html", &[MARKUP_NORMAL], &[MARKUP_ANOMALY])?;
        self.train("markup-train.html", "markup.model.json", MARKUP_NORMAL, MARKUP_ANOMALY)?;
        self.evaluate("markup-evaluate.html", &[MARKUP_NORMAL], &[MARKUP_ANOMALY])
    }

    /// Pages with names, numbers and counts that leave little room.
    fn strain(&self) -> Result<()> {
        for (from, to) in LONG {
            copy(&self.folder.join(from), &self.folder.join(to))?;
        }
        let [normal @ .., anomaly] = LONG.map(|(_, to)| to);
        self.explore("long-names.html", &normal, &[anomaly])?;
        for one in &strained::ALL {
            let folders = one.write(&self.folder)?;
            let (normal, anomaly) = folders.split_at(one.normal);
            self.explore(&format!("{}.html", one.name), normal, anomaly)?;
        }
        Ok(())
    }

    fn explore_real(&self, recordings: &Path) -> Result<()> {
        let folders = |names: &[&str]| -> Vec<String> {
            names.iter().map(|name| recordings.join(name).display().to_string()).collect()
        };
        self.explore("real-fan.html", &folders(&REAL_NORMAL), &folders(&REAL_ANOMALY))
    }

    fn explore<S: AsRef<OsStr>>(&self, page: &str, normal: &[S], anomaly: &[S]) -> Result<()> {
        let mut explore = self.command("explore");
        explore.arg("--normal").args(normal);
        if !anomaly.is_empty() {
            explore.arg("--anomaly").args(anomaly);
        }
        run(explore.args(["-o", page]))
    }

    fn train(&self, page: &str, model: &str, normal: &str, anomaly: &str) -> Result<()> {
        let mut train = self.command("train");
        train.args(["--normal", normal, "--anomaly", anomaly, "--hold-out", "0.2"]);
        run(train.args(["-o", model, "--report", page]))
    }

    fn evaluate(&self, page: &str, normal: &[&str], anomaly: &[&str]) -> Result<()> {
        let mut evaluate = self.command("evaluate");
        evaluate.arg(MODEL).arg("--normal").args(normal).arg("--anomaly").args(anomaly);
        run(evaluate.args(["--report", page]))
    }

    /// Writes the score of each window of a folder beside the pages, to count verdicts from.
    fn score(&self) -> Result<()> {
        let scores = self.folder.join("scores");
        fs::create_dir_all(&scores)?;
        for recordings in [LOW, COIN, MEDIUM, LATER_LOW, LATER_COIN] {
            let mut score = self.command("score");
            let text = output(score.args([MODEL, recordings, "--format", "csv"]))?;
            fs::write(scores.join(recordings.replace('/', "-")).with_extension("csv"), text)?;
        }
        Ok(())
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).arg(subcommand);
        command
    }
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in from.read_dir()? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
