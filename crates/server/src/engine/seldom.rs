//! Something that goes on and on, said seldom.

use std::time::{Duration, Instant};

/// How seldom.
const SELDOM: Duration = Duration::from_secs(10);

/// Counts what happens, and says it at once, but not again for a while.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    said: Option<Instant>,
    unsaid: usize,
}

impl Seldom {
    /// So many more. `say` is given all that nothing was said of.
    pub(super) fn say(&mut self, more: usize, say: impl FnOnce(usize)) {
        self.unsaid += more;
        if self.said.is_none_or(|said| said.elapsed() >= SELDOM) {
            self.said = Some(Instant::now());
            say(std::mem::take(&mut self.unsaid));
        }
    }
}
