//! The server about itself: what it counts, and how it is spoken to.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use super::Api;
use crate::engine::Kind;
use crate::metrics::{DeviceNow, METRICS, Now};
use crate::openapi::OPENAPI;
use crate::problem::Problem;

/// `GET /api/v1/openapi.json`.
pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// `GET /metrics`, as Prometheus reads it.
pub(super) async fn metrics(State(api): State<Api>) -> Result<Response, Problem> {
    let one = api.whole.acquire().await.map_err(|_| Problem::stopping())?;
    let snapshot = api.engine.snapshot().await?;
    let (devices, own) = (snapshot.devices, snapshot.own);
    let open = devices.iter().flat_map(|device| &device.conditions).chain(&own);
    let open_alerts = open.filter_map(|kind| Kind::named(kind).map(Kind::as_str)).collect();
    let devices = devices.into_iter().map(|device| DeviceNow {
        ratio: device.score.zip(device.threshold).map(|(score, threshold)| score / threshold),
        name: device.name,
        state: device.state,
        last_seen: device.last_seen,
    });
    drop(one);
    let text = api.door.metrics.text(&Now { devices: devices.collect(), open_alerts });
    Ok(([(CONTENT_TYPE, METRICS)], text).into_response())
}
