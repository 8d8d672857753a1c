//! `judder collect`: keep what boards post.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use judder_data::{Collection, Sync};
use judder_history::History;
use judder_server::{About, RetentionView, Setup, Shelf};

use crate::Done;
use crate::input;
use crate::output::{counted, say};
use crate::serving::{LONGEST, Place};

/// Keep what boards post, as numbered recordings in a folder.
///
/// The sketch of the TinyML example works as it is; boards that speak /api/v1 have their recordings kept
/// exactly once, however often they send them. A recording is acknowledged once it is kept. It ends after
/// --time, or with Ctrl-C, and goes on where it ended when it is started again.
#[derive(clap::Args, Clone)]
#[command(
    after_help = "Example, on any free port, ends after 2 s:\n  judder collect -d fan -p 0 -t 2"
)]
pub(crate) struct Args {
    /// The folder to add recordings to; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
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
    /// The state the machine is in; it is written beside each recording
    #[arg(long, value_name = "STATE")]
    pub(crate) label: Option<String>,
    /// Take recordings only while a session runs, which is started from the page
    #[arg(long)]
    pub(crate) sessions: bool,
    /// Acknowledge a recording only once the disk has it, so that it outlives a power cut too; slower
    #[arg(long)]
    pub(crate) durable: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let sync = if args.durable { Sync::Disk } else { Sync::System };
    let place = Place { address: SocketAddr::new(args.address, args.port), seconds: args.time };
    let kept = place.serve(|listening| {
        let collection = Collection::open(&args.dir, sync)?;
        say(format_args!(
            "listening on http://{listening}, adding to {} ({} there)",
            args.dir.display(),
            counted(collection.count(), "recording")
        ));
        let folder = args.dir.display().to_string();
        let setup = Setup {
            history: History::temporary()?,
            recorded: false,
            root: (!args.sessions).then_some(collection),
            label: args.label.clone(),
            folder: Some(args.dir.clone()),
            sync,
            shelf: Shelf::default(),
            sessions_only: args.sessions,
            silent_after: None,
        };
        let retention = RetentionView::default();
        let about = About { mode: "collect", folder: Some(folder), retention, outlets: Vec::new() };
        Ok((setup, about))
    })?;
    say(format_args!("kept {}", counted(kept as usize, "recording")));
    Ok(Done::Well)
}
