//! The configuration as it is written in a file; whatever is not there has its default.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use judder_server::regular_file;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::values::{Bytes, Format, In, Level, Net, Public, Share, Span, Votes};

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The address to listen on.
    pub(crate) address: Option<IpAddr>,
    /// The port to listen on; 0 is any that is free.
    pub(crate) port: Option<u16>,
    /// The folder to keep what is seen in.
    pub(crate) dir: Option<PathBuf>,
    /// Model files; the first is that of all devices that have none of their own.
    pub(crate) models: Option<Vec<PathBuf>>,
    /// Whether a recording is acknowledged only once the disk has it.
    pub(crate) durable: Option<bool>,
    /// Whether there is a page.
    pub(crate) page: Option<bool>,
    /// The token of the owner; better in a file of its own.
    pub(crate) token: Option<String>,
    /// The file of the token; it is made if it is not there. `token` in `dir` where nothing is said.
    pub(crate) token_file: Option<PathBuf>,
    /// Where people find the page, before all proxies.
    pub(crate) public_url: Option<Public>,
    /// Proxies that may say for whom they ask.
    pub(crate) trusted_proxies: Option<Vec<Net>>,
    /// Whether who seems to be at this machine needs no token.
    pub(crate) trust_loopback: Option<bool>,
    /// Whether only devices with a key may post.
    pub(crate) require_keys: Option<bool>,
    /// The unit of recordings that name none; as they are where nothing is said.
    pub(crate) unit: Option<In>,
    /// After how long without a recording a device is silent; by its own pace where nothing is said.
    pub(crate) silent_after: Option<Span>,
    /// After how long without a verdict a device is not judged; by the number of windows too where nothing is said.
    pub(crate) unjudged_after: Option<Span>,
    /// How many of the last decisions above the threshold raise an alarm.
    pub(crate) votes: Option<Votes>,
    /// The share of the threshold below which an alarm is cleared.
    pub(crate) clear: Option<Share>,
    /// How long things are kept.
    pub(crate) retention: Option<Retention>,
    /// What a peer may ask for.
    pub(crate) limits: Option<Limits>,
    /// What is logged, and how.
    pub(crate) log: Option<Log>,
    /// Devices by name.
    pub(crate) devices: Option<BTreeMap<String, Device>>,
    /// Where alerts are posted to.
    pub(crate) webhooks: Option<Vec<Webhook>>,
    /// What is run for alerts.
    pub(crate) commands: Option<Vec<Command>>,
}

/// How long things are kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    /// Scores and alerts.
    pub(crate) scores: Option<Span>,
    /// Readings.
    pub(crate) readings: Option<Span>,
    /// The most that all of it takes.
    pub(crate) bytes: Option<Bytes>,
}

/// What a peer may ask for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// The body of a request.
    pub(crate) body: Option<Bytes>,
    /// Connections of all peers.
    pub(crate) connections: Option<usize>,
    /// Bytes of requests that are not answered yet, of last recordings and of what pages are told.
    pub(crate) memory: Option<Bytes>,
    /// Devices that are known at a time.
    pub(crate) devices: Option<usize>,
    /// Connections of one peer; 0 is any number.
    pub(crate) peer_connections: Option<u32>,
    /// Requests of one peer in a second; 0 is any number.
    pub(crate) peer_requests: Option<u32>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: Option<Format>,
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) level: Option<Level>,
}

/// A device.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    /// The model file that it is judged with.
    pub(crate) model: Option<PathBuf>,
    /// The key that it posts with; better in a file of its own.
    pub(crate) key: Option<String>,
    /// The file of the key.
    pub(crate) key_file: Option<PathBuf>,
}

/// Where alerts are posted to.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// What it is called in the log.
    pub(crate) name: String,
    /// Where to.
    pub(crate) url: String,
    /// What it is signed with; better in a file of its own.
    pub(crate) secret: Option<String>,
    /// The file of the secret.
    pub(crate) secret_file: Option<PathBuf>,
    /// The environment variable of the secret.
    pub(crate) secret_env: Option<String>,
}

/// What is run for alerts. No shell reads it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// What it is called in the log.
    pub(crate) name: String,
    /// The program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// After how many seconds it is ended.
    pub(crate) seconds: Option<u32>,
}

impl File {
    /// Reads a configuration file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// Where it cannot be read, or is no configuration.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = regular_file(path)
            .and_then(|()| fs::read_to_string(path))
            .map_err(|error| ConfigError::Unread { path: path.to_owned(), error })?;
        let mut file = Self::parse(path, &text)?;
        file.relative_to(path.parent().unwrap_or(Path::new("")));
        Ok(file)
    }

    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// Where it is no configuration: the error names the line and the key.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let wrong = |key: String, error: &toml::de::Error| {
            let line = error.span().map(|span| line(text, span.start));
            let key =
                if key.is_empty() { line.map_or(key, |line| key_of(text, line)) } else { key };
            ConfigError::Wrong { path: path.to_owned(), line, key, what: said(error) }
        };
        let reader =
            toml::Deserializer::parse(text).map_err(|error| wrong(String::new(), &error))?;
        serde_path_to_error::deserialize(reader).map_err(|error| {
            let path = error.path().to_string();
            wrong(if path == "." { String::new() } else { path }, error.inner())
        })
    }

    fn relative_to(&mut self, folder: &Path) {
        let devices = self.devices.iter_mut().flat_map(BTreeMap::values_mut);
        let of_devices = devices.flat_map(|device| [&mut device.model, &mut device.key_file]);
        let webhooks = self.webhooks.iter_mut().flatten().map(|hook| &mut hook.secret_file);
        let single = [&mut self.dir, &mut self.token_file];
        let all = single.into_iter().chain(of_devices).chain(webhooks).flatten();
        for path in all.chain(self.models.iter_mut().flatten()) {
            *path = folder.join(&path);
        }
    }
}

/// The number of the line that a byte is in.
fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// The key that a line begins with, if it does with one of ours.
fn key_of(text: &str, line: usize) -> String {
    let key = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
    let key = key.map(|(key, _)| key.trim()).unwrap_or_default();
    let fits = key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if fits { key.to_owned() } else { String::new() }
}

/// What is wrong. A value that was read is never repeated: it may be a secret.
fn said(error: &toml::de::Error) -> String {
    let message = error.message().trim_end().replace('\n', ", ");
    let of_value =
        ["invalid type: ", "invalid value: "].iter().any(|begin| message.starts_with(begin));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if of_value => format!("it is not {}", plain(expected)),
        _ => message,
    }
}

/// What was expected, in the words of who writes the file.
fn plain(expected: &str) -> &str {
    match expected {
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number of 0 or more, within bounds",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "path string" => "a text within quotes",
        "a sequence" => "a list within [ and ]",
        "IP address" => "an address, as \"0.0.0.0\" or \"::\"",
        other => other.strip_prefix("struct ").map_or(other, |_| "a table"),
    }
}
