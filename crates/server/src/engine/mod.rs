//! The engine: one thread that everything goes through which is kept, watched or told.
//!
//! What takes time and needs nobody else, reading and scoring a recording, is done where it comes in. The
//! engine takes what has come meanwhile as one batch: first to the disk, then into what is known of the
//! devices, and only then is each recording acknowledged. So nothing needs a lock, the windows of a device
//! follow each other in one order, and under load many recordings share one write.

mod arrived;
mod changes;
mod condition;
mod device;
mod pace;
mod questions;
mod session;
mod shown;
mod state;
mod telling;
mod tick;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use judder_data::{Collection, Sync};
use judder_history::{History, HistoryError};
use tokio::sync::{oneshot, watch};

pub(crate) use arrived::now;
pub use condition::Kind;
pub(crate) use questions::Since;
pub use session::Wanted;
pub(crate) use shown::alert;
pub(crate) use state::State;
pub use telling::Told;

use crate::keep::{Keep, Kept};
use crate::metrics::Metrics;
use crate::outlet::Teller;
use crate::problem::Problem;
use crate::readers::Readers;
use crate::shelf::Shelf;
use crate::wire::Posted;
use arrived::{Arrived, named_by};
use changes::Changes;
use state::Fleet;

/// The most recordings that share one write.
const BATCH: usize = 128;

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
    to: mpsc::Sender<Message>,
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

/// What is read without asking the engine.
#[derive(Debug)]
struct Shared {
    accepting: AtomicBool,
    shelf: RwLock<Shelf>,
    revision: watch::Sender<u64>,
    readers: Arc<Readers>,
    kept: AtomicU64,
}

/// What the engine is to do between two batches.
type Question = Box<dyn FnOnce(&mut State, &mut Shelf) + Send>;

enum Message {
    Post(Box<Arrived>),
    Ask(Question),
    Stop,
}

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// Where the history cannot be read, or there is no thread to be had.
    pub fn start(setup: Setup) -> Result<Running, StartError> {
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
            metrics: Arc::clone(&setup.metrics),
        };
        let mut shelf = setup.shelf;
        fleet.restore_from(&reader, &mut shelf)?;
        let (to, from) = mpsc::channel();
        let shared = Arc::new(Shared {
            accepting: AtomicBool::new(fleet.is_accepting()),
            shelf: RwLock::new(shelf),
            revision: watch::Sender::new(0),
            readers: Readers::new(&setup.history)?,
            kept: AtomicU64::new(0),
        });
        let state = State { history: setup.history, fleet, metrics: setup.metrics, waker: None };
        let engine = Self { to, shared: Arc::clone(&shared) };
        let thread = thread::Builder::new().name("engine".to_owned());
        let thread = thread.spawn(move || run(state, &from, &shared));
        Ok(Running { engine, thread: Some(thread?), teller: None })
    }

    /// Has the engine do something, between two batches.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut State, &mut Shelf) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, answered) = oneshot::channel();
        let ask = Message::Ask(Box::new(move |state, shelf| {
            // Who does not wait any more need not know.
            let _ = answer.send(question(state, shelf));
        }));
        self.to.send(ask).map_err(|_| Problem::stopping())?;
        answered.await.map_err(|_| Problem::stopping())
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
        let arrived = Arrived::new(device, posted, model, answer);
        self.to.send(Message::Post(Box::new(arrived))).map_err(|_| Problem::stopping())?;
        let kept = answered.await.map_err(|_| Problem::stopping())??;
        if !kept.before {
            self.shared.kept.fetch_add(1, Ordering::Relaxed);
        }
        Ok(kept)
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
        let _ = self.engine.to.send(Message::Stop);
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

impl Shared {
    fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        // What is on the shelf is whole, whatever happened meanwhile.
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf_mut(&self) -> RwLockWriteGuard<'_, Shelf> {
        self.shelf.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn run(mut state: State, from: &mpsc::Receiver<Message>, shared: &Shared) {
    let mut next = Instant::now();
    let mut arrived = Vec::new();
    'running: loop {
        let first = from.recv_timeout(next.saturating_duration_since(Instant::now()));
        let mut message = match first {
            Ok(message) => Some(message),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        };
        let mut ask = None;
        // What has come by now is one batch, up to the first question, which is answered after it.
        while let Some(next) = message {
            match next {
                Message::Post(one) => arrived.push(*one),
                Message::Ask(question) => ask = Some(question),
                Message::Stop => {
                    state.take(std::mem::take(&mut arrived));
                    break 'running;
                }
            }
            if ask.is_some() || arrived.len() == BATCH {
                break;
            }
            message = from.try_recv().ok();
        }
        if !arrived.is_empty() {
            state.take(std::mem::take(&mut arrived));
        }
        if let Some(ask) = ask {
            ask(&mut state, &mut shared.shelf_mut());
        }
        if Instant::now() >= next {
            state.tick(now(), shared);
            next = Instant::now() + TICK;
        }
        shared.accepting.store(state.fleet.is_accepting(), Ordering::Relaxed);
        let revision = state.fleet.changes.revision();
        if *shared.revision.borrow() != revision {
            shared.revision.send_replace(revision);
        }
    }
}
