//! `judder collect`: keep what boards post, or send over a wire.

use std::sync::Arc;

use anyhow::anyhow;
use judder_data::{Collection, FolderLock, Sync};
use judder_history::History;
use judder_server::{About, Metrics, RetentionView, Setup, Shelf, SystemClock};

use crate::config::{Flags, Settings};
use crate::output::{counted, say};
use crate::serving::{Lasting, Opened, Place};
use crate::start::configured;
use crate::system;
use crate::{Done, WrongUsage, serial};

/// Keep what boards post, or send over a serial port, as numbered recordings in a folder.
///
/// The sketch of the TinyML example works as it is; boards that speak /api/v1 have their recordings kept
/// exactly once, however often they send them. A recording is acknowledged once it is kept. It ends after
/// --time, or with Ctrl-C, and goes on where it ended when it is started again.
#[derive(clap::Args, Clone)]
#[command(
    after_help = "Example, on any free port, ends after 2 s:\n  judder collect -d fan -p 0 -t 2"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) flags: Flags,
    #[command(flatten)]
    pub(crate) lasting: Lasting,
    /// The state the machine is in; it is written beside each recording
    #[arg(long, value_name = "STATE")]
    pub(crate) label: Option<String>,
    /// Take recordings only while a session runs, which is started from the page
    #[arg(long)]
    pub(crate) sessions: bool,
    #[command(flatten)]
    pub(crate) wire: serial::Wire,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let Some(settings) = configured(&args.flags, None)? else { return Ok(Done::Well) };
    if !args.wire.serial.is_empty() {
        return serial::run(&args.wire, &settings, args.label.clone(), args.lasting.time);
    }
    let flags = args.flags.clone();
    let read = Box::new(move || Settings::load(&flags, None));
    let place = Place { settings: &settings, seconds: args.lasting.time, read, beside: None };
    let kept = place.serve(|metrics| open(args, &settings, metrics))?;
    say(format_args!("kept {}", counted(kept as usize, "recording")));
    Ok(Done::Well)
}

fn open(args: &Args, settings: &Settings, metrics: Arc<Metrics>) -> anyhow::Result<Opened> {
    let Some(dir) = settings.dir.clone() else {
        let reason = "the folder to add recordings to is missing: give --dir DIR";
        return Err(anyhow!(WrongUsage(reason.to_owned())));
    };
    let sync = if settings.durable { Sync::Disk } else { Sync::System };
    let collection = Collection::open(&dir, sync)?;
    let there = counted(collection.count(), "recording");
    let what = format!("adding to {} ({there} there)", dir.display());
    // Where recordings come in sessions alone, their folders are in there, and it is nobody else's all the same.
    let root = (!args.sessions).then_some(collection);
    let lock = match &root {
        Some(_) => None,
        None => Some(FolderLock::take(&dir)?),
    };
    let about = About {
        mode: "collect",
        folder: Some(dir.display().to_string()),
        retention: RetentionView::default(),
        outlets: Vec::new(),
    };
    let setup = Setup {
        history: History::temporary()?,
        recorded: false,
        root,
        label: args.label.clone(),
        folder: Some(dir),
        sync,
        shelf: Shelf::default(),
        sessions_only: args.sessions,
        silent_after: settings.silent_after,
        unjudged_after: None,
        clock: Arc::new(SystemClock),
        most_devices: settings.most_devices,
        named: settings.named(),
        most_held: settings.limits.last(),
        turned: system::watched(),
        metrics,
    };
    Ok(Opened { setup, about, told: Vec::new(), lock, what })
}
