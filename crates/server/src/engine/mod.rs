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
mod beside;
mod changes;
mod commissioning;
mod condition;
mod crowd;
mod deed;
mod device;
mod files;
mod flapping;
mod held;
mod last;
mod opened;
mod outbox;
mod own;
mod pace;
mod place;
mod probe;
mod questions;
mod restored;
mod ring;
mod rolling;
mod session;
mod shared;
mod shown;
mod starts;
mod state;
mod telling;
mod thresholds;
mod tick;
mod unit;
mod unjudged;
mod unkept;
mod unwritten;
mod watched;
mod watches;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use judder_data::{Collection, Sync};
use judder_history::{Damage, History, HistoryError};
use tokio::sync::{oneshot, watch};

pub use condition::Kind;
pub(crate) use own::DamageSeen;
pub(crate) use questions::Since;
pub use session::Wanted;
pub(crate) use session::is_taken;
pub(crate) use shown::alert;
pub(crate) use state::State;
pub use telling::Told;
pub(crate) use thresholds::Stretch;
pub(crate) use unwritten::Unwritten;

use crate::checks::{Checks, Times};
use crate::clock::{Clock, Moment};
use crate::keep::{Keep, Kept};
use crate::metrics::Metrics;
use crate::outlet::Teller;
use crate::problem::Problem;
use crate::readers::Readers;
use crate::ready::Ready;
use crate::seldom::Seldom;
use crate::shelf::Shelf;
use crate::wire::Posted;
use arrived::{Arrived, named_by};
use beside::Beside;
use changes::Changes;
use crowd::Crowd;
use own::Own;
use place::Place;
use shared::Shared;
use state::{Fleet, Judged};
use unkept::Unkept;
use unwritten::Numbers;

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
    /// After how long without a verdict a device is not judged; by the number of windows too, where nothing is said.
    pub unjudged_after: Option<Duration>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Devices that are known at a time, at most: of those that nothing is known of, the oldest give way to new ones.
    pub most_devices: usize,
    /// Devices that never give way, as they have a key, say.
    pub named: BTreeSet<String>,
    /// Bytes that last recordings may take in memory.
    pub most_held: usize,
    /// What the engine's own thread does whenever it has turned, twice a second: who watches it sees that it does.
    pub turned: Option<Turned>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// What of a [`Setup`] can be another while the engine runs.
#[derive(Debug)]
pub struct Adjusted {
    /// As in [`Setup`].
    pub silent_after: Option<Duration>,
    /// As in [`Setup`].
    pub unjudged_after: Option<Duration>,
    /// As in [`Setup`].
    pub most_devices: usize,
    /// As in [`Setup`].
    pub named: BTreeSet<String>,
    /// The models of the configuration; those that were sent stay, and others go.
    pub models: Shelf,
}

/// What is done whenever an engine has turned.
pub struct Turned(pub Box<dyn Fn() + Send>);

impl std::fmt::Debug for Turned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turned")
    }
}

/// How long it is waited for who watches the files of models.
const MODELS_END: Duration = Duration::from_secs(2);

