//! What is wrong with a request, as `application/problem+json` (RFC 9457).

use axum::extract::rejection::QueryRejection;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::json;

/// What is wrong with a request, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    status: StatusCode,
    detail: String,
    /// A header that goes with it.
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of this status; the detail says what is wrong and what to do.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), header: None }
    }

    /// With this header in the response.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// 400: it cannot be read.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 422: it can be read, and is no recording.
    pub(crate) fn unfit(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// 404: it is not there.
    pub(crate) fn absent(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409: it does not go with how things are.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 503: recordings are not taken now.
    pub fn closed() -> Self {
        let detail = "recordings are not taken now; ask GET / until it answers 1";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// 503: there is no memory for it now.
    pub(crate) fn busy() -> Self {
        let detail = "too much is being sent at once; send it again in some seconds";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with(RETRY_AFTER, HeaderValue::from_static("2"))
    }

    /// 503: there are as many devices as there may be.
    pub(crate) fn crowded(most: usize) -> Self {
        let detail = format!(
            "there are {most} devices, as many as this server takes: forget those that are gone, or have it take \
             more (--most-devices)"
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with(RETRY_AFTER, HeaderValue::from_static("60"))
    }

    /// 503: the server ends.
    pub(crate) fn stopping() -> Self {
        let detail = "the server is stopping; send it again when it is back";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// 507: there is no room on the disk.
    pub fn full() -> Self {
        let detail = "the disk of the server is full: nothing of it is kept; send it again later";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, detail)
    }

    /// 507 or 500: it could not be kept. Which file it was to be in is the server's own business.
    pub(crate) fn not_kept(full: bool) -> Self {
        if full { Self::full() } else { Self::unkept() }
    }

    /// 500: it could not be kept, for a reason that is the server's own business.
    fn unkept() -> Self {
        let detail = "it could not be kept; send it again later, and look at the server's log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// 500: it could not be read, for a reason that is the server's own business.
    pub(crate) fn unread() -> Self {
        let detail = "it could not be read; try again, and look at the server's log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The response that says so.
    pub(crate) fn response(&self) -> Response<Full<Bytes>> {
        let title = self.status.canonical_reason().unwrap_or("Problem");
        let body = json!({
            "title": title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = self.status;
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if let Some((name, value)) = &self.header {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }
}

impl From<QueryRejection> for Problem {
    fn from(error: QueryRejection) -> Self {
        let text = error.body_text();
        let what = text.split_once(": ").map_or(&*text, |(_, what)| what);
        let what = match what.rsplit_once(", expected a nonzero ") {
            Some((found, _)) => format!("{found}, expected 1 or more"),
            None => what.to_owned(),
        };
        Self::malformed(format!("in the query, {what}; see /api/v1/openapi.json"))
    }
}
