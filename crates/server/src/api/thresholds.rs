//! The threshold of a device: what its scores say of it, and another one that is chosen from them.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;

use super::{Api, Name, json, read};
use crate::engine::Stretch;
use crate::problem::Problem;

/// A year, in hours.
const LONGEST: f64 = 366.0 * 24.0;

/// Which scores are meant: of the last hours, or between two moments in milliseconds since 1970.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meant {
    hours: Option<f64>,
    from: Option<i64>,
    until: Option<i64>,
}

impl Meant {
    /// The stretch of time; the last hour, where nothing is said and that is enough.
    fn stretch(&self, must_say: bool) -> Result<Stretch, Problem> {
        match *self {
            Self { hours: Some(hours), from: None, until: None } => {
                if !(hours > 0.0 && hours <= LONGEST) {
                    let detail = format!("hours: {hours} is not above 0 and at most {LONGEST}");
                    return Err(Problem::unfit(detail));
                }
                Ok(Stretch::Last((hours * 3_600_000.0) as i64))
            }
            Self { hours: None, from: Some(from), until: Some(until) } if from < until => {
                Ok(Stretch::Between(from, until))
            }
            Self { hours: None, from: None, until: None } if !must_say => {
                Ok(Stretch::Last(3_600_000))
            }
            _ => {
                let detail = "say either hours, or from and until in milliseconds since 1970, from being the earlier";
                Err(Problem::unfit(detail))
            }
        }
    }
}

/// `GET /api/v1/devices/{name}/threshold`.
pub(super) async fn look(
    State(api): State<Api>,
    Name(device): Name,
    meant: Result<Query<Meant>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(meant) = meant?;
    let view = api.engine.threshold(device, meant.stretch(false)?).await?;
    Ok(json(StatusCode::OK, &view))
}

/// `POST /api/v1/devices/{name}/threshold`: these scores were of normal running, and the threshold is to be from them.
pub(super) async fn choose(
    State(api): State<Api>,
    Name(device): Name,
    body: Bytes,
) -> Result<Response, Problem> {
    let meant: Meant = read(&body)?;
    let view = api.engine.choose_threshold(device, meant.stretch(true)?).await?;
    Ok(json(StatusCode::OK, &view))
}

/// `DELETE /api/v1/devices/{name}/threshold`: back to that of the model.
pub(super) async fn undo(State(api): State<Api>, Name(device): Name) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &api.engine.undo_threshold(device).await?))
}
