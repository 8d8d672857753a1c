//! Figures, drawn here with the pieces of judder's reports.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use judder_history::{AlertFilter, Reader};
use judder_report::live::{self, Alerted, DeviceFigures, Scored};
use serde::Deserialize;

use super::alerts::with_unwritten;
use super::{Api, Name};
use crate::clock::now;
use crate::engine::{Kind, Unwritten};
use crate::problem::Problem;

/// The longest span, in seconds: a year.
const LONGEST: u32 = 366 * 86_400;
/// The shortest that is drawn of a new device, in ms.
const LEAST_MS: i64 = 60_000;
/// Points of a history that are drawn.
const POINTS: usize = 600;
/// Alerts that are looked for in it.
const ALERTS: usize = 500;

/// What stands where a waveform will.
const NOTHING: &str = "<p class=\"quiet\">No recording came since the server began.</p>";

/// What of a device is to be drawn.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Seconds of history.
    span: Option<NonZeroU32>,
    /// How many minutes the reader's clock is ahead of UTC.
    #[serde(default)]
    offset: i32,
}

/// `GET /api/v1/devices/{name}/view`.
pub(super) async fn device(
    State(api): State<Api>,
    Name(device): Name,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let portrait = api.engine.portrait(device).await?;
    let to_ms = now();
    let span = 1000 * i64::from(asked.span.map_or(600, NonZeroU32::get).min(LONGEST));
    // A device that is new fills the chart with what there is.
    let known = (to_ms - portrait.view.first_seen).max(LEAST_MS);
    let from_ms = to_ms - span.min(known);
    let unwritten = Arc::clone(api.engine.unwritten());
    let html = api.engine.readers().read(move |reader| {
        let device = &portrait.view.name;
        let scores = reader.scores(device, from_ms, to_ms, POINTS)?;
        let history: Vec<Scored> = scores
            .into_iter()
            .map(|point| Scored {
                at_ms: point.at,
                score: point.score,
                least: point.least,
                decision: point.decision,
                threshold: point.threshold,
            })
            .collect();
        let alerts = alerts(reader, &unwritten, device, from_ms)?;
        Ok(live::device(&DeviceFigures {
            recording: portrait.recording.as_ref(),
            rate_hz: portrait.view.rate_hz,
            model: portrait.model.as_ref().map(|loaded| &*loaded.model),
            reasons: &portrait.reasons,
            history: &history,
            alerts: &alerts,
            threshold: portrait.view.threshold,
            from_ms,
            to_ms,
            minutes_ahead: asked.offset.clamp(-24 * 60, 24 * 60),
        }))
    });
    Ok(Html(html.await?).into_response())
}

/// `GET /api/v1/session/waveform`: the last recording of the session that runs, else of any device.
pub(super) async fn session(State(api): State<Api>) -> Result<Response, Problem> {
    let drawn = match api.engine.newest().await? {
        Some(recording) => live::waveform(&recording, None),
        None => NOTHING.to_owned(),
    };
    Ok(Html(drawn).into_response())
}

fn alerts(
    reader: &Reader,
    unwritten: &Unwritten,
    device: &str,
    from_ms: i64,
) -> Result<Vec<Alerted>, judder_history::HistoryError> {
    let filter = AlertFilter { device: Some(device), most: ALERTS, ..AlertFilter::default() };
    let all = with_unwritten(reader, unwritten, &filter)?.into_iter();
    let meanwhile = all.filter(|alert| alert.cleared_at.is_none_or(|at| at >= from_ms));
    let alerted = meanwhile.map(|alert| Alerted {
        anomaly: alert.kind == Kind::Anomaly.as_str(),
        from_ms: alert.raised_at,
        to_ms: alert.cleared_at,
    });
    Ok(alerted.collect())
}
