//! Alerts of now and before.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use judder_history::{Alert, AlertFilter, AlertId, HistoryError, Reader};
use serde::{Deserialize, Serialize};

use super::{Api, json};
use crate::engine::{Unwritten, alert};
use crate::problem::Problem;
use crate::view::AlertView;

/// The most that are told at once.
const MOST: usize = 500;

/// Which are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    let unwritten = Arc::clone(api.engine.unwritten());
    let found = api.engine.readers().read(move |reader| {
        let filter = AlertFilter {
            device: asked.device.as_deref(),
            open_only: asked.open,
            before: asked.before.map(AlertId),
            most: asked.most.map_or(MOST, NonZeroUsize::get).min(MOST),
        };
        with_unwritten(reader, &unwritten, &filter)
    });
    let alerts = found.await?.into_iter().map(alert).collect();
    Ok(json(StatusCode::OK, &Alerts { alerts }))
}

/// Alerts of the history, and those that are not in it yet; these alone, where it cannot be read meanwhile.
pub(super) fn with_unwritten(
    reader: &Reader,
    unwritten: &Unwritten,
    filter: &AlertFilter<'_>,
) -> Result<Vec<Alert>, HistoryError> {
    // First: what is written meanwhile is found in both.
    let before = unwritten.over(Vec::new(), &AlertFilter { most: usize::MAX, ..*filter });
    let found = match reader.alerts(filter) {
        Err(_) if unwritten.holds() => Vec::new(),
        found => found?,
    };
    let mut all = unwritten.over(found, &AlertFilter { most: usize::MAX, ..*filter });
    let late: Vec<Alert> =
        { before.into_iter() }.filter(|one| all.iter().all(|other| other.id != one.id)).collect();
    all.extend(late);
    all.sort_by_key(|alert| std::cmp::Reverse(alert.id));
    all.truncate(filter.most);
    Ok(all)
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
        let unwritten = Arc::clone(self.engine.unwritten());
        let found = self.engine.readers().read(move |reader| {
            let alert = |id| match unwritten.alert(id) {
                None => reader.alert(id),
                alert => Ok(alert),
            };
            let all = cleared.iter().map(|(id, _)| alert(AlertId(*id)));
            all.collect::<Result<Vec<_>, _>>()
        });
        Ok(found.await?.into_iter().flatten().map(alert).collect())
    }
}
