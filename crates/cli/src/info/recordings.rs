//! What a recording is, or recordings in folders are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use judder_core::Unit;
use judder_data::{
    About, Cut, Entry, ReadOptions, Source, Step, map_pieces, read_sidecar, sources,
};

use super::{Facts, span};
use crate::output::note;
use crate::reading::Reading;

/// The most different names, and ways to understand files, that are listed.
const MOST_NAMED: usize = 4;

/// What is known of many recordings.
#[derive(Default)]
struct Seen {
    recordings: usize,
    readings: u64,
    lengths: Option<(usize, usize)>,
    axes: Option<(usize, usize)>,
    rates: Option<(f64, f64)>,
    /// Those of which the rate is not known.
    without_rate: usize,
    seconds: f64,
    units: BTreeSet<String>,
    times: Option<(SystemTime, SystemTime)>,
    unreadable: usize,
    /// The names of the axes, as often as they differ.
    names: BTreeSet<Vec<String>>,
    labels: BTreeSet<String>,
    /// Holes, and the s that lack in them.
    holes: (usize, f64),
    /// How files were understood, where there was anything to decide.
    understood: BTreeSet<String>,
    /// Speed, load and their like.
    beside: BTreeMap<String, (f64, f64)>,
}

/// What a piece says of its recording.
struct Part {
    axes: usize,
    rate_hz: Option<f64>,
    unit: Option<Unit>,
    taken: Option<SystemTime>,
    /// How many readings there are up to its end.
    end: usize,
    is_last: bool,
    /// Of the first piece what was found out of the recording.
    about: Option<Box<About>>,
}

pub(super) fn facts(path: &Path, files: &Arc<ReadOptions>) -> anyhow::Result<Facts> {
    let all: Vec<Source> = sources(path)?.into_iter().map(|one| one.with(files)).collect();
    let mut seen = Seen::default();
    let mut reading = Reading::of(&all, "reading", false);
    let mut first_error = None;
    let part = |piece: &judder_data::Piece| Part {
        axes: piece.recording.axes(),
        rate_hz: piece.recording.rate_hz(),
        unit: piece.recording.unit(),
        taken: piece.recording.taken(),
        end: piece.start + piece.recording.len(),
        is_last: piece.last,
        about: piece.recording.about().filter(|_| piece.start == 0).cloned().map(Box::new),
    };
    map_pieces(&all, Cut::readings(), part, |step| {
        match step {
            Step::Piece { source, read, result } => {
                seen.take(&result);
                if read > 0 {
                    reading.read(source, Some(read));
                }
            }
            Step::End { source, outcome } => {
                if let Err(error) = outcome {
                    seen.unreadable += 1;
                    first_error.get_or_insert(error);
                }
                reading.read(source, None);
            }
        }
        ControlFlow::Continue(())
    });
    reading.ended();
    match first_error {
        Some(error) if seen.recordings == 0 => return Err(error.into()),
        Some(error) => note(error),
        None => {}
    }
    let entries = entries(&all)?;
    Ok(seen.facts(path, &all, &entries))
}

impl Seen {
    fn take(&mut self, part: &Part) {
        if let Some(about) = &part.about {
            self.about(about);
        }
        if !part.is_last {
            return;
        }
        self.recordings += 1;
        self.readings += part.end as u64;
        widen(&mut self.lengths, part.end);
        widen(&mut self.axes, part.axes);
        match part.rate_hz {
            Some(rate) => {
                widen(&mut self.rates, rate);
                self.seconds += part.end as f64 / rate;
            }
            None => self.without_rate += 1,
        }
        self.units.extend(part.unit.map(|unit| unit.to_string()));
        if let Some(taken) = part.taken {
            widen(&mut self.times, taken);
        }
    }

