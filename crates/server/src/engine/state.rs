//! All that the engine knows, and how recordings change it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use judder_data::{Collection, Starts, Sync};
use judder_history::{Alert, Batch, History, HistoryError, NewRecording, Reader};

use super::arrived::Arrived;
use super::before::Before;
use super::changes::Changes;
use super::condition::{Kind, Open, Turn};
use super::crowd::Crowd;
use super::deed::{Deed, Whom};
use super::device::{Device, Says};
use super::own::{DamageSeen, Own};
use super::place::Place;
use super::session::Session;
use super::shown;
use super::unkept::Unkept;
use super::unwritten::{Numbers, Unwritten};
use super::watched::Same;
use crate::clock::{Clock, Moment};
use crate::keep::Kept;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::seldom::Seldom;
use crate::shelf::Loaded;

/// All that the engine knows.
pub(crate) struct State {
    pub(super) history: History,
    pub(super) reader: Reader,
    /// What became of alerts and could not be written.
    pub(super) unwritten: Arc<Unwritten>,
    /// What was seen of damage of the history.
    pub(super) damage: Arc<DamageSeen>,
    /// When it is tried next whether something can be kept.
    pub(super) probe_at: Instant,
    /// What is taken next; its room is used again.
    pub(super) batch: Vec<Arrived>,
    pub(super) fleet: Fleet,
    /// When old rows are looked for next.
    pub(super) prune_at: Instant,
    /// Old rows that may be taken away before the next look: as many as came, and more.
    pub(super) owed: usize,
    /// When time was last looked at.
    pub(super) looked: Moment,
    /// Wakes who tells of alerts, once there is somebody.
    pub(super) waker: Option<Box<dyn Fn() + Send>>,
}

/// The devices, and where their recordings go.
pub(super) struct Fleet {
    pub(super) devices: BTreeMap<String, Device>,
    pub(super) place: Option<Place>,
    pub(super) sync: Sync,
    pub(super) session: Option<Session>,
    /// Where recordings go outside of sessions, if they are kept as files.
    pub(super) root: Option<Collection>,
    pub(super) label: Option<String>,
    /// Whether the history has the recordings.
    pub(super) recorded: bool,
    /// Whether recordings are taken in sessions alone.
    pub(super) sessions_only: bool,
    /// After how long a device is silent, and not judged, where that is not left to its pace.
    pub(super) silent_after: Option<Duration>,
    pub(super) unjudged_after: Option<Duration>,
    pub(super) clock: Arc<dyn Clock>,
    /// Devices that are known at a time,
    pub(super) most_devices: usize,
    /// and those that never give way.
    pub(super) named: BTreeSet<String>,
    /// Bytes that last recordings may take, and do take.
    pub(super) most_held: usize,
    pub(super) held: usize,
    /// Devices that fell silent together.
    pub(super) crowd: Crowd,
    /// Devices that gave way.
    pub(super) crowded: Seldom,
    /// When this run began.
    pub(super) began: Instant,
    pub(super) changes: Changes,
    /// What became of alerts, to be written with what brought it about.
    pub(super) deeds: Vec<Deed>,
    pub(super) numbers: Numbers,
    /// What was judged, to be counted with it.
    pub(super) judged: Judged,
    /// Recordings that could not be kept.
    pub(super) unkept: Unkept,
    /// What is wrong with the server itself.
    pub(super) own: Own,
    /// What else could not.
    pub(super) untold: Seldom,
    pub(super) metrics: Arc<Metrics>,
}

/// What was judged and is not counted yet.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The verdicts of the windows.
    pub(super) windows: Vec<&'static str>,
    pub(super) excused: u64,
}

/// Why a recording, or all of them, could not be kept.
enum Failed {
    One(Problem),
    All(HistoryError),
}

impl From<HistoryError> for Failed {
    fn from(error: HistoryError) -> Self {
        Self::All(error)
    }
}

