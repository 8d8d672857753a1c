//! What the user and the system tell a server while it runs. A thread of its own hears it, whatever hangs.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

/// How long the end may take: what was taken is kept long before, unless a disk hangs.
const LONGEST_END: Duration = Duration::from_secs(12);

/// What is heard.
pub(crate) struct Signals {
    /// That it is to end.
    pub(crate) stopped: oneshot::Receiver<()>,
    /// That the configuration is to be read anew.
    pub(crate) again: mpsc::Receiver<()>,
}

impl Signals {
    /// Hears what is told from now on.
    ///
    /// # Errors
    /// Where there is no thread to be had.
    pub(crate) fn hear() -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (ask, again) = mpsc::channel(1);
        let (ready, is_ready) = std::sync::mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                told(ask, || _ = ready.send(())).await;
                // Nobody waits for it where the program has ended meanwhile.
                let _ = stop.send(());
                tokio::time::sleep(LONGEST_END).await;
            });
            // Not even the log may hold it up.
            thread::spawn(|| tracing::error!("the end took too long: something hangs, a disk say"));
            thread::sleep(Duration::from_millis(200));
            process::exit(1);
        })?;
        // Else one that comes at once ends the program in the way of the system.
        let _ = is_ready.recv();
        Ok(Self { stopped, again })
    }
}

/// Done when the user or the system ends the program.
#[cfg(unix)]
async fn told(again: mpsc::Sender<()>, ready: impl FnOnce()) {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn of(signal: &mut Option<Signal>) {
        match signal {
            Some(signal) => drop(signal.recv().await),
            // Without it the program still ends, but at once.
            None => std::future::pending().await,
        }
    }
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let [mut terminate, mut interrupt, mut hangup] = kinds.map(|kind| signal(kind).ok());
    ready();
    loop {
        tokio::select! {
            () = of(&mut terminate) => return,
            () = of(&mut interrupt) => return,
            // One that is asked for already is enough.
            () = of(&mut hangup) => drop(again.try_send(())),
        }
    }
}

/// Done when the user ends the program.
#[cfg(not(unix))]
async fn told(_again: mpsc::Sender<()>, ready: impl FnOnce()) {
    ready();
    drop(tokio::signal::ctrl_c().await);
}
