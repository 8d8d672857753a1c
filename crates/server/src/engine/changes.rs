//! What changed, for pages that listen.

use std::collections::VecDeque;

use crate::view::AlertView;

/// Alerts that are remembered; a page that missed more is told everything anew.
const REMEMBERED: usize = 256;

/// What changed, and in which revision.
#[derive(Debug, Default)]
pub(super) struct Changes {
    revision: u64,
    /// Raised and cleared, in order; of those cleared the whole alert is known, or its number alone.
    alerts: VecDeque<(u64, Turned)>,
    /// The last revision that is not remembered.
    forgotten: u64,
    models: u64,
    datasets: u64,
    gone: VecDeque<(u64, String)>,
}

/// An alert that was raised or cleared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turned {
    Raised(AlertView),
    Cleared(i64, i64),
}

/// A revision to go back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    alerts: usize,
    forgotten: u64,
    revision: u64,
}

impl Mark {
    /// Whether it was made before a revision.
    pub(super) fn is_before(&self, revision: u64) -> bool {
        self.revision < revision
    }
}

impl Changes {
    /// The revision now.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// The next revision.
    pub(super) fn next(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    pub(super) fn raised(&mut self, alert: AlertView) {
        self.remember(Turned::Raised(alert));
    }

    pub(super) fn cleared(&mut self, id: i64, at: i64) {
        self.remember(Turned::Cleared(id, at));
    }

    /// A model changed.
    pub(super) fn of_models(&mut self) {
        self.models = self.next();
    }

    /// A session began or ended.
    pub(super) fn of_datasets(&mut self) {
        self.datasets = self.next();
    }

    /// All that was told before is to be told anew.
    pub(super) fn of_everything(&mut self) {
        self.alerts.clear();
        self.forgotten = self.next();
    }

    /// A device was forgotten.
    pub(super) fn forgot(&mut self, device: &str) {
        let revision = self.next();
        self.gone.push_back((revision, device.to_owned()));
        if self.gone.len() > REMEMBERED
            && let Some((revision, _)) = self.gone.pop_front()
        {
            self.forgotten = self.forgotten.max(revision);
        }
    }

    /// Whether all that changed since a revision is remembered.
    pub(super) fn reaches(&self, since: u64) -> bool {
        since >= self.forgotten && since <= self.revision
    }

    /// The alerts that were raised or cleared since.
    pub(super) fn alerts_since(&self, since: u64) -> impl Iterator<Item = &Turned> {
        self.alerts.iter().filter(move |(revision, _)| *revision > since).map(|(_, turned)| turned)
    }

    /// The alerts that were raised or cleared after a mark.
    pub(super) fn alerts_after(&self, mark: Mark) -> impl Iterator<Item = &Turned> {
        self.alerts_since(mark.revision)
    }

    /// The devices that were forgotten since.
    pub(super) fn gone_since(&self, since: u64) -> Vec<String> {
        let gone = self.gone.iter().filter(|(revision, _)| *revision > since);
        gone.map(|(_, device)| device.clone()).collect()
    }

    /// Whether models changed since.
    pub(super) fn models_since(&self, since: u64) -> bool {
        self.models > since
    }

    /// Whether folders of recordings changed since.
    pub(super) fn datasets_since(&self, since: u64) -> bool {
        self.datasets > since
    }

    /// Marks what is remembered so far.
    pub(super) fn mark(&self) -> Mark {
        Mark { alerts: self.alerts.len(), forgotten: self.forgotten, revision: self.revision }
    }

    /// Forgets alerts that were remembered since, because they did not come about.
    pub(super) fn back_to(&mut self, mark: Mark) {
        if self.forgotten == mark.forgotten {
            self.alerts.truncate(mark.alerts);
        } else {
            // The marked ones moved: pages are told everything.
            self.of_everything();
        }
    }

    fn remember(&mut self, turned: Turned) {
        let revision = self.next();
        self.alerts.push_back((revision, turned));
        if self.alerts.len() > REMEMBERED
            && let Some((revision, _)) = self.alerts.pop_front()
        {
            self.forgotten = self.forgotten.max(revision);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(changes: &mut Changes, count: usize) {
        (0..count).for_each(|id| changes.cleared(id as i64, 0));
    }

    #[test]
    fn what_is_forgotten_is_not_reached() {
        let mut changes = Changes::default();
        raise(&mut changes, REMEMBERED);
        assert!(changes.reaches(0));
        assert_eq!(changes.alerts_since(0).count(), REMEMBERED);
        raise(&mut changes, 1);
        assert!(!changes.reaches(0) && changes.reaches(1));
        assert_eq!(changes.alerts_since(1).count(), REMEMBERED);
        // A page of an earlier run may know of later revisions.
        assert!(!changes.reaches(changes.revision() + 1));
        let before = changes.revision();
        (0..=REMEMBERED).for_each(|device| changes.forgot(&device.to_string()));
        assert!(!changes.reaches(before) && changes.reaches(before + 1));
        assert_eq!(changes.gone_since(before + 1).len(), REMEMBERED);
    }

    #[test]
    fn what_did_not_come_about_is_told_to_nobody() {
        let mut changes = Changes::default();
        raise(&mut changes, 3);
        let (mark, before) = (changes.mark(), changes.revision());
        raise(&mut changes, 5);
        assert_eq!(changes.alerts_after(mark).count(), 5);
        changes.back_to(mark);
        assert_eq!(changes.alerts_since(0).count(), 3);
        assert!(changes.reaches(before));
        // Where others were forgotten for them, pages are told everything.
        raise(&mut changes, REMEMBERED);
        let mark = changes.mark();
        raise(&mut changes, 2);
        changes.back_to(mark);
        assert_eq!(changes.alerts_since(0).count(), 0);
        assert!(!changes.reaches(mark.revision) && changes.reaches(changes.revision()));
    }
}
