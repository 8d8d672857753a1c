//! Under which start of its device a recording is kept, and whether it is there already.

use judder_data::{FIRST_OPENED, Start, Starts};
use judder_history::{Batch, HistoryError};

use super::arrived::Arrived;
use super::state::Fleet;
use crate::keep::Kept;

/// Starts that are taken up of an earlier run.
const EARLIER: usize = 8;

impl Fleet {
    /// Sees to it that the starts of a device are known, also those of an earlier run.
    pub(super) fn starts(
        &self,
        batch: &mut Batch<'_>,
        arrived: &Arrived,
    ) -> Result<Option<Starts>, HistoryError> {
        let Arrived { device, posted, .. } = arrived;
        if posted.sequence.is_none()
            || posted.device.is_none()
            || self.devices.get(device).is_some_and(|device| device.starts.is_some())
        {
            return Ok(None);
        }
        if self.recorded {
            return Ok(Some(restored(batch, device)?));
        }
        let in_session = self.session.as_ref().filter(|one| one.takes(device, arrived.at));
        let folder = in_session.map(|session| session.collection());
        Ok(Some(folder.or(self.root.as_ref()).map(|one| one.starts(device)).unwrap_or_default()))
    }

    /// Recordings go to another folder now: where no history has them, their numbers are those of the folder.
    pub(super) fn look_into_another_folder(&mut self) {
        if !self.recorded {
            self.devices.values_mut().for_each(|device| device.starts = None);
        }
    }

    /// The start under which the history is to keep a recording that has a number, or what it is answered where it
    /// is there already.
    pub(super) fn find(
        &self,
        batch: &mut Batch<'_>,
        starts: &Starts,
        arrived: &Arrived,
        sequence: u64,
    ) -> Result<Result<Option<u64>, Kept>, HistoryError> {
        let said = arrived.posted.start.map(u64::from);
        let mut taken = Vec::new();
        for start in starts.places(said) {
            match batch.known(&arrived.device, start, sequence)? {
                Some(known) if known.digest == arrived.digest => {
                    let recording = Some(known.recording.0);
                    return Ok(Err(Kept { file: None, recording, before: true, start }));
                }
                Some(_) => taken.push(start),
                None => {}
            }
        }
        Ok(Ok(starts.place(said, sequence, &taken)))
    }
}

/// The starts that an earlier run left, in the order in which they began.
fn restored(batch: &mut Batch<'_>, device: &str) -> Result<Starts, HistoryError> {
    let seen = batch.starts(device, FIRST_OPENED, EARLIER)?;
    let starts = seen.iter().enumerate().map(|(at, one)| Start {
        start: one.start,
        last: one.last,
        back: seen.get(at + 1).is_some_and(|next| one.last_recording > next.first_recording),
        used: one.last_recording.0.unsigned_abs(),
    });
    Ok(Starts::of(starts.collect()))
}
