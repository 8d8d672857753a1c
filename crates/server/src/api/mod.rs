//! What the page asks for and tells: `/api/v1` without the recordings that boards post.

mod about;
mod alerts;
mod devices;
mod fan_out;
mod figures;
mod fleet;
mod log_out;
mod models;
mod page;
mod sessions;
mod thresholds;
mod updates;

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Path, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderValue};
use http::request::Parts;
use http::{Request, StatusCode};
use http_body_util::Either;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::access::Visitor;
use crate::door::Door;
use crate::engine::Engine;
use crate::inlet::{Answer, refused, whole};
use crate::limits::Limits;
use crate::openapi::ROUTES;
use crate::problem::Problem;
use crate::view::RetentionView;
use crate::wire::checked_name;
use fan_out::FanOut;

/// The route of models, the only one with large bodies.
const MODEL: &str = "/api/v1/models/{name}";
/// The largest model that is taken.
const LARGEST_MODEL: usize = 64 << 20;
/// So many are told of the whole fleet at a time; the others wait.
const AT_A_TIME: usize = 2;
/// The largest of other bodies.
const LARGEST: usize = 64 << 10;

/// What the answers are made from.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) about: About,
    pub(crate) door: Arc<Door>,
    /// What pages are told as it changes.
    told: Arc<FanOut>,
    /// How many are told of the whole fleet at a time.
    whole: Arc<Semaphore>,
    /// True once the server stops: whoever listens is let go.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// What a server was started with, as far as a page may know it.
#[derive(Debug, Clone)]
pub struct About {
    /// `serve` or `collect`.
    pub mode: &'static str,
    /// The folder, as it was given.
    pub folder: Option<String>,
    /// How long things are kept.
    pub retention: RetentionView,
    /// Where alerts go.
    pub outlets: Vec<String>,
}

/// What answers people: the page, and what it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    router: Router,
    stopping: Arc<watch::Sender<bool>>,
}

impl Pages {
    pub(crate) fn new(engine: Engine, door: Arc<Door>, about: About) -> Self {
        let (stopping, stopped) = watch::channel(false);
        let told = FanOut::new(door.limits.events());
        let whole = Arc::new(Semaphore::new(AT_A_TIME));
        let router = router(Api { engine, about, door, told, whole, stopping: stopped });
        Self { router, stopping: Arc::new(stopping) }
    }

    /// Answers a person.
    pub(crate) async fn answer(
        &self,
        parts: Parts,
        body: Incoming,
        visitor: Visitor,
        limits: Limits,
    ) -> Answer {
        let mut request = Request::from_parts(parts, Body::new(body));
        request.extensions_mut().insert(visitor);
        request.extensions_mut().insert(limits);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response.map(Either::Right),
            Err(never) => match never {},
        }
    }

    /// Lets go who only listens.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }
}

/// The routes.
fn router(api: Api) -> Router {
    let owners = Router::new()
        .route(MODEL, put(models::put))
        .route("/api/v1/fleet", get(fleet::fleet))
        .route("/api/v1/updates", get(updates::updates))
        .route("/api/v1/devices/{name}", put(devices::assign).delete(devices::forget))
        .route("/api/v1/devices/{name}/view", get(figures::device))
        .route("/api/v1/devices/{name}/scores", get(devices::scores))
        .route("/api/v1/devices/{name}/latest.csv", get(devices::latest))
        .route(
            "/api/v1/devices/{name}/threshold",
            get(thresholds::look).post(thresholds::choose).delete(thresholds::undo),
        )
        .route("/api/v1/session/waveform", get(figures::session))
        .route("/api/v1/alerts", get(alerts::alerts))
        .route("/api/v1/session", post(sessions::begin).delete(sessions::end))
        .route("/api/v1/default-model", put(models::make_default))
        .route("/api/v1/openapi.json", get(about::openapi))
        .route("/api/v1/logout", post(log_out::log_out))
        .route("/metrics", get(about::metrics))
        .route("/page/{*path}", get(page::asset))
        .fallback(|| async { nothing_here() })
        .method_not_allowed_fallback(|| async { other_method() })
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(api.clone(), of_the_owner));
    Router::new()
        .route("/", get(page::page))
        .merge(owners)
        .layer(from_fn_with_state(api.clone(), counted))
        .with_state(api)
}

/// Lets the owner through with what is sent, and nobody else.
async fn of_the_owner(
    State(api): State<Api>,
    Extension(visitor): Extension<Visitor>,
    Extension(limits): Extension<Limits>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let mut response = match api.door.access.owner(&parts, &visitor) {
        Ok(entered) => {
            parts.extensions.insert(entered);
            let most = if path == MODEL { LARGEST_MODEL } else { LARGEST };
            match whole(body, most, limits.sending, &api.door.budget()).await {
                Ok((body, _share)) => next.run(Request::from_parts(parts, Body::from(body))).await,
                Err(problem) => refused(&problem).map(Body::new),
            }
        }
        Err(problem) => {
            let route = ROUTES.iter().find(|route| route.path == path).map_or("", |one| one.path);
            api.door.refusals.log(visitor.address(), route, problem.status(), problem.detail());
            api.door.access.refused(&parts, &problem).map(Body::new)
        }
    };
    // What the owner is told is nobody else's, so nothing on the way keeps it.
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Counts what is answered.
async fn counted(State(api): State<Api>, request: Request<Body>, next: Next) -> Response {
    let (begun, method) = (Instant::now(), request.method().clone());
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    api.door.metrics.answered(&method, path, response.status(), begun.elapsed());
    response
}

pub(crate) fn nothing_here() -> Problem {
    Problem::absent("there is nothing here; see /api/v1/openapi.json")
}

fn other_method() -> Problem {
    let detail = "another method is asked for here; see /api/v1/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response().map(axum::body::Body::new)
    }
}

/// What a body says.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader);
    read.map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the body".to_owned() } else { path };
        if error.inner().is_data() {
            Problem::unfit(format!("{place}: {}", plain(&error.inner().to_string())))
        } else {
            Problem::malformed(format!("the body is no JSON: {}", error.inner()))
        }
    })
}

/// What a parser says, without the names of this program's own types.
fn plain(said: &str) -> String {
    match said.split_once("struct ") {
        None => said.to_owned(),
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            format!("{before}an object in braces{rest}")
        }
    }
}

/// A name from an address, if it may be one.
struct Name(String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(name) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::malformed("the name in the address is no UTF-8"))?;
        checked_name("the name in the address", &name)?;
        Ok(Self(name))
    }
}

/// An answer in JSON.
fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    crate::answer::json(status, value).map(axum::body::Body::new)
}
