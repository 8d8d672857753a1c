//! What comes in, and who answers it.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use judder_data::is_opened;
use serde::Serialize;

use crate::access::Access;
use crate::answer;
use crate::api::{About, Pages, nothing_here};
use crate::budget::{Budget, Coming, For, Share};
use crate::door::Door;
use crate::engine::Engine;
use crate::keep::{Keep, Kept};
use crate::limits::Limits;
use crate::metrics::Outcome;
use crate::problem::Problem;
use crate::wire::{BINARY, Posted, from_binary, from_json};

/// Answers requests: those of boards itself, those of people by pages.
#[derive(Debug)]
pub struct Inlet<K> {
    keep: K,
    door: Arc<Door>,
    budget: Arc<Budget>,
    pages: Option<Pages>,
}

/// An answer to a board, or one to a person.
pub(crate) type Answer = Response<Either<Full<Bytes>, Body>>;

/// What is said of a recording that is kept, however often it is sent.
#[derive(Serialize)]
struct Receipt<'a> {
    device: &'a str,
    sequence: u64,
    /// The start that it is kept under.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u64>,
    /// Whether that was opened by the server, as another recording has the number.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    conflict: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<i64>,
}

/// What boards call JSON; those that say nothing send it too.
const JSON: [&str; 4] = ["application/json", "text/plain", "", "application/x-www-form-urlencoded"];

/// A recording takes so many times its body until it is answered: two bytes of a body may be a reading, which is
/// read into eight, and packed again to be scored and kept. JSON is first read axis by axis.
const BINARY_TAKES: usize = 10;
const JSON_TAKES: usize = 16;

/// The routes of boards, by their paths.
const READY: &str = "/";
const RECORDINGS: &str = "/api/v1/recordings";
const HEALTH: &str = "/healthz";
const READYZ: &str = "/readyz";

impl<K: Keep> Inlet<K> {
    /// Gives recordings to `keep`; there is no page.
    pub fn new(keep: K, door: Arc<Door>) -> Self {
        Self { keep, budget: door.budget(), door, pages: None }
    }

