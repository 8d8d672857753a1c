//! What pages are told of changes: said once for all of them, and kept for a while in bounded memory.
//!
//! One task asks the engine what changed, for as long as anybody listens. Who listens reads along at its own pace; who
//! is so slow that what it reads is no longer there is let go, and may begin anew.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::Api;
use crate::engine::Since;

/// The shortest time between two events,
const APART: Duration = Duration::from_millis(250);
/// and so much longer for each device in the last one: what is told is also drawn.
const APART_BY_DEVICE: Duration = Duration::from_millis(2);

/// Bytes a second that all who listen are told together, about.
const PACE: f64 = (32 << 20) as f64;

/// Bytes that are read along at a time.
const PIECE: usize = 8 << 10;

/// Events, in order.
#[derive(Debug)]
pub(crate) struct FanOut {
    kept: Mutex<Kept>,
    /// The number of the next event.
    next: watch::Sender<u64>,
    /// Somebody needs the whole fleet, or does not listen any more.
    asked: Notify,
    listeners: AtomicUsize,
}

#[derive(Debug)]
struct Kept {
    events: VecDeque<Event>,
    /// The number of the first of them.
    first: u64,
    bytes: usize,
    most: usize,
    /// How many need the whole fleet.
    wanted: usize,
    /// Whether the task runs.
    runs: bool,
}

/// An event.
#[derive(Debug)]
struct Event {
    text: Bytes,
    /// What is known after it.
    revision: u64,
    /// What has to be known before it; nothing, for the whole fleet.
    since: Option<u64>,
    /// Whether those that know something are told it, too.
    for_all: bool,
    at: Instant,
    /// For how long the whole fleet is new enough to begin with.
    new_for: Duration,
}

/// Somebody who listens.
#[derive(Debug)]
pub(crate) struct Listening {
    to: Arc<FanOut>,
    next: watch::Receiver<u64>,
    /// The number of the event that is read, or comes next, and how far.
    at: u64,
    read: usize,
    /// What is known; none before the first event.
    told: Option<u64>,
    wants: bool,
}

