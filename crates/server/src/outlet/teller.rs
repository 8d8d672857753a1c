//! Tells what is in the outbox: each outlet in a thread of its own, so that none waits for another.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use judder_history::{Alert, Batch, HistoryError, Newer, Reader, Telling, TellingId, UnixMillis};

use super::post::{Noting, Post};
use super::{Outlet, Pace};

/// Where an outlet finds what it is to tell.
pub trait Outbox: Send + 'static {
    /// What an outlet is to tell now, in order; of each alert only what comes first.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn due(&self, outlet: &str, now: UnixMillis, most: usize)
    -> Result<Vec<Telling>, HistoryError>;

    /// All that an outlet is still to be told, in the order in which it happened, whenever it is due.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn pending(&self, outlet: &str, most: usize) -> Result<Vec<Telling>, HistoryError>;

    /// What came of the same device and kind after an alert, if outlets are told nothing of the last of it.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn newer(&self, than: &Alert) -> Result<Option<Newer>, HistoryError>;

    /// When the next is due, if anything is.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn next_due(&self, outlet: &str) -> Result<Option<UnixMillis>, HistoryError>;
}

impl Outbox for Reader {
    fn due(
        &self,
        outlet: &str,
        now: UnixMillis,
        most: usize,
    ) -> Result<Vec<Telling>, HistoryError> {
        self.due_to(outlet, now, most)
    }

    fn pending(&self, outlet: &str, most: usize) -> Result<Vec<Telling>, HistoryError> {
        self.pending_to(outlet, most)
    }

    fn newer(&self, than: &Alert) -> Result<Option<Newer>, HistoryError> {
        Reader::newer(self, than)
    }

    fn next_due(&self, outlet: &str) -> Result<Option<UnixMillis>, HistoryError> {
        Reader::next_due(self, Some(outlet))
    }
}

/// What became of a telling, to be noted in the history by its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It was told.
    Told {
        /// Which.
        id: TellingId,
        /// When.
        at: UnixMillis,
    },
    /// It was tried in vain.
    Failed {
        /// Which.
        id: TellingId,
        /// When to try again.
        next_at: UnixMillis,
        /// Why.
        reason: String,
    },
    /// It waits behind another that was tried in vain: nothing gets through. That counts as a try of it.
    Waits {
        /// Which.
        id: TellingId,
        /// When to try again.
        next_at: UnixMillis,
        /// Why.
        reason: String,
    },
    /// It will not be tried again.
    GivenUp {
        /// Which.
        id: TellingId,
        /// When.
        at: UnixMillis,
        /// Why.
        reason: String,
    },
}

impl Note {
    /// Of which telling.
    pub fn id(&self) -> TellingId {
        match self {
            Self::Told { id, .. }
            | Self::Failed { id, .. }
            | Self::Waits { id, .. }
            | Self::GivenUp { id, .. } => *id,
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn write(&self, batch: &mut Batch<'_>) -> Result<(), HistoryError> {
        match self {
            Self::Told { id, at } => batch.told(*id, *at),
            Self::Failed { id, next_at, reason } | Self::Waits { id, next_at, reason } => {
                batch.failed(*id, *next_at, reason)
            }
            Self::GivenUp { id, at, reason } => batch.given_up(*id, *at, reason),
        }
    }
}

/// Threads that tell, one for each outlet.
#[derive(Debug)]
pub struct Teller {
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
}

impl Teller {
    /// Begins to tell: to each outlet, by its name, what its outbox has. `page` is where the live page is.
    ///
    /// `note` is called from these threads, with the name of the outlet; it waits until the note is committed,
    /// and says whether it was.
    /// One that was not is noted again before anything else is told to that outlet.
    ///
    /// # Errors
    /// Where the system has no more threads.
    pub fn start<B: Outbox>(
        outlets: Vec<(String, Box<dyn Outlet>, B)>,
        page: Option<&str>,
        pace: Pace,
        note: impl Fn(&str, Note) -> bool + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let note: Arc<Noting> = Arc::new(note);
        let mut teller = Self { bell: Arc::default(), threads: Vec::new() };
        for (name, outlet, outbox) in outlets {
            let (bell, note) = (Arc::clone(&teller.bell), Arc::clone(&note));
            let post = Post::new((name, outlet, outbox), page, pace, bell, note);
            let thread = thread::Builder::new().name("outlet".to_owned());
            teller.threads.push(thread.spawn(move || post.run())?);
        }
        Ok(teller)
    }

    /// Says that there may be something new in the outbox.
    pub fn wake(&self) {
        self.bell.ring(false);
    }

    /// What [wakes](Self::wake) them from elsewhere.
    pub(crate) fn waker(&self) -> impl Fn() + Send + 'static {
        let bell = Arc::clone(&self.bell);
        move || bell.ring(false)
    }

    /// Stops: what is being told is told to the end, and noted.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.bell.ring(true);
        for thread in self.threads.drain(..) {
            // One that failed tells nothing any more.
            let _ = thread.join();
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.end();
    }
}

/// Wakes those that sleep.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Rung {
    /// How often.
    times: u64,
    pub(super) stop: bool,
}

impl Bell {
    fn ring(&self, stop: bool) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.times += 1;
        rung.stop |= stop;
        self.changed.notify_all();
    }

    pub(super) fn rung(&self) -> Rung {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps so long, or until it is rung once more than `before`.
    pub(super) fn sleep(&self, before: Rung, longest: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = |rung: &mut Rung| rung.times == before.times;
        drop(self.changed.wait_timeout_while(rung, longest, quiet));
    }
}
