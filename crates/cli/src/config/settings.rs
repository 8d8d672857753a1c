//! What a server is started with, checked.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::env;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use judder_core::Unit;
use judder_history::Retention;
use judder_server::{
    Keys, LEAST_MEMORY, Limits, MOST_KNOWN, Network, PeerLimits, PublicUrl, Secret, is_name,
    read_secret,
};

use super::file::{self, File};
use super::values::{Bytes, Format, In, Level, Net, Public, Share, Span, Votes};
use super::{ConfigError, Names};

const DAY: u64 = 86_400;
/// What is printed in place of a secret. It is none.
const HIDDEN: &str = "(hidden)";

/// What a server is started with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) dir: Option<PathBuf>,
    /// Whether that is made its owner's alone.
    pub(crate) private: bool,
    /// The first is that of all devices without one of their own.
    pub(crate) models: Vec<PathBuf>,
    /// Of a device its own model.
    pub(crate) assigned: BTreeMap<String, PathBuf>,
    pub(crate) durable: bool,
    pub(crate) page: bool,
    pub(crate) token: TokenFrom,
    /// The file of the sessions of browsers.
    pub(crate) sessions: Option<PathBuf>,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) trust_loopback: bool,
    /// Of a device its key.
    pub(crate) keys: BTreeMap<String, Secret>,
    pub(crate) require_keys: bool,
    /// The unit of recordings that name none.
    pub(crate) unit: Option<Unit>,
    pub(crate) silent_after: Option<Duration>,
    pub(crate) unjudged_after: Option<Duration>,
    pub(crate) votes: Votes,
    pub(crate) clear: f64,
    pub(crate) retention: Retention,
    pub(crate) limits: Limits,
    pub(crate) peers: PeerLimits,
    /// Devices that are known at a time.
    pub(crate) most_devices: usize,
    pub(crate) log: (Format, Level),
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) commands: Vec<Command>,
}

/// Where the token is from.
#[derive(Debug, Clone)]
pub(crate) enum TokenFrom {
    /// It was given.
    Given(Secret),
    /// It is in a file that was named, or will be.
    File(PathBuf),
    /// It is in a file of the folder, or will be.
    Folder(PathBuf),
    /// A new one is made at each start.
    Start,
}

/// Where alerts are posted to.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) name: String,
    pub(crate) url: String,
    /// What they are signed with.
    pub(crate) secret: Option<Secret>,
    /// The variable of the environment that it is from.
    pub(crate) secret_env: Option<String>,
}

/// What is run for alerts.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) patience: Duration,
}

impl Settings {
    /// The keys of boards.
    pub(crate) fn keys(&self) -> Keys {
        Keys::new(self.keys.clone(), self.require_keys)
    }

    /// The devices that the configuration names.
    pub(crate) fn named(&self) -> BTreeSet<String> {
        self.keys.keys().chain(self.assigned.keys()).cloned().collect()
    }

    /// The variables of the environment that secrets are from, beside those whose names begin with `JUDDER_`.
    pub(crate) fn secret_variables(&self) -> Vec<String> {
        self.webhooks.iter().filter_map(|hook| hook.secret_env.clone()).collect()
    }

