//! `judder simulate --post`: boards on simulated fans.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum};
use judder_data::simulate::{Fan, Speed, State};
use judder_server::{Fleet, Speaks, Tally};
use tokio::sync::watch;

use crate::input::{self, part};
use crate::output::{counted, say};
use crate::progress::Progress;
use crate::simulate;
use crate::{Done, WrongUsage};

/// The most boards at once.
const MOST_BOARDS: usize = 10_000;

/// Boards that nobody has answered for so long say so.
const UNANSWERED: Duration = Duration::from_secs(3);

/// How often what is posted is counted.
const NOW_AND_THEN: Duration = Duration::from_millis(200);

/// Boards that post.
#[derive(Args, Clone)]
pub(crate) struct Boards {
    /// Post to a server instead: http://HOST:PORT
    #[arg(long, value_parser = server, value_name = "URL")]
    pub(crate) post: Option<SocketAddr>,
    /// Boards that post, each on a fan of its own
    #[arg(
        long,
        default_value_t = 1,
        value_parser = input::counts(1..=MOST_BOARDS),
        allow_negative_numbers = true,
        requires = "post",
        value_name = "N"
    )]
    pub(crate) boards: usize,
    /// What they speak, in turn: sketch (the example's, once each), json, binary
    #[arg(long, value_enum, value_delimiter = ',', requires = "post", value_name = "PROTOCOL")]
    pub(crate) protocol: Vec<Protocol>,
    /// Seconds from one recording of a board to the next
    #[arg(long, default_value_t = 1.0, requires = "post", value_name = "SECS")]
    pub(crate) every: f64,
    /// By how much that differs each time, as a share of it
    #[arg(long, default_value_t = 0.1, value_parser = part, requires = "post", value_name = "SHARE")]
    pub(crate) jitter: f64,
    /// The share of exchanges that break, before or after the server has all of it
    #[arg(long, default_value_t = 0.0, value_parser = part, requires = "post", value_name = "SHARE")]
    pub(crate) loss: f64,
    /// All boards are on the same fan, that of `--seed`, in place of one of its own each
    #[arg(long, requires = "post")]
    pub(crate) alike: bool,
    /// Seconds after which a coin drops onto a blade of the first board's fan
    #[arg(long, requires = "post", value_name = "SECS")]
    pub(crate) coin_after: Option<f64>,
    /// Seconds after which it is taken off again [default: it stays]
    #[arg(long, requires = "coin_after", value_name = "SECS")]
    pub(crate) coin_for: Option<f64>,
}

/// What a board speaks.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Protocol {
    /// The TinyML example's
    Sketch,
    /// /api/v1 in JSON
    Json,
    /// /api/v1 in binary
    Binary,
}

impl Boards {
    /// Posts until all is sent, or the user ends it.
    pub(crate) fn run(&self, args: &simulate::Args) -> anyhow::Result<Done> {
        let Some(server) = self.post else {
            return Err(WrongUsage("--out or --post says where to".to_owned()).into());
        };
        let seconds = |name: &str, value: f64| {
            let time = Duration::try_from_secs_f64(value).ok().filter(|time| !time.is_zero());
            time.ok_or_else(|| WrongUsage(format!("{name} is a number of seconds above 0")))
        };
        let state = match args.states.as_slice() {
            [] => State { speed: Speed::Low, coin: false, moved: false },
            [state] => *state,
            _ => return Err(WrongUsage("boards are in one state (--states)".to_owned()).into()),
        };
        let coin = State { coin: true, ..state };
        let coin_after = self.coin_after.map(|after| seconds("--coin-after", after)).transpose()?;
        let coin_for = self.coin_for.map(|during| seconds("--coin-for", during)).transpose()?;
        let speaks = self.protocol.iter().map(|one| match one {
            Protocol::Sketch => Speaks::Sketch,
            Protocol::Json => Speaks::Json,
            Protocol::Binary => Speaks::Binary,
        });
        let every = seconds("--every", self.every)?;
        let numbers = 0..args.recordings as u64;
        let run = args.runs.of(&Fan::new(args.seed), state, numbers, every.as_secs_f64())?;
        let fleet = Fleet {
            server,
            boards: self.boards,
            speaks: speaks.collect(),
            recordings: Some(args.recordings as u64),
            every,
            jitter: self.jitter,
            loss: self.loss,
            state,
            run,
            then: coin_after.map(|after| (after, coin_for.unwrap_or(Duration::MAX), coin)),
            rate_hz: args.rate,
            readings: args.readings,
            seed: args.seed,
            alike: self.alike.then_some(0),
        };
        let tally = Arc::new(Tally::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let (stop, stopped) = watch::channel(false);
            tokio::select! {
                () = fleet.run(&tally, stopped) => {}
                () = unanswered(server, &tally) => {}
                () = counted_as_they_go(&tally, self.boards * args.recordings) => {}
                _ = tokio::signal::ctrl_c() => {
                    // Nobody may be left to hear it.
                    let _ = stop.send(true);
                }
            }
        });
        let Tally { acknowledged, again, lost } = tally.as_ref();
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed) as usize;
        say(format_args!(
            "{} acknowledged, {} lost, {} sent again",
            counted(count(acknowledged), "recording"),
            count(lost),
            count(again)
        ));
        Ok(if count(lost) > 0 { Done::InPart } else { Done::Well })
    }
}

/// Says how many recordings of all are acknowledged, or lost.
async fn counted_as_they_go(tally: &Tally, all: usize) {
    let progress = Progress::of("posting recordings", all);
    let mut shown = 0;
    loop {
        tokio::time::sleep(NOW_AND_THEN).await;
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        let done = count(&tally.acknowledged) + count(&tally.lost);
        progress.advance_by(done.saturating_sub(shown));
        shown = done.max(shown);
    }
}

/// Says once that nobody answers, if that is so; the boards try on.
async fn unanswered(server: SocketAddr, tally: &Tally) {
    tokio::time::sleep(UNANSWERED).await;
    let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
    if count(&tally.acknowledged) == 0 && count(&tally.again) + count(&tally.lost) > 0 {
        say(format_args!("no answer from {server}: is the server there? The boards try on"));
    }
    std::future::pending().await
}

/// The address of a server, from its URL.
fn server(url: &str) -> Result<SocketAddr, String> {
    let wrong = || "it is http://HOST:PORT, as http://127.0.0.1:1337".to_owned();
    let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
    let place = rest.trim_end_matches('/');
    let with_port = if place.contains(':') { place.to_owned() } else { format!("{place}:80") };
    let found = with_port.to_socket_addrs().map_err(|error| format!("{error}; {}", wrong()))?;
    // Servers that listen on all addresses of a machine often do so on the old ones alone.
    let mut all: Vec<SocketAddr> = found.collect();
    all.sort_by_key(SocketAddr::is_ipv6);
    all.into_iter().next().ok_or_else(wrong)
}
