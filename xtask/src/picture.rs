//! The picture of a terminal in the README: drawn from what `judder demo --no-page` really prints.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;

/// Where the picture is, below the root.
const PICTURE: &str = "docs/demo.svg";

/// Draws the picture anew.
pub(crate) fn draw(house: &House) -> Result<()> {
    fs::write(house.root.join(PICTURE), drawn(house)?).context(PICTURE)
}

/// Fails where the picture shows something else than the program prints.
pub(crate) fn gate(house: &House) -> Result<Done> {
    let kept = fs::read_to_string(house.root.join(PICTURE)).context(PICTURE)?;
    ensure!(kept == drawn(house)?, "{PICTURE} is out of date: run `cargo xtask picture`");
    Ok(Done::Whole)
}

fn drawn(house: &House) -> Result<String> {
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let space = house.target.join("picture");
    if space.exists() {
        fs::remove_dir_all(&space)?;
    }
    fs::create_dir_all(&space)?;
    // One pipe for both streams, as a terminal has it.
    let output = Command::new("sh")
        .args(["-c", "\"$0\" demo --no-page 2>&1"])
        .arg(house.target.join("debug/judder"))
        .current_dir(&space)
        .env("CLICOLOR_FORCE", "1")
        .output()?;
    ensure!(output.status.success(), "judder demo failed");
    let text = String::from_utf8(output.stdout)?;
    Ok(anstyle_svg::Term::new().render_svg(&format!("$ judder demo --no-page\n{text}")))
}
