//! Attacks on a server that runs: what it promises holds while somebody does their worst, and what was seen is printed.

mod asked;
mod disk;
mod forwarders;
mod free;
mod hung;
mod memory;
mod proxies;
mod served;
mod server;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;
use forwarders::Forwarders;

pub(crate) fn gate(house: &House) -> Result<Done> {
    Forwarders::install()?;
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let space = space(house)?;
    let program = house.target.join("debug/judder");
    let long = std::env::args().any(|word| word == "--long");
    let mut faults = proxies::look(house, &program, &space)?;
    faults.extend(memory::attack(house, &program, long)?);
    faults.extend(hung::attack(house, &program)?);
    faults.extend(disk::look(&program, &within(&space, "disk")?, long)?);
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(Done::Whole)
}

/// An empty folder.
fn space(house: &House) -> Result<PathBuf> {
    let space = house.target.join("attacks");
    let _ = fs::remove_dir_all(&space);
    fs::create_dir_all(&space).context("target/attacks")?;
    Ok(space)
}

/// A folder in it.
fn within(space: &Path, name: &str) -> Result<PathBuf> {
    let folder = space.join(name);
    fs::create_dir_all(&folder).context("target/attacks")?;
    Ok(folder)
}

/// The same of another program, with all counts and without a judgement.
pub(crate) fn measure(house: &House, program: &str) -> Result<()> {
    let space = space(house)?;
    let mut faults = memory::attack(house, program.as_ref(), true)?;
    faults.extend(disk::look(Path::new(program), &within(&space, "disk")?, true)?);
    println!("{} faults", faults.len());
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(())
}
