//! The table of `docs/reliability.md`, which is written here and nowhere else.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::seen::Row;

const DOCUMENT: &str = "docs/reliability.md";
const BEGIN: &str = "<!-- cargo xtask test attacks --long -->\n";
const END: &str = "<!-- end of the table -->";
const HEAD: &str = "| part | attack | promised | seen | 0.1.0 |\n|---|---|---|---|---|\n";
/// Where nothing was seen.
const NOTHING: &str = "—";

/// What one part of the attacks came to.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) rows: &'a [Row],
    /// The same of the version before, if it was there.
    pub(super) before: Option<&'a [Row]>,
}

/// Writes the rows of a part in place of those that it had; `order` has all parts.
pub(super) fn write(root: &Path, part: &Part<'_>, order: &[&str]) -> Result<()> {
    let path = root.join(DOCUMENT);
    let mut text = fs::read_to_string(&path).context(DOCUMENT)?;
    let begin =
        text.find(BEGIN).with_context(|| format!("{DOCUMENT} has no place for the table"))?;
    let begin = begin + BEGIN.len();
    let length = text[begin..].find(END);
    let length = length.with_context(|| format!("the table in {DOCUMENT} has no end"))?;
    let table = with(&text[begin..begin + length], part, order);
    text.replace_range(begin..begin + length, &table);
    fs::write(&path, text).context(DOCUMENT)
}

/// A table with the rows of a part in place of those that it had.
fn with(table: &str, part: &Part<'_>, order: &[&str]) -> String {
    let there: Vec<Vec<&str>> = table.lines().skip(2).map(cells).collect();
    let mut text = HEAD.to_owned();
    for name in order {
        if *name != part.name {
            let rows = there.iter().filter(|cells| cells.first() == Some(name));
            rows.for_each(|cells| text += &line(cells));
            continue;
        }
        for row in part.rows {
            let of = |rows: &[Row]| {
                let same = rows.iter().find(|other| other.attack == row.attack);
                same.map_or(NOTHING.to_owned(), |other| other.seen.clone())
            };
            // What it was is still true where it was not looked at again.
            let had = || {
                let same = |cells: &&Vec<&str>| {
                    cells.first() == Some(name) && cells.get(1) == Some(&row.attack.as_str())
                };
                let there = there.iter().find(same).and_then(|cells| cells.get(4));
                there.map_or(NOTHING.to_owned(), |cell| (*cell).to_owned())
            };
            let before = part.before.map_or_else(had, of);
            text += &line(&[name, &row.attack, &row.promised, &row.seen, &before]);
        }
    }
    text
}

fn line(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attack: &str, seen: &str) -> Row {
        Row { attack: attack.to_owned(), promised: "0 lost".to_owned(), seen: seen.to_owned() }
    }

    const ORDER: [&str; 2] = ["kills", "cuts"];

    #[test]
    fn a_part_takes_the_place_of_what_it_had_and_others_stay() {
        let rows = [row("serve", "0"), row("collect", "0")];
        let before = [row("serve", "3")];
        let cuts = Part { name: "cuts", rows: &rows, before: Some(&before) };
        let table = with("", &cuts, &ORDER);
        let kills = Part { name: "kills", rows: &rows[..1], before: None };
        let table = with(&table, &kills, &ORDER);
        let expected = format!(
            "{HEAD}| kills | serve | 0 lost | 0 | — |\n| cuts | serve | 0 lost | 0 | 3 |\n\
             | cuts | collect | 0 lost | 0 | — |\n"
        );
        assert_eq!(table, expected);
        // Looked at again without the version before: what was seen of it stays.
        let again = [row("serve", "1")];
        let table = with(&table, &Part { name: "cuts", rows: &again, before: None }, &ORDER);
        assert!(table.ends_with("| cuts | serve | 0 lost | 1 | 3 |\n"), "{table}");
    }
}
