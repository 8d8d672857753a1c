//! The images of boards: what needs no chip is tested here, and each links with a model made here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::bare_metal::toolchain;
use crate::command::run;
use crate::gate::Done;
use crate::house::House;

/// The image of a board, and what it is built for.
const IMAGES: [(&str, &str); 2] =
    [("esp32c3", "riscv32imc-unknown-none-elf"), ("pico", "thumbv6m-none-eabi")];

pub(crate) fn gate(house: &House) -> Result<Done> {
    let space = house.target.join("firmware");
    let mut tests = house.cargo(["test", "--quiet", "--locked", "--manifest-path"]);
    run(tests.arg("firmware/board/Cargo.toml").arg("--target-dir").arg(&space))?;
    let mut clippy = house.cargo(["clippy", "--quiet", "--locked", "--all-targets"]);
    clippy.args(["--manifest-path", "firmware/board/Cargo.toml", "--target-dir"]).arg(&space);
    run(clippy.args(["--", "-D", "warnings"]))?;
    let model = space.join("made/model");
    exported(house, &model)?;
    let targets: Vec<&str> = IMAGES.iter().map(|(_, target)| *target).collect();
    let toolchain = toolchain::find(house, &targets)?;
    for (image, target) in IMAGES {
        let mut cargo = toolchain.cargo();
        cargo.current_dir(house.root.join("firmware").join(image));
        cargo.args(["build", "--release", "--locked", "--target", target]);
        cargo.arg("--target-dir").arg(&space);
        // A warning in a dependency is none of ours; one of ours is an error.
        cargo.env("JUDDER_MODEL", &model).env("RUSTFLAGS", "-D warnings");
        run(&mut cargo)?;
    }
    Ok(Done::Whole)
}

/// A model of simulated recordings as a crate.
fn exported(house: &House, model: &Path) -> Result<()> {
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let space = model.with_file_name("");
    if space.exists() {
        fs::remove_dir_all(&space)?;
    }
    fs::create_dir_all(&space)?;
    for words in [
        "simulate --out fan --states low --recordings 60",
        "train --normal fan/fan_0_low_0_weight -o fan.model.json",
        "export fan.model.json --to rust -o model",
    ] {
        let mut judder = Command::new(house.target.join("debug/judder"));
        run(judder.current_dir(&space).args(words.split(' ')))?;
    }
    Ok(())
}
