//! Brings the generated models in: `JUDDER_MODELS` is a folder with one for each, which holds
//! `rust/src/lib.rs` and `detector.h` and `.c`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let memory = match env::var("CARGO_CFG_TARGET_ARCH")?.as_str() {
        "arm" => "memory-mps2.x",
        _ => {
            println!("cargo:rustc-link-arg=-Tmemory.x");
            "memory-virt.x"
        }
    };
    fs::copy(memory, out.join("memory.x"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg=-Tlink.x");
    println!("cargo:rerun-if-changed={memory}");
    println!("cargo:rerun-if-changed=src/calls.c");
    println!("cargo:rerun-if-env-changed=JUDDER_MODELS");
    println!("cargo:rerun-if-env-changed=JUDDER_C_LEVEL");

    let models = PathBuf::from(env::var("JUDDER_MODELS")?);
    let mut names = Vec::new();
    for entry in models.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    names.sort();
    let (mut text, mut list) = (String::new(), String::new());
    for name in &names {
        let folder = models.join(name);
        c(name, &folder)?;
        let library = folder.join("rust/src/lib.rs");
        println!("cargo:rerun-if-changed={}", library.display());
        println!("cargo:rerun-if-changed={}", folder.join("detector.c").display());
        text.push_str(&format!(
            "#[path = {library:?}]\n#[allow(dead_code, unused_attributes)]\nmod {name};\nmodel!({name}, \
             {name}_start, {name}_score, {name}_judge, {name}_push, {name}_distance);\n"
        ));
        list.push_str(&format!("    run::<{name}::Watcher>(\"{name}\", path);\n"));
    }
    text.push_str(&format!("fn run_all(path: &core::ffi::CStr) {{\n{list}}}\n"));
    fs::write(out.join("models.rs"), text)?;
    Ok(())
}

/// The C of a model as it is, and beside it what calls it.
fn c(name: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut build = cc::Build::new();
    build.include(folder).define("NAME", name).opt_level_str(&optimisation());
    build.flag("-std=c99").flag("-ffreestanding").flag("-ffp-contract=off").warnings(false);
    build.file("src/calls.c");
    if fs::read_to_string(folder.join("detector.c"))?.contains("static float distance(") {
        build.define("DISTANCE", None);
    }
    let word = format!("judder_{name}");
    build.define("MODEL", word.as_str());
    build.compile(name);
    Ok(())
}

fn optimisation() -> String {
    env::var("JUDDER_C_LEVEL").unwrap_or_else(|_| "2".to_owned())
}
