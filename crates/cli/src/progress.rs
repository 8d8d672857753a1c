//! A progress bar on a terminal, and nothing elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);

/// Counts things as they are done.
pub(crate) struct Progress {
    bar: ProgressBar,
    since: Instant,
}

impl Progress {
    /// A bar for `total` things of this name; of unknown length for 0.
    pub(crate) fn of(total: usize, things: &str) -> Self {
        let bar = ProgressBar::with_draw_target(
            (total > 0).then_some(total as u64),
            ProgressDrawTarget::hidden(),
        );
        let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {things}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, since: Instant::now() }
    }

    /// One more is done.
    pub(crate) fn advance(&self) {
        self.advance_by(1);
    }

    /// So many more are done.
    pub(crate) fn advance_by(&self, count: u64) {
        if self.bar.is_hidden() && self.since.elapsed() > PATIENCE {
            // Draws nothing where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(count);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
