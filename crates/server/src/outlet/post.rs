//! What tells to one outlet, in the order in which it happened.
//!
//! Where a telling fails, the outlet is taken to be out of reach: it is tried again later and later with the first that
//! waits, and all others wait behind that. One that fails by itself is not to hold them up: one that is refused, at once, and
//! one that fails again and again while the next gets through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use judder_history::{AlertId, HistoryError, Newer, Telling, TellingId, Transition, UnixMillis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::limit::Limit;
use super::teller::{Bell, Note, Outbox};
use super::{Failure, Message, Outlet, Pace, Retry};
use crate::clock::{millis, now, written};

/// How many are told one by one before it is looked again.
const AT_A_TIME: usize = 16;
/// How many are told in one message, at most, where they are more than may be told one by one; and how many are noted to
/// wait where nothing gets through.
const TOGETHER: usize = 250;
/// Of one that fails so often it is seen whether the next gets through.
const ALONE: u32 = 3;
/// How long to wait where the outbox cannot be read or written.
const TROUBLE: Duration = Duration::from_secs(5);
/// The longest sleep.
const LONGEST: Duration = Duration::from_secs(60);

/// Notes what came of a telling to an outlet.
pub(super) type Noting = dyn Fn(&str, Note) -> bool + Send + Sync;

/// What tells to one outlet.
pub(super) struct Post<B> {
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
    /// When it is tried again, where nothing gets through.
    closed: Option<UnixMillis>,
    /// Those that fail by themselves: the others are told meanwhile.
    alone: BTreeMap<TellingId, Alone>,
}

/// One that fails by itself.
#[derive(Debug, Clone, Copy)]
struct Alone {
    tries: u32,
    next_at: UnixMillis,
}

/// What came of telling something.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// It was told, or fails by itself: the next may be told.
    Through,
    /// Nothing gets through.
    Closed,
    /// Nothing does, and it is given up.
    GivenUp,
    /// The server stopped before it was noted.
    Stopped,
}

impl<B: Outbox> Post<B> {
    pub(super) fn new(
        (name, outlet, outbox): (String, Box<dyn Outlet>, B),
        page: Option<&str>,
        pace: Pace,
        bell: Arc<Bell>,
        note: Arc<Noting>,
    ) -> Self {
        Self {
            chance: ChaCha8Rng::seed_from_u64(now().cast_unsigned()),
            limit: Limit::new(&pace, Instant::now()),
            page: page.map(str::to_owned),
            began: (now(), Instant::now()),
            closed: None,
            alone: BTreeMap::new(),
            name,
            outlet,
            outbox,
            note,
            pace,
            bell,
        }
    }

    pub(super) fn run(mut self) {
        loop {
            // Before the outbox is read, so that nothing is missed that comes meanwhile.
            let before = self.bell.rung();
            if before.stop {
                return;
            }
            if let Some(wait) = self.closed_for() {
                self.bell.sleep(before, wait.min(LONGEST));
                continue;
            }
            match self.waits(AT_A_TIME) {
                Ok(all) if all.is_empty() => self.bell.sleep(before, self.until_next()),
                Ok(all) => {
                    let left = self.limit.left(&self.pace, Instant::now());
                    if left == 0 {
                        self.wait_for_room();
                    } else if left >= all.len() {
                        self.tell_in_order(&all);
                    } else {
                        // Where that fails, it is seen again.
                        let all = self.waits(TOGETHER).unwrap_or(all);
                        self.tell_together(&all);
                    }
                }
                Err(error) => {
                    tracing::error!(outlet = %self.name, "cannot see what is to be told: {error}");
                    self.bell.sleep(before, TROUBLE);
                }
            }
        }
    }

    /// What is to be told now, in order, if anything is due: with it all that waited for the outlet, but not what fails
    /// by itself, nor what came of the same alert after that.
    fn waits(&self, most: usize) -> Result<Vec<Telling>, HistoryError> {
        let now = self.now();
        if self.outbox.due(&self.name, now, 1)?.is_empty() {
            return Ok(Vec::new());
        }
        // Of an alert there is one more to tell, at most.
        let window = most + 2 * self.alone.len();
        let mut behind = BTreeSet::<AlertId>::new();
        let mut waits = self.outbox.pending(&self.name, window)?;
        waits.retain(|telling| {
            let is_alone = self.alone.get(&telling.id).is_some_and(|alone| alone.next_at > now);
            !(behind.contains(&telling.alert.id) || is_alone && behind.insert(telling.alert.id))
        });
        waits.truncate(most);
        Ok(waits)
    }

