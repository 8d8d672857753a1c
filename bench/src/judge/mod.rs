//! How good the default detector is on machines that nobody tuned it for, beside that of judder 0.1.0 and two
//! detectors as a textbook has them.

mod baselines;
mod disturbances;
mod fan;
mod few;
mod figures;
mod machines;
mod program;
mod table;
mod tasks;

use std::path::PathBuf;

use anyhow::Context;
use judder_train::{Candidate, Options};

use crate::real_recordings;

/// What is judged, and by whom.
pub(crate) struct Judging {
    /// Folders of machines, each with its `tasks.json`.
    pub(crate) machines: Vec<PathBuf>,
    /// The program of today.
    pub(crate) judder: PathBuf,
    /// That of judder 0.1.0, where it is at hand.
    pub(crate) before: Option<PathBuf>,
    /// The page whose table is written anew.
    pub(crate) page: Option<PathBuf>,
}

impl Judging {
    /// From the words of the command line.
    pub(crate) fn of(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let (mut machines, mut judder, mut before, mut page) = (Vec::new(), None, None, None);
        while let Some(word) = words.next() {
            let value = words.next().map(PathBuf::from);
            let value = value.with_context(|| format!("{word}: a path is missing"))?;
            match word.as_str() {
                "--machines" => machines.push(value),
                "--judder" => judder = Some(value),
                "--before" => before = Some(value),
                "--page" => page = Some(value),
                _ => anyhow::bail!("{word}: there are --machines, --judder, --before and --page"),
            }
        }
        if machines.is_empty() {
            machines.extend(real_recordings().map(|fan| fan.with_file_name("machines")));
        }
        let judder = judder.context("--judder PROGRAM is missing")?;
        Ok(Self { machines, judder, before, page })
    }

    /// Judges, prints, and writes the table.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let programs: Vec<PathBuf> =
            [Some(&self.judder), self.before.as_ref()].into_iter().flatten().cloned().collect();
        let mut text = String::new();
        for folder in &self.machines {
            let rows = machines::judge(folder, &programs)?;
            text += &table::machines(&rows, self.before.is_some());
        }
        if let Some(folder) = real_recordings() {
            let Options { features, method, .. } = Options::default();
            let default = Candidate { features, method };
            text += &table::areas("Ceiling fan: area", "task", &fan::areas(&folder, &default)?);
            let disturbances = disturbances::areas(&folder, &default)?;
            text += &table::areas("Small disturbances: area", "disturbance", &disturbances);
            let few = few::judge(&folder, &self.machines, &programs)?;
            text += &table::few(&few, self.before.is_some());
            let alarms = fan::false_alarms(&folder, &programs)?;
            text += &table::false_alarms(&alarms, self.before.is_some());
        }
        println!("{text}");
        match &self.page {
            Some(page) => table::write(page, &text),
            None => Ok(()),
        }
    }
}
