//! Recordings of folders and files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use judder_data::{Entry, Source, read_sidecar, sources};
use judder_history::UnixMillis;

use super::{Exported, Row, Sink, Wanted};
use crate::clock::written;
use crate::folder::{Doing, FolderError};

/// Writes the recordings of a file, a folder or a dataset to `sink`, device by device.
pub(super) fn write(
    path: &Path,
    wanted: &Wanted,
    sink: &mut Sink,
    told: &mut dyn FnMut(Doing),
) -> Result<Exported, FolderError> {
    let mut lists = HashMap::new();
    let mut all = Vec::new();
    for source in sources(path)? {
        let folder = source.path().parent().unwrap_or(Path::new("")).to_owned();
        if !lists.contains_key(&folder) {
            let entries = read_sidecar(&folder)?.into_iter();
            let by_file: HashMap<String, Entry> =
                entries.map(|entry| (entry.file.clone(), entry)).collect();
            lists.insert(folder.clone(), by_file);
        }
        let name = source.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = lists.get(&folder).and_then(|list| list.get(&name)).cloned();
        let group = group(path, source.path(), entry.as_ref());
        all.push((group, source, entry));
    }
    // In their order within a device.
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let of = all.len() as u64;
    let mut buffer = Vec::new();
    for ((group, source, entry), done) in all.iter().zip(1..) {
        let device = entry.as_ref().and_then(|entry| entry.device.as_deref());
        let label = entry.as_ref().and_then(|entry| entry.label.as_deref());
        let is_wanted = wanted.label.as_deref().is_none_or(|wanted| label == Some(wanted))
            && (wanted.devices.is_empty()
                || wanted.devices.iter().any(|wanted| device == Some(wanted)));
        if is_wanted {
            add(group, source, entry.as_ref(), wanted, sink, &mut buffer)?;
        }
        told(Doing::Files { done, of });
    }
    Ok(Exported::default())
}

fn add(
    group: &str,
    source: &Source,
    entry: Option<&Entry>,
    wanted: &Wanted,
    sink: &mut Sink,
    buffer: &mut Vec<u8>,
) -> Result<(), FolderError> {
    for located in source.read(buffer)? {
        let recording = &located.recording;
        let since = recording.taken().and_then(|taken| taken.duration_since(UNIX_EPOCH).ok());
        let at = since.and_then(|since| UnixMillis::try_from(since.as_millis()).ok());
        let is_before =
            |limit: Option<UnixMillis>| limit.is_some_and(|limit| at.is_none_or(|at| at < limit));
        let is_after =
            |limit: Option<UnixMillis>| limit.is_some_and(|limit| at.is_none_or(|at| at > limit));
        if is_before(wanted.from) || is_after(wanted.to) {
            continue;
        }
        sink.add(&Row {
            group,
            device: entry.and_then(|entry| entry.device.as_deref()),
            start: entry.and_then(|entry| entry.start),
            sequence: entry.and_then(|entry| entry.sequence),
            at,
            taken: entry.and_then(|entry| entry.time.clone()).or(at.map(written)),
            rate_hz: recording.rate_hz(),
            unit: recording.unit(),
            label: entry.and_then(|entry| entry.label.as_deref()),
            source: entry.and_then(|entry| entry.source.as_deref()),
            axes: recording.axes(),
            readings: recording.values(),
            ..Row::default()
        })?;
    }
    Ok(())
}

/// The device, else the folder that the file is in.
fn group(root: &Path, file: &Path, entry: Option<&Entry>) -> String {
    if let Some(device) = entry.and_then(|entry| entry.device.clone()) {
        return device;
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let within: PathBuf = folder.strip_prefix(root).unwrap_or(folder).to_owned();
    let named = if within.as_os_str().is_empty() { folder } else { &within };
    let name = named.to_string_lossy().into_owned();
    if within.as_os_str().is_empty() {
        folder.file_name().map_or(name, |name| name.to_string_lossy().into_owned())
    } else {
        name
    }
}
