//! The page and its files.

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::{Api, Peer, nothing_here};
use crate::access::Welcome;
use crate::page::asset as file;
use crate::problem::Problem;

/// `GET /` of a browser.
pub(super) async fn page(
    State(api): State<Api>,
    Extension(Peer(peer)): Extension<Peer>,
    parts: Parts,
) -> Result<Response, Problem> {
    match api.door.access.welcome(&parts, peer) {
        Welcome::Page => sent("/", &parts.headers),
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
    let headers = file.headers();
    if file.is_known(asked) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, file.bytes.clone()).into_response())
}
