//! The last step of the demo: boards post what they record, and the page shows it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use judder_data::simulate::{Run, Speed, State};
use judder_server::{Fleet, Speaks, Tally};
use tokio::sync::watch;

use crate::config::{Flags, Settings, Watching};
use crate::output::say;
use crate::serve::open;
use crate::serving::Place;

/// The port that boards know.
const USUAL: u16 = 1337;

/// When a coin drops onto the first fan, and for how long.
const COIN: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(60));

/// Recordings of the fan that the model and its evaluation have seen.
const SEEN: u64 = 300;

/// Serves the page with three boards that post, until it is stopped or so many seconds are over.
pub(super) fn show(dir: &Path, model: &Path, seconds: usize) -> anyhow::Result<()> {
    let flags = Flags {
        dir: Some(dir.to_owned()),
        address: Some(Ipv4Addr::LOCALHOST.into()),
        port: Some(free_port()),
        ..Flags::default()
    };
    let watching = Watching { models: vec![model.as_os_str().into()], ..Watching::default() };
    let settings = Settings::load(&flags, Some(&watching))?;
    let read = Box::new(move || Settings::load(&flags, Some(&watching)));
    let place = Place { settings: &settings, seconds, read, beside: Some(Box::new(boards)) };
    place.serve(|metrics| open(&settings, metrics))?;
    Ok(())
}

/// The usual port, or any if somebody else has that.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, USUAL)).map_or(0, |_| USUAL)
}

/// Boards, one of each protocol, which post as long as the program runs.
fn boards(server: SocketAddr) {
    say(
        "In 20 s a coin drops onto the blade of the first board's fan, for a minute. Ctrl-C ends it.",
    );
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        let state = State { speed: Speed::Low, coin: false, moved: false };
        let (after, during) = COIN;
        let fleet = Fleet {
            server,
            boards: 3,
            speaks: vec![Speaks::Json, Speaks::Binary, Speaks::Sketch],
            recordings: None,
            every: Duration::from_secs(1),
            jitter: 0.05,
            loss: 0.0,
            state,
            run: Run::default(),
            then: Some((after, during, State { coin: true, ..state })),
            rate_hz: 200.0,
            readings: 200,
            seed: 0,
            alike: Some(SEEN),
        };
        // Nobody tells them to stop: they end with the program.
        let (_going_on, stopped) = watch::channel(false);
        runtime.block_on(fleet.run(&Arc::new(Tally::default()), stopped));
    });
}
