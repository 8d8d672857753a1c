//! A crate depends on no sibling that its row in `ARCHITECTURE.md` does not name.

use std::path::Path;

use serde_json::Value;

use crate::table::{Row, rows};
use crate::{output, root};

/// Folders of packages that are no station of the data's way, so they have no row.
const WITHOUT_A_ROW: [&str; 3] = ["xtask", "bench", "fuzz"];
/// What the packages under `firmware/` may know of the workspace.
const FIRMWARE_KNOWS: [&str; 3] = ["judder-board", "judder-core", "msa301"];

/// A package and the packages that it takes from a path: normal, dev and build alike.
#[derive(Debug, PartialEq)]
struct Package {
    name: String,
    folder: String,
    siblings: Vec<String>,
}

fn packages(metadata: &str) -> Vec<Package> {
    let metadata: Value = serde_json::from_str(metadata).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let list = |value: &Value| value.as_array().expect("an array").clone();
    let root = text(&metadata["workspace_root"]);
    let package = |package: &Value| {
        let manifest = text(&package["manifest_path"]);
        let folder = Path::new(&manifest).parent().expect("a manifest lies in a folder");
        let folder = folder.strip_prefix(&root).expect("a member lies in the workspace");
        let dependencies = list(&package["dependencies"]);
        let siblings = dependencies.iter().filter(|dependency| !dependency["path"].is_null());
        Package {
            name: text(&package["name"]),
            folder: folder.to_str().expect("UTF-8").replace('\\', "/"),
            siblings: siblings.map(|dependency| text(&dependency["name"])).collect(),
        }
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

/// What is wrong, one line each.
fn complaints(packages: &[Package], rows: &[Row]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages.iter().filter(|p| !WITHOUT_A_ROW.contains(&p.folder.as_str())) {
        let Some(row) = rows.iter().find(|row| row.name == package.name) else {
            complaints.push(format!("{} has no row", package.name));
            continue;
        };
        if row.folder != package.folder {
            complaints.push(format!("{} lies in {}, not {}", row.name, package.folder, row.folder));
        }
        // Whoever has a feature may ask itself for it in its tests.
        let others = package.siblings.iter().filter(|sibling| **sibling != package.name);
        for sibling in others.filter(|sibling| !row.may_know(sibling)) {
            complaints.push(format!("{} knows {sibling}, which its row does not name", row.name));
        }
    }
    complaints
}

#[test]
fn crates_know_only_whom_the_table_names() {
    let document = std::fs::read_to_string(root().join("ARCHITECTURE.md"))
        .expect("ARCHITECTURE.md, with the table of crates, lies at the workspace's root");
    let rows = rows(&document).unwrap_or_else(|wrong| panic!("ARCHITECTURE.md: {wrong}"));
    let metadata = output("cargo", &["metadata", "--no-deps", "--format-version=1"]);
    let complaints = complaints(&packages(&metadata), &rows);
    assert!(complaints.is_empty(), "against ARCHITECTURE.md:\n{}", complaints.join("\n"));
}

#[test]
fn firmware_knows_the_core_the_driver_and_what_boards_share() {
    for entry in root().join("firmware").read_dir().expect("firmware/") {
        let manifest = entry.expect("an entry").path().join("Cargo.toml");
        if !manifest.is_file() {
            continue;
        }
        let manifest = manifest.to_str().expect("UTF-8");
        let command = ["metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest];
        for package in packages(&output("cargo", &command)) {
            for sibling in package.siblings {
                let known = FIRMWARE_KNOWS.contains(&sibling.as_str());
                assert!(known, "{} in firmware/ knows {sibling}", package.name);
            }
        }
    }
}

fn example(name: &str, folder: &str, siblings: &[&str]) -> Package {
    let siblings = siblings.iter().map(|name| (*name).to_owned()).collect();
    Package { name: name.to_owned(), folder: folder.to_owned(), siblings }
}

fn example_rows() -> Vec<Row> {
    let head = "| crate | folder | knows | is |\n|---|---|---|---|\n";
    let body = "| `x-core` | `core` | nothing | |\n| `x-data` | `data` | core | |\n| `x-new` | `new` | core | |\n";
    rows(&format!("{head}{body}")).expect("a table")
}

#[test]
fn an_unlisted_sibling_is_noticed() {
    let fine = [example("x-core", "core", &[]), example("x-data", "data", &["x-core"])];
    assert_eq!(complaints(&fine, &example_rows()), Vec::<String>::new());
    let gained = [example("x-core", "core", &["x-data"])];
    let expected = "x-core knows x-data, which its row does not name";
    assert_eq!(complaints(&gained, &example_rows()), [expected]);
}

#[test]
fn a_crate_without_a_row_or_in_another_folder_is_noticed() {
    let strangers = [example("x-more", "more", &[]), example("x-data", "files", &[])];
    let expected = ["x-more has no row", "x-data lies in files, not data"];
    assert_eq!(complaints(&strangers, &example_rows()), expected);
    assert_eq!(complaints(&[example("xtask", "xtask", &["x-data"])], &example_rows()), [""; 0]);
}

#[test]
fn dev_and_build_dependencies_count() {
    let metadata = r#"{"workspace_root": "/w", "packages": [{
        "name": "x-data", "manifest_path": "/w/crates/data/Cargo.toml", "dependencies": [
            {"name": "serde", "path": null, "kind": null},
            {"name": "x-core", "path": "/w/crates/core", "kind": null},
            {"name": "x-train", "path": "/w/crates/train", "kind": "dev"},
            {"name": "x-gen", "path": "/w/crates/gen", "kind": "build"}]}]}"#;
    let expected = example("x-data", "crates/data", &["x-core", "x-train", "x-gen"]);
    assert_eq!(packages(metadata), [expected]);
}
