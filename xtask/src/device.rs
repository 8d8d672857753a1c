//! Models on emulated chips: the Rust core and the generated C, against what judder says here.

mod emulator;
mod models;
mod table;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::bare_metal::toolchain;
use crate::command::{output, run};
use crate::debian;
use crate::gate::Done;
use crate::house::House;
use emulator::{CHIPS, Chip};
use models::Host;

pub(crate) fn gate(house: &House) -> Result<Done> {
    let (table, real) = measure(house)?;
    if !real {
        let what = "the real recordings, and so the table of docs/on-the-chip.md".to_owned();
        return Ok(Done::Partly(what));
    }
    Ok(match table::compare(&house.root, &table)? {
        true => Done::Whole,
        false => Done::Partly("the table, which other compilers made".to_owned()),
    })
}

/// Writes the table of `docs/on-the-chip.md` anew.
pub(crate) fn write(house: &House) -> Result<()> {
    let (table, real) = measure(house)?;
    ensure!(real, "the table is of real recordings, which are not here");
    table::write(&house.root, &table)
}

/// Replays all models on all chips; the table of what that took, and whether recordings were real.
fn measure(house: &House) -> Result<(String, bool)> {
    let program =
        |name: &str| crate::command::works(std::process::Command::new(name).arg("--version"));
    let needed = ["clang", "llvm-ar", "llvm-size", "qemu-system-arm", "qemu-system-riscv32"];
    if !needed.iter().all(|name| program(name)) {
        let packages = ["clang", "llvm", "qemu-system-arm", "qemu-system-misc"];
        debian::install(&packages, "no clang and qemu to emulate chips with")?;
    }
    let targets: Vec<&str> = CHIPS.iter().map(|chip| chip.target).collect();
    let toolchain = toolchain::find(house, &targets)?;
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let space = house.target.join("device");
    let recordings = house.recordings()?;
    let host = models::made(house, &space, recordings.as_deref())?;
    let mut rows = Vec::new();
    for chip in CHIPS {
        let image = emulator::build(house, &toolchain, &chip, &space)?;
        let said = emulator::replay(&chip, &image, &space.join("windows.f32"))?;
        rows.extend(check(&chip, &said, &host, &space)?);
    }
    rows.iter().try_for_each(|row| row.hold(recordings.is_some()))?;
    let versions = format!(
        "{}; {}",
        toolchain.version()?,
        output(std::process::Command::new("clang").arg("--version"))?.lines().next().unwrap_or("")
    );
    Ok((table::of(&rows, &versions), recordings.is_some()))
}

/// What a model took on a chip.
pub(crate) struct Row {
    pub(crate) chip: &'static str,
    pub(crate) model: String,
    /// Of a window at most: the score in Rust and in C, the whole judgement in C, feeding it, the
    /// distance alone; and the mean of the score in C.
    pub(crate) instructions: [u64; 6],
    pub(crate) code: u64,
    pub(crate) memory: u64,
}

/// What `mad` with a Gaussian may take on a Cortex-M4F: instructions for a window and for its distance
/// alone, bytes of code and constants, bytes of a watch.
const LIMITS: [(&str, u64); 4] = [
    ("instructions", 20_000),
    ("instructions of the distance", 150),
    ("code", 1500),
    ("memory", 2100),
];

impl Row {
    /// Fails where a limit is not held.
    fn hold(&self, real: bool) -> Result<()> {
        if (self.chip, self.model.as_str()) != ("Cortex-M4F", "mad") {
            return Ok(());
        }
        let [_, score, _, _, distance, _] = self.instructions;
        for ((what, limit), found) in LIMITS.iter().zip([score, distance, self.code, self.memory]) {
            // Of instructions there may be more in a window that is none of the fan's.
            let counts = real || !what.starts_with("instructions");
            ensure!(
                !counts || found <= *limit,
                "{} of `mad` on {}: {found}, more than {limit}",
                what,
                self.chip
            );
        }
        Ok(())
    }
}

/// Looks that every line says what the host says.
fn check(chip: &Chip, said: &str, hosts: &[Host], space: &Path) -> Result<Vec<Row>> {
    let mut most: HashMap<&str, Vec<u64>> = HashMap::new();
    let mut lines: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
    for line in said.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["most", name, counts @ ..] => {
                let counts: Result<Vec<u64>, _> = counts.iter().map(|word| word.parse()).collect();
                most.insert(name, counts?);
            }
            [name, rest @ ..] => lines.entry(name).or_default().push(rest.to_vec()),
            [] => {}
        }
    }
    let mut rows = Vec::new();
    for host in hosts {
        let name = host.name.as_str();
        let found = lines.remove(name).unwrap_or_default();
        ensure!(
            found.len() == host.windows.len() && found.len() >= 200,
            "{} on {}: {} of {} windows",
            name,
            chip.name,
            found.len(),
            host.windows.len()
        );
        for (at, (line, (verdict, bits))) in found.iter().zip(&host.windows).enumerate() {
            let [rust, c, rust_verdict, rust_decision, c_verdict, c_decision] = line.as_slice()
            else {
                anyhow::bail!("{}: a line of another kind: {line:?}", chip.name);
            };
            let judged = *verdict == "0" || *verdict == "1";
            let expected = format!("{bits:08x}");
            let alike = rust == c
                && rust_verdict == verdict
                && c_verdict == verdict
                && rust_decision == c_decision
                && (!judged || *rust_decision == expected)
                && (judged || *rust == expected);
            ensure!(
                alike,
                "{name} on {}, window {at}: {line:?}, where the host says {verdict} {expected}",
                chip.name
            );
        }
        println!("{} windows of {name} on {}: equal bits and verdicts", found.len(), chip.name);
        let counts = most.remove(name).unwrap_or_default();
        let instructions = counts.try_into().ok().context("not six counts")?;
        let folder: PathBuf = space.join("models").join(name);
        rows.push(Row {
            chip: chip.name,
            model: name.to_owned(),
            instructions,
            code: emulator::code(chip, &folder)?,
            memory: host.memory,
        });
    }
    Ok(rows)
}
