//! One device.

use std::num::NonZeroUsize;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use judder_data::write_text;
use judder_history::ScorePoint;
use serde::{Deserialize, Serialize};

use super::{Api, Name, json, read};
use crate::clock::now;
use crate::problem::Problem;

/// Points that are told at most.
const MOST: usize = 5_000;

/// What is asked of a history, in milliseconds since 1970.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    from: Option<i64>,
    to: Option<i64>,
    most: Option<NonZeroUsize>,
}

/// Which model a device is to have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assigned {
    model: Option<String>,
}

#[derive(Serialize)]
struct Scores {
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Point {
    at: i64,
    score: Option<f64>,
    decision: Option<f64>,
    verdict: &'static str,
    threshold: Option<f64>,
    /// How many windows it stands for, the smallest score of them, and the mean.
    windows: u32,
    least: Option<f64>,
    mean: Option<f64>,
}

/// `PUT /api/v1/devices/{name}`: gives it a model.
pub(super) async fn assign(
    State(api): State<Api>,
    Name(device): Name,
    body: Bytes,
) -> Result<Response, Problem> {
    let Assigned { model } = read(&body)?;
    let view = api.engine.assign(device, model).await?;
    Ok(json(StatusCode::OK, &view))
}

/// `DELETE /api/v1/devices/{name}`: forgets it, until it sends something.
pub(super) async fn forget(
    State(api): State<Api>,
    Name(device): Name,
) -> Result<Response, Problem> {
    api.engine.forget(device).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/devices/{name}/scores`.
pub(super) async fn scores(
    State(api): State<Api>,
    Name(device): Name,
    span: Result<Query<Span>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(span) = span?;
    let to = span.to.unwrap_or_else(now);
    let from = span.from.unwrap_or_else(|| to.saturating_sub(600_000));
    let most = span.most.map_or(600, NonZeroUsize::get).min(MOST);
    let of = device.clone();
    let found = api.engine.readers().read(move |reader| reader.scores(&of, from, to, most)).await?;
    if found.is_empty() {
        // One that gave way to others has its scores still.
        api.engine.is_known(device).await?;
    }
    let points = found.into_iter().map(Point::of).collect();
    Ok(json(StatusCode::OK, &Scores { points }))
}

/// `GET /api/v1/devices/{name}/latest.csv`: its last recording.
pub(super) async fn latest(
    State(api): State<Api>,
    Name(device): Name,
) -> Result<Response, Problem> {
    let portrait = api.engine.portrait(device.clone()).await?;
    let nothing = || Problem::absent("nothing came from it since the server began");
    let recording = portrait.recording.ok_or_else(nothing)?;
    let mut csv = Vec::new();
    write_text(&recording, &mut csv).map_err(|_| Problem::unread())?;
    let named = format!("attachment; filename=\"{device}.csv\"");
    Ok(([(CONTENT_TYPE, "text/csv"), (CONTENT_DISPOSITION, named.as_str())], csv).into_response())
}

impl Point {
    fn of(point: ScorePoint) -> Self {
        let ScorePoint { at, score, decision, verdict, threshold, windows, least, mean, .. } =
            point;
        let verdict = verdict.as_str();
        Self { at, score, decision, verdict, threshold, windows, least, mean }
    }
}
