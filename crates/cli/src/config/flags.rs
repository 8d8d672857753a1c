//! The options that `judder serve` and `judder collect` are configured with; each has a variable of the
//! environment.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::file::{File, Limits, Log, Retention};
use super::values::{Bytes, Format, In, Level, Net, Public, Share, Span, Votes};

/// Options of both.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Flags {
    /// The configuration file; options and the environment come before what is in it
    #[arg(long, env = "JUDDER_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print the configuration as it is from the file, the environment and options, and end
    #[arg(long, env = "JUDDER_PRINT_CONFIG")]
    pub(crate) print_config: bool,
    /// Ask the server that runs with this configuration whether it is ready (/readyz), and end: for who watches it
    #[arg(long, env = "JUDDER_PROBE")]
    pub(crate) probe: bool,
    /// The folder to keep what is seen in; it is made if it is not there
    #[arg(short, long, env = "JUDDER_DIR", value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The port to listen on; 0 is any that is free [default: 1337]
    #[arg(short, long, env = "JUDDER_PORT", value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// The address to listen on [default: 0.0.0.0, all of this machine's]
    #[arg(long, env = "JUDDER_ADDRESS", value_name = "ADDRESS")]
    pub(crate) address: Option<IpAddr>,
    /// Acknowledge a recording only once the disk has it, so that it outlives a power cut too; slower
    #[arg(
        long,
        env = "JUDDER_DURABLE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false"
    )]
    pub(crate) durable: Option<bool>,
    /// Show the page and what it asks for, or not: boards alone are answered then [default: true]
    #[arg(
        long,
        env = "JUDDER_PAGE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false"
    )]
    pub(crate) page: Option<bool>,
    /// The file of the token; it is made if it is not there [default: token in --dir, of collect
    /// .judder-token]
    ///
    /// JUDDER_TOKEN is the token itself; there is no option for it, since others can see those.
    #[arg(long, env = "JUDDER_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Where people find the page, if a proxy stands before it, with its `https://` [default: where it
    /// listens]
    #[arg(long, env = "JUDDER_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<Public>,
    /// Addresses or networks of proxies, with commas between them, that may say for whom they ask
    /// (`X-Forwarded-For`, `Forwarded`) [default: none]
    #[arg(long, env = "JUDDER_TRUSTED_PROXIES", value_delimiter = ',', value_name = "ADDRESSES")]
    pub(crate) trusted_proxies: Option<Vec<Net>>,
    /// Ask nobody for the token who seems to be at this machine; whoever comes by a forwarder that does not show itself
    /// seems so, too
    #[arg(
        long,
        env = "JUDDER_TRUST_LOOPBACK",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false"
    )]
    pub(crate) trust_loopback: Option<bool>,
    /// Let only devices with a key post
    #[arg(
        long,
        env = "JUDDER_REQUIRE_KEYS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "true|false"
    )]
    pub(crate) require_keys: Option<bool>,
    /// Unit of recordings that name none, as boards say it in `unit`: g, mg, m/s2, or counts:N where N counts
    /// are 1 g; they are brought to g [default: they are as they are]
    #[arg(long, env = "JUDDER_UNIT", value_name = "UNIT")]
    pub(crate) unit: Option<In>,
    /// The longest body of a request [default: 4 MiB]
    #[arg(long, env = "JUDDER_MOST_BODY", value_name = "BYTES")]
    pub(crate) most_body: Option<Bytes>,
    /// The memory for requests that are not answered yet, last recordings, and what pages are told; who sends more than
    /// there is room for is told to come again [default: 128 MiB]
    #[arg(long, env = "JUDDER_MOST_MEMORY", value_name = "BYTES")]
    pub(crate) most_memory: Option<Bytes>,
    /// The most devices that are known at a time; of those that sent next to nothing, the oldest give way to new ones
    /// [default: 10000]
    #[arg(long, env = "JUDDER_MOST_DEVICES", value_name = "N")]
    pub(crate) most_devices: Option<usize>,
    /// The most connections [default: 16384]
    #[arg(long, env = "JUDDER_MOST_CONNECTIONS", value_name = "N")]
    pub(crate) most_connections: Option<usize>,
    /// The most connections of one other machine; 0 is any number [default: 2048]
    #[arg(long, env = "JUDDER_PEER_CONNECTIONS", value_name = "N")]
    pub(crate) peer_connections: Option<u32>,
    /// The most requests of one other machine in a second; 0 is any number [default: 1000]
    #[arg(long, env = "JUDDER_PEER_REQUESTS", value_name = "N")]
    pub(crate) peer_requests: Option<u32>,
    /// How the log is written [default: text]
    #[arg(long, env = "JUDDER_LOG_FORMAT", value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<Format>,
    /// What is logged [default: info]
    #[arg(long, env = "JUDDER_LOG", value_enum, value_name = "LEVEL")]
    pub(crate) log: Option<Level>,
}

