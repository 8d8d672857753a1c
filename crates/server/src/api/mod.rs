//! What the page asks for and tells: `/api/v1` without the recordings that boards post.

mod alerts;
mod devices;
mod figures;
mod fleet;
mod models;
mod sessions;
mod updates;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::engine::Engine;
use crate::problem::Problem;
use crate::view::RetentionView;
use crate::wire::checked_name;

/// The largest model that is taken.
const LARGEST_MODEL: usize = 64 << 20;
/// The largest of other bodies.
const LARGEST: usize = 64 << 10;

/// What the answers are made from.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) engine: Engine,
    pub(crate) about: About,
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

/// The routes.
pub(crate) fn router(api: Api) -> Router {
    let models = Router::new()
        .route("/api/v1/models/{name}", put(models::put))
        .layer(DefaultBodyLimit::max(LARGEST_MODEL));
    Router::new()
        .route("/api/v1/fleet", get(fleet::fleet))
        .route("/api/v1/updates", get(updates::updates))
        .route("/api/v1/devices/{name}", put(devices::assign).delete(devices::forget))
        .route("/api/v1/devices/{name}/scores", get(devices::scores))
        .route("/api/v1/devices/{name}/latest.csv", get(devices::latest))
        .route("/api/v1/devices/{name}/view", get(figures::device))
        .route("/api/v1/session/waveform", get(figures::session))
        .route("/api/v1/alerts", get(alerts::alerts))
        .route("/api/v1/session", post(sessions::begin).delete(sessions::end))
        .route("/api/v1/default-model", put(models::make_default))
        .layer(DefaultBodyLimit::max(LARGEST))
        .merge(models)
        .with_state(api)
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
            Problem::unfit(format!("{place}: {}", error.inner()))
        } else {
            Problem::malformed(format!("the body is no JSON: {}", error.inner()))
        }
    })
}

/// A name from an address, if it may be one.
fn name(what: &str, name: String) -> Result<String, Problem> {
    checked_name(what, &name)?;
    Ok(name)
}

/// An answer in JSON.
fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    crate::answer::json(status, value).map(axum::body::Body::new)
}
