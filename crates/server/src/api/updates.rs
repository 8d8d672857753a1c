//! What changes, as it changes: server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Sse};
use futures_util::stream::unfold;
use http::header::{CACHE_CONTROL, HeaderName};
use tokio::sync::watch;

use super::Api;
use crate::access::Entered;
use crate::engine::Since;
use crate::metrics::Metrics;
use crate::problem::Problem;

/// The shortest time between two events of a page,
const APART: Duration = Duration::from_millis(250);
/// and so much longer for each device in the last one: what is told is also drawn.
const APART_BY_DEVICE: Duration = Duration::from_millis(2);

/// By which nginx passes on events as they come, in place of some seconds' worth at a time.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A page that listens.
struct Listener {
    api: Api,
    changes: watch::Receiver<u64>,
    /// What it was told last; none before the first event.
    told: Option<u64>,
    apart: Duration,
    /// By what it was let in; it is let go when that is over.
    entered: Entered,
    _counted: Counted,
}

/// Counts a page for as long as it listens.
struct Counted(Arc<Metrics>);

impl Counted {
    fn new(metrics: Arc<Metrics>) -> Self {
        metrics.listeners.inc();
        Self(metrics)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.listeners.dec();
    }
}

/// `GET /api/v1/updates`: first the whole fleet, then what changes.
pub(super) async fn updates(
    State(api): State<Api>,
    Extension(entered): Extension<Entered>,
) -> Result<impl IntoResponse, Problem> {
    let changes = api.engine.changes();
    let counted = Counted::new(api.door.metrics());
    let listener =
        Listener { api, changes, told: None, apart: Duration::ZERO, entered, _counted: counted };
    let events = unfold(listener, |mut listener| async move {
        let (mut stopping, door) = (listener.api.stopping.clone(), Arc::clone(&listener.api.door));
        let (mut ended, entered) = (door.access.ended(), listener.entered);
        let event = tokio::select! {
            event = listener.next() => event.filter(|_| door.access.still(entered)),
            // The sender is gone only when the server is.
            _ = stopping.wait_for(|stopping| *stopping) => None,
            _ = ended.wait_for(|_| !door.access.still(entered)) => None,
        };
        Some((Ok::<_, Infallible>(event?), listener))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    Ok(([(CACHE_CONTROL, "no-store"), (BUFFERING, "no")], events))
}

impl Listener {
    /// The next event; none when there is nobody who could tell.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let Some(told) = self.told else { return self.everything().await };
            tokio::time::sleep(self.apart).await;
            self.changes.wait_for(|revision| *revision != told).await.ok()?;
            match self.api.engine.since(told).await.ok()? {
                Since::Nothing => self.told = Some(told),
                Since::Everything => self.told = None,
                Since::Some(mut update, cleared) => {
                    update.alerts.extend(self.api.cleared(cleared).await.ok()?);
                    self.told = Some(update.revision);
                    let devices = u32::try_from(update.devices.len()).unwrap_or(u32::MAX);
                    self.apart = APART + APART_BY_DEVICE.saturating_mul(devices);
                    return event(update.revision, &update);
                }
            }
        }
    }

    async fn everything(&mut self) -> Option<Event> {
        let fleet = self.api.fleet().await.ok()?;
        self.told = Some(fleet.revision);
        self.apart = APART;
        event(fleet.revision, &fleet)
    }
}

fn event(revision: u64, data: &impl serde::Serialize) -> Option<Event> {
    Event::default().event("update").id(revision.to_string()).json_data(data).ok()
}
