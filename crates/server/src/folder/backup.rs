//! A copy of what a server keeps, that a server can be started on: under its name only once all of it is there, on the
//! disk, and whole.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use judder_data::SIDECAR;
use judder_history::Missing;

use super::verify::{Verified, beside};
use super::{Doing, FolderError, HISTORY, MODELS, entries, history_in, labels};

/// The ending of a copy's name before it is whole.
const UNFINISHED: &str = ".unfinished";
/// Says in there that it is one, and is locked while somebody writes to it.
const LOCK: &str = ".judder-backup.lock";

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackedUp {
    /// What is in the copy, which was looked at after it was made.
    pub copy: Verified,
    /// Files of labelled recordings and models.
    pub files: u64,
    /// What was gone or damaged before, and is not in it.
    pub missing: Missing,
}

impl BackedUp {
    /// Whether nothing of what was kept is missing in it or damaged.
    pub fn is_whole(&self) -> bool {
        self.missing == Missing::default() && self.copy.is_whole()
    }
}

/// Copies the history in a folder, its labelled recordings and its models to a folder that is not there yet; a server may
/// write to the first meanwhile. All that was acknowledged when this began is in the copy, but for what was gone or damaged
/// before: that is told, and the rest is copied all the same. Labelled recordings and models are copied as they are.
///
/// The token, sessions of browsers, and which labelled session runs are not copied.
///
/// # Errors
/// Where something cannot be read or written, the history is damaged, or there is something where the copy is to be.
/// Nothing of it is then left, unless it cannot be removed.
pub fn backup(
    folder: &Path,
    to: &Path,
    mut told: impl FnMut(Doing),
) -> Result<BackedUp, FolderError> {
    let history = history_in(folder)?;
    is_free(to)?;
    is_outside(to, folder)?;
    let unfinished = Unfinished::begin(to)?;
    let there = unfinished.path.join(HISTORY);
    let pages = |done, of| told(Doing::Copying { done, of });
    let missing = judder_history::backup(&history, &there, pages)?;
    let files = copy_files(folder, &unfinished.path, &mut told)?;
    write_out(&unfinished.path).map_err(FolderError::at(&unfinished.path))?;
    let copied = judder_history::verify(&there, |looking| told(Doing::Looking(looking)))?;
    if !copied.is_whole() {
        return Err(FolderError::Damaged(history));
    }
    unfinished.finish(to)?;
    let copy = beside(to, copied, told)?;
    Ok(BackedUp { copy, files, missing })
}

/// A copy that has not its name yet, and goes away if it never has.
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    lock: Option<File>,
}

impl Unfinished {
    /// Makes the folder, in place of one that was left by somebody who was killed.
    pub(super) fn begin(to: &Path) -> Result<Self, FolderError> {
        let name = to.file_name().ok_or_else(|| FolderError::Taken(to.to_owned()))?;
        let mut unfinished = name.to_owned();
        unfinished.push(UNFINISHED);
        let path = to.with_file_name(unfinished);
        let at = || FolderError::at(&path);
        // An empty one is of somebody who was killed before there was a lock, or after it was taken away.
        if path.symlink_metadata().is_ok() && fs::remove_dir(&path).is_err() {
            let left = File::options().write(true).open(path.join(LOCK));
            let left = left.map_err(|_| FolderError::InTheWay(path.clone()))?;
            lock(&left, to)?;
            remove(&path).map_err(at())?;
        }
        make(&path).map_err(at())?;
        let file = File::create_new(path.join(LOCK)).map_err(at())?;
        lock(&file, to)?;
        Ok(Self { path, lock: Some(file) })
    }

    /// Gives it its name.
    pub(super) fn finish(mut self, to: &Path) -> Result<(), FolderError> {
        // Over nothing, or over an empty folder: else this fails.
        fs::rename(&self.path, to).map_err(FolderError::at(to))?;
        self.lock = None;
        // In the way of nobody, if it stays.
        let _ = fs::remove_file(to.join(LOCK));
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        write_out_names(parent).map_err(FolderError::at(parent))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if self.lock.is_some() {
            let _ = remove(&self.path);
        }
    }
}

