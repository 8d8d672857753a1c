//! The log of what was refused, so short that no peer can fill a disk with it.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::StatusCode;

use crate::seldom::Seldom;

/// Logs refusals: of each status the first, and then at most one line every ten seconds that says how many
/// there were since.
#[derive(Debug)]
pub struct Refusals {
    of: Mutex<[Seldom; 64]>,
}

/// A line to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How many there were of this status since the last line, without this one.
    pub silent: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { of: Mutex::new([Seldom::default(); 64]) }
    }
}

impl Refusals {
    /// Logs a refusal, if it is time. Nothing that the peer said is written but what the caller looked at:
    /// `route` is one of the server's own, `detail` its own words.
    pub fn log(
        &self,
        peer: std::net::IpAddr,
        route: &'static str,
        status: StatusCode,
        detail: &str,
    ) {
        if let Some(Line { silent }) = self.line_at(status, Instant::now()) {
            let status = status.as_u16();
            tracing::warn!(%peer, route, status, detail, silent, "refused");
        }
    }

    /// Whether a refusal of this status at this time gets a line.
    pub fn line_at(&self, status: StatusCode, now: Instant) -> Option<Line> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        // 400 to 431, and 500 to 531.
        let at = status.as_u16() % 100 % 32 + if status.is_server_error() { 32 } else { 0 };
        let refused = of.get_mut(usize::from(at))?.more(1, now)?;
        Some(Line { silent: refused - 1 })
    }
}
