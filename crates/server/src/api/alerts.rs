//! Alerts of now and before.

use std::num::NonZeroUsize;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use judder_history::{AlertFilter, AlertId};
use serde::{Deserialize, Serialize};

use super::{Api, json};
use crate::engine::alert;
use crate::problem::Problem;
use crate::view::AlertView;

/// The most that are told at once.
const MOST: usize = 500;

/// Which are asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    device: Option<String>,
    #[serde(default)]
    open: bool,
    /// Those before this one.
    before: Option<i64>,
    most: Option<NonZeroUsize>,
}

#[derive(Serialize)]
struct Alerts {
    alerts: Vec<AlertView>,
}

/// `GET /api/v1/alerts`: the newest first.
pub(super) async fn alerts(
    State(api): State<Api>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let found = api.engine.readers().read(move |reader| {
        reader.alerts(&AlertFilter {
            device: asked.device.as_deref(),
            open_only: asked.open,
            before: asked.before.map(AlertId),
            most: asked.most.map_or(MOST, NonZeroUsize::get).min(MOST),
        })
    });
    let alerts = found.await?.into_iter().map(alert).collect();
    Ok(json(StatusCode::OK, &Alerts { alerts }))
}

impl Api {
    /// Alerts that were cleared, of which a page is told all it may have missed.
    pub(super) async fn cleared(
        &self,
        cleared: Vec<(i64, i64)>,
    ) -> Result<Vec<AlertView>, Problem> {
        if cleared.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.engine.readers().read(move |reader| {
            let all = cleared.iter().map(|(id, _)| reader.alert(AlertId(*id)));
            all.collect::<Result<Vec<_>, _>>()
        });
        Ok(found.await?.into_iter().flatten().map(alert).collect())
    }
}
