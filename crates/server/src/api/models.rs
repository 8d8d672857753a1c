//! The models.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use judder_model::Model;
use serde::Deserialize;

use super::{Api, Name, json, read};
use crate::problem::Problem;
use crate::shelf::ShelfError;

/// Which model is to be the default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Default {
    model: String,
}

/// `PUT /api/v1/models/{name}`: a model's file.
pub(super) async fn put(
    State(api): State<Api>,
    Name(called): Name,
    body: Bytes,
) -> Result<Response, Problem> {
    let model =
        Model::from_json(&body).map_err(|problem| Problem::unfit(format!("the body {problem}")))?;
    let (view, new) = api.engine.put_model(called, model).await?;
    Ok(json(if new { StatusCode::CREATED } else { StatusCode::OK }, &view))
}

/// `PUT /api/v1/default-model`.
pub(super) async fn make_default(State(api): State<Api>, body: Bytes) -> Result<Response, Problem> {
    let Default { model } = read(&body)?;
    Ok(json(StatusCode::OK, &api.engine.make_default(model).await?))
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::Unknown(..) => Self::absent(error.to_string()),
            ShelfError::NoFolder => Self::conflict(error.to_string()),
            ShelfError::Data(error) if error.is_full() => Self::full(),
            // The path is the server's own business.
            error => {
                tracing::error!(%error, "a model could not be kept");
                Self::not_kept(false)
            }
        }
    }
}
