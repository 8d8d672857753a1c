//! What changes, as it changes: server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use tokio::sync::watch;

use super::Api;
use super::fan_out::Listening;
use crate::access::Entered;
use crate::door::Door;
use crate::metrics::Metrics;

/// So often something is said where nothing changes, so that all between see that it lasts.
const ALIVE: Duration = Duration::from_secs(15);

/// By which nginx passes on events as they come, in place of some seconds' worth at a time.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A page that listens.
struct Page {
    listening: Listening,
    changes: watch::Receiver<u64>,
    /// By what it was let in; it is let go when that is over.
    entered: Entered,
    door: Arc<Door>,
    ended: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    over: bool,
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

/// A page that read so slowly that what it reads is no longer there.
#[derive(Debug, thiserror::Error)]
#[error("it is read too slowly")]
struct TooSlow;

/// `GET /api/v1/updates`: first the whole fleet, then what changes.
pub(super) async fn updates(
    State(api): State<Api>,
    Extension(entered): Extension<Entered>,
) -> Response {
    let page = Page {
        listening: api.told.listen(&api),
        changes: api.engine.changes(),
        entered,
        ended: api.door.access.ended(),
        door: Arc::clone(&api.door),
        stopping: api.stopping.clone(),
        over: false,
        _counted: Counted::new(api.door.metrics()),
    };
    let pieces = unfold(page, |mut page| async move {
        if page.over {
            return None;
        }
        let piece = tokio::select! {
            piece = page.listening.next(&page.changes) => piece.ok_or(TooSlow),
            _ = page.ended.wait_for(|_| !page.door.access.still(page.entered)) => return None,
            () = tokio::time::sleep(ALIVE) => Ok(Bytes::from_static(b":\n\n")),
            // The sender is gone only when the server is.
            _ = page.stopping.wait_for(|stopping| *stopping) => return None,
        };
        if !page.door.access.still(page.entered) {
            return None;
        }
        page.over = piece.is_err();
        Some((piece, page))
    });
    let headers =
        [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store"), (BUFFERING, "no")];
    (headers, Body::from_stream(pieces)).into_response()
}
