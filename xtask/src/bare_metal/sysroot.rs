//! `core` and `alloc` for the chips, compiled from the library source that Debian ships.
//!
//! Debian's compiler comes with its library's source, so the two always fit. The library is
//! compiled once per target and compiler into a sysroot under the target folder; the project
//! itself is then built as any stable compiler would build it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::toolchain::Toolchain;
use crate::command::{output, run, works};
use crate::debian;
use crate::house::House;

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const LIBRARIES: [&str; 3] = ["libcore-", "liballoc-", "libcompiler_builtins-"];

/// Debian's cargo and compiler with a sysroot for the targets.
pub(super) fn debian_toolchain(house: &House, targets: &[&str], why: &str) -> Result<Toolchain> {
    if ![CARGO, RUSTC, LIBRARY].iter().all(|file| Path::new(file).exists()) {
        let purpose = format!("no bare-metal Rust targets ({why})");
        debian::install(&["rustc-web", "cargo-web", "rust-web-src"], &purpose)?;
    }
    let compiler = output(Command::new(RUSTC).arg("-vV"))?;
    let sysroot = house.target.join("bare-metal/sysroot");
    let absent: Vec<&str> =
        targets.iter().copied().filter(|t| !built(&sysroot, t, &compiler)).collect();
    if !absent.is_empty() {
        build(house, &sysroot, &absent, &compiler)?;
    }
    let mut flags = std::ffi::OsString::from("--sysroot\x1f");
    flags.push(&sysroot);
    flags.push("\x1f-Clinker=");
    flags.push(linker(&compiler)?);
    Ok(Toolchain {
        program: CARGO.into(),
        environment: vec![("RUSTC", RUSTC.into()), ("CARGO_ENCODED_RUSTFLAGS", flags)],
    })
}

/// A stamp beside the libraries, written last, names the compiler that they are of.
fn built(sysroot: &Path, target: &str, compiler: &str) -> bool {
    fs::read_to_string(folder(sysroot, target).join("compiler")).is_ok_and(|by| by == compiler)
}

fn folder(sysroot: &Path, target: &str) -> PathBuf {
    sysroot.join("lib/rustlib").join(target).join("lib")
}

fn build(house: &House, sysroot: &Path, targets: &[&str], compiler: &str) -> Result<()> {
    let package = house.target.join("bare-metal/core");
    let objects = package.join("target");
    fs::create_dir_all(package.join("src")).context("the package that stands for core")?;
    // The empty table of a workspace keeps it out of ours.
    let manifest = "[package]\nname = \"sysroot\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/lib.rs"), "#![no_std]\n")?;
    let mut cargo = Command::new(CARGO);
    cargo.current_dir(&package).args(["build", "--quiet", "--release", "-Zbuild-std=core,alloc"]);
    for target in targets {
        cargo.args(["--target", target]);
    }
    cargo.arg("--target-dir").arg(&objects);
    // `-Z` is for unstable compilers; it serves here only to compile the compiler's own library.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", RUSTC).env_remove("LD_LIBRARY_PATH");
    // Without bitcode in it, a package with `lto = true` cannot be linked against the library.
    cargo.env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes");
    run(&mut cargo).context("the library of Debian's compiler, for bare metal")?;

    for target in targets {
        let into = folder(sysroot, target);
        if into.exists() {
            fs::remove_dir_all(&into)?;
        }
        fs::create_dir_all(&into)?;
        let mut copied = 0;
        for entry in objects.join(target).join("release/deps").read_dir()? {
            let file = entry?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let library = LIBRARIES.iter().any(|library| name.starts_with(library));
            if library && name.ends_with(".rlib") {
                fs::copy(&file, into.join(name))?;
                copied += 1;
            }
        }
        ensure!(copied == LIBRARIES.len(), "{copied} libraries were built for {target}, not three");
        fs::write(into.join("compiler"), compiler)?;
    }
    // Of an older compiler, these would be copied beside the new ones.
    fs::remove_dir_all(&objects).context("the objects of core")
}

/// Debian's package has no linker for bare metal: rustup's is taken, else LLVM's by its own name.
fn linker(compiler: &str) -> Result<PathBuf> {
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    if let Ok(rustup) = output(Command::new("rustc").args(["--print", "sysroot"])) {
        let rustup = Path::new(rustup.trim());
        let linker = rustup.join("lib/rustlib").join(host).join("bin/rust-lld");
        if linker.exists() {
            return Ok(linker);
        }
    }
    if !works(Command::new("ld.lld").arg("--version")) {
        debian::install(&["lld"], "no linker for bare metal")?;
    }
    Ok(PathBuf::from("ld.lld"))
}