    /// Answers a request.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        limits: Limits,
    ) -> Answer {
        let begun = Instant::now();
        let (parts, body) = request.into_parts();
        let route = match parts.uri.path() {
            READY if self.shows(&parts) => None,
            READY => Some(READY),
            RECORDINGS => Some(RECORDINGS),
            HEALTH => Some(HEALTH),
            READYZ => Some(READYZ),
            _ => None,
        };
        let visitor = self.door.visitor(&parts.headers, peer);
        // Who asks; a proxy is only its messenger.
        let peer = visitor.socket();
        let allowed = self.door.admit(&visitor, begun);
        let Some(route) = route else {
            return match (allowed, &self.pages) {
                (Ok(()), Some(pages)) => pages.answer(parts, body, visitor, limits).await,
                (Ok(()), None) => refused(&nothing_here()).map(Either::Left),
                (Err(problem), _) => refused(&problem).map(Either::Left),
            };
        };
        let method = parts.method.clone();
        let answered = match allowed {
            Ok(()) => self.board(route, parts, body, peer, limits).await,
            Err(problem) => Err(problem),
        };
        let metrics = &self.door.metrics;
        if method == Method::POST
            && let Err(problem) = &answered
        {
            metrics.recording(Outcome::Refused(problem.status()));
            self.door.refusals.log(peer.ip(), route, problem.status(), problem.detail());
        }
        let response = answered.unwrap_or_else(|problem| refused(&problem));
        metrics.answered(&method, route, response.status(), begun.elapsed());
        response.map(Either::Left)
    }

    /// Lets go who only listens.
    pub(crate) fn stop(&self) {
        if let Some(pages) = &self.pages {
            pages.stop();
        }
    }

    /// What is counted, and who comes in.
    pub(crate) fn door(&self) -> &Arc<Door> {
        &self.door
    }

    /// Whether a person asks for the page.
    fn shows(&self, parts: &Parts) -> bool {
        let looks = parts.method == Method::GET || parts.method == Method::HEAD;
        looks && self.pages.is_some() && Access::wants_page(parts)
    }

    /// Answers a board.
    async fn board(
        &self,
        route: &'static str,
        parts: Parts,
        body: Incoming,
        peer: SocketAddr,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        match (route, &parts.method) {
            (READY, &Method::GET | &Method::HEAD) => Ok(answer::ready(self.keep.is_accepting())),
            (READY, &Method::POST) => self.plain(&parts, body, peer, limits).await,
            (RECORDINGS, &Method::POST) => self.numbered(&parts, body, peer, limits).await,
            (HEALTH, &Method::GET | &Method::HEAD) => Ok(answer::json(StatusCode::OK, &"ok")),
            (READYZ, &Method::GET | &Method::HEAD) => {
                let ready = self.keep.readiness();
                let status =
                    if ready.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
                Ok(answer::json(status, &ready))
            }
            (READY, _) => Err(not_allowed("GET, HEAD, POST")),
            (RECORDINGS, _) => Err(not_allowed("POST")),
            _ => Err(not_allowed("GET, HEAD")),
        }
    }

    /// The example's protocol.
    async fn plain(
        &self,
        parts: &Parts,
        body: Incoming,
        peer: SocketAddr,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        self.door.access.may_post(parts)?;
        let (body, _share) = self.whole(body, limits, JSON_TAKES).await?;
        let mut posted = from_json(&body)?;
        drop(body);
        let known = self.door.access.board(parts, posted.device.as_deref())?;
        if posted.device.is_none() {
            posted.device = known.map(ToOwned::to_owned);
        }
        self.take(posted, peer).await?;
        Ok(answer::taken())
    }

    /// The better protocol: each recording has a device and a number.
    async fn numbered(
        &self,
        parts: &Parts,
        body: Incoming,
        peer: SocketAddr,
        limits: Limits,
    ) -> Result<Response<Full<Bytes>>, Problem> {
        let binary = is_binary(&parts.headers)?;
        self.door.access.may_post(parts)?;
        let takes = if binary { BINARY_TAKES } else { JSON_TAKES };
        let (body, _share) = self.whole(body, limits, takes).await?;
        let posted = if binary { from_binary(&body)? } else { from_json(&body)? };
        drop(body);
        let (Some(device), Some(sequence)) = (posted.device.clone(), posted.sequence) else {
            let field = if posted.device.is_none() { "device" } else { "sequence" };
            return Err(Problem::unfit(format!(
                "{field} is missing; say which device took the recording, and count its recordings"
            )));
        };
        self.door.access.board(parts, Some(&device))?;
        let Kept { file, recording, start, .. } = self.take(posted, peer).await?;
        let (conflict, file) = (is_opened(start), file.as_deref());
        let receipt = Receipt { device: &device, sequence, start, conflict, file, recording };
        Ok(answer::json(StatusCode::CREATED, &receipt))
    }

    async fn take(&self, posted: Posted, peer: SocketAddr) -> Result<Kept, Problem> {
        let posted = posted.or_unit(self.door.unit);
        let kept = self.keep.keep(posted, peer).await?;
        let outcome = if kept.before { Outcome::Repeated } else { Outcome::Kept };
        self.door.metrics.recording(outcome);
        Ok(kept)
    }

    /// The whole body, and room for it and all that is made of it: so many times as much.
    async fn whole(
        &self,
        body: Incoming,
        limits: Limits,
        takes: usize,
    ) -> Result<(Bytes, Share), Problem> {
        let (body, mut share) = whole(body, limits.body, limits.sending, &self.budget).await?;
        self.door.metrics.received.inc_by(body.len() as u64);
        let all = body.len().saturating_mul(takes);
        share.grow(all.saturating_sub(share.bytes()), For::Work).await?;
        Ok((body, share))
    }
}

impl Inlet<Engine> {
    /// Gives recordings to an engine, and shows what it knows.
    #[must_use]
    pub fn with_pages(engine: Engine, door: Arc<Door>, about: About) -> Self {
        let pages = Pages::new(engine.clone(), Arc::clone(&door), about);
        Self { keep: engine, budget: door.budget(), door, pages: Some(pages) }
    }
}

