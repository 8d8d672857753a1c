//! The table of `docs/on-the-chip.md`, which is written here and nowhere else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Row;

const DOCUMENT: &str = "docs/on-the-chip.md";
const BEGIN: &str = "<!-- cargo xtask device -->\n";
const END: &str = "<!-- end of the table -->";

/// What a call takes that computes nothing, at most.
const FEW: u64 = 20;

pub(crate) fn of(rows: &[Row], versions: &str) -> String {
    let mut text = String::from(
        "| chip | model | C: mean | C: most | distance | with the watch | feeding it | Rust: most | code | memory |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        let [rust, score, judged, fed, distance, mean] = row.instructions;
        let distance = if distance > FEW { distance.to_string() } else { String::new() };
        text.push_str(&format!(
            "| {} | `{}` | {mean} | {score} | {distance} | {judged} | {fed} | {rust} | {} | {} |\n",
            row.chip, row.model, row.code, row.memory
        ));
    }
    text + &format!("\nBuilt by {versions}, C with `-Os`.\n")
}

/// Fails where the document says something else; says whether the same compilers were at work.
pub(crate) fn compare(root: &Path, table: &str) -> Result<bool> {
    let (text, at) = found(root)?;
    let there = text.get(at).unwrap_or_default();
    let by = |table: &str| table.lines().rfind(|line| !line.is_empty()).map(str::to_owned);
    if by(there) != by(table) {
        println!("other compilers made the table in {DOCUMENT}; these make it\n{table}");
        return Ok(false);
    }
    ensure!(there == table, "{DOCUMENT} lags; `cargo xtask device` writes this into it:\n{table}");
    Ok(true)
}

pub(crate) fn write(root: &Path, table: &str) -> Result<()> {
    let (mut text, at) = found(root)?;
    text.replace_range(at, table);
    Ok(fs::write(root.join(DOCUMENT), text)?)
}

/// The document, and where the table is in it.
fn found(root: &Path) -> Result<(String, std::ops::Range<usize>)> {
    let text = fs::read_to_string(root.join(DOCUMENT)).context(DOCUMENT)?;
    let begin = text.find(BEGIN).context("docs/on-the-chip.md has no place for the table")?;
    let begin = begin + BEGIN.len();
    let length = text[begin..].find(END).context("the table in docs/on-the-chip.md has no end")?;
    Ok((text, begin..begin + length))
}
