//! Rolling up what an older version kept, a little at a time, beside those who write and read.

use rusqlite::{OptionalExtension, params};

use crate::error::HistoryError;
use crate::rolled::POWERS;
use crate::rollup::roll_up;
use crate::settle::Settler;
use crate::store::Store;

/// Bytes that roll-ups of one turn may take, about.
const BYTES: usize = 64 << 10;

/// Windows that a device counts as, however few of its own there are to be rolled up.
const OF_DEVICE: usize = 16;

impl Settler {
    /// Rolls up some of what is not yet, and is of an older version: about so many windows. Whether there may be more.
    /// Whoever writes to the tables meanwhile waits; recordings that are kept do not.
    ///
    /// # Errors
    /// Where it could not be read or written; what was rolled up before stays so.
    pub fn roll_up(&self, windows: usize) -> Result<bool, HistoryError> {
        let shared = self.shared();
        // It can wait until there is room.
        if shared.is_full() {
            return Ok(false);
        }
        let mut held = shared.store();
        let Some(store) = held.as_mut() else { return Ok(false) };
        if store.behind.is_none() {
            return Ok(false);
        }
        shared.make_place(store, BYTES)?;
        let rolled = shared.named(store.roll_up(windows));
        let allotment = shared.in_bounds(store)?;
        shared.bound_log(store, allotment);
        rolled
    }
}

impl Store {
    fn roll_up(&mut self, windows: usize) -> rusqlite::Result<bool> {
        self.begin()?;
        let rolled = self.roll_up_some(windows).and_then(|()| self.commit());
        if let Err(error) = rolled {
            self.roll_back();
            // Of the others all can still be.
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) {
                self.behind = self.behind.map(|device| device + 1);
            }
            return Err(error);
        }
        Ok(self.behind.is_some())
    }

    fn roll_up_some(&mut self, windows: usize) -> rusqlite::Result<()> {
        let mut next = self.connection.prepare_cached(
            "SELECT id, rolled, last_seen >> ?2 << ?2 FROM device
             WHERE id >= ?1 AND (rolled IS NULL OR rolled < last_seen >> ?2 << ?2)
             ORDER BY id LIMIT 1",
        )?;
        let mut left = windows;
        while left > 0
            && let Some(from) = self.behind
        {
            let found = next.query_row(params![from, POWERS[0]], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            });
            let Some((device, rolled, until)) = found.optional()? else {
                self.behind = None;
                break;
            };
            // Those before it are through.
            self.behind = Some(device);
            let before = left;
            roll_up(&self.connection, device, rolled, until, &mut left)?;
            left = left.min(before.saturating_sub(OF_DEVICE));
        }
        Ok(())
    }
}
