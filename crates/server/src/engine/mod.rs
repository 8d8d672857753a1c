//! The engine: all that is kept, watched or told goes through it, one batch after the other.
//!
//! What takes time and needs nobody else, reading and scoring a recording, is done where it comes in. Then
//! whoever finds the engine free takes what has come meanwhile as one batch: first to the disk, then into what
//! is known of the devices, and only then is each recording acknowledged. So the windows of a device follow
//! each other in one order, under load many recordings share one write, and without load none waits for
//! another thread. A thread of its own looks at what time alone brings about, and takes the batches where
//! writing waits for the disk.

mod arrived;
mod before;
mod bell;
mod changes;
mod condition;
mod device;
mod pace;
mod questions;
mod ring;
mod session;
mod shown;
mod state;
mod telling;
mod tick;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use judder_data::{Collection, Sync};
use judder_history::{History, HistoryError, Settler};
use tokio::sync::{oneshot, watch};

pub use condition::Kind;
pub(crate) use questions::Since;
pub use session::Wanted;
pub(crate) use shown::alert;
pub(crate) use state::State;
pub use telling::Told;

use crate::clock::now;
use crate::keep::{Keep, Kept};
use crate::metrics::Metrics;
use crate::outlet::Teller;
use crate::problem::Problem;
use crate::readers::Readers;
use crate::seldom::Seldom;
use crate::shelf::Shelf;
use crate::wire::Posted;
use arrived::{Arrived, named_by};
use bell::Bell;
use changes::Changes;
use state::Fleet;

/// The most recordings that share one write.
const BATCH: usize = 128;

/// After so many batches, who came with a recording leaves the next ones to the engine's thread.
const ROUNDS: usize = 4;

/// How often what is kept is taken over into the history's tables, at least; whoever reads them has it done at
/// once. Seldom, so that what comes of one device is written to the same pages together.
const SETTLES: Duration = Duration::from_secs(5);

/// How often time alone is looked at: who has fallen silent, which model has changed.
const TICK: Duration = Duration::from_millis(500);

/// What an engine begins with.
#[derive(Debug)]
pub struct Setup {
    /// What was seen before.
    pub history: History,
    /// Whether the history keeps the recordings.
    pub recorded: bool,
    /// Where recordings go as files outside of sessions, if they are kept so.
    pub root: Option<Collection>,
    /// The state of the machine in those.
    pub label: Option<String>,
    /// Where sessions are kept.
    pub folder: Option<PathBuf>,
    /// How far files are written out before a recording is acknowledged.
    pub sync: Sync,
    /// The models.
    pub shelf: Shelf,
    /// Whether recordings are taken in sessions alone.
    pub sessions_only: bool,
    /// After how long a device is silent; by its own pace where nothing is said.
    pub silent_after: Option<Duration>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// A way to the engine.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

/// An engine that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    engine: Engine,
    thread: Option<JoinHandle<()>>,
    /// Ends before the engine does, which notes what it tells.
    teller: Option<Teller>,
}

/// Why an engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// There is no thread to be had.
    #[error("the server's thread cannot begin: {0}; stop other programs")]
    Thread(#[from] std::io::Error),
}

