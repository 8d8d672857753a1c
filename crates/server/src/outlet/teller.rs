//! Tells what is in the outbox: each outlet in a thread of its own, so that none waits for another.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use judder_history::{Batch, HistoryError, Reader, Telling, TellingId, UnixMillis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::limit::Limit;
use super::{Failure, Message, Outlet, Pace};
use crate::clock::{millis, now};

/// How many are read at a time.
const AT_A_TIME: usize = 16;
/// How many are told in one message, at most, where they are more than may be told one by one.
const TOGETHER: usize = 250;
/// How long to wait where the outbox cannot be read or written.
const TROUBLE: Duration = Duration::from_secs(5);
/// The longest sleep.
const LONGEST: Duration = Duration::from_secs(60);

/// Where an outlet finds what it is to tell.
pub trait Outbox: Send + 'static {
    /// What an outlet is to tell now, in order; of each alert only what comes first.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn due(&self, outlet: &str, now: UnixMillis, most: usize)
    -> Result<Vec<Telling>, HistoryError>;

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
            Self::Told { id, .. } | Self::Failed { id, .. } | Self::GivenUp { id, .. } => *id,
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn write(&self, batch: &mut Batch<'_>) -> Result<(), HistoryError> {
        match self {
            Self::Told { id, at } => batch.told(*id, *at),
            Self::Failed { id, next_at, reason } => batch.failed(*id, *next_at, reason),
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
            let post = Post {
                chance: ChaCha8Rng::seed_from_u64(now().cast_unsigned()),
                limit: Limit::new(&pace, Instant::now()),
                bell: Arc::clone(&teller.bell),
                note: Arc::clone(&note),
                page: page.map(str::to_owned),
                name,
                outlet,
                outbox,
                pace,
                began: (now(), Instant::now()),
            };
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
struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy)]
struct Rung {
    /// How often.
    times: u64,
    stop: bool,
}

impl Bell {
    fn ring(&self, stop: bool) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.times += 1;
        rung.stop |= stop;
        self.changed.notify_all();
    }

    fn rung(&self) -> Rung {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps so long, or until it is rung once more than `before`.
    fn sleep(&self, before: Rung, longest: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = |rung: &mut Rung| rung.times == before.times;
        drop(self.changed.wait_timeout_while(rung, longest, quiet));
    }
}

/// Notes what came of a telling to an outlet.
type Noting = dyn Fn(&str, Note) -> bool + Send + Sync;

/// What tells to one outlet.
struct Post<B> {
    name: String,
    outlet: Box<dyn Outlet>,
    outbox: B,
    note: Arc<Noting>,
    page: Option<String>,
    pace: Pace,
    limit: Limit,
    bell: Arc<Bell>,
    chance: ChaCha8Rng,
    /// When it began to tell, by both clocks.
    began: (UnixMillis, Instant),
}

impl<B: Outbox> Post<B> {
    fn run(mut self) {
        loop {
            // Before the outbox is read, so that nothing is missed that comes meanwhile.
            let before = self.bell.rung();
            if before.stop {
                return;
            }
            match self.outbox.due(&self.name, self.now(), AT_A_TIME) {
                Ok(due) if due.is_empty() => self.bell.sleep(before, self.until_next()),
                Ok(due) => {
                    let left = self.limit.left(&self.pace, Instant::now());
                    if left == 0 {
                        self.wait_for_room();
                    } else if left >= due.len() {
                        for telling in &due {
                            if self.bell.rung().stop || !self.tell(std::slice::from_ref(telling)) {
                                break;
                            }
                        }
                    } else {
                        // Where that fails, it is seen again.
                        let all = self.outbox.due(&self.name, self.now(), TOGETHER);
                        self.tell(all.as_ref().unwrap_or(&due));
                    }
                }
                Err(error) => {
                    tracing::error!(outlet = %self.name, "cannot see what is to be told: {error}");
                    self.bell.sleep(before, TROUBLE);
                }
            }
        }
    }

    /// The time that tries are planned by: as the clock would be, were it not set while this runs.
    fn now(&self) -> UnixMillis {
        let (at, began) = self.began;
        at.saturating_add(millis(began.elapsed()))
    }

    fn until_next(&self) -> Duration {
        let next = self.outbox.next_due(&self.name).ok().flatten();
        let wait = next.map_or(i64::MAX, |next| next.saturating_sub(self.now()).max(1));
        Duration::from_millis(wait.cast_unsigned()).min(LONGEST)
    }

    /// Waits until another message may be told, or it is to stop.
    fn wait_for_room(&self) {
        let until = Instant::now() + self.limit.wait(&self.pace);
        loop {
            let rung = self.bell.rung();
            let left = until.saturating_duration_since(Instant::now());
            if rung.stop || left.is_zero() {
                return;
            }
            self.bell.sleep(rung, left);
        }
    }

    /// Tells all of it in one message, and has it noted. False where the server stopped before it was.
    fn tell(&mut self, all: &[Telling]) -> bool {
        let Some(message) = Message::of_all(all, self.page.as_deref()) else { return true };
        self.limit.take();
        let told = self.outlet.tell(&message);
        all.iter().all(|telling| {
            let note = self.noted(telling, told.as_ref().err());
            self.has_noted(&note)
        })
    }

    /// What came of a telling.
    fn noted(&mut self, telling: &Telling, failure: Option<&Failure>) -> Note {
        let (id, at) = (telling.id, now());
        let Some(failure) = failure else { return Note::Told { id, at } };
        let next = self.pace.next(telling, failure, self.now(), &mut self.chance);
        let reason = failure.reason.clone();
        let alert = telling.alert.id.0;
        match next {
            Some(next_at) => {
                tracing::warn!(outlet = %self.name, alert, "{reason}");
                Note::Failed { id, next_at, reason }
            }
            None => {
                tracing::error!(outlet = %self.name, alert, "{reason}; it is given up");
                Note::GivenUp { id, at, reason }
            }
        }
    }

    /// Has it noted, however long that takes: else it would be told again. False where it is to stop before.
    fn has_noted(&self, note: &Note) -> bool {
        while !(self.note)(&self.name, note.clone()) {
            let rung = self.bell.rung();
            if rung.stop {
                return false;
            }
            self.bell.sleep(rung, TROUBLE);
        }
        true
    }
}
