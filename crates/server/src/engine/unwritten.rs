//! Alerts that could not be written down: the disk is full, say. They are raised, cleared and told from memory, and
//! go to the history when it can be written again.
//!
//! While anything is here, all that becomes of alerts is put behind it, and outlets find here what they are to tell:
//! also what the history had for them before. So each of them is told each thing once, in order, whatever is written
//! when. It is bounded, and a restart loses it.
//!
//! An alert that is raised here has its number before it is written. So that the number is never another alert's,
//! even if a restart loses this one, it is the time in milliseconds, or one more than the last: the history counts
//! on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use judder_history::{
    Alert, AlertFilter, AlertId, Batch, HistoryError, Late, Newer, Reader, State, Telling,
    TellingId, Transition, UnixMillis,
};

use super::deed::Deed;
use crate::outlet::Note;

/// Tellings that wait for each outlet, at most,
const MOST_WAITING: usize = 1_000;
/// and alerts that are over. Those that are open are as many as there are.
const MOST_OVER: usize = 1_000;
/// Tellings that are taken over from the history, at most: the others are told when it can be written again.
const MOST_BEFORE: usize = 10_000;
/// Nothing waits longer for its next try, in milliseconds: else the clock was set since.
const FARTHEST: i64 = 2 * 24 * 60 * 60 * 1000;

/// The numbers of alerts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers {
    last: i64,
    /// Whether they are given before anything is written.
    pub(super) ahead: bool,
}

impl Numbers {
    /// After the last one that was given.
    pub(super) fn after(last: AlertId) -> Self {
        Self { last: last.0, ahead: false }
    }

    /// The next one.
    pub(super) fn next(&mut self, at: UnixMillis) -> AlertId {
        let next = self.last + 1;
        self.last = if self.ahead { next.max(at) } else { next };
        AlertId(self.last)
    }
}

/// What became of alerts and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    inner: Mutex<Inner>,
    holds: AtomicBool,
}

#[derive(Debug, Default)]
struct Inner {
    outlets: Vec<String>,
    alerts: BTreeMap<AlertId, Known>,
    /// In order.
    tellings: Vec<Waiting>,
    /// Of alerts that could not be read, and are told when they can be.
    blind: Vec<Deed>,
    /// Of tellings that could not be read.
    notes: Vec<Note>,
    last_telling: i64,
    /// Tellings that were left out, as there were too many.
    left_out: u64,
}

/// An alert, and whether the history has it, and as it is.
#[derive(Debug)]
struct Known {
    alert: Alert,
    is_row: bool,
    changed: bool,
}

/// A telling, and whether the history has it, and as it is.
#[derive(Debug)]
struct Waiting {
    late: Late,
    is_row: bool,
    changed: bool,
}

impl Unwritten {
    /// Whether there is anything.
    pub(crate) fn holds(&self) -> bool {
        self.holds.load(Ordering::Acquire)
    }

    /// Whom alerts are told to.
    pub(super) fn set_outlets(&self, names: Vec<String>) {
        self.inner().outlets = names;
    }

    /// Puts it behind what is there. The first takes with it what outlets are still to be told; `last` is the
    /// largest number of a telling, if that can be read.
    pub(super) fn put(&self, deeds: Vec<Deed>, reader: &Reader, last: Option<TellingId>) {
        self.begin(reader, last);
        let mut inner = self.inner();
        deeds.into_iter().for_each(|deed| inner.put(deed, reader));
    }

    /// Puts what came of a telling behind it, in the same way.
    pub(super) fn note(&self, note: Note, reader: &Reader, last: Option<TellingId>) {
        self.begin(reader, last);
        self.inner().note(note);
    }

    fn begin(&self, reader: &Reader, last: Option<TellingId>) {
        if self.holds() {
            return;
        }
        // Before the lock: it reads the disk.
        let before = reader.untold(MOST_BEFORE).unwrap_or_default();
        let mut inner = self.inner();
        // Where it cannot be read, far from all others.
        inner.last_telling = last.map_or(1 << 52, |last| last.0);
        for late in before {
            inner.knows(&late.telling.alert);
            inner.tellings.push(Waiting { late, is_row: true, changed: false });
        }
        self.holds.store(true, Ordering::Release);
    }

