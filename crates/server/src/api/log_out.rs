//! Ending the session of a browser.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::Api;
use crate::access::Visitor;
use crate::problem::Problem;

/// `POST /api/v1/logout`: who has no session, and shows the token each time, loses nothing.
pub(super) async fn log_out(
    State(api): State<Api>,
    Extension(visitor): Extension<Visitor>,
    parts: Parts,
) -> Response {
    // Sessions are written to a file.
    let door = Arc::clone(&api.door);
    let ended = tokio::task::spawn_blocking(move || door.access.log_out(&parts, &visitor)).await;
    ended.map_or_else(|_| Problem::stopping().into_response(), |response| response.map(Body::new))
}
