//! The configuration, read anew while the server runs.

use judder_server::{Adjusted, Engine};

use crate::config::{ConfigError, Settings};
use crate::serve;

/// What is taken over while the server runs; all else takes a restart.
const TAKEN: [&str; 4] = ["silent_after", "unjudged_after", "models", "limits.devices"];

/// How the configuration is read.
pub(crate) type Read = Box<dyn Fn() -> Result<Settings, ConfigError> + Send>;

/// Reads the configuration and the models, and takes over what can be. All else runs as it was `started`.
pub(crate) fn reload(read: &Read, engine: &Engine, started: &Settings) {
    let taken = read().map_err(anyhow::Error::from).and_then(|settings| {
        let models = serve::listed(&settings)?;
        let differs = differs(started, &settings)?;
        Ok((settings, models, differs))
    });
    match taken {
        Ok((settings, models, differs)) => {
            engine.adjust(Adjusted {
                silent_after: settings.silent_after,
                unjudged_after: settings.unjudged_after,
                most_devices: settings.most_devices,
                named: settings.named(),
                models,
            });
            engine.look_at_models();
            tracing::info!("the configuration and the models are read anew");
            if !differs.is_empty() {
                let restart = differs.join(", ");
                tracing::warn!(restart, "these are others than it runs with, and take a restart");
            }
        }
        Err(error) => {
            tracing::error!("the configuration cannot be read: all stays as it is: {error:#}")
        }
    }
}

/// The keys that are others now than they were at the start, and take a restart.
fn differs(before: &Settings, now: &Settings) -> anyhow::Result<Vec<String>> {
    let keys = |settings: &Settings| -> anyhow::Result<Vec<(String, String)>> {
        let all: toml::Table = settings.printed()?.parse()?;
        let mut keys = Vec::new();
        flat("", all, &mut keys);
        Ok(keys)
    };
    let (before, now) = (keys(before)?, keys(now)?);
    let changed = before.iter().filter(|one| !now.contains(one));
    let new = now.iter().filter(|one| !before.contains(one));
    let mut names: Vec<String> = changed.chain(new).map(|(key, _)| key.clone()).collect();
    names.retain(|key| {
        let of_model = key.starts_with("devices.") && key.ends_with(".model");
        !of_model && !TAKEN.contains(&key.as_str())
    });
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn flat(within: &str, table: toml::Table, keys: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let key = if within.is_empty() { key } else { format!("{within}.{key}") };
        match value {
            toml::Value::Table(table) => flat(&key, table, keys),
            value => keys.push((key, value.to_string())),
        }
    }
}
