//! Every `--help` ends with an example that works when pasted.

use crate::room::Room;

const SUBCOMMANDS: [&str; 15] = [
    "demo",
    "simulate",
    "collect",
    "info",
    "check",
    "explore",
    "train",
    "evaluate",
    "compare",
    "score",
    "rebaseline",
    "import",
    "export",
    "serve",
    "history",
];

/// What stands after the last `Example:`, or `Example, ...:`, of a help.
fn example(help: &str) -> String {
    let start = help.rfind("\nExample").expect("help ends with an example");
    let (_, lines) = help[start..].split_once(":\n").unwrap();
    lines.trim_end().to_owned()
}

#[test]
fn every_subcommand_is_looked_at() {
    let help = Room::new().judder("--help").well().stdout;
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let listed: Vec<&str> = list
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(listed, SUBCOMMANDS);
}

#[test]
fn examples_work_in_an_empty_folder() {
    for subcommand in SUBCOMMANDS.map(Some).into_iter().chain([None]) {
        let words: Vec<&str> = subcommand.into_iter().chain(["--help"]).collect();
        let help = Room::new().run(&words).well();
        assert_eq!(help.stderr, "");
        let script = example(&help.stdout);
        let last = script.lines().last().unwrap().trim();
        assert!(last.starts_with("judder "), "{script}");
        if let Some(subcommand) = subcommand {
            assert!(last.starts_with(&format!("judder {subcommand}")), "{script}");
        }
        Room::new().shell(&script).well();
    }
}

#[test]
fn the_short_help_has_the_example_too() {
    for subcommand in SUBCOMMANDS {
        let help = |option| Room::new().run([subcommand, option]).well().stdout;
        assert_eq!(example(&help("-h")), example(&help("--help")));
    }
}