    /// For how long nothing is tried, if it is closed.
    fn closed_for(&mut self) -> Option<Duration> {
        let left = self.closed?.saturating_sub(self.now());
        if left <= 0 {
            self.closed = None;
            return None;
        }
        Some(Duration::from_millis(left.cast_unsigned()))
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

    /// Tells one after the other, as long as they get through.
    fn tell_in_order(&mut self, all: &[Telling]) {
        let mut behind = BTreeSet::new();
        let mut tried = BTreeSet::new();
        // One that has failed, while it is seen whether the next gets through.
        let mut first: Option<(TellingId, Alone)> = None;
        for telling in all {
            if self.bell.rung().stop {
                return;
            }
            if behind.contains(&telling.alert.id) {
                continue;
            }
            tried.insert(telling.id);
            let failure = self.say(std::slice::from_ref(telling)).err();
            match self.has_come(telling, failure.as_ref()) {
                Came::Stopped => return,
                Came::Through if failure.is_none() => {
                    if let Some((id, alone)) = first.take() {
                        self.closed = None;
                        self.alone.insert(id, alone);
                    }
                }
                Came::Through => _ = behind.insert(telling.alert.id),
                Came::GivenUp => break,
                Came::Closed => {
                    let tries = telling.attempts.saturating_add(1);
                    let asked = failure.is_none_or(|failure| failure.retry != Retry::Later);
                    if first.is_some() || asked || tries < ALONE {
                        break;
                    }
                    behind.insert(telling.alert.id);
                    let next_at = self.closed.unwrap_or_else(|| self.now());
                    first = Some((telling.id, Alone { tries, next_at }));
                }
            }
        }
        if let Some(next_at) = self.closed {
            self.others_wait(&tried, next_at);
        }
    }

    /// Tells all of it in one message.
    fn tell_together(&mut self, all: &[Telling]) {
        let told = self.say(all);
        for telling in all {
            if self.has_come(telling, told.as_ref().err()) == Came::Stopped {
                return;
            }
        }
    }

    fn say(&mut self, all: &[Telling]) -> Result<(), Failure> {
        let all: Vec<Telling> = all.iter().map(|telling| self.as_it_is_now(telling)).collect();
        let Some(message) = Message::of_all(&all, self.page.as_deref()) else { return Ok(()) };
        self.limit.take();
        self.outlet.tell(&message)
    }

    /// A telling that says how it is now: one that is over, and came again since without a word, flaps.
    fn as_it_is_now(&self, telling: &Telling) -> Telling {
        let mut telling = telling.clone();
        // What cannot be read now is told as it was.
        if telling.transition == Transition::Cleared
            && let Ok(Some(Newer { last, count })) = self.outbox.newer(&telling.alert)
        {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            let alert = &mut telling.alert;
            let now = match last.cleared_at {
                Some(at) => {
                    alert.cleared_at = Some(at);
                    format!("is over since {}", written(at))
                }
                None => format!("is there again since {}", written(last.raised_at)),
            };
            alert.words = format!("{}; it came {times} more, and {now}", last.words);
        }
        telling
    }

    /// Has it noted what came of a telling, and remembers what follows for the others.
    fn has_come(&mut self, telling: &Telling, failure: Option<&Failure>) -> Came {
        let (id, at) = (telling.id, now());
        let Some(failure) = failure else {
            self.alone.remove(&id);
            return self.noted(Note::Told { id, at }, Came::Through);
        };
        let reason = failure.reason.clone();
        let before = self.alone.get(&id).map(|alone| alone.tries);
        let by_itself = failure.retry == Retry::Seldom || before.is_some();
        // That it waited for the outlet before says nothing of how often it was refused.
        let tries = match failure.retry {
            Retry::Seldom => before.unwrap_or(0),
            _ => telling.attempts,
        };
        let next_at = self.next(telling, tries, failure);
        let came = if by_itself { Came::Through } else { Came::Closed };
        let alert = telling.alert.id.0;
        let Some(next_at) = next_at else {
            tracing::error!(outlet = %self.name, alert, "{reason}; it is given up");
            self.alone.remove(&id);
            if !by_itself {
                let soon = self.now().saturating_add(millis(self.pace.first));
                self.closed = self.closed.or(Some(soon));
            }
            let came = if by_itself { Came::Through } else { Came::GivenUp };
            return self.noted(Note::GivenUp { id, at, reason }, came);
        };
        tracing::warn!(outlet = %self.name, alert, "{reason}");
        if by_itself {
            self.alone.insert(id, Alone { tries: tries.saturating_add(1), next_at });
        } else {
            // The first says when.
            self.closed = self.closed.or(Some(next_at));
        }
        self.noted(Note::Failed { id, next_at, reason }, came)
    }

    /// All that waits behind what was tried waits as long, and is given up as it would be had it been tried.
    fn others_wait(&mut self, tried: &BTreeSet<TellingId>, next_at: UnixMillis) {
        let Ok(all) = self.waits(TOGETHER) else { return };
        let reason = "waits, as nothing gets through";
        for telling in all.iter().filter(|one| !tried.contains(&one.id)) {
            let id = telling.id;
            let failure = Failure::later(reason);
            let note = match self.next(telling, telling.attempts, &failure) {
                Some(_) => Note::Waits { id, next_at, reason: failure.reason },
                None => Note::GivenUp { id, at: now(), reason: failure.reason },
            };
            if self.noted(note, Came::Closed) == Came::Stopped {
                return;
            }
        }
    }

    fn next(&mut self, telling: &Telling, tries: u32, failure: &Failure) -> Option<UnixMillis> {
        let telling = Telling { attempts: tries, ..telling.clone() };
        self.pace.next(&telling, failure, self.now(), &mut self.chance)
    }

    /// Has it noted, however long that takes: else it would be told again. `came` then, unless it is to stop before.
    fn noted(&mut self, note: Note, came: Came) -> Came {
        while !(self.note)(&self.name, note.clone()) {
            let rung = self.bell.rung();
            if rung.stop {
                return Came::Stopped;
            }
            self.bell.sleep(rung, TROUBLE);
        }
        came
    }
}
