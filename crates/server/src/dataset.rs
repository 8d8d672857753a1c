//! The folders of recordings in that of the server.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use judder_data::store;

use crate::view::DatasetView;

/// The folder itself, if it has recordings, and those in it that have some, by name. What cannot be read is
/// left out: it is the page that asks.
pub(crate) fn datasets(folder: &Path) -> Vec<DatasetView> {
    let mut all: Vec<DatasetView> = dataset(folder, String::new()).into_iter().collect();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let label = entry.file_name().to_string_lossy().into_owned();
        if !label.starts_with('.') && entry.path().is_dir() {
            all.extend(dataset(&entry.path(), label));
        }
    }
    all.sort_by(|a, b| a.label.cmp(&b.label));
    all
}

fn dataset(folder: &Path, label: String) -> Option<DatasetView> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let numbers = entries.filter_map(|entry| number(&entry.file_name()));
    let (mut recordings, mut last) = (0, 0);
    for number in numbers {
        (recordings, last) = (recordings + 1, last.max(number));
    }
    let newest = fs::metadata(folder.join(store::file_name(last))).ok();
    let newest = newest.and_then(|there| there.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let newest = newest.and_then(|since| i64::try_from(since.as_millis()).ok());
    (recordings > 0).then_some(DatasetView { label, recordings, newest })
}

/// The number of a recording's file.
fn number(file: &OsStr) -> Option<usize> {
    let digits = file.to_str()?.strip_suffix(".csv")?;
    let number = digits.parse().ok()?;
    (file.to_str() == Some(&store::file_name(number))).then_some(number)
}
