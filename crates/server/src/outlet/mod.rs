//! Outlets: where people are told of alerts.

mod command;
mod limit;
mod line;
mod pace;
mod post;
mod signature;
mod teller;
mod webhook;

use std::time::Duration;

use judder_history::{Telling, Transition};
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
    /// Of which device; none for an alert of the server itself.
    pub device: Option<String>,
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
    /// What else is told with it, in order, where it was more than is told one by one: none, mostly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Other>,
}

/// What became of another alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The number of the alert.
    pub alert: i64,
    /// Of which device; none for an alert of the server itself.
    pub device: Option<String>,
    /// What kind it is of, in one word.
    pub kind: String,
    /// `raised` or `cleared`.
    pub transition: &'static str,
}

impl Other {
    fn of(telling: &Telling) -> Self {
        let alert = &telling.alert;
        Self {
            alert: alert.id.0,
            device: alert.of_device().map(str::to_owned),
            kind: alert.kind.clone(),
            transition: telling.transition.as_str(),
        }
    }
}

impl Message {
    /// What is to be told; `page` is where the live page is.
    pub fn new(telling: &Telling, page: Option<&str>) -> Self {
        let alert = &telling.alert;
        Self {
            alert: alert.id.0,
            device: alert.of_device().map(str::to_owned),
            kind: alert.kind.clone(),
            transition: telling.transition.as_str(),
            words: alert.words.clone(),
            raised_at: written(alert.raised_at),
            cleared_at: alert.cleared_at.map(written),
            score: alert.score,
            threshold: alert.threshold,
            model: alert.model.as_deref().map(str::to_owned),
            link: page.map(str::to_owned),
            others: Vec::new(),
        }
    }

    /// One message of all that is to be told; none where nothing is. What matters most stands first: the last alert
    /// that is open, if one is.
    pub fn of_all(all: &[Telling], page: Option<&str>) -> Option<Self> {
        let is_open = |telling: &&Telling| {
            telling.transition == Transition::Raised && telling.alert.cleared_at.is_none()
        };
        let first = all.iter().rev().find(is_open).or(all.last())?;
        let others = all.iter().filter(|telling| telling.id != first.id);
        let mut message = Self::new(first, page);
        message.others = others.map(Other::of).collect();
        if !message.others.is_empty() {
            let raised = message.others.iter().filter(|one| one.transition == "raised").count();
            let cleared = message.others.len() - raised;
            let more = format!("; and more: {raised} raised, {cleared} cleared, all on the page");
            message.words += &more;
        }
        Some(message)
    }

    /// It in JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // It has text keys, and what is not a finite number is null: always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
