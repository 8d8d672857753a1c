//! What a program did to files, as `shims/cut.c` writes it down, and what of it is on the disk.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::super::chance::Chance;

/// Bytes before what follows in a record.
const HEAD: usize = 32;
/// What a disk writes at once.
const SECTOR: usize = 512;

/// A file or a folder: its inode, and when it was made.
pub(super) type Id = (u64, i64);

/// What was done to a file and is not on the disk yet.
#[derive(Debug)]
struct Done {
    /// The place of the record.
    at: usize,
    what: What,
}

#[derive(Debug)]
enum What {
    Written { from: u64, bytes: std::ops::Range<usize> },
    Cut(u64),
}

/// A file, as it is on the disk.
#[derive(Debug, Default)]
struct File {
    bytes: Vec<u8>,
    pending: Vec<Done>,
}

/// Files and folders, as they are on the disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    files: HashMap<Id, File>,
    folders: HashMap<Id, Vec<(String, Id)>>,
    /// Write-outs that have begun: where, and what names there were.
    begun: HashMap<i64, (usize, Vec<(String, Id)>)>,
    journal: Vec<u8>,
}

/// Which file something is.
pub(super) fn id(path: &Path) -> Result<Id> {
    let there = fs::symlink_metadata(path).with_context(|| path.display().to_string())?;
    let born = there.created().context("the file system does not say when files were made")?;
    let born = born.duration_since(std::time::UNIX_EPOCH)?;
    Ok((there.ino(), i64::try_from(born.as_nanos())?))
}

impl Disk {
    /// All that is in a folder is on the disk.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let mut disk = Self::default();
        disk.add(folder)?;
        Ok(disk)
    }

    fn add(&mut self, folder: &Path) -> Result<()> {
        let names = names(folder)?;
        for (name, id) in &names {
            let path = folder.join(name);
            if path.is_dir() {
                self.add(&path)?;
            } else {
                let file = File { bytes: fs::read(&path)?, pending: Vec::new() };
                self.files.insert(*id, file);
            }
        }
        self.folders.insert(id(folder)?, names);
        Ok(())
    }

    /// Goes through what was done since. A record that is cut off at the end was not done.
    pub(super) fn follow(&mut self, journal: Vec<u8>) -> Result<()> {
        let mut at = 0;
        while let Some(head) = journal.get(at..at + HEAD) {
            let number = |from: usize| {
                head[from..from + 8].as_array().map_or(0, |bytes| i64::from_ne_bytes(*bytes))
            };
            let length = head[4..8].as_array().map_or(0, |bytes| u32::from_ne_bytes(*bytes));
            let (id, bytes) =
                ((number(8) as u64, number(16)), at + HEAD..at + HEAD + length as usize);
            let Some(behind) = journal.get(bytes.clone()) else { break };
            let number = number(24);
            match head[0] {
                b'W' => {
                    let what = What::Written { from: number as u64, bytes: bytes.clone() };
                    self.files.entry(id).or_default().pending.push(Done { at, what });
                }
                b'T' => {
                    let what = What::Cut(number as u64);
                    self.files.entry(id).or_default().pending.push(Done { at, what });
                }
                b'B' => {
                    self.begun.insert(number, (at, listed(behind)?));
                }
                b'E' => self.written_out(id, number, &journal)?,
                kind => bail!("a record of the kind {kind} at {at}"),
            }
            at = bytes.end;
        }
        self.journal = journal;
        Ok(())
    }

    /// What was done before a write-out began is on the disk once it has ended.
    fn written_out(&mut self, id: Id, number: i64, journal: &[u8]) -> Result<()> {
        let (began, names) = self.begun.remove(&number).context("an end without a beginning")?;
        if self.folders.contains_key(&id) || !names.is_empty() {
            self.folders.insert(id, names);
            return Ok(());
        }
        let file = self.files.entry(id).or_default();
        let later = file.pending.iter().position(|done| done.at > began);
        let later = file.pending.split_off(later.unwrap_or(file.pending.len()));
        for done in std::mem::replace(&mut file.pending, later) {
            done.what.apply(&mut file.bytes, journal, usize::MAX);
        }
        Ok(())
    }

    /// Writes what is on the disk below a folder to another. With a chance, some of what was not written out is there
    /// as well: of each file any writes, some of them torn, and of each folder perhaps the names that it had.
    pub(super) fn rebuild(
        &self,
        from: &Path,
        to: &Path,
        chance: Option<&mut Chance>,
    ) -> Result<()> {
        let mut more = chance;
        self.put(id(from)?, Some(from), to, &mut more)
    }

    fn put(
        &self,
        folder: Id,
        from: Option<&Path>,
        to: &Path,
        chance: &mut Option<&mut Chance>,
    ) -> Result<()> {
        fs::create_dir_all(to)?;
        let (now, kept) = (from.map(names).transpose()?, self.folders.get(&folder));
        let newest = now.as_ref().filter(|_| chance.as_mut().is_some_and(|chance| chance.half()));
        for (name, id) in newest.or(kept).into_iter().flatten() {
            // What others than SQLite have no use for: an index into its log, which it makes anew.
            if name.ends_with("-shm") {
                continue;
            }
            // What has this name now may be something else.
            let same = now.iter().flatten().any(|entry| entry == &(name.clone(), *id));
            let path = from.filter(|_| same).map(|from| from.join(name));
            let is_folder = path.as_ref().is_some_and(|path| path.is_dir());
            if is_folder || self.folders.contains_key(id) {
                self.put(*id, path.as_deref(), &to.join(name), chance)?;
            } else {
                fs::write(to.join(name), self.bytes(*id, chance))?;
            }
        }
        Ok(())
    }

    fn bytes(&self, id: Id, chance: &mut Option<&mut Chance>) -> Vec<u8> {
        let Some(file) = self.files.get(&id) else { return Vec::new() };
        let mut bytes = file.bytes.clone();
        if let Some(chance) = chance {
            for done in file.pending.iter() {
                if chance.half() {
                    let torn = chance.below(4) == 0;
                    let most = if torn { chance.below(8) as usize * SECTOR } else { usize::MAX };
                    done.what.apply(&mut bytes, &self.journal, most);
                }
            }
        }
        bytes
    }
}

