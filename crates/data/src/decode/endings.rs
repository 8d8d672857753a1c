//! Which files of a folder are recordings, by their names.

use std::path::Path;

/// What texts of readings end in; compressed ones with another ending behind it.
const TEXTS: [&str; 8] = ["csv", "tsv", "txt", "dat", "asc", "lvm", "log", "data"];

const COMPRESSED: [&str; 1] = ["gz"];

/// What other formats end in.
const OTHERS: [&str; 5] = ["npz", "npy", "wav", "wave", "mat"];

/// Whether the name of a file says that it holds recordings.
pub(crate) fn is_named_so(path: &Path) -> bool {
    let is_text = |path: &Path| extension_is(path, &TEXTS);
    let packed = extension_is(path, &COMPRESSED);
    is_text(path)
        || extension_is(path, &OTHERS)
        || packed && path.file_stem().is_some_and(|stem| is_text(stem.as_ref()))
}

/// Whether a name ends in one of these, whatever the case.
pub(crate) fn extension_is(path: &Path, any: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    any.iter().any(|one| extension.eq_ignore_ascii_case(one))
}