impl State {
    /// Takes the recordings of the batch, all of them safe or none; then each is answered. How many are kept now,
    /// and were not before.
    pub(super) fn take(&mut self) -> u64 {
        let mut arrived = std::mem::take(&mut self.batch);
        self.fleet.make_room(&arrived);
        let mark = self.fleet.changes.mark();
        let mut before = Before::new(mark);
        let answers = match self.keep(&arrived, &mut before) {
            Ok(answers) => {
                self.fleet.metrics.batches.observe(arrived.len() as f64);
                answers
            }
            Err(error) => {
                before.restore(&mut self.fleet.devices);
                self.go_back(mark, &error, self.fleet.now());
                self.fleet.lose(arrived.len() as u64, &error, error.is_full());
                self.watch_in_memory(&arrived);
                let problem = Problem::not_kept(error.is_full());
                arrived.iter().map(|_| Err(problem.clone())).collect()
            }
        };
        self.remember();
        self.spread(mark);
        let now = self.fleet.now();
        if self.fleet.session.is_some() {
            self.end_what_is_over(now);
        }
        let mut new = 0;
        for (one, answer) in arrived.drain(..).zip(answers) {
            new += u64::from(answer.as_ref().is_ok_and(|kept| !kept.before));
            // Who does not wait any more will ask again.
            let _ = one.answer.send(answer);
        }
        if new > 0 && self.fleet.unkept.kept(now) {
            self.fleet.changes.next();
        }
        self.batch = arrived;
        new
    }

    /// Keeps recordings, and says what each is answered; an error where none could be kept.
    fn keep(
        &mut self,
        arrived: &[Arrived],
        before: &mut Before,
    ) -> Result<Vec<Result<Kept, Problem>>, HistoryError> {
        self.is_there()?;
        let mut batch = self.history.batch();
        let mut answers = Vec::with_capacity(arrived.len());
        for one in arrived {
            answers.push(match self.fleet.take(&mut batch, one, before) {
                Ok(kept) => Ok(kept),
                Err(Failed::One(problem)) => Err(problem),
                Err(Failed::All(error)) => return Err(error),
            });
        }
        let is_first = !self.unwritten.holds();
        if is_first {
            self.fleet.deeds.iter().try_for_each(|deed| deed.write(&mut batch))?;
        }
        batch.commit()?;
        if is_first {
            self.fleet.deeds.clear();
        }
        Ok(answers)
    }
}

