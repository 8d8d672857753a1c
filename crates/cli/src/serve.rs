//! `judder serve`: score what boards post, and watch.

use std::ffi::OsStr;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use judder_data::{DataError, Problem, Sync};
use judder_history::{History, Retention, Sync as HistorySync};
use judder_server::{About, Deciding, RetentionView, Setup, Shelf};

use crate::Done;
use crate::input;
use crate::output::{counted, say};
use crate::serving::{LONGEST, Place};
use crate::watch::{share, votes};

/// The history, in the folder.
const HISTORY: &str = "history.db";
/// The models that are sent, in the folder.
const MODELS: &str = "models";

/// Score what boards post, watch over time, and show it on a live page.
///
/// Each device is scored with its model, DEVICE=MODEL, or with the first one that names no device. Models whose
/// windows are judged one by one raise an alarm by votes. With --dir, what was seen is kept there: scores,
/// readings and alerts in history.db, sessions in folders of their labels, models that are sent in models/.
#[derive(clap::Args, Clone)]
#[command(
    after_help = "Example, on any free port, ends after 2 s; the model is made by judder demo:\n  \
                  judder serve judder-demo/fan.model.json -p 0 -t 2"
)]
pub(crate) struct Args {
    /// Model files; DEVICE=MODEL is for that device alone
    #[arg(value_name = "MODEL")]
    pub(crate) models: Vec<Assigned>,
    /// The folder to keep what is seen in; it is made if it is not there. Without one, nothing outlives the
    /// program
    #[arg(short, long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The port to listen on; 0 is any that is free
    #[arg(short, long, default_value_t = 1337, value_name = "PORT")]
    pub(crate) port: u16,
    /// Seconds to run; 0 is until it is stopped
    #[arg(
        short,
        long,
        default_value_t = 0,
        value_parser = input::counts(0..=LONGEST),
        allow_negative_numbers = true,
        value_name = "SECS"
    )]
    pub(crate) time: usize,
    /// The address to listen on [default: all of this machine's]
    #[arg(long, default_value = "0.0.0.0", value_name = "ADDRESS")]
    pub(crate) address: IpAddr,
    /// Raise an alarm where M of the last N scores are above the threshold, with models that say nothing
    /// else
    #[arg(long, default_value = "3/5", value_parser = votes, value_name = "M/N")]
    pub(crate) votes: (usize, usize),
    /// Clear an alarm only below this share of the threshold, with models that say nothing else
    #[arg(
        long,
        default_value_t = 1.0,
        value_parser = share,
        allow_negative_numbers = true,
        value_name = "SHARE"
    )]
    pub(crate) clear: f64,
    /// Seconds without a recording after which a device is silent [default: ten times its usual pace, and
    /// at least 30]
    #[arg(
        long,
        value_parser = input::counts(1..=LONGEST),
        allow_negative_numbers = true,
        value_name = "SECS"
    )]
    pub(crate) silent_after: Option<usize>,
    /// Acknowledge a recording only once the disk has it, so that it outlives a power cut too; slower
    #[arg(long)]
    pub(crate) durable: bool,
}

/// A model, and the device that it is for.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(crate) device: Option<String>,
    pub(crate) path: PathBuf,
}

impl From<&OsStr> for Assigned {
    fn from(text: &OsStr) -> Self {
        // A file may be called like that.
        let whole = Self { device: None, path: text.into() };
        let Some((device, path)) = text.to_str().and_then(|text| text.split_once('=')) else {
            return whole;
        };
        let is_name = !device.is_empty() && !device.contains('/');
        if !is_name || Path::new(text).exists() {
            return whole;
        }
        Self { device: Some(device.to_owned()), path: path.into() }
    }
}

impl From<std::ffi::OsString> for Assigned {
    fn from(text: std::ffi::OsString) -> Self {
        text.as_os_str().into()
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let place = Place { address: SocketAddr::new(args.address, args.port), seconds: args.time };
    let kept = place.serve(|listening| args.open(listening))?;
    say(format_args!("took {}", counted(kept as usize, "recording")));
    Ok(Done::Well)
}

impl Args {
    fn open(&self, listening: SocketAddr) -> anyhow::Result<(Setup, About)> {
        let retention = Retention::default();
        let sync = if self.durable { Sync::Disk } else { Sync::System };
        let history = match &self.dir {
            Some(dir) => {
                fs::create_dir_all(dir).map_err(|error| DataError {
                    path: dir.clone(),
                    problem: Problem::Io(error),
                })?;
                let sync = if self.durable { HistorySync::Disk } else { HistorySync::System };
                History::open(&dir.join(HISTORY), sync, retention)?
            }
            None => History::temporary()?,
        };
        let shelf = self.shelf()?;
        let folder = self.dir.as_ref().map(|dir| dir.display().to_string());
        let kept = folder.as_ref().map_or("nothing is kept".to_owned(), |dir| format!("in {dir}"));
        say(format_args!("listening on http://{listening}, {kept}"));
        let days = |duration: Duration| duration.as_secs_f64() / 86_400.0;
        let retention = RetentionView {
            scores_days: days(retention.scores),
            readings_days: days(retention.readings),
            bytes: retention.bytes,
        };
        let setup = Setup {
            history,
            recorded: true,
            root: None,
            label: None,
            folder: self.dir.clone(),
            sync,
            shelf,
            sessions_only: false,
            silent_after: self.silent_after.map(|seconds| Duration::from_secs(seconds as u64)),
        };
        Ok((setup, About { mode: "serve", folder, retention, outlets: Vec::new() }))
    }

    fn shelf(&self) -> anyhow::Result<Shelf> {
        let (votes, of) = self.votes;
        let deciding = Deciding { votes, of, clear: self.clear };
        let mut shelf = Shelf::new(deciding, self.dir.as_ref().map(|dir| dir.join(MODELS)));
        // Those for all devices first: the first of them is the default.
        let (all, own): (Vec<_>, Vec<_>) = self.models.iter().partition(|one| one.device.is_none());
        for one in all {
            shelf.add(&one.path)?;
        }
        for one in own {
            let name = shelf.add_for_one(&one.path)?;
            if let Some(device) = &one.device {
                shelf.assign(device, Some(&name))?;
            }
        }
        shelf.add_kept()?;
        Ok(shelf)
    }
}