/// Options of `judder serve` alone.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Watching {
    /// Model files; DEVICE=MODEL is for that device alone, and the first that names none for all others
    ///
    /// JUDDER_MODELS has them too, with colons between them.
    #[arg(value_name = "MODEL")]
    pub(crate) models: Vec<Assigned>,
    /// Raise an alarm where M of the last N scores are above the threshold, with models that say nothing
    /// else [default: 3/5]
    #[arg(long, env = "JUDDER_VOTES", value_name = "M/N")]
    pub(crate) votes: Option<Votes>,
    /// Clear an alarm only below this share of the threshold, with models that say nothing else [default: 1]
    #[arg(long, env = "JUDDER_CLEAR", allow_negative_numbers = true, value_name = "SHARE")]
    pub(crate) clear: Option<Share>,
    /// After how long without a recording a device is silent, as "2 m" [default: three times the longest gap between
    /// its last ones, and at least 30 s; 30 m while its pace is not known]
    #[arg(long, env = "JUDDER_SILENT_AFTER", value_name = "TIME")]
    pub(crate) silent_after: Option<Span>,
    /// After how long a device of which no window is judged raises an alert, as "5 m" [default: after 20 windows, and
    /// at least 1 m; with fewer windows after 10 m]
    #[arg(long, env = "JUDDER_UNJUDGED_AFTER", value_name = "TIME")]
    pub(crate) unjudged_after: Option<Span>,
    /// How long scores and alerts are kept [default: 30 d]
    #[arg(long, env = "JUDDER_KEEP_SCORES", value_name = "TIME")]
    pub(crate) keep_scores: Option<Span>,
    /// How long readings are kept [default: 2 d]
    #[arg(long, env = "JUDDER_KEEP_READINGS", value_name = "TIME")]
    pub(crate) keep_readings: Option<Span>,
    /// The most that all of it takes on the disk, labelled recordings and models counted, as "10 GB" [default: as much
    /// as there is]
    #[arg(long, env = "JUDDER_KEEP_BYTES", value_name = "BYTES")]
    pub(crate) keep_bytes: Option<Bytes>,
}

/// A model, and the device that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) device: Option<String>,
    pub(crate) path: PathBuf,
}

impl From<OsString> for Assigned {
    fn from(text: OsString) -> Self {
        text.as_os_str().into()
    }
}

impl From<&OsStr> for Assigned {
    fn from(text: &OsStr) -> Self {
        let pair = text.to_str().and_then(|text| text.split_once('='));
        match pair {
            // A file may be called like that.
            Some((device, path))
                if !device.is_empty() && !device.contains('/') && !Path::new(text).exists() =>
            {
                Self { device: Some(device.to_owned()), path: path.into() }
            }
            _ => Self { device: None, path: text.into() },
        }
    }
}

/// Puts what is given into the place of what is there.
macro_rules! over {
    ($($from:expr => $to:expr),* $(,)?) => {$(
        if $from.is_some() {
            $to = $from;
        }
    )*};
}

impl Flags {
    /// Puts what was given in place of what is in a file.
    pub(super) fn over(self, file: &mut File) {
        over! {
            self.dir => file.dir,
            self.port => file.port,
            self.address => file.address,
            self.durable => file.durable,
            self.page => file.page,
            self.public_url => file.public_url,
            self.trusted_proxies => file.trusted_proxies,
            self.trust_loopback => file.trust_loopback,
            self.require_keys => file.require_keys,
            self.unit => file.unit,
        }
        if self.token_file.is_some() {
            (file.token_file, file.token) = (self.token_file, None);
        }
        let limits = file.limits.get_or_insert_with(Limits::default);
        over! {
            self.most_body => limits.body,
            self.most_connections => limits.connections,
            self.most_memory => limits.memory,
            self.most_devices => limits.devices,
            self.peer_connections => limits.peer_connections,
            self.peer_requests => limits.peer_requests,
        }
        let log = file.log.get_or_insert_with(Log::default);
        over! { self.log_format => log.format, self.log => log.level }
    }
}

impl Watching {
    /// Puts what was given in place of what is in a file. Models take the place of all models in it.
    pub(super) fn over(self, file: &mut File) {
        over! {
            self.votes => file.votes,
            self.clear => file.clear,
            self.silent_after => file.silent_after,
            self.unjudged_after => file.unjudged_after,
        }
        let retention = file.retention.get_or_insert_with(Retention::default);
        over! {
            self.keep_scores => retention.scores,
            self.keep_readings => retention.readings,
            self.keep_bytes => retention.bytes,
        }
        if self.models.is_empty() {
            return;
        }
        let devices = file.devices.get_or_insert_default();
        for device in devices.values_mut() {
            device.model = None;
        }
        let mut models = Vec::new();
        for Assigned { device, path } in self.models {
            match device {
                Some(device) => devices.entry(device).or_default().model = Some(path),
                None => models.push(path),
            }
        }
        file.models = Some(models);
    }
}
