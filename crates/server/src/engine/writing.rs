//! Writing what became of alerts: at once where that can be, else from memory as soon as it can.

use judder_history::HistoryError;

use super::arrived::Arrived;
use super::before::Before;
use super::changes::{Mark, Turned};
use super::device::Says;
use super::state::{Fleet, Judged, State};
use crate::clock::Moment;
use crate::outlet::Note;

impl State {
    /// Raises and clears alerts that no recording brings about.
    pub(super) fn say(&mut self, all: &[(String, Says)], now: Moment) {
        let names = all.iter().map(|(name, _)| name.as_str());
        self.bring_about(names, now, |fleet| {
            all.iter().for_each(|(name, says)| fleet.tell(name, vec![says.clone()], now));
        });
    }

    /// Does what may change alerts of these devices or of the server, and writes what became of them; where that cannot
    /// be, it is done again from memory. Whether anything became of them.
    pub(super) fn bring_about<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        now: Moment,
        deed: impl Fn(&mut Fleet),
    ) -> bool {
        let mark = self.fleet.changes.mark();
        let (mut before, own) = (Before::new(mark), self.fleet.own.clone());
        names.for_each(|name| before.remember(&self.fleet.devices, name));
        deed(&mut self.fleet);
        let any = !self.fleet.deeds.is_empty();
        if let Err(error) = self.write_deeds() {
            before.restore(&mut self.fleet.devices);
            self.fleet.own = own;
            self.go_back(mark, &error, now);
            self.in_memory(|state| deed(&mut state.fleet));
        }
        self.spread(mark);
        any
    }

    /// Watches recordings that could not be kept, and tells of them from memory.
    pub(super) fn watch_in_memory(&mut self, arrived: &[Arrived]) {
        self.in_memory(|state| {
            // To look up, where that can be done.
            let mut batch = state.history.batch();
            arrived.iter().for_each(|one| state.fleet.watch_unkept(&mut batch, one));
        });
    }

    /// Does again, from memory, what could not be written.
    pub(super) fn in_memory(&mut self, deed: impl FnOnce(&mut Self)) {
        self.fleet.numbers.ahead = true;
        deed(self);
        self.remember();
        self.fleet.numbers.ahead = self.unwritten.holds();
    }

    /// What was done since a mark did not come about.
    pub(super) fn go_back(&mut self, mark: Mark, error: &HistoryError, now: Moment) {
        self.fleet.deeds.clear();
        self.fleet.judged = Judged::default();
        self.fleet.changes.back_to(mark);
        self.fleet.metrics.history_errors.inc();
        self.fleet.unkept.more(0, error, error.is_full(), now);
        self.damage.look(error);
        if let Some(errors) = self.fleet.untold.more(1, now.steady) {
            tracing::error!(%error, errors, "the history could not be written");
        }
    }

    /// Writes what became of alerts, unless there is something before it that could not be written.
    pub(super) fn write_deeds(&mut self) -> Result<(), HistoryError> {
        if !self.unwritten.holds() && !self.fleet.deeds.is_empty() {
            self.is_there()?;
            let mut batch = self.history.batch();
            self.fleet.deeds.iter().try_for_each(|deed| deed.write(&mut batch))?;
            batch.commit()?;
            self.fleet.deeds.clear();
        }
        self.remember();
        Ok(())
    }

    /// Remembers what became of alerts and is not written.
    pub(super) fn remember(&mut self) {
        let deeds = std::mem::take(&mut self.fleet.deeds);
        if !deeds.is_empty() {
            let last = self.history.numbers().ok().map(|numbers| numbers.telling);
            self.unwritten.put(deeds, &self.reader, last);
        }
    }

    /// Writes what could not be written before, if there is anything.
    pub(super) fn write_late(&mut self, now: Moment) -> Result<(), HistoryError> {
        if !self.unwritten.holds() {
            return Ok(());
        }
        let written = self.is_there().and_then(|()| {
            let mut batch = self.history.batch();
            self.unwritten.write(&mut batch)?;
            batch.commit()
        });
        if let Err(error) = written {
            self.damage.look(&error);
            if let Some(tries) = self.fleet.untold.more(1, now.steady) {
                tracing::warn!(%error, tries, "alerts are still told from memory");
            }
            return Err(error);
        }
        let left_out = self.unwritten.written();
        self.fleet.numbers.ahead = false;
        tracing::info!(left_out, "alerts that were told from memory are in the history now");
        if let Some(wake) = &self.waker {
            wake();
        }
        Ok(())
    }

    /// Notes what came of a telling by an outlet: in the history, or in memory until that can be written.
    pub(super) fn note(&mut self, outlet: &str, note: Note) {
        let now = self.fleet.now();
        self.note_down(note.clone(), now);
        self.outlet_did(outlet, &note, now);
    }

    fn note_down(&mut self, note: Note, now: Moment) {
        if !self.unwritten.holds() {
            let written = self.is_there().and_then(|()| {
                let mut batch = self.history.batch();
                note.write(&mut batch)?;
                batch.commit()
            });
            let Err(error) = written else { return };
            self.fleet.metrics.history_errors.inc();
            self.fleet.unkept.more(0, &error, error.is_full(), now);
            self.damage.look(&error);
            tracing::error!(%error, "what came of telling an alert could not be noted: it is noted later");
        }
        let last = self.history.numbers().ok().map(|numbers| numbers.telling);
        self.unwritten.note(note, &self.reader, last);
        self.fleet.numbers.ahead = true;
    }

    /// Whether the history is where it was opened: what is written to one that was removed is lost with it.
    pub(super) fn is_there(&mut self) -> Result<(), HistoryError> {
        match self.history.missing().filter(|_| self.fleet.recorded) {
            Some(missing) => Err(HistoryError::gone(&missing)),
            None => Ok(()),
        }
    }

    /// Counts what was judged, and the alerts since a mark, and wakes who tells of them.
    pub(super) fn spread(&mut self, mark: Mark) {
        let Judged { windows, excused } = &mut self.fleet.judged;
        self.fleet.metrics.windows_excused.inc_by(std::mem::take(excused));
        windows.drain(..).for_each(|verdict| self.fleet.metrics.windows.count(verdict));
        let mut any = false;
        for turned in self.fleet.changes.alerts_after(mark) {
            any = true;
            if let Turned::Raised(alert) = turned {
                self.fleet.metrics.alerts.count(&alert.kind);
            }
        }
        if let Some(wake) = self.waker.as_ref().filter(|_| any) {
            wake();
        }
    }
}