impl What {
    /// Does it, at most so many bytes of it.
    fn apply(&self, to: &mut Vec<u8>, journal: &[u8], most: usize) {
        match self {
            Self::Cut(length) => to.resize(*length as usize, 0),
            Self::Written { from, bytes } => {
                let from = *from as usize;
                let bytes = journal.get(bytes.clone()).unwrap_or_default();
                let bytes = &bytes[..bytes.len().min(most)];
                to.resize(to.len().max(from + bytes.len()), 0);
                to[from..from + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
}

/// The names in a folder.
fn names(folder: &Path) -> Result<Vec<(String, Id)>> {
    let mut names = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let entry = entry?;
        names.push((entry.file_name().to_string_lossy().into_owned(), id(&entry.path())?));
    }
    Ok(names)
}

/// The names that a record has.
fn listed(mut bytes: &[u8]) -> Result<Vec<(String, Id)>> {
    let mut names = Vec::new();
    while !bytes.is_empty() {
        let (inode, rest) = bytes.split_first_chunk().context("a name is cut off")?;
        let (birth, rest) = rest.split_first_chunk().context("a name is cut off")?;
        let (length, rest) = rest.split_first_chunk().context("a name is cut off")?;
        let length = u32::from_ne_bytes(*length) as usize;
        let (name, rest) = rest.split_at_checked(length).context("a name is cut off")?;
        let id = (u64::from_ne_bytes(*inode), i64::from_ne_bytes(*birth));
        names.push((String::from_utf8_lossy(name).into_owned(), id));
        bytes = rest;
    }
    Ok(names)
}