/// Takes a copy that is not whole away, the lock that tells that it is one last.
fn remove(unfinished: &Path) -> io::Result<()> {
    for entry in fs::read_dir(unfinished)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false => fs::remove_file(entry.path())?,
        }
    }
    fs::remove_file(unfinished.join(LOCK))?;
    fs::remove_dir(unfinished)
}

fn lock(file: &File, to: &Path) -> Result<(), FolderError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(FolderError::Busy(to.to_owned())),
        Err(TryLockError::Error(error)) => Err(FolderError::at(to)(error)),
    }
}

/// Whether nothing is there, or an empty folder.
pub(super) fn is_free(to: &Path) -> Result<(), FolderError> {
    match fs::read_dir(to) {
        // A link that leads nowhere is in the way, too.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !to.is_symlink() => Ok(()),
        Ok(mut there) => {
            if there.next().is_none() {
                Ok(())
            } else {
                Err(FolderError::Taken(to.to_owned()))
            }
        }
        _ => Err(FolderError::Taken(to.to_owned())),
    }
}

/// Whether the folder that it is to be in is there, and not in the one that is copied.
pub(super) fn is_outside(to: &Path, folder: &Path) -> Result<(), FolderError> {
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(FolderError::NoParent(parent.to_owned()));
    }
    let resolved = |path: &Path| path.canonicalize().map_err(FolderError::at(path));
    match resolved(parent)?.starts_with(resolved(folder)?) {
        true => Err(FolderError::Inside(to.to_owned())),
        false => Ok(()),
    }
}

/// Makes a folder that is its owner's alone.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Copies labelled recordings and models; how many files.
fn copy_files(folder: &Path, to: &Path, told: &mut impl FnMut(Doing)) -> Result<u64, FolderError> {
    let mut files = Vec::new();
    let mut lists = Vec::new();
    let old = Path::new(MODELS).join("old");
    let mut folders = vec![PathBuf::from(MODELS), old];
    let names = labels(folder)?.into_iter().filter_map(|path| path.file_name().map(PathBuf::from));
    folders.extend(names);
    for inner in folders {
        let from = folder.join(&inner);
        if !from.is_dir() {
            continue;
        }
        make(&to.join(&inner)).map_err(FolderError::at(&to.join(&inner)))?;
        for entry in entries(&from)? {
            let name = entry.file_name();
            // What is hidden is half written, or a lock.
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            if is_hidden || !entry.path().is_file() {
                continue;
            }
            let list = if name == SIDECAR { &mut lists } else { &mut files };
            list.push(inner.join(&name));
        }
    }
    // A line is written before its file, so a list that is read after all files has a line for each.
    let of = (files.len() + lists.len()) as u64;
    let mut done = 0;
    let mut next = || {
        done += 1;
        told(Doing::Files { done, of });
    };
    for name in &files {
        let (from, to) = (folder.join(name), to.join(name));
        match fs::copy(&from, &to) {
            // It was taken away meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !from.exists() => {}
            copied => _ = copied.map_err(FolderError::at(&to))?,
        }
        next();
    }
    for name in &lists {
        let (from, to) = (folder.join(name), to.join(name));
        let mut lines = fs::read(&from).map_err(FolderError::at(&from))?;
        // One that is just being written has no end yet.
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        lines.truncate(whole);
        fs::write(&to, lines).map_err(FolderError::at(&to))?;
        next();
    }
    Ok(of)
}

/// Has the disk take all in a folder.
pub(super) fn write_out(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        rustix::fs::syncfs(File::open(folder)?)?;
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { write_out(&path)? } else { File::open(&path)?.sync_all()? }
        }
        write_out_names(folder)
    }
}

/// Has the disk take the names in a folder.
fn write_out_names(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and the system sees to it.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
