//! Outlets: where people are told of alerts.

mod command;
mod line;
mod pace;
mod signature;
mod teller;
mod webhook;

use std::time::Duration;

use judder_history::Telling;
use serde::Serialize;

use crate::clock::written;

pub use command::Command;
pub use line::LogLine;
pub use pace::Pace;
pub use teller::{Note, Outbox, Teller};
pub use webhook::{Webhook, WebhookError};

/// Where people are told of alerts.
pub trait Outlet: Send + 'static {
    /// Tells them; it may take a while, but not for ever.
    ///
    /// # Errors
    /// Where they were not told, or may not have been.
    fn tell(&mut self, message: &Message) -> Result<(), Failure>;
}

/// Why somebody was not told, and when it is worth trying again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: String,
    /// When to try again.
    pub retry: Retry,
}

/// When it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// As always: later and later, for a day.
    Later,
    /// After as long as the other side asked for.
    After(Duration),
    /// A few times: it was refused, and will most likely be again.
    Seldom,
}

impl Failure {
    pub(crate) fn later(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: Retry::Later }
    }
}

/// What is told of an alert. Its names are those of the JSON that outlets give.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The number of the alert: the same when it is raised and when it is cleared.
    pub alert: i64,
    /// Of which device.
    pub device: String,
    /// What kind it is of, in one word.
    pub kind: String,
    /// `raised` or `cleared`.
    pub transition: &'static str,
    /// What it says to people.
    pub words: String,
    /// When it was raised, RFC 3339.
    pub raised_at: String,
    /// When it was cleared, if it was when this was told.
    pub cleared_at: Option<String>,
    /// The score that raised it.
    pub score: Option<f64>,
    /// What that score is above.
    pub threshold: Option<f64>,
    /// The model that judged.
    pub model: Option<String>,
    /// The page to look at.
    pub link: Option<String>,
}

impl Message {
    /// What is to be told; `page` is where the live page is.
    pub fn new(telling: &Telling, page: Option<&str>) -> Self {
        let alert = &telling.alert;
        Self {
            alert: alert.id.0,
            device: alert.device.clone(),
            kind: alert.kind.clone(),
            transition: telling.transition.as_str(),
            words: alert.words.clone(),
            raised_at: written(alert.raised_at),
            cleared_at: alert.cleared_at.map(written),
            score: alert.score,
            threshold: alert.threshold,
            model: alert.model.as_deref().map(str::to_owned),
            link: page.map(str::to_owned),
        }
    }

    /// It in JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // It has text keys, and what is not a finite number is null: always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
