//! How connections end when the server stops: each once it has answered what it has begun.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;

/// Tells connections that the server stops.
///
/// `GracefulShutdown` of `hyper-util` does as well, but each of its connections takes a lock of all of them
/// whenever it goes on.
#[derive(Debug)]
pub(crate) struct Ending {
    told: Arc<AtomicBool>,
    /// Wakes them, and knows whether they are there.
    wakes: watch::Sender<()>,
}

impl Ending {
    pub(crate) fn new() -> Self {
        Self { told: Arc::default(), wakes: watch::Sender::new(()) }
    }

    /// Answers a connection until it ends.
    pub(crate) fn watch<C: GracefulConnection>(
        &self,
        connection: C,
    ) -> impl Future<Output = C::Output> + use<C> {
        let told = Arc::clone(&self.told);
        let mut wakes = self.wakes.subscribe();
        async move {
            let mut connection = pin!(connection);
            let mut woken = pin!(wakes.changed());
            let (mut waits, mut ends) = (false, false);
            poll_fn(|context| {
                // Once is enough: a task is woken in the same way all its life.
                if !waits {
                    waits = true;
                    let _ = woken.as_mut().poll(context);
                }
                if !ends && told.load(Ordering::Acquire) {
                    ends = true;
                    connection.as_mut().graceful_shutdown();
                }
                connection.as_mut().poll(context)
            })
            .await
        }
    }

    /// Has all connections end, and waits for them.
    pub(crate) async fn end(self) {
        self.told.store(true, Ordering::Release);
        let _ = self.wakes.send(());
        self.wakes.closed().await;
    }
}