/// Whether the body is binary; JSON where nothing is said, as of most boards.
fn is_binary(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(kind) = headers.get(CONTENT_TYPE) else { return Ok(false) };
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if JSON.iter().any(|one| kind.eq_ignore_ascii_case(one)) {
        return Ok(false);
    }
    if kind.eq_ignore_ascii_case(BINARY) {
        return Ok(true);
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("the body is neither application/json nor {BINARY}"),
    ))
}

/// The whole body, if it is not too long, comes in time and there is room for it; and its room.
pub(crate) async fn whole<B>(
    body: B,
    most: usize,
    within: Duration,
    budget: &Arc<Budget>,
) -> Result<(Bytes, Share), Problem>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let too_long = || {
        let detail = format!("the body is longer than {most} bytes; send less at a time");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_long());
    }
    let mut read = pin!(gathered(Limited::new(body, most), most, budget));
    let read = match at_hand(read.as_mut()).await {
        Some(read) => Ok(read),
        None => tokio::time::timeout(within, read).await,
    };
    match read {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(Stopped::Room(problem))) => Err(problem),
        Ok(Err(Stopped::Body(error))) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(Stopped::Body(_))) => Err(Problem::malformed("the body ended before its length")),
        Err(_) => {
            let detail = format!("the body did not come within {} s", within.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, detail))
        }
    }
}

/// Why a body is not read to its end.
enum Stopped {
    Body(Box<dyn std::error::Error + Send + Sync>),
    Room(Problem),
}

/// The room that a body begins with which does not come in one piece.
const PIECE: usize = 32 << 10;

/// All the data of a body; mostly it comes in one piece. Room is taken as it comes, so that a length that is
/// announced takes none.
async fn gathered<B>(body: B, most: usize, budget: &Arc<Budget>) -> Result<(Bytes, Share), Stopped>
where
    B: hyper::body::Body<Data = Bytes, Error = Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let (mut all, mut share) = (BytesMut::new(), budget.share());
    let mut coming: Option<Coming> = None;
    loop {
        let frame = match &coming {
            None => body.frame().await,
            Some(coming) => coming.wait(budget, body.frame()).await.map_err(Stopped::Room)?,
        };
        let Some(frame) = frame.transpose().map_err(Stopped::Body)? else { break };
        // Trailers say nothing that is of use here.
        let Ok(data) = frame.into_data() else { continue };
        if all.is_empty() && body.is_end_stream() {
            return Ok((data, share));
        }
        let needed = all.len() + data.len();
        if needed > all.capacity() {
            let room = (2 * all.capacity()).max(PIECE).min(most).max(needed);
            share.grow(room - all.capacity(), For::Body).await.map_err(Stopped::Room)?;
            let mut wider = BytesMut::with_capacity(room);
            wider.extend_from_slice(&all);
            all = wider;
        }
        all.extend_from_slice(&data);
        let now = Instant::now();
        coming.get_or_insert_with(|| Coming::new(now)).more(data.len(), now);
    }
    Ok((all.freeze(), share))
}

/// What comes of something that need not wait, or has only to be looked at twice, as a body that has come with
/// its head: without a clock, which most would set for nothing.
async fn at_hand<F: Future>(mut read: Pin<&mut F>) -> Option<F::Output> {
    let mut looked = false;
    poll_fn(|context| match read.as_mut().poll(context) {
        Poll::Ready(read) => Poll::Ready(Some(read)),
        Poll::Pending if looked => Poll::Ready(None),
        Poll::Pending => {
            looked = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}

fn not_allowed(methods: &str) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("the methods here are {methods}"))
}

pub(crate) fn refused(problem: &Problem) -> Response<Full<Bytes>> {
    let mut response = problem.response();
    let status = problem.status();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let methods = problem.detail().trim_start_matches("the methods here are ");
        if let Ok(methods) = HeaderValue::from_str(methods) {
            response.headers_mut().insert(ALLOW, methods);
        }
    }
    // What follows of the body is not read, so nothing can follow it.
    let unread = matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT)
        || response.headers().contains_key(RETRY_AFTER) && status.is_server_error();
    if unread {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
