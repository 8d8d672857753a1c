//! The file that a command writes.

use std::path::{Path, PathBuf};

use judder_data::{SIDECAR, sources};

/// Refuses to write over what the command reads: a model, or a recording.
pub(crate) fn spare(output: &Path, inputs: &[PathBuf]) -> anyhow::Result<()> {
    // Whatever is read: beside recordings it would be read as the list of them.
    if output.file_name().is_some_and(|name| name == SIDECAR) {
        anyhow::bail!(
            "{}: is what a list of recordings is called; write to a file of another name",
            output.display()
        );
    }
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
    let (a, b) = (resolved(one), resolved(other));
    // Devices and pipes may be written to twice.
    if a == b && (a.is_file() || !a.exists()) {
        anyhow::bail!("{}: is to be written twice; name another file", one.display());
    }
    Ok(())
}

/// Where a file is, or will be: through links, whether or not there is something.
fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // So many links make a circle, at which writing fails.
    for _ in 0..32 {
        let Ok(target) = path.read_link() else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    match (folder, path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// What a file is called, without its folder.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
