//! Keeping recordings on disk: numbered, whole or not at all, never over another.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{DataError, Problem};
use crate::sidecar::{Entry, SIDECAR};
use crate::{Recording, write_text};

/// The name of the recording with this number: `0000.csv`, `10000.csv`.
pub fn file_name(number: usize) -> String {
    format!("{number:04}.csv")
}

/// Writes a file through a temporary one beside it: a reader or a crash sees it whole or not at
/// all. What stood there before is replaced. Where `path` is a device or a pipe, that is written to.
///
/// # Errors
/// A [`DataError`] that names `path`; the temporary file is then gone, and what stood there stays.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut fs::File>) -> std::io::Result<()>,
) -> Result<(), DataError> {
    write_by(path, 0o666, write)
}

/// The same; but a file that is made is its owner's alone.
///
/// # Errors
/// As [`write_whole`].
pub fn write_private(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut fs::File>) -> std::io::Result<()>,
) -> Result<(), DataError> {
    write_by(path, 0o600, write)
}

fn write_by(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut BufWriter<&mut fs::File>) -> std::io::Result<()>,
) -> Result<(), DataError> {
    let at = || DataError::at::<std::io::Error>(path);
    let followed = followed(path).map_err(at())?;
    let to = followed.as_deref().unwrap_or(path);
    match fs::metadata(to) {
        Ok(there) if there.is_dir() => return Err(at()(std::io::ErrorKind::IsADirectory.into())),
        // A device or a pipe takes what is written, and must not be replaced by a file.
        Ok(there) if !there.is_file() => {
            let mut file = fs::File::options().write(true).open(to).map_err(at())?;
            return fill(&mut file, write).map_err(at());
        }
        _ => {}
    }
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".judder-")
        .mode_of_a_new_file(mode)
        .tempfile_in(folder)
        .map_err(at())?;
    fill(file.as_file_mut(), write).map_err(at())?;
    file.persist(to).map_err(|error| at()(error.error))?;
    Ok(())
}

/// What a link stands for: that is written, and the link stays. `None` where there is no link.
fn followed(path: &Path) -> std::io::Result<Option<PathBuf>> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink());
    // `/dev/stdout` may stand for a pipe, which has no path of its own.
    match is_link.then(|| fs::canonicalize(path)) {
        Some(Err(_)) if path.exists() => Ok(None),
        followed => followed.transpose(),
    }
}

fn fill(
    file: &mut fs::File,
    write: impl FnOnce(&mut BufWriter<&mut fs::File>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush()
}

/// Temporary files are private; what they become need not be.
trait Permissions {
    fn mode_of_a_new_file(&mut self, mode: u32) -> &mut Self;
}

impl Permissions for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn mode_of_a_new_file(&mut self, mode: u32) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        // The umask still applies.
        self.permissions(fs::Permissions::from_mode(mode))
    }

    #[cfg(not(unix))]
    fn mode_of_a_new_file(&mut self, _: u32) -> &mut Self {
        self
    }
}

/// Writes recordings as a new folder: `0000.csv` onward and the list `recording.jsonl`.
///
/// The folder is made; it may exist if it is empty. `describe` fills in what is known of each.
///
/// # Errors
/// [`Problem::NotEmpty`], or a [`DataError`] that names the file that could not be written; those
/// written before it are then removed.
pub fn write_folder(
    folder: &Path,
    recordings: &[Recording],
    describe: impl Fn(usize, Entry) -> Entry,
) -> Result<Vec<PathBuf>, DataError> {
    fs::create_dir_all(folder).map_err(DataError::at(folder))?;
    if fs::read_dir(folder).map_err(DataError::at(folder))?.next().is_some() {
        return Err(DataError::new(folder, Problem::NotEmpty));
    }
    let mut paths = Vec::with_capacity(recordings.len());
    let written = write_all(folder, recordings, describe, &mut paths);
    if written.is_err() {
        // As far as that works: the first error is the one to tell.
        for path in &paths {
            let _ = fs::remove_file(path);
        }
        let _ = fs::remove_dir(folder);
    }
    written.map(|()| paths)
}

fn write_all(
    folder: &Path,
    recordings: &[Recording],
    describe: impl Fn(usize, Entry) -> Entry,
    paths: &mut Vec<PathBuf>,
) -> Result<(), DataError> {
    let mut list = Vec::new();
    for (number, recording) in recordings.iter().enumerate() {
        let name = file_name(number);
        let path = folder.join(&name);
        write_whole(&path, |to| write_text(recording, to))?;
        let entry = Entry {
            file: name,
            device: None,
            label: None,
            time: None,
            rate_hz: recording.rate_hz(),
            unit: recording.unit(),
            sequence: Some(number as u64),
            start: None,
            source: None,
        };
        serde_json::to_writer(&mut list, &describe(number, entry))
            .map_err(|error| DataError::new(&path, std::io::Error::from(error)))?;
        list.push(b'\n');
        paths.push(path);
    }
    write_whole(&folder.join(SIDECAR), |to| to.write_all(&list))
}
