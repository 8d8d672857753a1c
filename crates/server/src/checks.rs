//! Looks day by day whether recordings in the history are as they were kept: on a thread of its own, a few at a time, and
//! resting nine times as long as it works.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use judder_history::{Damage, Reader, RecordingId};

/// Recordings that are looked at before it rests.
const FEW: usize = 32;
/// It rests so many times as long as it worked, within these bounds.
const RESTS: u32 = 9;
const LEAST_REST: Duration = Duration::from_millis(20);
const MOST_REST: Duration = Duration::from_secs(2);

/// When all is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// After the start.
    pub(crate) first: Duration,
    /// After that, once all was looked at.
    pub(crate) again: Duration,
}

impl Times {
    /// A minute after the start, and each day after that.
    pub(crate) const DAILY: Self =
        Self { first: Duration::from_secs(60), again: Duration::from_secs(24 * 60 * 60) };
}

/// The thread that looks; it ends soon after this is dropped.
#[derive(Debug)]
pub(crate) struct Checks {
    _running: mpsc::Sender<()>,
}

impl Checks {
    /// Begins to look, and has what is damaged told; of one recording once in each round.
    pub(crate) fn begin(
        reader: Reader,
        times: Times,
        told: impl Fn(&[Damage]) + Send + 'static,
    ) -> io::Result<Self> {
        let (running, stop) = mpsc::channel();
        let thread = thread::Builder::new().name("checks".to_owned());
        thread.spawn(move || {
            let is_over = |rest| stop.recv_timeout(rest) != Err(RecvTimeoutError::Timeout);
            let mut next = times.first;
            while !is_over(next) {
                if round(&reader, &told, is_over) {
                    return;
                }
                next = times.again;
            }
        })?;
        Ok(Self { _running: running })
    }
}

/// Looks at all once. Whether it is over.
fn round(reader: &Reader, told: &impl Fn(&[Damage]), is_over: impl Fn(Duration) -> bool) -> bool {
    let mut after = RecordingId(i64::MIN);
    loop {
        let began = Instant::now();
        match reader.check(after, FEW) {
            Ok(checked) => {
                if !checked.damages.is_empty() {
                    told(&checked.damages);
                }
                match checked.more_after {
                    Some(last) => after = last,
                    None => return false,
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the history could not be looked at for damage; it is tried again");
                return false;
            }
        }
        if is_over((began.elapsed() * RESTS).clamp(LEAST_REST, MOST_REST)) {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use judder_history::{History, NewRecording, Packed, Retention, Sync};

    use super::*;

    #[test]
    fn what_is_damaged_is_found_by_itself_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("h");
        let mut history = History::open(&path, Sync::System, Retention::default()).unwrap();
        let mut batch = history.batch();
        let readings = Packed::new(&[1.0, 2.0]);
        for sequence in 0..100 {
            let (sequence, readings) = (Some(sequence), Some(&readings));
            let one = NewRecording {
                device: "a",
                sequence,
                axes: 1,
                readings,
                ..NewRecording::default()
            };
            batch.add(&one).unwrap();
        }
        batch.commit().unwrap();
        history.settler().unwrap().run().unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        let change = "UPDATE readings SET at = at + 1 WHERE recording = 77";
        assert_eq!(connection.execute(change, []).unwrap(), 1);
        let (tell, told) = mpsc::channel();
        let times = Times { first: Duration::ZERO, again: Duration::from_millis(1) };
        let tell = move |damages: &[Damage]| _ = tell.send(damages.to_vec());
        let checks = Checks::begin(history.reader().unwrap(), times, tell).unwrap();
        for _ in 0..2 {
            let damages = told.recv_timeout(Duration::from_secs(60)).unwrap();
            let [damage] = &damages[..] else { panic!("{damages:?}") };
            assert_eq!((damage.recording, damage.sequence), (Some(RecordingId(77)), Some(76)));
        }
        drop(checks);
        // The thread ends, and what it tells by with it.
        while told.recv_timeout(Duration::from_secs(60)).is_ok() {}
        assert_eq!(told.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }
}
