//! The commands of the documents, run as a reader would paste them.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;

/// The documents with commands.
const DOCUMENTS: [&str; 2] = ["README.md", "docs/on-the-chip.md"];

/// Runs every block marked `sh`, in a folder for each document that is empty but for `judder`, a clone of
/// this repository, with `judder` on the path.
pub(crate) fn gate(house: &House) -> Result<Done> {
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    for document in DOCUMENTS {
        let text = fs::read_to_string(house.root.join(document)).context(document)?;
        let space = house.target.join("documents").join(document);
        if space.exists() {
            fs::remove_dir_all(&space)?;
        }
        fs::create_dir_all(&space)?;
        #[cfg(unix)]
        std::os::unix::fs::symlink(&house.root, space.join("judder"))?;
        let blocks = blocks(&text);
        ensure!(!blocks.is_empty(), "{document} has no block marked `sh`");
        for block in blocks {
            let path = std::env::var("PATH").unwrap_or_default();
            let debug = house.target.join("debug");
            run(Command::new("sh")
                .args(["-e", "-u", "-c", &block])
                .current_dir(&space)
                .env("PATH", format!("{}:{path}", debug.display())))
            .with_context(|| document)?;
        }
    }
    Ok(Done::Whole)
}

fn blocks(text: &str) -> Vec<String> {
    let starts = text.split("\n```sh\n").skip(1);
    starts.filter_map(|after| Some(after.split_once("\n```")?.0.to_owned())).collect()
}