/// Devices that are known at a time, where nothing is said.
pub const MOST_KNOWN: usize = 10_000;

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
    models: Option<JoinHandle<()>>,
    _checks: Option<Checks>,
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

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    /// Where the history cannot be read, or there is no thread to be had.
    pub fn start(setup: Setup) -> Result<Running, StartError> {
        opened::say(&setup.history);
        let reader = setup.history.reader()?;
        let now = Moment::of(&*setup.clock);
        let mut fleet = Fleet {
            devices: BTreeMap::new(),
            place: setup.folder.map(Place::new),
            sync: setup.sync,
            session: None,
            root: setup.root,
            label: setup.label,
            recorded: setup.recorded,
            sessions_only: setup.sessions_only,
            silent_after: setup.silent_after,
            unjudged_after: setup.unjudged_after,
            clock: setup.clock,
            most_devices: setup.most_devices.max(1),
            named: setup.named,
            most_held: setup.most_held,
            held: 0,
            crowd: Crowd::default(),
            crowded: Seldom::default(),
            began: now.steady,
            changes: Changes::default(),
            deeds: Vec::new(),
            judged: Judged::default(),
            numbers: Numbers::after(setup.history.numbers()?.alert),
            unkept: Unkept::default(),
            own: Own::default(),
            untold: Seldom::default(),
            metrics: setup.metrics,
        };
        let mut shelf = setup.shelf;
        shelf.is_configured();
        fleet.restore_from(&reader, &mut shelf)?;
        fleet.resume_session(now);
        let damage = Arc::<DamageSeen>::default();
        opened::say_losses(&setup.history, &damage);
        let readers = Readers::new(&setup.history, &damage)?;
        let settler = setup.history.settler()?;
        let (metrics, seen) = (Arc::clone(&fleet.metrics), Arc::clone(&damage));
        let say = move |found: &[Damage]| opened::say_damages(&metrics, &seen, found);
        let checks = match fleet.recorded && fleet.folder().is_some() {
            true => Some(Checks::begin(setup.history.reader()?, Times::DAILY, say)?),
            false => None,
        };
        let beside = Beside::new(fleet.folder().filter(|_| fleet.recorded));
        let mut state = State {
            history: setup.history,
            reader,
            unwritten: Arc::default(),
            damage,
            probe_at: now.steady,
            batch: Vec::new(),
            fleet,
            prune_at: now.steady,
            owed: 0,
            looked: now,
            waker: None,
        };
        state.review_thresholds(&mut shelf);
        let waits = setup.sync == Sync::Disk;
        let shared = Arc::new(Shared::new(state, shelf, readers, waits));
        let engine = Self { shared: Arc::clone(&shared) };
        let turned = setup.turned;
        let thread = thread::Builder::new().name("engine".to_owned());
        let running = Arc::clone(&shared);
        let thread = thread.spawn(move || running.run(&settler, beside, turned.as_ref()))?;
        let models = thread::Builder::new().name("models".to_owned());
        let models = models.spawn(move || shared.watch_models())?;
        let models = Some(models);
        Ok(Running { engine, thread: Some(thread), models, _checks: checks, teller: None })
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
        self.shared.holding(|state| question(state, &mut self.shared.shelf_mut()))
    }

    /// Looks at what time alone brings about, which it does by itself twice a second: for who sets its clock.
    pub fn look(&self) {
        self.shared.look_at_models();
        self.shared.look();
    }

    /// Goes on with other settings.
    pub fn adjust(&self, adjusted: Adjusted) {
        let Adjusted { silent_after, unjudged_after, most_devices, named, models } = adjusted;
        self.now(|state, shelf| {
            let fleet = &mut state.fleet;
            (fleet.silent_after, fleet.unjudged_after) = (silent_after, unjudged_after);
            (fleet.most_devices, fleet.named) = (most_devices.max(1), named);
            let adopted = shelf.adopt(models);
            state.say_adopted(adopted, shelf);
            state.review_thresholds(shelf);
            let fleet = &mut state.fleet;
            fleet.changes.of_models();
            fleet.changes.of_everything();
        });
    }

    /// Looks now whether model files have changed, which it does by itself twice a second.
    pub fn look_at_models(&self) {
        self.shared.look_at_models();
    }

    /// Says that the history is damaged: somebody has checked it, say. That is an alert of the server's own, which
    /// is over with a start after which nothing of it is seen for a minute.
    pub fn history_is_damaged(&self, words: &str) {
        self.now(|state, _| state.damage.say(words.to_owned()));
    }

    /// How many recordings were kept since it started.
    pub fn kept(&self) -> u64 {
        self.shared.kept()
    }

    /// What reads the history.
    pub(crate) fn readers(&self) -> &Arc<Readers> {
        self.shared.readers()
    }

    /// What became of alerts and is not in the history yet.
    pub(crate) fn unwritten(&self) -> &Arc<Unwritten> {
        self.shared.unwritten()
    }

    /// Tells when something has changed: the newest revision.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }
}

impl Keep for Engine {
    async fn keep(&self, posted: Posted, peer: SocketAddr) -> Result<Kept, Problem> {
        let device = posted.device.clone().unwrap_or_else(|| named_by(peer));
        let model = self.shared.shelf().model_of(&device).cloned();
        let (answer, answered) = oneshot::channel();
        let (at, recorded) = (self.shared.now(), self.shared.is_recorded());
        self.shared.put(Arrived::new(device, posted, at, model, recorded, answer));
        // Those that have come meanwhile are read first: then they share a write, and are answered together.
        tokio::task::yield_now().await;
        self.shared.see_to();
        answered.await.map_err(|_| Problem::stopping())?
    }

    fn is_accepting(&self) -> bool {
        self.shared.is_accepting()
    }

    fn readiness(&self) -> Ready {
        self.shared.readiness()
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
        self.engine.shared.stop();
        if let Some(thread) = self.thread.take() {
            // It ends with an answer to everybody, or not at all.
            let _ = thread.join();
        }
        // It may hang with a file system; then it ends with the process.
        if let Some(models) = self.models.take() {
            let until = std::time::Instant::now() + MODELS_END;
            while !models.is_finished() && std::time::Instant::now() < until {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
