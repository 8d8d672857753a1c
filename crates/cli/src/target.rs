//! The file that a command writes.

use std::path::{Path, PathBuf};

use judder_data::sources;

/// Refuses to write over what the command reads: a model, or a recording.
pub(crate) fn spare(output: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    // A file that is not there yet, or cannot be looked at, is nobody's input.
    let Ok(target) = output.canonicalize() else { return Ok(()) };
    for input in inputs {
        let Ok(path) = input.canonicalize() else { continue };
        let is_source = || {
            let found = sources(&path).unwrap_or_default();
            found.iter().any(|source| source.path().canonicalize().is_ok_and(|one| one == target))
        };
        if target == path || (target.starts_with(&path) && is_source()) {
            anyhow::bail!("{}: is read by this command; write to another file", output.display());
        }
    }
    Ok(())
}

/// Refuses to write two files over each other.
pub(crate) fn differ(one: &Path, other: &Path) -> anyhow::Result<()> {
    // Devices and pipes may be written to twice.
    let same = one == other
        || one.canonicalize().ok().is_some_and(|one| {
            one.is_file() && other.canonicalize().is_ok_and(|other| other == one)
        });
    if same {
        anyhow::bail!("{}: is to be written twice; name another file", one.display());
    }
    Ok(())
}

/// What a file is called, without its folder.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
