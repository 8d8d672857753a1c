//! Seeing by itself whether what could not be kept can be kept again.

use std::error::Error;
use std::time::Duration;

use super::state::State;
use crate::clock::Moment;

/// How often it is tried.
const EVERY: Duration = Duration::from_secs(2);

/// The setting that is written.
const SETTING: &str = "probe";

impl State {
    /// Where something could not be kept, tries whether it can be, so that nobody has to send something for that.
    pub(super) fn probe(&mut self, now: Moment) {
        let lasts = self.fleet.unkept.lasts() || self.unwritten.holds() || self.was_full();
        if !lasts || now.steady < self.probe_at {
            return;
        }
        self.probe_at = now.steady + EVERY;
        let probed = self.fleet.place.as_ref().map_or(Ok(()), |place| place.probe());
        if let Err(error) = probed {
            let full = matches!(
                error.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            );
            return self.is_unkept(&error, full, now);
        }
        let written = self.write_late(now).and_then(|()| {
            self.is_there()?;
            let mut batch = self.history.batch();
            batch.set_setting(SETTING, "", Some(&now.wall.to_string()))?;
            batch.commit()
        });
        match written {
            Err(error) => self.is_unkept(&error, error.is_full(), now),
            Ok(()) if self.fleet.unkept.kept(now) => _ = self.fleet.changes.next(),
            Ok(()) => {}
        }
    }

    fn is_unkept(&mut self, error: &dyn Error, full: bool, now: Moment) {
        self.fleet.unkept.more(0, error, full, now);
        self.fleet.changes.next();
    }
}
