//! What all who come to the engine share: what has come, and who takes it.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
};
use std::time::{Duration, Instant};

use judder_history::Settler;
use tokio::sync::watch;

use super::Turned;
use super::arrived::Arrived;
use super::bell::Bell;
use super::beside::Beside;
use super::own::DamageSeen;
use super::place::Place;
use super::rolling::Rolling;
use super::state::State;
use super::unwritten::Unwritten;
use crate::clock::{Clock, Moment};
use crate::readers::Readers;
use crate::ready::Ready;
use crate::seldom::Seldom;
use crate::shelf::{Reread, Shelf, Watched};

/// The most recordings that share one write.
const BATCH: usize = 128;

/// Bytes of readings that do: they are written down once more for that.
const BYTES: usize = 4 << 20;

/// After so many batches, who came with a recording leaves the next ones to the engine's thread.
const ROUNDS: usize = 4;

/// How often what is kept is taken over into the history's tables, at least; whoever reads them has it done at
/// once. Seldom, so that what comes of one device is written to the same pages together.
const SETTLES: Duration = Duration::from_secs(5);

/// How often time alone is looked at: who has fallen silent, which model has changed.
const TICK: Duration = Duration::from_millis(500);

/// What all who come to the engine share.
pub(super) struct Shared {
    /// What has come and is not taken yet, in order.
    arrived: Mutex<Vec<Arrived>>,
    /// How many have come, or are about to, and are not taken yet.
    waiting: AtomicUsize,
    state: Mutex<State>,
    /// Whether writing waits for the disk: then the engine's own thread does it.
    waits: bool,
    /// Whether the history keeps the recordings.
    recorded: bool,
    bell: Bell,
    accepting: AtomicBool,
    shelf: RwLock<Shelf>,
    clock: Arc<dyn Clock>,
    revision: watch::Sender<u64>,
    readers: Arc<Readers>,
    unwritten: Arc<Unwritten>,
    kept: AtomicU64,
    /// The folder whose disk is to have room, what room it has, and whether that is known.
    place: Option<Place>,
    room: AtomicU64,
    /// Whether it is the folder that it was.
    is_there: AtomicBool,
    damage: Arc<DamageSeen>,
    /// When the engine turned last, in ms after it began.
    began: Instant,
    turned: AtomicU64,
    /// Whether the last recordings could be kept.
    keeps: AtomicBool,
    /// Rung when the model files are not to be watched any more, or to be looked at now.
    models: Bell,
}

