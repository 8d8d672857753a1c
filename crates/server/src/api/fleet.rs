//! Everything at once.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use judder_history::AlertFilter;

use super::alerts::with_unwritten;
use super::{About, Api};
use crate::budget::For;
use crate::dataset::datasets;
use crate::engine::alert;
use crate::problem::Problem;
use crate::view::{AlertView, DatasetView, FleetView};

/// Alerts on the first page.
const ALERTS: usize = 50;

/// Open alerts that are told of, at most.
const OPEN: usize = 500;

/// What is longer goes out piece by piece: it is not to lie twice in memory for as long as somebody reads it.
const SHORT: usize = 64 << 10;
const PIECE: usize = 8 << 10;

/// `GET /api/v1/fleet`.
pub(super) async fn fleet(State(api): State<Api>) -> Result<Response, Problem> {
    let one = api.whole.acquire().await.map_err(|_| Problem::stopping())?;
    let fleet = api.fleet().await?;
    // What is told has text keys and finite numbers, which is always JSON.
    let text = serde_json::to_vec(&fleet).map_err(|_| Problem::unread())?;
    drop((one, fleet));
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let length = (CONTENT_LENGTH, HeaderValue::from(text.len()));
    if text.len() <= SHORT {
        return Ok(([kind, length], text).into_response());
    }
    let mut share = api.door.budget().share();
    share.grow(text.len(), For::Work).await?;
    let pieces = unfold((Bytes::from(text), share), |(mut rest, share)| async move {
        let piece = rest.split_to(rest.len().min(PIECE));
        (!piece.is_empty()).then(|| (Ok::<_, Infallible>(piece), (rest, share)))
    });
    Ok(([kind, length], Body::from_stream(pieces)).into_response())
}

impl Api {
    /// The fleet as it is now.
    pub(super) async fn fleet(&self) -> Result<FleetView, Problem> {
        let snapshot = self.engine.snapshot().await?;
        let About { mode, folder, retention, outlets } = self.about.clone();
        let unwritten = Arc::clone(self.engine.unwritten());
        let alerts = self.engine.readers().read(move |reader| {
            let alerts = |filter| with_unwritten(reader, &unwritten, filter);
            let open = AlertFilter { open_only: true, most: OPEN, ..AlertFilter::default() };
            let open = alerts(&open)?;
            let newest = alerts(&AlertFilter { most: ALERTS, ..AlertFilter::default() })?;
            let cleared = newest.into_iter().filter(|one| one.cleared_at.is_some());
            Ok(open.into_iter().chain(cleared).collect::<Vec<_>>())
        });
        let alerts: Vec<AlertView> = alerts.await?.into_iter().map(alert).collect();
        Ok(FleetView {
            revision: snapshot.revision,
            now: snapshot.now,
            version: env!("CARGO_PKG_VERSION"),
            mode,
            accepting: snapshot.accepting,
            unkept: snapshot.unkept,
            datasets: self.datasets().await,
            folder,
            models: snapshot.models,
            session: snapshot.session,
            devices: snapshot.devices,
            alerts,
            retention,
            outlets,
        })
    }

    async fn datasets(&self) -> Vec<DatasetView> {
        let Some(folder) = self.about.folder.clone() else { return Vec::new() };
        let looked = tokio::task::spawn_blocking(move || datasets(folder.as_ref()));
        looked.await.unwrap_or_default()
    }
}
