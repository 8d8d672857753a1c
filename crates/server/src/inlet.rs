//! What comes in, and who answers it.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use judder_data::DataError;
use serde::Serialize;

use crate::answer;
use crate::keep::{Keep, Kept};
use crate::limits::Limits;
use crate::problem::Problem;
use crate::wire::{BINARY, Posted, from_binary, from_json};

/// Answers requests, and gives the recordings in them to be kept.
#[derive(Debug)]
pub struct Inlet<K> {
    keep: Mutex<K>,
}

/// What is said of a recording that is kept, however often it is sent.
#[derive(Serialize)]
struct Receipt<'a> {
    device: &'a str,
    sequence: u64,
    file: &'a str,
}

impl<K: Keep> Inlet<K> {
    /// Gives recordings to `keep`.
    pub fn new(keep: K) -> Self {
        Self { keep: Mutex::new(keep) }
    }

    /// Answers a request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        _peer: SocketAddr,
        limits: Limits,
    ) -> Response<Full<Bytes>> {
        let answered = match (request.uri().path(), request.method()) {
            ("/", &Method::GET) => Ok(answer::ready(self.keep().is_accepting())),
            ("/", &Method::POST) => self.plain(request, limits).await,
            ("/api/v1/recordings", &Method::POST) => self.numbered(request, limits).await,
            ("/healthz", &Method::GET) => Ok(answer::json(StatusCode::OK, &"ok")),
            ("/", _) => Err(not_allowed("GET, POST")),
            ("/api/v1/recordings", _) => Err(not_allowed("POST")),
            ("/healthz", _) => Err(not_allowed("GET")),
            _ => Err(Problem::new(StatusCode::NOT_FOUND, "there is nothing here; see /api/v1")),
        };
        answered.unwrap_or_else(|problem| refused(&problem))
    }

    /// The example's protocol.
    async fn plain(
        &self,
        request: Request<Incoming>,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let body = whole(request.into_body(), limits).await?;
        self.take(&from_json(&body)?)?;
        Ok(answer::taken())
    }

    /// The better protocol: each recording has a device and a number.
    async fn numbered(
        &self,
        request: Request<Incoming>,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let binary = is_binary(&request)?;
        let body = whole(request.into_body(), limits).await?;
        let posted = if binary { from_binary(&body)? } else { from_json(&body)? };
        let (Some(device), Some(sequence)) = (&posted.device, posted.sequence) else {
            let field = if posted.device.is_none() { "device" } else { "sequence" };
            return Err(Problem::unfit(format!(
                "{field} is missing; say which device took the recording, and count its recordings"
            )));
        };
        let Kept { file, .. } = self.take(&posted)?;
        Ok(answer::json(StatusCode::CREATED, &Receipt { device, sequence, file: &file }))
    }

    fn take(&self, posted: &Posted) -> Result<Kept, Problem> {
        let mut keep = self.keep();
        if !keep.is_accepting() {
            let detail = "recordings are not taken now; ask GET / until it answers 1";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
        }
        keep.keep(posted).map_err(|error| not_kept(&error))
    }

    fn keep(&self) -> MutexGuard<'_, K> {
        // What is kept is whole or not at all, whatever happened meanwhile.
        self.keep.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

/// What is said of a recording that could not be kept.
fn not_kept(error: &DataError) -> Problem {
    match error.is_full() {
        true => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "the disk of the server is full: the recording is not kept; send it again later",
        ),
        // The path is the server's own business.
        false => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the recording could not be kept; send it again later, and look at the server's log",
        ),
    }
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