impl FanOut {
    /// Keeps so many bytes of events, but the newest one whatever its length.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            kept: Mutex::new(Kept {
                events: VecDeque::new(),
                first: 0,
                bytes: 0,
                most,
                wanted: 0,
                runs: false,
            }),
            next: watch::Sender::new(0),
            asked: Notify::new(),
            listeners: AtomicUsize::new(0),
        })
    }

    /// Listens from now on.
    pub(crate) fn listen(self: &Arc<Self>, api: &Api) -> Listening {
        self.listeners.fetch_add(1, Ordering::AcqRel);
        if !std::mem::replace(&mut self.kept().runs, true) {
            tokio::spawn(Arc::clone(self).run(api.clone()));
        }
        let next = self.next.subscribe();
        let at = *next.borrow();
        Listening { to: Arc::clone(self), next, at, read: 0, told: None, wants: false }
    }

    /// Tells what changes while anybody listens.
    async fn run(self: Arc<Self>, api: Api) {
        let mut changes = api.engine.changes();
        let mut stopping = api.stopping.clone();
        let (mut told, mut from) = (None, Instant::now());
        loop {
            if self.is_over() {
                return;
            }
            let due = async {
                match told {
                    // Nobody knows anything yet.
                    None => std::future::pending().await,
                    Some(revision) => {
                        tokio::time::sleep_until(from).await;
                        // The sender is gone only when the server is.
                        changes.wait_for(|now| *now != revision).await.is_ok()
                    }
                }
            };
            let changed = tokio::select! {
                changed = due => changed,
                () = self.asked.notified() => false,
                _ = stopping.wait_for(|stopping| *stopping) => {
                    self.kept().runs = false;
                    return;
                }
            };
            let (mut devices, mut bytes) = (0, 0);
            if changed && let Some(revision) = told {
                match api.engine.since(revision).await {
                    Ok(Since::Nothing) => {}
                    Ok(Since::Some(mut update, cleared)) => {
                        // Where they cannot be read, the next event has them.
                        let Ok(cleared) = api.cleared(cleared).await else { continue };
                        update.alerts.extend(cleared);
                        devices = update.devices.len();
                        told = Some(update.revision);
                        bytes =
                            self.tell(update.revision, Some(revision), false, &*update, devices);
                    }
                    Ok(Since::Everything) => {
                        if let Ok(fleet) = api.fleet().await {
                            devices = fleet.devices.len();
                            told = Some(fleet.revision);
                            bytes = self.tell(fleet.revision, None, true, &fleet, devices);
                        }
                    }
                    Err(_) => {}
                }
                let devices = u32::try_from(devices).unwrap_or(u32::MAX);
                let all = bytes * self.listeners.load(Ordering::Relaxed);
                let sent = Duration::from_secs_f64(all as f64 / PACE);
                from = Instant::now() + APART + APART_BY_DEVICE.saturating_mul(devices) + sent;
            }
            if self.kept().wanted > 0 {
                if let Ok(fleet) = api.fleet().await {
                    let devices = fleet.devices.len();
                    self.tell(fleet.revision, None, false, &fleet, devices);
                    if told.is_none() {
                        told = Some(fleet.revision);
                        from = Instant::now() + APART;
                    }
                } else {
                    tokio::time::sleep(APART).await;
                    self.asked.notify_one();
                }
            }
        }
    }

    /// Whether nobody listens any more; what is kept goes then.
    fn is_over(&self) -> bool {
        let mut kept = self.kept();
        let over = self.listeners.load(Ordering::Acquire) == 0;
        if over {
            kept.runs = false;
            kept.first += kept.events.len() as u64;
            kept.events = VecDeque::new();
            (kept.bytes, kept.wanted) = (0, 0);
        }
        over
    }

    /// Tells something; how many bytes that are.
    fn tell(
        &self,
        revision: u64,
        since: Option<u64>,
        for_all: bool,
        data: &impl Serialize,
        devices: usize,
    ) -> usize {
        let mut text = format!("event: update\nid: {revision}\ndata: ").into_bytes();
        // What is told has text keys and finite numbers, which is always JSON on one line.
        if serde_json::to_writer(&mut text, data).is_err() {
            return 0;
        }
        text.extend(b"\n\n");
        let bytes = text.len();
        let devices = u32::try_from(devices).unwrap_or(u32::MAX);
        self.keep(Event {
            text: Bytes::from(text.into_boxed_slice()),
            revision,
            since,
            for_all,
            at: Instant::now(),
            new_for: APART_BY_DEVICE.saturating_mul(devices),
        });
        bytes
    }

    fn keep(&self, event: Event) {
        let mut kept = self.kept();
        kept.bytes += event.text.len();
        kept.events.push_back(event);
        while kept.bytes > kept.most && kept.events.len() > 1 {
            let gone = kept.events.pop_front().map_or(0, |gone| gone.text.len());
            kept.bytes -= gone;
            kept.first += 1;
        }
        let next = kept.first + kept.events.len() as u64;
        drop(kept);
        self.next.send_replace(next);
    }

    // What is within is whole at any time.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn event(&self, number: u64) -> Option<&Event> {
        self.events.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// The number of the newest event of the whole fleet, if one can begin with it now.
    fn beginning(&self, now: Instant, revision: u64) -> Option<u64> {
        let at = self.events.iter().rposition(|event| event.since.is_none())?;
        let event = self.events.get(at)?;
        let is_new = event.revision == revision || now - event.at < event.new_for;
        is_new.then_some(self.first + at as u64)
    }
}

/// What comes next for somebody who listens.
enum Next {
    Piece(Bytes),
    Wait,
    Gone,
}

impl Listening {
    /// The next bytes; none for who was too slow, or when the server ends.
    pub(crate) async fn next(&mut self, revision: &watch::Receiver<u64>) -> Option<Bytes> {
        loop {
            let revision = *revision.borrow();
            match self.look(revision) {
                Next::Piece(piece) => return Some(piece),
                Next::Gone => return None,
                Next::Wait => self.next.changed().await.ok()?,
            }
        }
    }

    fn look(&mut self, revision: u64) -> Next {
        // What is told from now on wakes it.
        self.next.mark_unchanged();
        let to = Arc::clone(&self.to);
        let mut kept = to.kept();
        if self.told.is_none() && self.read == 0 {
            // Whoever asked gets what is told then, however short a time that is new.
            let at = match self.wants {
                true => {
                    let found = kept.events.iter().rposition(|event| event.since.is_none());
                    let found = found.map(|at| kept.first + at as u64);
                    found.filter(|found| *found >= self.at)
                }
                false => kept.beginning(Instant::now(), revision),
            };
            match at {
                Some(at) => {
                    self.at = at;
                    kept.wanted -= usize::from(self.wants && kept.wanted > 0);
                    self.wants = false;
                }
                None => {
                    if !self.wants {
                        self.wants = true;
                        self.at = kept.first + kept.events.len() as u64;
                        kept.wanted += 1;
                        to.asked.notify_one();
                    }
                    return Next::Wait;
                }
            }
        }
        loop {
            if self.at < kept.first {
                return Next::Gone;
            }
            let Some(event) = kept.event(self.at) else { return Next::Wait };
            if self.read > 0 || self.is_for_it(event) {
                let until = event.text.len().min(self.read + PIECE);
                let piece = event.text.slice(self.read..until);
                self.read = until;
                if until == event.text.len() {
                    self.told = Some(event.revision);
                    (self.at, self.read) = (self.at + 1, 0);
                }
                return Next::Piece(piece);
            }
            if self.told.zip(event.since).is_some_and(|(told, since)| told < since) {
                return Next::Gone;
            }
            self.at += 1;
        }
    }

