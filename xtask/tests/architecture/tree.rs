//! What git keeps: files of a readable length, names that say something, nothing of this machine
//! and nothing of the reference's.

use std::fs;

use crate::{output, root};

const MOST_LINES: usize = 450;
/// A module so named holds whatever came along.
const EMPTY_NAMES: [&str; 7] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers"];
/// Formats of the reference's trained models; ours are text.
const FOREIGN_MODELS: [&str; 2] = [".h5", ".npz"];

/// Folders of the machines that this was written on, spelt so that this file does not name them.
fn machine_paths() -> [String; 2] {
    ["work", "root"].map(|folder| format!("/{folder}/"))
}

/// Every tracked file that is there, with its bytes.
fn tracked() -> Vec<(String, Vec<u8>)> {
    let names = output("git", &["ls-files", "-z"]);
    let names: Vec<&str> = names.split_terminator('\0').collect();
    assert!(names.contains(&"Cargo.toml"), "git lists the workspace's files");
    let read = |name: &&str| Some(((*name).to_owned(), fs::read(root().join(name)).ok()?));
    names.iter().filter_map(read).collect()
}

fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

fn too_long(path: &str, text: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let by_hand = name.ends_with(".rs") && !name.contains("generated") && !name.contains("schema");
    let lines = text.lines().count();
    (by_hand && lines > MOST_LINES).then(|| format!("{path}: {lines} lines, over {MOST_LINES}"))
}

fn empty_name(path: &str, text: &str) -> Option<String> {
    let path_of_module = path.strip_suffix(".rs")?;
    let named = path_of_module.split('/').find(|part| EMPTY_NAMES.contains(part));
    let inline = text.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.iter().skip_while(|word| **word != "mod").nth(1)?;
        let name = name.trim_end_matches([';', '{']);
        let before = words.iter().take_while(|word| **word != "mod").all(|w| w.starts_with("pub"));
        EMPTY_NAMES.iter().find(|empty| before && **empty == name).copied()
    });
    named.or(inline).map(|name| format!("{path}: a module named `{name}` says nothing"))
}

/// A path is the machine's only where it begins: a folder of the same name further down is another's.
fn machine_path(path: &str, text: &str) -> Option<String> {
    let begins = |at: usize| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-~/}>)".contains(c))
    };
    let needles = machine_paths();
    let (number, needle) = needles.iter().find_map(|needle| {
        let (at, _) = text.match_indices(needle.as_str()).find(|(at, _)| begins(*at))?;
        Some((text[..at].lines().count().max(1), needle))
    })?;
    Some(format!("{path}:{number}: {needle} is a folder of somebody's machine"))
}

fn foreign_data(path: &str) -> Option<String> {
    let recording = |part: &str| {
        part.strip_prefix("fan_").is_some_and(|rest| {
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            digits.len() < rest.len() && digits.starts_with('_')
        })
    };
    // Those were made here, by the scripts beside them.
    let made = path.starts_with("crates/model/tests/models/");
    let model =
        !made && FOREIGN_MODELS.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending));
    (model || path.split('/').any(recording))
        .then(|| format!("{path}: looks like the reference's data, which stay outside"))
}

#[test]
fn files_are_of_a_readable_length() {
    let files = tracked();
    none(files.iter().filter_map(|(p, b)| too_long(p, &String::from_utf8_lossy(b))).collect());
}

#[test]
fn modules_are_named_after_what_they_hold() {
    let files = tracked();
    none(files.iter().filter_map(|(p, b)| empty_name(p, &String::from_utf8_lossy(b))).collect());
}

#[test]
fn nothing_names_a_folder_of_a_machine() {
    let files = tracked();
    none(files.iter().filter_map(|(p, b)| machine_path(p, &String::from_utf8_lossy(b))).collect());
}

#[test]
fn nothing_of_the_reference_is_kept() {
    none(tracked().iter().filter_map(|(path, _)| foreign_data(path)).collect());
}

#[test]
fn a_file_that_is_too_long_is_noticed() {
    let text = "x\n".repeat(MOST_LINES + 1);
    assert!(too_long("a/b.rs", &text).is_some());
    assert!(too_long("a/b.rs", &text[2..]).is_none());
    assert!(too_long("a/tflite_schema.rs", &text).is_none());
    assert!(too_long("schema/b.rs", &text).is_some());
    assert!(too_long("a/b.md", &text).is_none());
}

#[test]
fn a_name_that_says_nothing_is_noticed() {
    for path in ["a/utils.rs", "a/common/mod.rs", "a/manager.rs"] {
        assert!(empty_name(path, "").is_some(), "{path}");
    }
    for line in ["mod utils;", "  pub(crate) mod helpers {", "pub mod common{"] {
        assert!(empty_name("a/b.rs", line).is_some(), "{line}");
    }
    assert!(empty_name("a/b.rs", "// of this mod utils are gone\nmod median;").is_none());
    assert!(empty_name("common/a.md", "").is_none());
}

#[test]
fn a_machine_path_is_noticed() {
    for path in machine_paths() {
        assert!(machine_path("a.md", &path).is_some());
        let complaint = machine_path("a.md", &format!("first\nlook at `{path}x`"));
        assert!(complaint.is_some_and(|it| it.starts_with("a.md:2:")));
        assert!(machine_path("a.md", &format!("the frame{path}x, $HOME{path} ~{path}")).is_none());
    }
}

#[test]
fn the_references_data_are_noticed() {
    for path in ["data/fan_0_low_0_weight/0000.csv", "models/x.h5", "a/Model.NPZ"] {
        assert!(foreign_data(path).is_some(), "{path}");
    }
    for path in ["src/fan_speed.rs", "src/fan_0.rs", "src/npz.rs"] {
        assert!(foreign_data(path).is_none(), "{path}");
    }
}
