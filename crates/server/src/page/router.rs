//! The routes of the page and its files.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::asset;
use crate::problem::Problem;

/// `GET /` and `GET /page/..`, which anybody may have: they say nothing of any device.
pub(crate) fn router() -> Router {
    Router::new().route("/", get(file)).route("/page/{*path}", get(file))
}

async fn file(uri: Uri, asked: HeaderMap) -> Response {
    let Some(asset) = asset(uri.path()) else {
        return Problem::absent("the page has no such file").into_response();
    };
    let known = asset.is_known(&asked);
    let body = if known { Body::empty() } else { Body::from(asset.bytes.clone()) };
    let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    (status, asset.headers(), body).into_response()
}
