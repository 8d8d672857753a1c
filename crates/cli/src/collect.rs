//! `judder collect`: keep what boards post.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use judder_data::{Collection, Sync};
use judder_server::{Collector, Inlet, Limits, listen, serve};

use crate::Done;
use crate::input;
use crate::output::{counted, say};
use crate::progress::Progress;

/// The longest time to run, in seconds: a hundred years.
const LONGEST: usize = 100 * 365 * 86_400;

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
    /// Acknowledge a recording only once the disk has it, so that it outlives a power cut too; slower
    #[arg(long)]
    pub(crate) durable: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let sync = if args.durable { Sync::Disk } else { Sync::System };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let kept = runtime.block_on(async {
        let address = SocketAddr::new(args.address, args.port);
        // First, so that nothing is made where nothing can come.
        let listener = listen(address)
            .map_err(|error| anyhow!("{address}: cannot be listened on: {error}"))?;
        let collection = Collection::open(&args.dir, sync)?;
        let before = collection.count();
        let collector = Collector::new(collection, args.label.clone());
        let kept = collector.counter();
        say(format_args!(
            "listening on http://{}, adding to {} ({} there)",
            listener.local_addr()?,
            args.dir.display(),
            counted(before, "recording")
        ));
        let ended = ended(args.time, &kept);
        serve(listener, Inlet::new(collector), Limits::default(), ended).await;
        anyhow::Ok(kept)
    })?;
    let kept = kept.load(Ordering::Relaxed);
    say(format_args!("kept {}", counted(kept, "recording")));
    Ok(Done::Well)
}

/// After so many seconds, if any, or when the user or the system says so. Meanwhile a terminal shows how
/// many recordings were kept.
async fn ended(seconds: usize, kept: &AtomicUsize) {
    let progress = Progress::of(0, "recordings");
    let mut shown = 0;
    let count = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            while shown < kept.load(Ordering::Relaxed) {
                progress.advance();
                shown += 1;
            }
        }
    };
    let time = async {
        match seconds {
            0 => std::future::pending().await,
            seconds => tokio::time::sleep(Duration::from_secs(seconds as u64)).await,
        }
    };
    tokio::select! {
        () = count => {}
        () = time => {}
        () = told_to() => {}
    }
}

/// When the user or the system ends the program.
async fn told_to() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Without it the program still ends, but at once.
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
