//! What a server keeps.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use judder_data::SIDECAR;
use judder_history::Overview;
use judder_server::folder::MODELS;

use super::Facts;
use crate::output::counted;

pub(super) fn facts(folder: &Path, kept: &Overview) -> anyhow::Result<Facts> {
    let mut facts = Facts::default();
    facts.add("kind", "history");
    facts.add("version", kept.version);
    facts.add("recordings", kept.recordings);
    facts.add("with_readings", kept.readings);
    facts.add("waiting", kept.waiting);
    facts.add("windows", kept.windows);
    facts.add("alerts", kept.alerts);
    facts.add("from", kept.devices.iter().map(|one| one.first_seen).min().and_then(time));
    facts.add("to", kept.devices.iter().map(|one| one.last_seen).max().and_then(time));
    let devices = kept.devices.iter().map(|one| {
        let recordings = counted(one.recordings as usize, "recording");
        let last = time(one.last_seen).map(|time| format!(", last {time}"));
        format!("{} ({recordings}{})", one.name, last.unwrap_or_default())
    });
    facts.add("devices", devices.collect::<Vec<_>>());
    let names = |folder: &Path, is_one: &dyn Fn(&Path) -> bool| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path()).filter(|path| is_one(path));
        let mut names: Vec<String> = paths
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect();
        names.sort();
        names
    };
    facts.add("labels", names(folder, &|path| path.join(SIDECAR).is_file()));
    let is_model =
        |path: &Path| path.is_file() && path.extension().is_some_and(|end| end == "json");
    facts.add("models", names(&folder.join(MODELS), &is_model));
    facts.add("bytes", kept.bytes);
    Ok(facts)
}

fn time(millis: i64) -> Option<String> {
    let since = Duration::from_millis(u64::try_from(millis).ok()?);
    let time = UNIX_EPOCH.checked_add(since)?;
    Some(humantime::format_rfc3339_seconds(time).to_string())
}
