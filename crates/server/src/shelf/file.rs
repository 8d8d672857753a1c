//! The files of models.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use judder_data::{DataError, store};
use judder_model::Model;
use sha2::{Digest, Sha256};

/// How the file of a model is called.
pub(super) const ENDING: &str = ".model.json";

/// The longest name that is taken from a file.
const LONGEST: usize = 64;

/// What tells that a file is another one than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    changed: Option<SystemTime>,
    bytes: u64,
}

impl Stamp {
    /// None where there is no file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let there = fs::metadata(path).ok()?;
        Some(Self { changed: there.modified().ok(), bytes: there.len() })
    }
}

/// Whether it is a file, and no pipe, say; None where there is nothing.
pub(super) fn is_file(path: &Path) -> Option<bool> {
    fs::metadata(path).ok().map(|there| there.is_file())
}

/// What a model in this file is called: a name that may stand in an address.
pub(super) fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = file.strip_suffix(ENDING).or_else(|| file.strip_suffix(".json")).unwrap_or(&file);
    let fits = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = stem.chars().map(fits).take(LONGEST).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "model".to_owned() } else { name.to_owned() }
}

/// The files of models in a folder, in the order of their names; none where there is no folder.
pub(crate) fn models_in(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(DataError::new(folder, error)),
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| DataError::new(folder, error))?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() && file.ends_with(ENDING) && !file.starts_with('.') {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// Makes a folder, with its parents.
pub(super) fn make(folder: &Path) -> Result<(), DataError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|error| DataError::new(folder, error))
}

/// Writes a model, whole or not at all.
pub(super) fn write(path: &Path, model: &Model) -> Result<(), DataError> {
    store::write_private(path, |file| file.write_all(&model.to_json()))
}

/// Keeps a model that is replaced: in `old/` beside its file, under a name that its contents give.
pub(super) fn keep_old(path: &Path, model: &Model) -> Result<(), DataError> {
    let folder = path.parent().unwrap_or(Path::new("")).join("old");
    make(&folder)?;
    let hash = sha256(model);
    let short = hash.get(..12).unwrap_or(&hash);
    write(&folder.join(format!("{}-{short}{ENDING}", name(path))), model)
}

/// The SHA-256 of a model's file, in hexadecimal digits.
pub(super) fn sha256(model: &Model) -> String {
    digest(&model.to_json())
}

/// The SHA-256 of some bytes, in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
