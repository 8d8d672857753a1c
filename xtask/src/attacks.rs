//! What a server must stand: each attack is made against the program as it is built, and what was seen is printed.

mod asked;
mod forwarders;
mod free;
mod proxies;
mod server;

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;
use forwarders::Forwarders;

pub(crate) fn gate(house: &House) -> Result<Done> {
    Forwarders::install()?;
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let space = house.target.join("attacks");
    let _ = fs::remove_dir_all(&space);
    fs::create_dir_all(&space).context("target/attacks")?;
    let program = house.target.join("debug/judder");
    let faults = proxies::look(house, &program, &space)?;
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(Done::Whole)
}
