//! The tables of `docs/formats.md`, which are written here and nowhere else.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::compared::Outcome;
use crate::entry::Entry;
use crate::{Read, read};

const BEGIN: &str = "<!-- cargo test -p judder-data --test formats -->\n";
const END: &str = "<!-- end of the tables -->";

#[test]
fn the_page_is_what_the_files_give() {
    let Some(read) = read("the_page_is_what_the_files_give") else { return };
    let path = document();
    let mut text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).expect("a place for the tables") + BEGIN.len();
    let end = begin + text[begin..].find(END).expect("an end of the tables");
    let tables = tables(read);
    if std::env::var_os("JUDDER_WRITE").is_some() {
        text.replace_range(begin..end, &tables);
        std::fs::write(&path, text).unwrap();
        return;
    }
    let first = |a: &str, b: &str| a.lines().find(|line| !b.contains(line)).map(str::to_owned);
    let there = &text[begin..end];
    assert!(
        there == tables,
        "docs/formats.md lags: it has\n{:?}\nwhere the files give\n{:?}\n\
         JUDDER_WRITE=1 cargo test -p judder-data --test formats page\nwrites it anew",
        first(there, &tables),
        first(&tables, there)
    );
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md")
}

fn tables(read: &Read) -> String {
    let mut of: BTreeMap<&str, Vec<(&Entry, &Outcome)>> = BTreeMap::new();
    let mut refused = Vec::new();
    for (entry, outcome) in read.expected.files.iter().zip(&read.outcomes) {
        match entry.refused {
            Some(_) => refused.push((entry, outcome)),
            None => of.entry(&entry.format).or_default().push((entry, outcome)),
        }
    }
    let read_count: usize = of.values().map(Vec::len).sum();
    let mut text = format!("{read_count} files are read, and {} refused.\n", refused.len());
    for (format, rows) in of {
        write!(text, "\n### {format}\n\n| file | by | holds | read |\n|---|---|---|---|\n")
            .unwrap();
        for (entry, outcome) in rows {
            row(&mut text, read, entry, &outcome.said);
        }
    }
    text += "\n### What is refused\n\n| file | by | holds | said |\n|---|---|---|---|\n";
    for (entry, outcome) in refused {
        row(&mut text, read, entry, &outcome.said);
    }
    text
}

fn row(text: &mut String, read: &Read, entry: &Entry, said: &str) {
    let version = read.expected.libraries.get(&entry.library).map_or("", String::as_str);
    let cell = |cell: &str| cell.replace('|', "\\|").replace('\n', " ");
    writeln!(
        text,
        "| `{}` | {} {version} | {} | {} |",
        entry.file,
        entry.library,
        cell(&entry.what),
        cell(said)
    )
    .unwrap();
}
