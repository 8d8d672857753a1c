//! A server that runs until it is told to end: what `judder collect` and `judder serve` share.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::anyhow;
use judder_server::{About, Engine, Inlet, Limits, Setup, listen, serve};

use crate::progress::Progress;

/// The longest time to run, in seconds: a hundred years.
pub(crate) const LONGEST: usize = 100 * 365 * 86_400;

/// Where to listen, and how long.
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    /// Until it is told to end, for 0.
    pub(crate) seconds: usize,
}

impl Place {
    /// Serves what `open` opens, once it listens; how many recordings were kept.
    pub(crate) fn serve(
        &self,
        open: impl FnOnce(SocketAddr) -> anyhow::Result<(Setup, About)>,
    ) -> anyhow::Result<u64> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            // First, so that nothing is made where nothing can come.
            let listener = listen(self.address)
                .map_err(|error| anyhow!("{}: cannot be listened on: {error}", self.address))?;
            let (setup, about) = open(listener.local_addr()?)?;
            let running = Engine::start(setup)?;
            let engine = running.engine();
            let inlet = Inlet::of(engine.clone(), about);
            serve(listener, inlet, Limits::default(), ended(self.seconds, &engine)).await;
            // What was taken is kept before this ends.
            tokio::task::spawn_blocking(move || running.stop()).await?;
            Ok(engine.kept())
        })
    }
}

/// After so many seconds, if any, or when the user or the system says so. Meanwhile a terminal shows how
/// many recordings were kept.
async fn ended(seconds: usize, engine: &Engine) {
    let progress = Progress::of(0, "recordings");
    let mut shown = 0;
    let count = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            while shown < engine.kept() {
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