/// The bytes that are free on the disk of a folder, where the system says it.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Shared {
    /// What is shared of an engine; `waits` says whether writing waits for the disk.
    pub(super) fn new(state: State, shelf: Shelf, readers: Arc<Readers>, waits: bool) -> Self {
        Self {
            arrived: Mutex::default(),
            waiting: AtomicUsize::new(0),
            waits,
            recorded: state.fleet.recorded,
            clock: Arc::clone(&state.fleet.clock),
            bell: Bell::default(),
            accepting: AtomicBool::new(state.fleet.is_accepting()),
            shelf: RwLock::new(shelf),
            revision: watch::Sender::new(0),
            readers,
            unwritten: Arc::clone(&state.unwritten),
            kept: AtomicU64::new(0),
            place: state.fleet.place.clone(),
            is_there: AtomicBool::new(true),
            damage: Arc::clone(&state.damage),
            room: AtomicU64::new(u64::MAX),
            began: Instant::now(),
            turned: AtomicU64::new(0),
            keeps: AtomicBool::new(true),
            models: Bell::default(),
            state: Mutex::new(state),
        }
    }

    /// How many recordings were kept since it started.
    pub(super) fn kept(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }

    /// Whether the history keeps the recordings.
    pub(super) fn is_recorded(&self) -> bool {
        self.recorded
    }

    /// Whether recordings are taken now.
    pub(super) fn is_accepting(&self) -> bool {
        self.accepting.load(Ordering::Relaxed)
    }

    /// What reads the history.
    pub(super) fn readers(&self) -> &Arc<Readers> {
        &self.readers
    }

    /// What became of alerts and is not in the history yet.
    pub(super) fn unwritten(&self) -> &Arc<Unwritten> {
        &self.unwritten
    }

    /// Tells when something has changed: the newest revision.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Has the engine's thread end, once it has taken what has come.
    pub(super) fn stop(&self) {
        self.models.ring(true);
        self.bell.ring(true);
    }

    /// Whether it does what it is for; this waits for nobody.
    pub(super) fn readiness(&self) -> Ready {
        let turned = Duration::from_millis(self.turned.load(Ordering::Relaxed));
        let room = Some(self.room.load(Ordering::Relaxed)).filter(|room| *room != u64::MAX);
        let ago = self.began.elapsed().saturating_sub(turned);
        let is_there = self.is_there.load(Ordering::Relaxed);
        Ready::of(ago, self.keeps.load(Ordering::Relaxed), room, is_there)
    }

    /// The engine has turned: it had the lock of all, and is through with the disk.
    fn has_turned(&self, told: Option<&Turned>) {
        if let Some(place) = &self.place {
            self.is_there.store(place.is_there(), Ordering::Relaxed);
            let room = free(place.folder()).unwrap_or(u64::MAX);
            self.room.store(room, Ordering::Relaxed);
        }
        let now = self.began.elapsed().as_millis() as u64;
        self.turned.store(now, Ordering::Relaxed);
        if let Some(Turned(told)) = told {
            told();
        }
    }

    /// Watches the files of models, on a thread of its own: files may hang, and nobody waits for them.
    pub(super) fn watch_models(&self) {
        while !self.models.wait(Instant::now() + TICK) {
            self.look_at_models();
        }
    }

    /// Looks whether files of models have changed, and reads those that have: without a lock.
    pub(super) fn look_at_models(&self) {
        let watched = self.shelf().watched();
        let read: Vec<Reread> = watched.into_iter().filter_map(Watched::look).collect();
        if read.is_empty() {
            return;
        }
        self.holding(|state| {
            let mut shelf = self.shelf_mut();
            state.models_changed(shelf.take(read));
            state.review_thresholds(&mut shelf);
        });
    }

    /// Runs until it is told to stop, and what has come by then is taken.
    pub(super) fn run(&self, settler: &Settler, mut beside: Beside, told: Option<&Turned>) {
        let mut next = Instant::now();
        let mut unsettled = Seldom::default();
        let mut settles = next;
        let mut rolling = Rolling::new();
        loop {
            let stop = self.bell.wait(rolling.wakes(next));
            self.take();
            if stop {
                let now = self.now();
                _ = self.state().write_late(now);
                return;
            }
            let looks = Instant::now() >= next;
            if looks {
                self.look();
                next = Instant::now() + TICK;
            }
            beside.look(settler);
            // Beside those who write: they wait neither for the tables nor for the disk then.
            if settler.is_due() || Instant::now() >= settles {
                let settled = settler.run();
                if let Err(error) = &settled {
                    self.damage.look(error);
                }
                if let Err(error) = settled
                    && unsettled.more(1, Instant::now()).is_some()
                {
                    tracing::error!(%error, "what is kept could not be taken over into the history's tables");
                }
                settles = Instant::now() + SETTLES;
            }
            if let Err(error) = rolling.look(settler) {
                self.damage.look(&error);
            }
            if looks {
                self.has_turned(told);
            }
        }
    }

    /// Looks at what time alone brings about.
    pub(super) fn look(&self) {
        self.holding(|state| state.tick(self.now()));
        // A few old rows at a time: who has come meanwhile is not held up by all that goes.
        while self.holding(|state| state.prune(self.now())) {}
    }

    /// Does something between two batches. Who comes meanwhile leaves what they have to this one.
    pub(super) fn holding<T>(&self, deed: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let answer = deed(&mut state);
        self.publish(&state);
        drop(state);
        self.take();
        answer
    }

    /// The time now.
    pub(super) fn now(&self) -> Moment {
        Moment::of(&*self.clock)
    }

    /// Puts a recording beside those that have come.
    pub(super) fn put(&self, arrived: Arrived) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.arrived().push(arrived);
    }

    /// Has those taken that have come, if nobody else does.
    pub(super) fn see_to(&self) {
        if self.waiting.load(Ordering::SeqCst) == 0 {
            return;
        }
        if self.waits || !self.try_take() {
            self.bell.ring(false);
        }
    }

    /// Takes what has come, if nobody else does. False if more came all the time.
    fn try_take(&self) -> bool {
        for _ in 0..ROUNDS {
            match self.state.try_lock() {
                Ok(mut state) => self.take_one(&mut state),
                Err(TryLockError::Poisoned(state)) => self.take_one(&mut state.into_inner()),
                // Who has it looks once more after it is given back.
                Err(TryLockError::WouldBlock) => return true,
            }
            if self.waiting.load(Ordering::SeqCst) == 0 {
                return true;
            }
        }
        false
    }

    /// Takes all that has come.
    pub(super) fn take(&self) {
        while self.waiting.load(Ordering::SeqCst) > 0 {
            self.take_one(&mut self.state());
        }
    }

    /// Takes one batch.
    fn take_one(&self, state: &mut State) {
        let batch = &mut state.batch;
        let mut arrived = self.arrived();
        let mut bytes = 0;
        let mut fits = |one: &Arrived| {
            bytes += one.readings.bytes();
            bytes <= BYTES
        };
        // One at least, however large it is.
        let count = arrived.iter().take(BATCH).take_while(|one| fits(one)).count().max(1);
        if arrived.len() <= count {
            std::mem::swap(&mut *arrived, batch);
        } else {
            batch.extend(arrived.drain(..count));
        }
        drop(arrived);
        if !batch.is_empty() {
            self.waiting.fetch_sub(batch.len(), Ordering::SeqCst);
            self.kept.fetch_add(state.take(), Ordering::Relaxed);
            if state.history.is_settling_due() {
                self.bell.ring(false);
            }
            self.publish(state);
        }
    }

    /// Tells what may be known without asking.
    pub(super) fn publish(&self, state: &State) {
        self.accepting.store(state.fleet.is_accepting(), Ordering::Relaxed);
        self.keeps.store(!state.fleet.unkept.lasts(), Ordering::Relaxed);
        let revision = state.fleet.changes.revision();
        if self.revision.receiver_count() > 0 && *self.revision.borrow() != revision {
            self.revision.send_replace(revision);
        }
    }

    // What is in these is whole, whatever happened to who had them before.

    fn arrived(&self) -> MutexGuard<'_, Vec<Arrived>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn shelf_mut(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.shelf.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::BTreeSet;
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use judder_data::Sync;
    use judder_history::History;

    use super::*;
    use crate::clock::SystemClock;
    use crate::engine::{Engine, Setup};
    use crate::keep::Keep;
    use crate::metrics::Metrics;

    fn setup(turned: impl Fn() + Send + 'static) -> Setup {
        Setup {
            history: History::temporary().unwrap(),
            recorded: true,
            root: None,
            label: None,
            folder: None,
            sync: Sync::System,
            shelf: Shelf::default(),
            sessions_only: false,
            silent_after: None,
            unjudged_after: None,
            clock: Arc::new(SystemClock),
            most_devices: 10,
            named: BTreeSet::new(),
            most_held: 1 << 20,
            turned: Some(Turned(Box::new(turned))),
            metrics: Arc::new(Metrics::new(std::time::SystemTime::UNIX_EPOCH)),
        }
    }

    /// Who comes while the engine does something else does not wait for its next look.
    #[test]
    fn what_comes_meanwhile_is_taken_right_after() {
        let (turned, turns) = mpsc::channel();
        let running = Engine::start(setup(move || _ = turned.send(()))).unwrap();
        // Its next look is half a second off.
        turns.recv().unwrap();
        let engine = running.engine();
        let body = br#"{"device":"b","rate_hz":100,"x":[1,2,1],"y":[0,1,0],"z":[1,1,2]}"#;
        let posted = crate::wire::from_json(body).unwrap();
        let mut kept = pin!(engine.keep(posted, "127.0.0.1:1".parse().unwrap()));
        let mut look = || kept.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        // It lets others come first, and finds the engine taken.
        engine.shared.holding(|_| assert!(look().is_pending() && look().is_pending()));
        assert!(matches!(look(), Poll::Ready(Ok(_))));
    }
}