impl Fleet {
    /// The server's folder, if it has one.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        self.place.as_ref().map(|place| place.folder().to_owned())
    }

    fn take(
        &mut self,
        batch: &mut Batch<'_>,
        arrived: &Arrived,
        before: &mut Before,
    ) -> Result<Kept, Failed> {
        let Arrived { device, posted, at, .. } = arrived;
        let in_session = self.session.as_ref().is_some_and(|session| session.takes(device, *at));
        if self.sessions_only && !in_session {
            return Err(Failed::One(Problem::closed()));
        }
        if self.devices.len() >= self.most_devices && !self.devices.contains_key(device) {
            return Err(Failed::One(Problem::crowded(self.most_devices)));
        }
        before.remember(&self.devices, device);
        let loaded = self.starts(batch, arrived)?;
        let mut start = None;
        if let (true, Some(_), Some(sequence)) = (self.recorded, &posted.device, posted.sequence) {
            let seen = self.devices.get(device).and_then(|device| device.starts.as_ref());
            let none = Starts::default();
            let starts = seen.or(loaded.as_ref()).unwrap_or(&none);
            match self.find(batch, starts, arrived, sequence)? {
                Ok(found) => start = found,
                Err(kept) => {
                    self.again(arrived);
                    return Ok(kept);
                }
            }
        }
        let file = match self.keep_file(arrived, start, in_session) {
            Ok(file) => file,
            Err(error) => {
                self.lose(1, &error, error.is_full());
                self.watch_only(arrived, start, loaded);
                return Err(Failed::One(Problem::not_kept(error.is_full())));
            }
        };
        if let Some(file) = &file
            && !self.recorded
        {
            start = file.start;
            if file.known {
                let file = Some(file.name.clone());
                self.again(arrived);
                return Ok(Kept { file, recording: None, before: true, start });
            }
        }
        let file = file.map(|file| file.name);
        let known = match self.devices.get_mut(device) {
            Some(known) => known,
            None => self.devices.entry(device.clone()).or_insert(Device::new(device, at.wall)),
        };
        if loaded.is_some() {
            known.starts = loaded;
        }
        let (excused, is_news) = (known.excused, !known.watched.has(Same::of(arrived)));
        let less = known.last.as_ref().map_or(0, |last| last.held.bytes());
        let (windows, says) = known.take(arrived, start, self.unjudged_after);
        self.judged.excused += known.excused - excused;
        if is_news {
            self.judged.windows.extend(windows.iter().map(|window| window.verdict.as_str()));
        }
        let recording = if self.recorded {
            Some(batch.add(&NewRecording {
                device,
                sequence: posted.device.as_ref().and(posted.sequence),
                start,
                digest: arrived.digest,
                at: at.wall,
                taken: posted.time.as_deref(),
                rate_hz: posted.recording.rate_hz(),
                axes: posted.recording.axes(),
                readings: Some(&arrived.readings),
                model: arrived.judged.as_ref().map(|judged| judged.by.name.as_str()),
                threshold: arrived.judged.as_ref().and_then(|judged| judged.by.threshold()),
                windows: &windows,
                file: file.as_deref(),
            })?)
        } else {
            None
        };
        if let Some(last) = self.devices.get_mut(device).and_then(|known| known.last.as_mut()) {
            last.held.id = recording;
        }
        self.holds(arrived.readings.bytes(), less);
        self.tell(device, says, *at);
        // A repeat gets the same answer, and the history alone knows of it.
        let file = file.filter(|_| recording.is_none());
        Ok(Kept { file, recording: recording.map(|id| id.0), before: false, start })
    }

    /// Says that recordings could not be kept.
    fn lose(&mut self, recordings: u64, error: &dyn Error, full: bool) {
        self.unkept.more(recordings, error, full, self.now());
        self.changes.next();
    }

    /// Raises and clears the alerts of a device.
    pub(super) fn tell(&mut self, name: &str, says: Vec<Says>, now: Moment) {
        let at = now.wall;
        let Some(device) = self.devices.get_mut(name) else { return };
        device.revision = self.changes.next();
        for Says { kind, holds, words, told } in says {
            match device.conditions.take(kind, holds) {
                None => {}
                Some(Turn::Raise) => {
                    let last = device.last.as_ref();
                    let outcome = last.and_then(|last| last.outcome);
                    let by = last.and_then(|last| last.by.as_deref());
                    let score = outcome.filter(|_| kind == Kind::Anomaly).map(|one| one.score);
                    let id = self.numbers.next(at);
                    let (told, flaps) = match told {
                        true => device.flapping.entry(kind).or_default().raise(id, now.steady),
                        false => (false, None),
                    };
                    let words = flaps
                        .map_or_else(|| words.to_string(), |flaps| format!("{words} ({flaps})"));
                    let alert = Alert {
                        id,
                        device: name.to_owned(),
                        kind: kind.as_str().to_owned(),
                        raised_at: at,
                        cleared_at: None,
                        words,
                        score,
                        threshold: by.and_then(Loaded::threshold).filter(|_| score.is_some()),
                        model: by.map(|by| by.name.as_str().into()),
                    };
                    device.conditions.opened(kind, Open { id: alert.id, told });
                    self.changes.raised(shown::alert(alert.clone()));
                    self.deeds.push(Deed::Raised(alert, Whom::all(told)));
                }
                Some(Turn::Clear(Open { id, told })) => {
                    let flapping = device.flapping.get_mut(&kind);
                    let told = flapping.map_or(told, |one| one.clear(now.steady) && told);
                    self.changes.cleared(id.0, at);
                    self.deeds.push(Deed::Cleared(id, at, Whom::all(told)));
                }
            }
        }
    }

    /// The time now.
    pub(super) fn now(&self) -> Moment {
        Moment::of(&*self.clock)
    }

    /// Whether recordings are taken now, of some device at least.
    pub(super) fn is_accepting(&self) -> bool {
        !self.sessions_only || self.session.is_some()
    }

    /// Takes up an alert of an earlier run.
    pub(super) fn reopen(&mut self, device: &str, kind: Kind, open: Open, words: &str) {
        if let Some(device) = self.devices.get_mut(device) {
            device.conditions.opened(kind, open);
            if kind == Kind::Anomaly {
                device.reasons = vec![words.to_owned()];
            }
        }
    }
}
