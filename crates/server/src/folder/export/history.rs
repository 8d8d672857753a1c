//! Recordings of a history, from a copy of it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use judder_data::{DataError, read_sidecar, read_text};
use judder_history::{History, Looking, Problem, Retention, StoredRecording, Sync, UnixMillis};

use super::{Exported, Row, Sink, Wanted};
use crate::clock::written;
use crate::folder::{Doing, FolderError, HISTORY};

/// Where the copy is, beside what is written.
const COPY: &str = ".history";

/// So many recordings are looked for at a time.
const STEP: usize = 1000;

/// Writes the recordings of a history to `sink`, in order of devices and numbers. The copy is in `beside` meanwhile.
pub(super) fn write(
    folder: &Path,
    history: &Path,
    beside: &Path,
    wanted: &Wanted,
    sink: &mut Sink,
    told: &mut dyn FnMut(Doing),
) -> Result<Exported, FolderError> {
    let copy = beside.join(COPY);
    fs::create_dir(&copy).map_err(FolderError::at(&copy))?;
    let file = copy.join(HISTORY);
    let missing =
        judder_history::backup(history, &file, |done, of| told(Doing::Copying { done, of }))?;
    let mut exported = Exported { missing, ..Exported::default() };
    let opened = History::open(&file, Sync::System, Retention::default())?;
    let reader = opened.reader()?;
    let devices = reader.devices()?;
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    if let Some(unknown) = wanted.devices.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(FolderError::NoDevice {
            folder: folder.to_owned(),
            name: unknown.clone(),
            names: names.join(", "),
        });
    }
    let of = reader.totals()?.recordings;
    let mut done = 0;
    let mut labels = Labels { folder: folder.to_owned(), last: None };
    let (from, to) = (wanted.from.unwrap_or(UnixMillis::MIN), wanted.to.unwrap_or(UnixMillis::MAX));
    let is_wanted = |name: &&str| {
        wanted.devices.is_empty() || wanted.devices.iter().any(|wanted| wanted == name)
    };
    for device in names.into_iter().filter(is_wanted) {
        let mut after = None;
        loop {
            let ids = reader.ids(device, from, to, after, STEP)?;
            for &id in &ids {
                done += 1;
                told(Doing::Looking(Looking::Recordings { done, of }));
                match reader.recording(id) {
                    Ok(Some(recording)) => {
                        add(&recording, wanted, &mut labels, sink, &mut exported)?
                    }
                    Ok(None) => {}
                    // It is never given out as what was kept, and the rest is.
                    Err(error) if matches!(error.problem, Problem::Altered(_)) => {
                        exported.damaged += 1;
                        exported.first_damage.get_or_insert_with(|| error.to_string());
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            if ids.len() < STEP {
                break;
            }
            after = ids.last().copied();
        }
    }
    drop(reader);
    drop(opened);
    fs::remove_dir_all(&copy).map_err(FolderError::at(&copy))?;
    Ok(exported)
}

fn add(
    recording: &StoredRecording,
    wanted: &Wanted,
    labels: &mut Labels,
    sink: &mut Sink,
    exported: &mut Exported,
) -> Result<(), FolderError> {
    let label = match &recording.file {
        Some(file) => labels.of(file)?,
        None => None,
    };
    if wanted.label.is_some() && wanted.label != label {
        return Ok(());
    }
    let mut readings: Vec<f64> = recording.readings.iter().copied().map(f64::from).collect();
    if readings.is_empty()
        && let Some(file) = &recording.file
    {
        readings = labels.readings(file)?;
    }
    if readings.is_empty() {
        exported.bare += 1;
        if !sink.takes_bare() {
            return Ok(());
        }
    }
    let worst = recording.windows.iter().map(|window| window.verdict).max();
    let scores = recording.windows.iter().filter_map(|window| window.score);
    sink.add(&Row {
        group: &recording.device,
        device: Some(&recording.device),
        start: recording.start,
        sequence: recording.sequence,
        at: Some(recording.at),
        taken: Some(recording.taken.clone().unwrap_or_else(|| written(recording.at))),
        rate_hz: recording.rate_hz,
        unit: None,
        model: recording.model.as_deref(),
        score: scores.reduce(f64::max),
        threshold: recording.threshold,
        verdict: worst,
        label: label.as_deref(),
        source: Some("history"),
        axes: recording.axes,
        readings: &readings,
    })
}

/// The labels of recordings that are kept in folders, too: those of one folder at a time.
struct Labels {
    folder: PathBuf,
    last: Option<(PathBuf, HashMap<String, Option<String>>)>,
}

impl Labels {
    fn of(&mut self, file: &str) -> Result<Option<String>, FolderError> {
        let path = self.folder.join(file);
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
        if self.last.as_ref().is_none_or(|(last, _)| last != folder) {
            let entries = read_sidecar(folder)?.into_iter();
            let labels = entries.map(|entry| (entry.file, entry.label)).collect();
            self.last = Some((folder.to_owned(), labels));
        }
        let name = name.to_string_lossy();
        let found = self.last.as_ref().and_then(|(_, labels)| labels.get(name.as_ref()).cloned());
        // Folders are called as states are.
        let state = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(found.flatten().or(state))
    }

    /// The readings of a file; none where it was taken away.
    fn readings(&self, file: &str) -> Result<Vec<f64>, FolderError> {
        let path = self.folder.join(file);
        let Ok(open) = fs::File::open(&path) else { return Ok(Vec::new()) };
        let read = read_text(open, &mut Vec::new());
        let read = read.map_err(|problem| DataError::new(&path, problem))?;
        Ok(read.first().map(|(_, one)| one.values().to_vec()).unwrap_or_default())
    }
}