    /// Checks what a file says, with what was put over it. Files in the folder have these names.
    pub(super) fn of(file: File, names: &Names) -> Result<Self, ConfigError> {
        let retention = file.retention.unwrap_or_default();
        let limits = file.limits.unwrap_or_default();
        let log = file.log.unwrap_or_default();
        let peer = PeerLimits::default();
        let requests = limits.peer_requests.unwrap_or(peer.requests);
        let (mut assigned, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for (name, device) in file.devices.unwrap_or_default() {
            let place = format!("devices.{name}");
            if !is_name(&name) {
                let what = "a device's name is 1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter, \
                            a digit or `_`";
                return Err(ConfigError::value(place, what));
            }
            if let Some(key) =
                secret(&place, ["key", "key_file", ""], device.key, device.key_file, None)?
            {
                keys.insert(name.clone(), key);
            }
            if let Some(model) = device.model {
                assigned.insert(name, model);
            }
        }
        let require_keys = file.require_keys.unwrap_or(false);
        if require_keys && keys.is_empty() {
            let what =
                "no device has a key, so none could post; give each its key in [devices.NAME]";
            return Err(ConfigError::value("require_keys", what));
        }
        let connections = limits.connections.unwrap_or(Limits::default().connections);
        if connections == 0 {
            return Err(ConfigError::value("limits.connections", "at least 1"));
        }
        let body = limits.body.map_or(Limits::default().body as u64, |Bytes(body)| body);
        let body = usize::try_from(body)
            .map_err(|_| ConfigError::value("limits.body", "more than this machine can hold"))?;
        let within = |name| file.dir.as_ref().map(|dir| dir.join(name));
        let (usual, sessions) = (within(names.token), within(names.sessions));
        let token = token(file.token, file.token_file, usual)?;
        let memory = limits.memory.map_or(Limits::default().memory as u64, |Bytes(memory)| memory);
        if memory < LEAST_MEMORY as u64 {
            let what = format!("at least {}", Bytes(LEAST_MEMORY as u64));
            return Err(ConfigError::value("limits.memory", what));
        }
        let memory = usize::try_from(memory)
            .map_err(|_| ConfigError::value("limits.memory", "more than this machine can hold"))?;
        if retention.bytes.is_some_and(|Bytes(bytes)| bytes < Retention::LEAST_BYTES) {
            let what = format!(
                "at least {}, which the history and its log need (--keep-bytes)",
                Bytes(Retention::LEAST_BYTES)
            );
            return Err(ConfigError::value("retention.bytes", what));
        }
        let most_devices = limits.devices.unwrap_or(MOST_KNOWN);
        if most_devices == 0 {
            return Err(ConfigError::value("limits.devices", "at least 1"));
        }
        Ok(Self {
            address: file.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            port: file.port.unwrap_or(1337),
            dir: file.dir,
            private: names.private,
            models: file.models.unwrap_or_default(),
            assigned,
            durable: file.durable.unwrap_or(false),
            page: file.page.unwrap_or(true),
            token,
            sessions,
            public_url: file.public_url.map(|Public(url)| url),
            trusted_proxies: nets(file.trusted_proxies),
            trust_loopback: file.trust_loopback.unwrap_or(false),
            keys,
            require_keys,
            unit: file.unit.map(|In(unit)| unit),
            silent_after: file.silent_after.map(|Span(span)| span),
            unjudged_after: file.unjudged_after.map(|Span(span)| span),
            votes: file.votes.unwrap_or_default(),
            clear: file.clear.map_or(1.0, |Share(share)| share),
            retention: Retention {
                scores: retention.scores.map_or(Duration::from_secs(30 * DAY), |Span(span)| span),
                readings: retention
                    .readings
                    .map_or(Duration::from_secs(2 * DAY), |Span(span)| span),
                bytes: retention.bytes.map(|Bytes(bytes)| bytes),
            },
            limits: Limits { body, connections, memory, ..Limits::default() },
            most_devices,
            peers: PeerLimits {
                requests,
                burst: requests.saturating_mul(2),
                connections: limits.peer_connections.unwrap_or(peer.connections),
            },
            log: (log.format.unwrap_or_default(), log.level.unwrap_or_default()),
            webhooks: webhooks(file.webhooks.unwrap_or_default())?,
            commands: commands(file.commands.unwrap_or_default())?,
        })
    }

    /// As a file that says the same, without the secrets.
    pub(crate) fn shown(&self) -> File {
        let hidden = || Some(HIDDEN.to_owned());
        let mut devices: BTreeMap<String, file::Device> = BTreeMap::new();
        for (name, model) in &self.assigned {
            devices.entry(name.clone()).or_default().model = Some(model.clone());
        }
        for name in self.keys.keys() {
            devices.entry(name.clone()).or_default().key = hidden();
        }
        let webhook = |hook: &Webhook| file::Webhook {
            name: hook.name.clone(),
            url: hook.url.clone(),
            secret: hook.secret.as_ref().and_then(|_| hidden()),
            secret_file: None,
            secret_env: None,
        };
        let command = |command: &Command| file::Command {
            name: command.name.clone(),
            program: command.program.clone(),
            args: command.args.clone(),
            seconds: u32::try_from(command.patience.as_secs()).ok(),
        };
        File {
            address: Some(self.address),
            port: Some(self.port),
            dir: self.dir.clone(),
            models: Some(self.models.clone()),
            durable: Some(self.durable),
            page: Some(self.page),
            token: matches!(self.token, TokenFrom::Given(_)).then(hidden).flatten(),
            token_file: match &self.token {
                TokenFrom::File(path) => Some(path.clone()),
                TokenFrom::Given(_) | TokenFrom::Folder(_) | TokenFrom::Start => None,
            },
            public_url: self.public_url.clone().map(Public),
            trusted_proxies: some(self.trusted_proxies.iter().copied().map(Net).collect()),
            trust_loopback: Some(self.trust_loopback),
            require_keys: Some(self.require_keys),
            unit: self.unit.map(In),
            silent_after: self.silent_after.map(Span),
            unjudged_after: self.unjudged_after.map(Span),
            votes: Some(self.votes),
            clear: Some(Share(self.clear)),
            retention: Some(file::Retention {
                scores: Some(Span(self.retention.scores)),
                readings: Some(Span(self.retention.readings)),
                bytes: self.retention.bytes.map(Bytes),
            }),
            limits: Some(file::Limits {
                body: Some(Bytes(self.limits.body as u64)),
                connections: Some(self.limits.connections),
                memory: Some(Bytes(self.limits.memory as u64)),
                devices: Some(self.most_devices),
                peer_connections: Some(self.peers.connections),
                peer_requests: Some(self.peers.requests),
            }),
            log: Some(file::Log { format: Some(self.log.0), level: Some(self.log.1) }),
            devices: (!devices.is_empty()).then_some(devices),
            webhooks: some(self.webhooks.iter().map(webhook).collect()),
            commands: some(self.commands.iter().map(command).collect()),
        }
    }
}

fn nets(all: Option<Vec<Net>>) -> Vec<Network> {
    all.unwrap_or_default().into_iter().map(|Net(net)| net).collect()
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The token: what was given, else what is in a file.
fn token(
    given: Option<String>,
    path: Option<PathBuf>,
    usual: Option<PathBuf>,
) -> Result<TokenFrom, ConfigError> {
    match (given, path) {
        (Some(_), Some(_)) => Err(ConfigError::value(
            "token",
            "token and token_file are both there; leave one of them",
        )),
        (Some(token), None) => Secret::new(token)
            .map(TokenFrom::Given)
            .map_err(|error| ConfigError::value("token (JUDDER_TOKEN)", error.to_string())),
        (None, Some(path)) => Ok(TokenFrom::File(path)),
        (None, None) => Ok(usual.map_or(TokenFrom::Start, TokenFrom::Folder)),
    }
}

/// A secret that is given, or in a file, or in a variable of the environment; `keys` are their names.
fn secret(
    place: &str,
    keys: [&str; 3],
    given: Option<String>,
    file: Option<PathBuf>,
    variable: Option<String>,
) -> Result<Option<Secret>, ConfigError> {
    let key = |at: usize| format!("{place}.{}", keys[at]);
    let checked = |at: usize, text: String| {
        let secret = Secret::new(text);
        secret.map(Some).map_err(|error| ConfigError::value(key(at), error.to_string()))
    };
    match (given, file, variable) {
        (None, None, None) => Ok(None),
        (Some(text), None, None) => checked(0, text),
        (None, Some(path), None) => read_secret(&path)
            .map(Some)
            .map_err(|error| ConfigError::value(key(1), error.to_string())),
        (None, None, Some(variable)) => match env::var(&variable) {
            Ok(text) => checked(2, text),
            Err(_) => {
                let what =
                    format!("{variable} is not in the environment; set it, or use {}", keys[1]);
                Err(ConfigError::value(key(2), what))
            }
        },
        _ => {
            let keys_there: Vec<&str> = keys.into_iter().filter(|key| !key.is_empty()).collect();
            let ways = keys_there.join(", ");
            let what = format!("{ways} are ways to say one thing; leave one of them");
            Err(ConfigError::value(key(0), what))
        }
    }
}

fn webhooks(all: Vec<file::Webhook>) -> Result<Vec<Webhook>, ConfigError> {
    let mut names = HashSet::new();
    let checked = |hook: file::Webhook| {
        let place = format!("webhooks.{}", hook.name);
        named_once(&mut names, &place, &hook.name)?;
        if !(hook.url.starts_with("http://") || hook.url.starts_with("https://")) {
            let what = "it begins with http:// or https://";
            return Err(ConfigError::value(format!("{place}.url"), what));
        }
        let keys = ["secret", "secret_file", "secret_env"];
        let secret_env = hook.secret_env.clone();
        let secret = secret(&place, keys, hook.secret, hook.secret_file, hook.secret_env)?;
        Ok(Webhook { name: hook.name, url: hook.url, secret, secret_env })
    };
    all.into_iter().map(checked).collect()
}

fn commands(all: Vec<file::Command>) -> Result<Vec<Command>, ConfigError> {
    let mut names = HashSet::new();
    let checked = |command: file::Command| {
        let place = format!("commands.{}", command.name);
        named_once(&mut names, &place, &command.name)?;
        let seconds = command.seconds.unwrap_or(30);
        if command.program.as_os_str().is_empty() || seconds == 0 {
            let what = "program is a file to run, and seconds at least 1";
            return Err(ConfigError::value(place, what));
        }
        let patience = Duration::from_secs(seconds.into());
        Ok(Command { name: command.name, program: command.program, args: command.args, patience })
    };
    all.into_iter().map(checked).collect()
}

fn named_once(names: &mut HashSet<String>, place: &str, name: &str) -> Result<(), ConfigError> {
    if !is_name(name) {
        let what = "a name is 1 to 64 letters, digits, `.`, `_` or `-`";
        return Err(ConfigError::value(place, what));
    }
    if name == "log" {
        let what = "log is the name of the log, where alerts go anyway; call it another";
        return Err(ConfigError::value(place, what));
    }
    if !names.insert(name.to_owned()) {
        return Err(ConfigError::value(place, "the name is there twice; call one of them another"));
    }
    Ok(())
}