struct Shared {
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
    revision: watch::Sender<u64>,
    readers: Arc<Readers>,
    kept: AtomicU64,
}

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// Where the history cannot be read, or there is no thread to be had.
    pub fn start(setup: Setup) -> Result<Running, StartError> {
        for (file, aside) in setup.history.put_aside() {
            tracing::warn!(
                file = %file.display(),
                aside = %aside.display(),
                "not all of the file could be read: its end was not written whole, or it is damaged; what could be \
                 read is kept, and the file as it was is put aside"
            );
        }
        let reader = setup.history.reader()?;
        let mut fleet = Fleet {
            devices: BTreeMap::new(),
            folder: setup.folder,
            sync: setup.sync,
            session: None,
            root: setup.root,
            label: setup.label,
            recorded: setup.recorded,
            sessions_only: setup.sessions_only,
            silent_after: setup.silent_after,
            changes: Changes::default(),
            lost: Seldom::default(),
            metrics: setup.metrics,
        };
        let mut shelf = setup.shelf;
        fleet.restore_from(&reader, &mut shelf)?;
        let accepting = AtomicBool::new(fleet.is_accepting());
        let readers = Readers::new(&setup.history)?;
        let settler = setup.history.settler()?;
        let (batch, history) = (Vec::new(), setup.history);
        let state = State { history, batch, fleet, prune_at: 0, waker: None };
        let shared = Arc::new(Shared {
            arrived: Mutex::default(),
            waiting: AtomicUsize::new(0),
            state: Mutex::new(state),
            waits: setup.sync == Sync::Disk,
            recorded: setup.recorded,
            bell: Bell::default(),
            accepting,
            shelf: RwLock::new(shelf),
            revision: watch::Sender::new(0),
            readers,
            kept: AtomicU64::new(0),
        });
        let engine = Self { shared: Arc::clone(&shared) };
        let thread = thread::Builder::new().name("engine".to_owned());
        let thread = thread.spawn(move || shared.run(&settler))?;
        Ok(Running { engine, thread: Some(thread), teller: None })
    }

    /// Has the engine do something, between two batches.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut State, &mut Shelf) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.clone();
        // It may have to wait for a batch.
        let asked = tokio::task::spawn_blocking(move || engine.now(question));
        asked.await.map_err(|_| Problem::stopping())
    }

    /// The same, for who may wait.
    fn now<T>(&self, question: impl FnOnce(&mut State, &mut Shelf) -> T) -> T {
        let shared = &self.shared;
        let mut state = shared.state();
        let answer = question(&mut state, &mut shared.shelf_mut());
        shared.publish(&state);
        drop(state);
        // Who came meanwhile has left it to this one.
        shared.take();
        answer
    }

    /// How many recordings were kept since it started.
    pub fn kept(&self) -> u64 {
        self.shared.kept.load(Ordering::Relaxed)
    }

    /// What reads the history.
    pub(crate) fn readers(&self) -> &Arc<Readers> {
        &self.shared.readers
    }

    /// Tells when something has changed: the newest revision.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.revision.subscribe()
    }
}

impl Keep for Engine {
    async fn keep(&self, posted: Posted, peer: SocketAddr) -> Result<Kept, Problem> {
        let device = posted.device.clone().unwrap_or_else(|| named_by(peer));
        let model = self.shared.shelf().model_of(&device).cloned();
        let (answer, answered) = oneshot::channel();
        self.shared.put(Arrived::new(device, posted, model, self.shared.recorded, answer));
        // Those that have come meanwhile are read first: then they share a write, and are answered together.
        tokio::task::yield_now().await;
        self.shared.see_to();
        answered.await.map_err(|_| Problem::stopping())?
    }

    fn is_accepting(&self) -> bool {
        self.shared.accepting.load(Ordering::Relaxed)
    }
}

impl Running {
    /// A way to the engine.
    pub fn engine(&self) -> Engine {
        self.engine.clone()
    }

    /// Ends the engine, once it has taken what was sent to it.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.teller.take());
        self.engine.shared.bell.ring(true);
        if let Some(thread) = self.thread.take() {
            // It ends with an answer to everybody, or not at all.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Shared {
    /// Runs until it is told to stop, and what has come by then is taken.
    fn run(&self, settler: &Settler) {
        let mut next = Instant::now();
        let mut settles = next;
        loop {
            let stop = self.bell.wait(next);
            self.take();
            if stop {
                return;
            }
            if Instant::now() >= next {
                let mut state = self.state();
                state.tick(now(), self);
                self.publish(&state);
                drop(state);
                self.take();
                next = Instant::now() + TICK;
            }
            // Beside those who write: they wait neither for the tables nor for the disk then.
            if settler.is_due() || Instant::now() >= settles {
                if let Err(error) = settler.run() {
                    tracing::error!(%error, "what is kept could not be taken over into the history's tables");
                }
                settles = Instant::now() + SETTLES;
            }
        }
    }

    /// Puts a recording beside those that have come.
    fn put(&self, arrived: Arrived) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.arrived().push(arrived);
    }

    /// Has those taken that have come, if nobody else does.
    fn see_to(&self) {
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
    fn take(&self) {
        while self.waiting.load(Ordering::SeqCst) > 0 {
            self.take_one(&mut self.state());
        }
    }

    /// Takes one batch.
    fn take_one(&self, state: &mut State) {
        let batch = &mut state.batch;
        let mut arrived = self.arrived();
        if arrived.len() <= BATCH {
            std::mem::swap(&mut *arrived, batch);
        } else {
            batch.extend(arrived.drain(..BATCH));
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
    fn publish(&self, state: &State) {
        self.accepting.store(state.fleet.is_accepting(), Ordering::Relaxed);
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

    fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf_mut(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.shelf.write().unwrap_or_else(PoisonError::into_inner)
    }
}
