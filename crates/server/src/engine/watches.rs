//! The watches of a device: one, or where two boards send under its name one for each, so that their votes do
//! not mix.

use std::sync::Arc;

use judder_model::Watcher;

use crate::shelf::Loaded;

/// Starts that are watched apart, at most.
const MOST: usize = 4;

/// A start that no recording came of for so many of its device's is over.
const KEPT: u64 = 100;

/// A start of a device, as [`Starts`](judder_data::Starts) has them.
type Start = Option<u64>;

/// The windows of one start that follow each other.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    pub(super) watcher: Watcher,
    pub(super) alarm: bool,
    pub(super) drifting: bool,
    pub(super) remounted: bool,
    /// Windows judged since the watch began.
    pub(super) judged: usize,
    by: Arc<Loaded>,
    start: Start,
    used: u64,
}

/// The watches of a device, the one that was used last at the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Watches {
    each: Vec<Watch>,
    count: u64,
}

impl Watches {
    /// Takes out the watch of a start. One that is seen for the first time goes on where the last one was: the
    /// board is another time switched on, or that is not known yet. Another model begins anew.
    pub(super) fn take(&mut self, start: Start, is_new: bool, by: &Arc<Loaded>) -> Option<Watch> {
        self.count += 1;
        let since = self.count.saturating_sub(KEPT);
        self.each.retain(|one| Arc::ptr_eq(&one.by, by) && one.used >= since);
        let at = match self.each.iter().position(|one| one.start == start) {
            Some(at) => Some(at),
            None if is_new => self.each.len().checked_sub(1),
            None => None,
        };
        match at {
            Some(at) => Some(self.each.remove(at)),
            // A model's own numbers were looked at when it was read.
            None => Watch::new(by),
        }
    }

    /// Puts back the watch of a start.
    pub(super) fn put(&mut self, start: Start, watch: Watch) {
        if self.each.len() >= MOST {
            self.each.remove(0);
        }
        self.each.push(Watch { start, used: self.count, ..watch });
    }

    /// Whether something is so of any of them.
    pub(super) fn any(&self, so: impl Fn(&Watch) -> bool) -> bool {
        self.each.iter().any(so)
    }

    /// Nothing is watched any more.
    pub(super) fn clear(&mut self) {
        self.each.clear();
    }
}

impl Watch {
    fn new(by: &Arc<Loaded>) -> Option<Self> {
        Some(Self {
            watcher: by.watcher().ok()?,
            alarm: false,
            drifting: false,
            remounted: false,
            judged: 0,
            by: Arc::clone(by),
            start: None,
            used: 0,
        })
    }
}
