//! Attacks on a server that runs: what it promises holds while somebody does their worst, and what was seen is printed;
//! with `--long` it is the table of `docs/reliability.md`.

mod asked;
mod at;
mod chance;
mod choice;
mod cuts;
mod disk;
mod errors;
mod exchange;
mod forwarders;
mod free;
mod hung;
mod kills;
mod loss;
mod memory;
mod model;
mod proxies;
mod seen;
mod served;
mod server;
mod shims;
mod storm;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::clocks;
use crate::command::run;
use crate::gate::{Done, Missing};
use crate::house::House;
use at::At;
pub(crate) use choice::Choice;
use seen::Seen;
pub(crate) use shims::{PROBE, probe};
use table::Part;

/// What names another program, for the column of the version before.
const BEFORE: &str = "JUDDER_BEFORE";

type Attack = fn(&At<'_>) -> Result<Seen>;

const PARTS: [(&str, Attack); 9] = [
    ("kills", kills::attack),
    ("cuts", cuts::attack),
    ("errors", errors::attack),
    ("clock", clock),
    ("storm", storm::attack),
    ("proxies", proxies::attack),
    ("memory", memory::attack),
    ("hung", hung::attack),
    ("disk", disk::attack),
];

/// What some options ask for.
pub(crate) fn choice(options: &[&str]) -> Result<Choice> {
    Choice::of(options, &PARTS.map(|(name, _)| name))
}

pub(crate) fn gate(house: &House) -> Result<Done> {
    let names = PARTS.map(|(name, _)| name);
    let choice = Choice::of_arguments(&names)?;
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let program = house.target.join("debug/judder");
    let before = std::env::var_os(BEFORE).map(PathBuf::from).filter(|_| choice.long);
    let before = before.map(|program| program.canonicalize().context(BEFORE)).transpose()?;
    let (mut faults, mut lacking) = (Vec::new(), Vec::new());
    for (name, attack) in PARTS.iter().filter(|(name, _)| choice.has(name)) {
        let began = Instant::now();
        let space = space(house, name)?;
        let at = At { house, program: &program, space: &space, long: choice.long, starts: true };
        let seen = match attack(&at) {
            Err(error) if error.is::<Missing>() => {
                println!("lacking: {error}");
                lacking.push(format!("{name}: {error}"));
                continue;
            }
            seen => seen.with_context(|| format!("the attacks {name}"))?,
        };
        println!("attacks, {name}: {:.0} s", began.elapsed().as_secs_f64());
        faults.extend(seen.faults);
        if choice.long {
            let part = (*name, *attack);
            let earlier = before.as_ref().map(|program| earlier(house, program, part, true));
            let earlier = earlier.transpose()?;
            let before = earlier.as_ref().map(|seen| &seen.rows[..]);
            table::write(&house.root, &Part { name, rows: &seen.rows, before }, &names)?;
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(if lacking.is_empty() { Done::Whole } else { Done::Partly(lacking.join("; ")) })
}

/// What a part does to the version before. Where it cannot be looked at so, nothing was seen.
fn earlier(
    house: &House,
    program: &Path,
    (name, attack): (&str, Attack),
    long: bool,
) -> Result<Seen> {
    println!("the same of {}", program.display());
    let space = space(house, &format!("{name}-before"))?;
    let at = At { house, program, space: &space, long, starts: false };
    Ok(attack(&at).unwrap_or_else(|error| {
        println!("{name} cannot be made on it: {error:#}");
        Seen::default()
    }))
}

/// Clocks that are set; the gate `clocks` sets them by other steps.
fn clock(at: &At<'_>) -> Result<Seen> {
    let mut seen = Seen::default();
    for one in clocks::attack(at.house, at.program)? {
        let promised = "no false silence, none hidden, alerts told again in time, no row deleted that is young";
        seen.row(format!("the clock: {}", one.what), promised, one.words);
        seen.faults.extend(one.faults);
    }
    Ok(seen)
}

/// An empty folder for a part.
fn space(house: &House, name: &str) -> Result<PathBuf> {
    let space = house.target.join("attacks").join(name);
    let _ = fs::remove_dir_all(&space);
    fs::create_dir_all(&space).context("target/attacks")?;
    Ok(space)
}

/// The same of another program, without a judgement.
pub(crate) fn measure(house: &House, program: &Path, choice: &Choice) -> Result<()> {
    let program = &program.canonicalize().with_context(|| program.display().to_string())?;
    let mut faults = Vec::new();
    for part in PARTS.iter().filter(|(name, _)| choice.has(name)) {
        faults.extend(earlier(house, program, *part, choice.long)?.faults);
    }
    println!("{} faults", faults.len());
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(())
}
