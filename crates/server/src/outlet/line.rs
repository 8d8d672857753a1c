//! A line in the log.

use super::{Failure, Message, Outlet};

/// Tells by a line in the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogLine;

impl Outlet for LogLine {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        let Message { device, kind, transition, words, score, threshold, .. } = message;
        tracing::warn!(
            target: "judder::alert",
            alert = message.alert,
            device = device.as_deref(),
            %kind,
            transition,
            score,
            threshold,
            raised_at = %message.raised_at,
            cleared_at = message.cleared_at.as_deref(),
            others = Some(message.others.len()).filter(|others| *others > 0),
            "{words}"
        );
        Ok(())
    }
}
