//! Brings the model in: `JUDDER_MODEL` is the folder of a crate that `judder export --to rust` wrote.

use std::path::PathBuf;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=JUDDER_MODEL");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::copy("memory.x", out.join("memory.x"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed=memory.x");
    for script in ["--nmagic", "-Tlink.x", "-Tlink-rp.x"] {
        println!("cargo:rustc-link-arg={script}");
    }
    let folder = env::var("JUDDER_MODEL")
        .map_err(|_| "set JUDDER_MODEL to a folder that `judder export --to rust` wrote")?;
    let library = PathBuf::from(folder).join("src/lib.rs").canonicalize()?;
    println!("cargo:rerun-if-changed={}", library.display());
    let text =
        format!("#[path = {library:?}]\n#[allow(unused_attributes, dead_code)]\nmod model;\n");
    Ok(fs::write(out.join("model.rs"), text)?)
}
