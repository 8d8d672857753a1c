//! The session that runs.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::Deserialize;

use super::{Api, json, read};
use crate::engine::{Wanted, is_taken};
use crate::problem::Problem;
use crate::wire::checked_name;

/// The longest session, in seconds: a year.
const LONGEST: f64 = 366.0 * 86_400.0;

/// What a session is to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    label: String,
    seconds: Option<f64>,
    recordings: Option<u64>,
    device: Option<String>,
}

/// `POST /api/v1/session`: begins one.
pub(super) async fn begin(State(api): State<Api>, body: Bytes) -> Result<Response, Problem> {
    let wanted = read::<Asked>(&body)?.checked()?;
    Ok(json(StatusCode::CREATED, &api.engine.begin_session(wanted).await?))
}

/// `DELETE /api/v1/session`: ends it.
pub(super) async fn end(State(api): State<Api>) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &api.engine.end_session().await?))
}

impl Asked {
    fn checked(self) -> Result<Wanted, Problem> {
        checked_name("label", &self.label)?;
        if is_taken(&self.label) {
            let label = &self.label;
            let detail = format!(
                "label: {label} is what the server keeps in its folder itself; choose another"
            );
            return Err(Problem::unfit(detail));
        }
        if let Some(device) = &self.device {
            checked_name("device", device)?;
        }
        let fits = |seconds: &f64| (0.0..=LONGEST).contains(seconds) && *seconds > 0.0;
        if !self.seconds.iter().all(fits) {
            let detail =
                "seconds is not a number above 0 and at most a year; leave it out for no end";
            return Err(Problem::unfit(detail));
        }
        if self.recordings == Some(0) {
            return Err(Problem::unfit("recordings is 0; leave it out for no end"));
        }
        Ok(Wanted {
            label: self.label,
            device: self.device,
            duration: self.seconds.map(Duration::from_secs_f64),
            recordings: self.recordings,
        })
    }
}
