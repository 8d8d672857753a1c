//! Brings the model in: `JUDDER_MODEL` is the folder of a crate that `judder export --to rust` wrote.

use std::path::PathBuf;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=JUDDER_MODEL");
    println!("cargo:rustc-link-arg=-Tlinkall.x");
    let folder = env::var("JUDDER_MODEL")
        .map_err(|_| "set JUDDER_MODEL to a folder that `judder export --to rust` wrote")?;
    let library = PathBuf::from(folder).join("src/lib.rs").canonicalize()?;
    println!("cargo:rerun-if-changed={}", library.display());
    let text =
        format!("#[path = {library:?}]\n#[allow(unused_attributes, dead_code)]\nmod model;\n");
    Ok(fs::write(PathBuf::from(env::var("OUT_DIR")?).join("model.rs"), text)?)
}
