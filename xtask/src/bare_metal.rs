//! The detector and the driver on the chips they are for: they build there, and no input makes the
//! detector panic.

mod no_panic;
mod panic_sites;
mod sysroot;
pub(crate) mod toolchain;

use anyhow::Result;

use crate::command::run;
use crate::gate::Done;
use crate::house::House;

/// One for each kind of chip: with a float unit, with neither that nor a division, and not an ARM.
const TARGETS: [&str; 3] =
    ["thumbv7em-none-eabihf", "thumbv6m-none-eabi", "riscv32imc-unknown-none-elf"];

pub(crate) fn gate(house: &House) -> Result<Done> {
    let toolchain = toolchain::find(house, &TARGETS)?;
    println!("bare-metal toolchain: {}", toolchain.version()?);
    for target in TARGETS {
        let mut cargo = toolchain.cargo();
        cargo.current_dir(&house.root).args(["build", "--release", "--target", target]);
        let packages = ["--package", "judder-core", "--package", "msa301"];
        run(cargo.args(packages).args(["--features", "msa301/async"]))?;
    }
    no_panic::prove(house, &toolchain, TARGETS[0])?;
    Ok(Done::Whole)
}
