//! The page and its files.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::{Api, nothing_here};
use crate::access::{Visitor, Welcome};
use crate::page::asset as file;
use crate::problem::Problem;

/// `GET /` of a browser.
pub(super) async fn page(
    State(api): State<Api>,
    Extension(visitor): Extension<Visitor>,
    parts: Parts,
) -> Result<Response, Problem> {
    let asked = parts.headers.clone();
    let door = Arc::clone(&api.door);
    // A session that is begun is written to a file.
    let welcome = tokio::task::spawn_blocking(move || door.access.welcome(&parts, &visitor)).await;
    match welcome.map_err(|_| Problem::stopping())?? {
        Welcome::Page => sent("/", &asked),
        Welcome::Redirect(response) | Welcome::Ask(response) => Ok(response.map(Body::new)),
    }
}

/// `GET /page/...`: they are the same for everybody.
pub(super) async fn asset(
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // One that is no UTF-8 is that of no file.
    let Path(path) = path.map_err(|_| nothing_here())?;
    sent(&format!("/page/{path}"), &headers)
}

fn sent(path: &str, asked: &HeaderMap) -> Result<Response, Problem> {
    let file = file(path).ok_or_else(nothing_here)?;
    Ok(match file.answer(asked) {
        (headers, Some(bytes)) => (headers, bytes).into_response(),
        (headers, None) => (StatusCode::NOT_MODIFIED, headers).into_response(),
    })
}
