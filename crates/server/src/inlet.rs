//! What comes in, and who answers it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{ACCEPT, ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde::Serialize;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::answer;
use crate::api::{About, Api, router};
use crate::engine::Engine;
use crate::keep::{Keep, Kept};
use crate::limits::Limits;
use crate::page;
use crate::problem::Problem;
use crate::wire::{BINARY, from_binary, from_json};

/// Answers requests: those of boards itself, those of people by [`Pages`].
#[derive(Debug)]
pub struct Inlet<K> {
    keep: K,
    pages: Option<Pages>,
}

/// What answers people: the page, and what it asks for.
#[derive(Debug, Clone)]
struct Pages {
    router: Router,
    stopping: Arc<watch::Sender<bool>>,
}

/// An answer to a board, or one to a person.
pub(crate) type Answer = Response<Either<Full<Bytes>, Body>>;

/// What is said of a recording that is kept, however often it is sent.
#[derive(Serialize)]
struct Receipt<'a> {
    device: &'a str,
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<i64>,
}

impl<K: Keep> Inlet<K> {
    /// Gives recordings to `keep`; there is no page.
    pub fn new(keep: K) -> Self {
        Self { keep, pages: None }
    }

    /// Answers a request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        limits: Limits,
    ) -> Answer {
        let answered = match (request.uri().path(), request.method()) {
            ("/", &Method::GET | &Method::HEAD) if self.pages.is_some() && wants_page(&request) => {
                return self.page(request).await;
            }
            ("/", &Method::GET) => Ok(answer::ready(self.keep.is_accepting())),
            ("/", &Method::POST) => self.plain(request, peer, limits).await,
            ("/api/v1/recordings", &Method::POST) => self.numbered(request, peer, limits).await,
            ("/healthz", &Method::GET) => Ok(answer::json(StatusCode::OK, &"ok")),
            ("/", _) => Err(not_allowed("GET, POST")),
            ("/api/v1/recordings", _) => Err(not_allowed("POST")),
            ("/healthz", _) => Err(not_allowed("GET")),
            _ => return self.page(request).await,
        };
        answered.unwrap_or_else(|problem| refused(&problem)).map(Either::Left)
    }

    /// What is not for boards.
    async fn page(&self, request: Request<Incoming>) -> Answer {
        match &self.pages {
            Some(pages) => {
                let answered = pages.router.clone().oneshot(request.map(Body::new)).await;
                match answered {
                    Ok(response) => response.map(Either::Right),
                    Err(never) => match never {},
                }
            }
            None => refused(&nothing_here()).map(Either::Left),
        }
    }

    /// Lets go who only listens.
    pub(crate) fn stop(&self) {
        if let Some(pages) = &self.pages {
            pages.stopping.send_replace(true);
        }
    }

    /// The example's protocol.
    async fn plain(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let body = whole(request.into_body(), limits).await?;
        self.keep.keep(from_json(&body)?, peer).await?;
        Ok(answer::taken())
    }

    /// The better protocol: each recording has a device and a number.
    async fn numbered(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let binary = is_binary(&request)?;
        let body = whole(request.into_body(), limits).await?;
        let posted = if binary { from_binary(&body)? } else { from_json(&body)? };
        let (Some(device), Some(sequence)) = (posted.device.clone(), posted.sequence) else {
            let field = if posted.device.is_none() { "device" } else { "sequence" };
            return Err(Problem::unfit(format!(
                "{field} is missing; say which device took the recording, and count its recordings"
            )));
        };
        let Kept { file, recording, .. } = self.keep.keep(posted, peer).await?;
        let receipt = Receipt { device: &device, sequence, file: file.as_deref(), recording };
        Ok(answer::json(StatusCode::CREATED, &receipt))
    }
}

impl Inlet<Engine> {
    /// Gives recordings to an engine, and shows what it knows.
    #[must_use]
    pub fn of(engine: Engine, about: About) -> Self {
        let (stopping, stopped) = watch::channel(false);
        let api = Api { engine: engine.clone(), about, stopping: stopped };
        let router = router(api).merge(page::router()).fallback(|| async { nothing_here() });
        Self { keep: engine, pages: Some(Pages { router, stopping: Arc::new(stopping) }) }
    }
}

/// Whether a person's browser asks.
fn wants_page(request: &Request<Incoming>) -> bool {
    let accepts = request.headers().get_all(ACCEPT).iter();
    accepts.filter_map(|value| value.to_str().ok()).any(|value| value.contains("text/html"))
}

fn nothing_here() -> Problem {
    Problem::absent("there is nothing here; see /api/v1/openapi.json")
}

/// Whether the body is binary; JSON where nothing is said, as of most boards.
fn is_binary(request: &Request<Incoming>) -> Result<bool, Problem> {
    let Some(kind) = request.headers().get(CONTENT_TYPE) else { return Ok(false) };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        BINARY => Ok(true),
        "application/json" | "text/plain" | "" | "application/x-www-form-urlencoded" => Ok(false),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("the body is neither application/json nor {BINARY}"),
        )),
    }
}

/// The whole body, if it is not too long and comes in time.
async fn whole(body: Incoming, limits: Limits) -> Result<Bytes, Problem> {
    let most = limits.body;
    let too_long = || {
        let detail = format!("the body is longer than {most} bytes; post shorter recordings");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_long());
    }
    let read = tokio::time::timeout(limits.sending, Limited::new(body, most).collect());
    match read.await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err(Problem::malformed("the body ended before its length")),
        Err(_) => {
            let detail = format!("the body did not come within {} s", limits.sending.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}

fn not_allowed(methods: &str) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("the methods here are {methods}"))
}

fn refused(problem: &Problem) -> Response<Full<Bytes>> {
    let mut response = problem.response();
    let status = problem.status();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let methods = problem.detail().trim_start_matches("the methods here are ");
        if let Ok(methods) = HeaderValue::from_str(methods) {
            response.headers_mut().insert(ALLOW, methods);
        }
    }
    // What follows of the body is not read, so nothing can follow it.
    if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