    fn about(&mut self, about: &About) {
        if !about.names.is_empty() && self.names.len() < MOST_NAMED {
            self.names.insert(about.names.clone());
        }
        self.labels.extend(about.label.clone());
        if let Some(hole) = about.hole_s {
            self.holes = (self.holes.0 + 1, self.holes.1 + hole.max(0.0));
        }
        if !about.said.is_empty() && self.understood.len() < MOST_NAMED {
            self.understood.insert(about.said.clone());
        }
        for (name, value) in &about.operating {
            let ends = self.beside.entry(name.clone()).or_insert((*value, *value));
            *ends = (ends.0.min(*value), ends.1.max(*value));
        }
    }

    fn facts(self, path: &Path, all: &[Source], entries: &[Entry]) -> Facts {
        let is_folder = path.is_dir();
        let mut facts = Facts::default();
        let kind = match (is_folder, self.recordings) {
            (true, _) => "folder of recordings",
            (false, 1) => "recording",
            (false, _) => "file of recordings",
        };
        facts.add("kind", kind);
        if is_folder {
            let folders: BTreeSet<&Path> =
                all.iter().filter_map(|one| one.path().parent()).collect();
            facts.add("folders", folders.len());
        } else {
            facts.add("format", all.first().map(Source::format).transpose().ok().flatten());
        }
        if is_folder || self.recordings > 1 {
            facts.add("recordings", self.recordings);
            facts.add("readings", self.readings);
        }
        if self.unreadable > 0 {
            facts.add("unreadable_files", self.unreadable);
        }
        facts.add("length", span(self.lengths));
        facts.add("axes", span(self.axes));
        facts.add("axes_names", list(self.names.iter().map(|names| names.join(", ")).collect()));
        facts.add("rate_hz", span(self.rates));
        if self.rates.is_some() && self.without_rate > 0 {
            facts.add("without_rate", self.without_rate);
        }
        facts.add("unit", list(self.units));
        facts.add("seconds", (self.seconds > 0.0).then_some(self.seconds));
        let time = |time| humantime::format_rfc3339_millis(time).to_string();
        facts.add("time", span(self.times.map(|(first, last)| (time(first), time(last)))));
        let named = |of: fn(&Entry) -> Option<&String>| -> BTreeSet<String> {
            entries.iter().filter_map(of).cloned().collect()
        };
        facts.add("devices", list(named(|entry| entry.device.as_ref())));
        let labels = named(|entry| entry.label.as_ref()).union(&self.labels).cloned().collect();
        facts.add("labels", list(labels));
        if self.holes.0 > 0 {
            facts.add("holes", self.holes.0);
            facts.add("seconds_in_holes", self.holes.1);
        }
        let beside = |(name, (least, most)): (String, (f64, f64))| {
            if least == most {
                format!("{name} {least}")
            } else {
                format!("{name} {least} to {most}")
            }
        };
        facts.add("kept_beside", list(self.beside.into_iter().map(beside).collect()));
        facts.add("understood", list(self.understood));
        facts.add("source", list(named(|entry| entry.source.as_ref())));
        facts
    }
}

/// What is written beside the recordings.
fn entries(all: &[Source]) -> anyhow::Result<Vec<Entry>> {
    let mut files: BTreeMap<&Path, BTreeSet<String>> = BTreeMap::new();
    for source in all {
        if let (Some(folder), Some(name)) = (source.path().parent(), source.path().file_name()) {
            files.entry(folder).or_default().insert(name.to_string_lossy().into_owned());
        }
    }
    let mut found = Vec::new();
    for (folder, names) in files {
        let entries = read_sidecar(folder)?.into_iter();
        found.extend(entries.filter(|entry| names.contains(&entry.file)));
    }
    Ok(found)
}

fn list(names: BTreeSet<String>) -> Vec<String> {
    names.into_iter().collect()
}

fn widen<T: PartialOrd + Copy>(ends: &mut Option<(T, T)>, value: T) {
    let (least, most) = ends.get_or_insert((value, value));
    if value < *least {
        *least = value;
    }
    if value > *most {
        *most = value;
    }
}