    fn is_for_it(&self, event: &Event) -> bool {
        match (self.told, event.since) {
            (None, since) => since.is_none(),
            (Some(told), None) => event.for_all && event.revision != told,
            (Some(told), Some(since)) => since <= told && told < event.revision,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if self.wants {
            let mut kept = self.to.kept();
            kept.wanted = kept.wanted.saturating_sub(1);
        }
        if self.to.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.to.asked.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening(to: &Arc<FanOut>) -> Listening {
        to.listeners.fetch_add(1, Ordering::AcqRel);
        let next = to.next.subscribe();
        let at = *next.borrow();
        Listening { to: Arc::clone(to), next, at, read: 0, told: None, wants: false }
    }

    fn read(from: &mut Listening) -> Option<String> {
        let mut text = Vec::new();
        loop {
            match from.look(0) {
                Next::Piece(piece) => text.extend(piece),
                Next::Wait => return Some(String::from_utf8(text).unwrap()),
                Next::Gone => return None,
            }
        }
    }

    fn event(revision: u64, since: Option<u64>) -> String {
        let since = since.map_or("all".to_owned(), |since| since.to_string());
        format!("event: update\nid: {revision}\ndata: \"{since}\"\n\n")
    }

    fn tell(to: &FanOut, revision: u64, since: Option<u64>, for_all: bool) {
        let data = since.map_or("all".to_owned(), |since| since.to_string());
        to.tell(revision, since, for_all, &data, 0);
    }

    #[test]
    fn each_begins_with_the_fleet_and_is_told_what_it_does_not_know_yet() {
        let to = FanOut::new(1 << 20);
        let mut early = listening(&to);
        assert_eq!(read(&mut early).unwrap(), "");
        assert_eq!(to.kept().wanted, 1);
        tell(&to, 5, None, false);
        tell(&to, 7, Some(5), false);
        assert_eq!(read(&mut early).unwrap(), event(5, None) + &event(7, Some(5)));
        assert_eq!(to.kept().wanted, 0);
        // Another asks meanwhile; what is told to all since another revision overlaps with it.
        let mut late = listening(&to);
        assert_eq!(read(&mut late).unwrap(), "");
        tell(&to, 8, None, false);
        tell(&to, 9, Some(7), false);
        assert_eq!(read(&mut late).unwrap(), event(8, None) + &event(9, Some(7)));
        assert_eq!(read(&mut early).unwrap(), event(9, Some(7)));
        // All are told everything anew, where what changed is no longer known.
        tell(&to, 500, None, true);
        assert_eq!(read(&mut early).unwrap(), event(500, None));
        assert_eq!(read(&mut late).unwrap(), event(500, None));
    }

    #[test]
    fn who_reads_too_slowly_is_let_go_and_memory_stays_bounded() {
        let to = FanOut::new(1000);
        let mut slow = listening(&to);
        let mut quick = listening(&to);
        assert_eq!((read(&mut slow), read(&mut quick)), (Some(String::new()), Some(String::new())));
        tell(&to, 1, None, false);
        assert!(matches!(slow.look(0), Next::Piece(_)));
        for revision in 1..200 {
            tell(&to, revision + 1, Some(revision), false);
            assert!(read(&mut quick).is_some());
            assert!(to.kept().bytes <= 1000);
        }
        assert_eq!(read(&mut slow), None);
        // One event is kept, however long it is.
        to.tell(1000, None, true, &"x".repeat(5000), 0);
        assert_eq!(to.kept().events.len(), 1);
        assert!(read(&mut quick).unwrap().len() > 5000);
    }

    #[test]
    fn a_long_event_comes_in_pieces() {
        let to = FanOut::new(1 << 20);
        let mut one = listening(&to);
        let _ = one.look(0);
        to.tell(1, None, false, &"x".repeat(3 * PIECE), 0);
        for _ in 0..3 {
            let Next::Piece(piece) = one.look(0) else { panic!() };
            assert_eq!(piece.len(), PIECE);
        }
        assert!(matches!(one.look(0), Next::Piece(_)) && matches!(one.look(0), Next::Wait));
    }
}
