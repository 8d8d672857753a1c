//! The eight folders of the real fan, which are not part of the repository.

use std::path::{Path, PathBuf};

use crate::made::{explored, page};
use crate::numbers::medians_are_right;

/// Small enough for a mail.
const MOST_BYTES: usize = 1_500_000;

const NORMAL: [&str; 2] = ["fan_0_low_0_weight", "fan_0_low_0_weight-moving"];

/// They are looked for at `$JUDDER_DATA`, else at `../shared/data` beside the project.
fn real_fan() -> Option<PathBuf> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("ceiling-fan");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", folder.display());
    eprintln!("skipped: the recordings of the real fan are not at {}", folder.display());
    None
}

#[test]
fn all_its_folders_on_one_page() {
    let Some(fan) = real_fan() else { return };
    let folders = || fan.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = folders().filter(|path| path.is_dir()).collect();
    all.sort();
    assert_eq!(all.len(), 8);
    let is_normal = |path: &&Path| NORMAL.iter().any(|name| path.ends_with(name));
    let (normal, anomaly): (Vec<&Path>, Vec<&Path>) =
        all.iter().map(PathBuf::as_path).partition(is_normal);
    assert_eq!(normal.len(), 2);
    let explored = explored(&normal, &anomaly).unwrap();
    assert!(explored.html.len() <= MOST_BYTES, "{} bytes", explored.html.len());
    assert!(explored.command.unwrap().starts_with("judder train --normal "));
    let page = page(&normal, &anomaly);
    let order = normal.iter().chain(&anomaly).enumerate();
    for (state, folder) in order {
        medians_are_right(&page, state, folder, &["mad"]);
    }
}
