//! Building the image of `firmware/replay`, and running it on an emulated chip.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::bare_metal::toolchain::Toolchain;
use crate::command::{output, run};
use crate::house::House;

/// A chip that is emulated.
pub(crate) struct Chip {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    /// What clang calls it.
    clang: &'static [&'static str],
    emulator: &'static str,
    machine: &'static [&'static str],
}

pub(crate) const CHIPS: [Chip; 3] = [
    Chip {
        name: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        clang: &["--target=thumbv7em-none-eabihf"],
        emulator: "qemu-system-arm",
        machine: &["-M", "mps2-an386", "-icount", "shift=10"],
    },
    Chip {
        name: "Cortex-M0+",
        target: "thumbv6m-none-eabi",
        clang: &["--target=thumbv6m-none-eabi"],
        emulator: "qemu-system-arm",
        // An M3, which runs an M0's instructions.
        machine: &["-M", "mps2-an385", "-icount", "shift=10"],
    },
    Chip {
        name: "RV32IMC",
        target: "riscv32imc-unknown-none-elf",
        clang: &["--target=riscv32", "-march=rv32imc", "-mabi=ilp32"],
        emulator: "qemu-system-riscv32",
        machine: &["-M", "virt", "-bios", "none", "-icount", "shift=0"],
    },
];

/// What C is compiled with: for size, as most firmware is.
const LEVEL: &str = "s";

pub(crate) fn build(
    house: &House,
    toolchain: &Toolchain,
    chip: &Chip,
    space: &Path,
) -> Result<PathBuf> {
    let target = chip.target.replace('-', "_");
    let mut cargo = toolchain.cargo();
    cargo.current_dir(house.root.join("firmware/replay"));
    cargo.args(["build", "--quiet", "--release", "--locked", "--target", chip.target]);
    cargo.arg("--target-dir").arg(space.join("image"));
    cargo.env("JUDDER_MODELS", space.join("models")).env("JUDDER_C_LEVEL", LEVEL);
    cargo.env(format!("CC_{target}"), "clang").env(format!("AR_{target}"), "llvm-ar");
    run(&mut cargo)?;
    Ok(space.join("image").join(chip.target).join("release/judder-replay"))
}

/// What the image prints of the windows.
pub(crate) fn replay(chip: &Chip, image: &Path, windows: &Path) -> Result<String> {
    let config =
        format!("enable=on,target=native,arg={},arg={}", image.display(), windows.display());
    let mut command = Command::new(chip.emulator);
    command.args(chip.machine).args(["-nographic", "-monitor", "none", "-serial", "none"]);
    command.args(["-semihosting-config", &config, "-kernel"]).arg(image);
    output(&mut command)
}

/// Bytes of code and constants of a model's C.
pub(crate) fn code(chip: &Chip, folder: &Path) -> Result<u64> {
    let object = folder.join("detector.o");
    let mut clang = Command::new("clang");
    clang.args(chip.clang).args(["-std=c99", "-ffreestanding", "-ffp-contract=off"]);
    clang.arg(format!("-O{LEVEL}")).arg("-c").arg(folder.join("detector.c")).arg("-o").arg(&object);
    run(&mut clang)?;
    let said = output(Command::new("llvm-size").arg(&object))?;
    let text = said.lines().nth(1).and_then(|line| line.split_whitespace().next());
    text.context("llvm-size says nothing")?.parse().context("llvm-size")
}