    /// Writes all of it, to be kept with the batch.
    pub(super) fn write(&self, batch: &mut Batch<'_>) -> Result<(), HistoryError> {
        // Who owns the engine alone changes it, so nobody waits for the disk here.
        let inner = self.inner();
        for one in inner.alerts.values() {
            match (one.is_row, one.changed, one.alert.cleared_at) {
                (false, ..) => batch.add_alert(&one.alert)?,
                (true, true, Some(at)) => drop(batch.clear_untold(one.alert.id, at)?),
                _ => {}
            }
        }
        for one in inner.tellings.iter().filter(|one| !one.is_row || one.changed) {
            batch.settle_telling(&one.late)?;
        }
        inner.blind.iter().try_for_each(|deed| deed.write(batch))?;
        inner.notes.iter().try_for_each(|note| note.write(batch))
    }

    /// All of it is written. How many tellings were left out.
    pub(super) fn written(&self) -> u64 {
        let mut inner = self.inner();
        let outlets = std::mem::take(&mut inner.outlets);
        let done = std::mem::replace(&mut *inner, Inner { outlets, ..Inner::default() });
        self.holds.store(false, Ordering::Release);
        done.left_out
    }

    /// What an outlet is to tell now, in order; of each alert only what comes first.
    pub(super) fn due(&self, outlet: &str, now: UnixMillis, most: usize) -> Vec<Telling> {
        let inner = self.inner();
        let due = |late: &&Late| {
            let Late { telling, at, .. } = late;
            telling.attempts == 0 || *at <= now || *at > now.saturating_add(FARTHEST)
        };
        inner
            .first_of_each(outlet)
            .filter(due)
            .take(most)
            .map(|late| inner.as_it_is(late))
            .collect()
    }

    /// All that an outlet is still to be told, in order.
    pub(super) fn pending(&self, outlet: &str, most: usize) -> Vec<Telling> {
        let inner = self.inner();
        inner.pending(outlet).take(most).map(|late| inner.as_it_is(late)).collect()
    }

    /// What came of the same device and kind after an alert, if the last of it is here and outlets are told nothing of it.
    pub(super) fn newer(&self, than: &Alert) -> Option<Newer> {
        let inner = self.inner();
        let is_newer = |one: &&Known| {
            let Alert { id, device, kind, .. } = &one.alert;
            *id > than.id && *device == than.device && *kind == than.kind
        };
        let newer = || inner.alerts.values().filter(is_newer);
        let last = newer().next_back()?.alert.clone();
        let is_told = inner.tellings.iter().any(|one| one.late.telling.alert.id == last.id);
        (!is_told).then(|| Newer { last, count: newer().count() as u64 })
    }

    /// When the next is due.
    pub(super) fn next_due(&self, outlet: &str) -> Option<UnixMillis> {
        self.inner().first_of_each(outlet).map(|late| late.at).min()
    }

    /// The alerts that are found with those that are here: as they are, and the newest first.
    pub(crate) fn over(&self, found: Vec<Alert>, filter: &AlertFilter<'_>) -> Vec<Alert> {
        let inner = self.inner();
        let wanted = |alert: &Alert| {
            filter.device.is_none_or(|device| device == alert.device)
                && !(filter.open_only && alert.cleared_at.is_some())
                && filter.before.is_none_or(|before| alert.id < before)
        };
        let here = |alert: &Alert| inner.alerts.contains_key(&alert.id);
        let mut all: Vec<Alert> = found.into_iter().filter(|one| !here(one)).collect();
        let known = inner.alerts.values().map(|one| &one.alert);
        all.extend(known.filter(|alert| wanted(alert)).cloned());
        all.sort_by_key(|alert| std::cmp::Reverse(alert.id));
        all.truncate(filter.most);
        all
    }

