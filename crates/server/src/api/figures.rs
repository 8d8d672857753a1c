//! Figures as HTML, to be put into the page.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use judder_history::AlertFilter;
use judder_report::live::{self, Alerted, DeviceFigures, Scored};
use serde::Deserialize;

use super::{Api, name};
use crate::engine::{Kind, now};
use crate::problem::Problem;

/// Points of a history; there are fewer pixels.
const POINTS: usize = 600;
/// Alerts that are shaded in it.
const ALERTS: usize = 200;
/// The longest history that is drawn, in seconds: a year.
const LONGEST: u32 = 366 * 86_400;
/// The shortest that is drawn of a new device, in ms.
const LEAST_MS: i64 = 60_000;
/// A clock is so many minutes from UTC at the most.
const FARTHEST: i32 = 24 * 60;

/// What is drawn.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// How much of the history, in seconds.
    span: Option<u32>,
    /// How many minutes the reader's clock is ahead of UTC.
    offset: Option<i32>,
}

/// `GET /api/v1/devices/{name}/view`.
pub(super) async fn device(
    State(api): State<Api>,
    Path(device): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| Problem::malformed(error.body_text()))?;
    let device = name("device", device)?;
    let portrait = api.engine.portrait(device.clone()).await?;
    let to_ms = now();
    let span = 1000 * i64::from(asked.span.unwrap_or(600).clamp(1, LONGEST));
    // A device that is new fills the chart with what there is.
    let known = (to_ms - portrait.view.first_seen).max(LEAST_MS);
    let from_ms = to_ms - span.min(known);
    let found = api.engine.readers().read(move |reader| {
        let newest = AlertFilter { device: Some(&device), most: ALERTS, ..AlertFilter::default() };
        Ok((reader.scores(&device, from_ms, to_ms, POINTS)?, reader.alerts(&newest)?))
    });
    let (points, alerts) = found.await?;
    let history: Vec<Scored> = points
        .into_iter()
        .map(|one| Scored {
            at_ms: one.at,
            score: one.score,
            decision: one.decision,
            threshold: one.threshold,
        })
        .collect();
    let alerts: Vec<Alerted> = alerts
        .into_iter()
        .map(|one| Alerted {
            anomaly: one.kind == Kind::Anomaly.as_str(),
            from_ms: one.raised_at,
            to_ms: one.cleared_at,
        })
        .filter(|one| one.to_ms.is_none_or(|to| to > from_ms))
        .collect();
    let drawn = tokio::task::spawn_blocking(move || {
        live::device(&DeviceFigures {
            recording: portrait.recording.as_deref(),
            rate_hz: portrait.view.rate_hz,
            model: portrait.model.as_deref().map(|loaded| &loaded.model),
            reasons: &portrait.reasons,
            history: &history,
            alerts: &alerts,
            threshold: portrait.view.threshold,
            from_ms,
            to_ms,
            minutes_ahead: asked.offset.unwrap_or(0).clamp(-FARTHEST, FARTHEST),
        })
    });
    html(drawn.await.ok())
}

/// `GET /api/v1/session/waveform`: the last recording of the session that runs, else of any device.
pub(super) async fn session(State(api): State<Api>) -> Result<Response, Problem> {
    let nothing = || Problem::absent("no recording came since the server began");
    let recording = api.engine.newest().await?.ok_or_else(nothing)?;
    let drawn = tokio::task::spawn_blocking(move || live::waveform(Arc::as_ref(&recording), None));
    html(drawn.await.ok())
}

fn html(drawn: Option<String>) -> Result<Response, Problem> {
    let kind = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    Ok((kind, drawn.ok_or_else(Problem::unread)?).into_response())
}
