//! The answers that boards get.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// To `GET /`: whether recordings are taken.
///
/// The sketch of the TinyML example skips four lines, and takes the next one for the body: so there are
/// exactly two headers, this one and the length.
pub(crate) fn ready(accepting: bool) -> Response<Full<Bytes>> {
    let body: &'static [u8] = if accepting { b"1" } else { b"0" };
    let mut response = Response::new(Full::from(body));
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// To a recording that is kept, by the example's protocol.
pub(crate) fn taken() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Something in JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Full<Bytes>> {
    // What is answered has text keys and finite numbers, which is always JSON.
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