    /// An alert that is here.
    pub(crate) fn alert(&self, id: AlertId) -> Option<Alert> {
        self.inner().alerts.get(&id).map(|one| one.alert.clone())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // What is in it is whole after each step.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// An alert that the history has.
    fn knows(&mut self, alert: &Alert) {
        let known = || Known { alert: alert.clone(), is_row: true, changed: false };
        self.alerts.entry(alert.id).or_insert_with(known);
    }

    fn put(&mut self, deed: Deed, reader: &Reader) {
        let (id, ..) = deed.telling();
        if let Deed::Raised(alert, _) = &deed {
            let known = Known { alert: alert.clone(), is_row: false, changed: false };
            self.alerts.insert(id, known);
        } else if !self.alerts.contains_key(&id) {
            match reader.alert(id) {
                Ok(Some(alert)) => self.knows(&alert),
                _ => return self.blind.push(deed),
            }
        }
        if let (Deed::Cleared(_, at, _), Some(known)) = (&deed, self.alerts.get_mut(&id)) {
            if known.alert.cleared_at.is_some() {
                return;
            }
            (known.alert.cleared_at, known.changed) = (Some(*at), true);
        }
        self.tell(&deed);
        self.bound();
    }

    fn tell(&mut self, deed: &Deed) {
        let (id, transition, at, whom) = deed.telling();
        let Some(known) = self.alerts.get(&id) else { return };
        for outlet in self.outlets.iter().filter(|outlet| whom.has(outlet)) {
            self.last_telling += 1;
            let telling = Telling {
                id: TellingId(self.last_telling),
                outlet: outlet.clone(),
                attempts: 0,
                alert: known.alert.clone(),
                transition,
            };
            let late = Late { telling, state: State::Pending, at, reason: None };
            self.tellings.push(Waiting { late, is_row: false, changed: true });
        }
    }

    fn note(&mut self, note: Note) {
        let found = self.tellings.iter_mut().find(|one| one.late.telling.id == note.id());
        let Some(one) = found else { return self.notes.push(note) };
        one.changed = true;
        let Late { telling, state, at, reason } = &mut one.late;
        match note {
            Note::Told { at: told, .. } => (*state, *at, *reason) = (State::Told, told, None),
            Note::Failed { next_at, reason: why, .. }
            | Note::Waits { next_at, reason: why, .. } => {
                (telling.attempts, *at, *reason) = (telling.attempts + 1, next_at, Some(why));
            }
            Note::GivenUp { at: ended, reason: why, .. } => {
                telling.attempts += 1;
                (*state, *at, *reason) = (State::GivenUp, ended, Some(why));
            }
        }
    }

    fn pending<'s>(&'s self, outlet: &'s str) -> impl Iterator<Item = &'s Late> {
        let late = self.tellings.iter().map(|one| &one.late);
        late.filter(move |late| late.state == State::Pending && late.telling.outlet == outlet)
    }

    /// A telling with its alert as that is now.
    fn as_it_is(&self, late: &Late) -> Telling {
        let telling = late.telling.clone();
        let alert = self.alerts.get(&telling.alert.id);
        let alert = alert.map_or_else(|| telling.alert.clone(), |one| one.alert.clone());
        Telling { alert, ..telling }
    }

    fn first_of_each<'s>(&'s self, outlet: &'s str) -> impl Iterator<Item = &'s Late> {
        let mut seen = BTreeSet::new();
        self.pending(outlet).filter(move |late| seen.insert(late.telling.alert.id))
    }

    /// Leaves out what is too much: of alerts that are over, the oldest.
    fn bound(&mut self) {
        for outlet in self.outlets.clone() {
            if self.pending(&outlet).count() > MOST_WAITING {
                self.leave_out(&outlet);
            }
        }
        let over = |one: &&Known| !one.is_row && one.alert.cleared_at.is_some();
        if self.alerts.values().filter(over).count() <= MOST_OVER {
            return;
        }
        let is_pending = |one: &Waiting| one.late.state == State::Pending;
        // Nor one of which outlets are still to be told that it is over.
        let is_last = |one: &Waiting| one.late.telling.transition == Transition::Cleared;
        let of = |one: &Waiting| one.late.telling.alert.id;
        let ended: BTreeSet<AlertId> =
            self.tellings.iter().filter(|one| is_last(one)).map(of).collect();
        let waits: BTreeSet<AlertId> = { self.tellings.iter() }
            .filter(|one| is_pending(one) || !ended.contains(&of(one)))
            .map(of)
            .collect();
        let mut all = self.alerts.values().filter(over);
        if let Some(id) = all.find(|one| !waits.contains(&one.alert.id)).map(|one| one.alert.id) {
            self.alerts.remove(&id);
            self.tellings.retain(|one| one.late.telling.alert.id != id);
        }
    }

    /// Leaves one alert out that an outlet was to be told of: one that is over before anything was told of it, else
    /// the first.
    fn leave_out(&mut self, outlet: &str) {
        let raised: Vec<AlertId> = { self.pending(outlet) }
            .filter(|late| late.telling.transition == Transition::Raised)
            .map(|late| late.telling.alert.id)
            .collect();
        let over =
            |id: &AlertId| self.alerts.get(id).is_some_and(|one| one.alert.cleared_at.is_some());
        let first = || self.pending(outlet).map(|late| late.telling.alert.id).next();
        let Some(id) = raised.iter().copied().find(over).or_else(first) else { return };
        for one in &mut self.tellings {
            let Late { telling, state, reason, .. } = &mut one.late;
            if *state == State::Pending && telling.outlet == outlet && telling.alert.id == id {
                (*state, one.changed) = (State::GivenUp, true);
                *reason = Some("there was too much to tell while nothing could be kept".to_owned());
                self.left_out += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use judder_history::History;

    use super::super::deed::Whom;
    use super::*;

    fn alert(id: i64) -> Alert {
        Alert {
            id: AlertId(id),
            device: "a".to_owned(),
            kind: "anomaly".to_owned(),
            raised_at: id,
            cleared_at: None,
            words: String::new(),
            score: None,
            threshold: None,
            model: None,
        }
    }

    #[test]
    fn numbers_are_those_that_the_history_would_give_or_the_time() {
        let mut numbers = Numbers::after(AlertId(7));
        assert_eq!(numbers.next(1_000), AlertId(8));
        numbers.ahead = true;
        assert_eq!((numbers.next(1_000), numbers.next(1_000)), (AlertId(1_000), AlertId(1_001)));
        numbers.ahead = false;
        assert_eq!(numbers.next(5_000), AlertId(1_002));
        // A clock that was set back gives none twice.
        numbers.ahead = true;
        assert_eq!(numbers.next(0), AlertId(1_003));
    }

    #[test]
    fn very_many_alerts_take_bounded_memory_and_the_newest_stay() {
        let mut history = History::temporary().unwrap();
        history.set_outlets(&["dead", "well"]).unwrap();
        let reader = history.reader().unwrap();
        let unwritten = Unwritten::default();
        unwritten.set_outlets(vec!["dead".to_owned(), "well".to_owned()]);
        let note = |id, at| unwritten.note(Note::Told { id, at }, &reader, None);
        let open = 2 * MOST_WAITING as i64;
        for id in 1..=open + 1 {
            let mut deeds = vec![Deed::Raised(alert(id), Whom::All)];
            if id != open {
                deeds.push(Deed::Cleared(AlertId(id), id, Whom::All));
            }
            unwritten.put(deeds, &reader, Some(TellingId(0)));
            while let Some(next) = unwritten.due("well", 0, 1).pop() {
                note(next.id, 0);
            }
        }
        let inner = unwritten.inner();
        let waiting = inner.pending("dead").count();
        assert!((MOST_WAITING - 2..=MOST_WAITING).contains(&waiting), "{waiting}");
        assert!(inner.alerts.len() <= MOST_OVER + 2, "{}", inner.alerts.len());
        assert!(inner.tellings.len() <= 4 * (MOST_OVER + 2), "{}", inner.tellings.len());
        let last = inner.pending("dead").last().unwrap().telling.clone();
        assert_eq!((last.alert.id.0, last.transition), (open + 1, Transition::Cleared));
        drop(inner);
        // They are kept all together, and each telling has come as far as it has.
        let mut batch = history.batch();
        unwritten.write(&mut batch).unwrap();
        batch.commit().unwrap();
        assert!(unwritten.written() > 1_000 && !unwritten.holds());
        let open: Vec<_> = reader.open_alerts().unwrap().iter().map(|one| one.id.0).collect();
        assert_eq!(open, [2 * MOST_WAITING as i64]);
        assert_eq!(reader.untold(usize::MAX).unwrap().len(), waiting);
    }
}
