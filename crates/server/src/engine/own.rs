//! What is wrong with the server itself: alerts that are of no device.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use judder_history::{Alert, AlertId, HistoryError};

use super::condition::Kind;
use super::deed::{Deed, Whom};
use super::flapping::Flapping;
use super::shown;
use super::state::{Fleet, State};
use crate::clock::{Millis, Moment};
use crate::outlet::Note;

/// Nothing can be kept if that goes on for so long; one that is refused alone is a mishap.
const DISK: Duration = Duration::from_secs(5);
/// A clock that is set by more than that is told of,
pub(super) const JUMP: Millis = 60_000;
/// and so long after it was the alert is over: a jump has no end, and who looks a little later is to see it.
const JUMPED: Duration = Duration::from_secs(10 * 60);
/// So long after a jump nothing is deleted for its age.
const DOUBTED: Duration = Duration::from_secs(5 * 60);
/// An outlet fails if nobody was told anything by it for so long,
const FAILING: Duration = Duration::from_secs(60);
/// and it was tried so often.
const TRIES: u32 = 3;
/// A history that was damaged is sound if so long after a start nothing of it was seen.
const SOUND: Duration = Duration::from_secs(60);

/// A kind, and the name of the outlet that an alert is about, or nothing more.
pub(super) type About = (Kind, String);

/// What is wrong with the server itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    open: BTreeMap<About, AlertId>,
    pub(super) flapping: BTreeMap<About, Flapping>,
    failing: BTreeMap<String, Failing>,
    jumped: Option<Instant>,
    /// Whether damage was seen in this run.
    damaged: bool,
}

/// An outlet that fails.
#[derive(Debug, Clone, Copy)]
struct Failing {
    since: Instant,
    tries: u32,
}

/// Damage of the history that somebody has seen, until the engine looks.
#[derive(Debug, Default)]
pub(crate) struct DamageSeen(Mutex<Option<String>>);

impl DamageSeen {
    /// Looks whether an error says that the history is damaged.
    pub(crate) fn look(&self, error: &HistoryError) {
        if error.is_damaged() {
            self.say(error.to_string());
        }
    }

    /// What is damaged.
    pub(crate) fn say(&self, words: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(words);
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Own {
    /// The kinds of the open alerts.
    pub(super) fn open(&self) -> impl Iterator<Item = Kind> + '_ {
        self.open.keys().map(|(kind, _)| *kind)
    }

    /// Whether the clock was set so lately that nothing is to go by what it says.
    pub(super) fn jumped_lately(&self, now: Moment) -> bool {
        self.jumped.is_some_and(|at| now.since(at) < DOUBTED)
    }

    /// The open alert about something, if there is one.
    pub(super) fn alert(&self, about: &About) -> Option<AlertId> {
        self.open.get(about).copied()
    }

    fn is_open(&self, kind: Kind, about: &str) -> bool {
        self.open.contains_key(&(kind, about.to_owned()))
    }

    /// Takes up an alert of an earlier run.
    pub(super) fn reopen(&mut self, kind: Kind, alert: &Alert) {
        let about = match kind {
            Kind::Outlet => outlet_of(&alert.words).unwrap_or_default(),
            _ => "",
        };
        self.open.insert((kind, about.to_owned()), alert.id);
    }
}

/// Who is told of an alert: never the outlet that it is about.
pub(super) fn whom(about: &str, told: bool) -> Whom {
    match told {
        true if about.is_empty() => Whom::All,
        true => Whom::AllBut(about.into()),
        false => Whom::Nobody,
    }
}

/// What is said of an outlet that fails; [`outlet_of`] reads which.
fn words_of(outlet: &str, tries: u32, reason: &str) -> String {
    format!(
        "the outlet {outlet} fails: {tries} tries, the last one {reason}; what it is to tell waits, and is tried again"
    )
}

fn outlet_of(words: &str) -> Option<&str> {
    words.strip_prefix("the outlet ")?.split_once(" fails: ").map(|(outlet, _)| outlet)
}

impl State {
    /// Looks at the server itself.
    pub(super) fn look_at_itself(&mut self, now: Moment) {
        if let Some(words) = self.damage.take() {
            self.fleet.own.damaged = true;
            let words = format!("the history is damaged: {words}");
            self.of_server(Kind::History, "", Some(words), now);
        }
        let since = now.since(self.fleet.began);
        if !self.fleet.own.damaged && since > SOUND {
            self.of_server(Kind::History, "", None, now);
        }
        match self.fleet.unkept.words(DISK, self.fleet.recorded) {
            Some(words) => self.of_server(Kind::Disk, "", Some(words), now),
            None if !self.fleet.unkept.lasts() && self.fleet.unkept.has_kept() => {
                self.of_server(Kind::Disk, "", None, now);
            }
            None => {}
        }
        // One of an earlier run is over as well.
        if self.fleet.own.jumped.map_or(since, |at| now.since(at)) >= JUMPED {
            self.of_server(Kind::Clock, "", None, now);
        }
    }

    /// Whether an earlier run could not keep anything, and this one has not seen yet that it can.
    pub(super) fn was_full(&self) -> bool {
        self.fleet.own.is_open(Kind::Disk, "") && !self.fleet.unkept.has_kept()
    }

    /// The clock was set.
    pub(super) fn has_jumped(&mut self, by: Millis, now: Moment) {
        if by.unsigned_abs() <= JUMP.unsigned_abs() {
            return;
        }
        self.fleet.own.jumped = Some(now.steady);
        let way = if by > 0 { "on" } else { "back" };
        let took = match by.unsigned_abs() / 60_000 {
            minutes @ ..120 => format!("{minutes} min"),
            minutes @ ..2_880 => format!("{} h", minutes / 60),
            minutes => format!("{} days", minutes / 1_440),
        };
        let words = format!(
            "the clock was set {way} by {took}, or the machine slept: what waits does not go by it; see that it is right"
        );
        self.of_server(Kind::Clock, "", Some(words), now);
    }

    /// What came of a telling by an outlet.
    pub(super) fn outlet_did(&mut self, outlet: &str, note: &Note, now: Moment) {
        let reason = match note {
            Note::Told { .. } => {
                self.fleet.own.failing.remove(outlet);
                return self.of_server(Kind::Outlet, outlet, None, now);
            }
            // It was not tried.
            Note::Waits { .. } => return,
            Note::Failed { reason, .. } | Note::GivenUp { reason, .. } => reason,
        };
        let first = Failing { since: now.steady, tries: 0 };
        let one = self.fleet.own.failing.entry(outlet.to_owned()).or_insert(first);
        one.tries = one.tries.saturating_add(1);
        let Failing { since, tries } = *one;
        let is_given_up = matches!(note, Note::GivenUp { .. });
        if is_given_up || tries >= TRIES && now.since(since) >= FAILING {
            let words = words_of(outlet, tries, reason);
            self.of_server(Kind::Outlet, outlet, Some(words), now);
        }
    }

    /// Only these outlets are there: what was wrong with others is over.
    pub(super) fn has_outlets(&mut self, names: &[String], now: Moment) {
        let open = self.fleet.own.open.keys().filter(|(kind, _)| *kind == Kind::Outlet);
        let gone: Vec<String> =
            open.map(|(_, about)| about.clone()).filter(|about| !names.contains(about)).collect();
        gone.iter().for_each(|about| self.of_server(Kind::Outlet, about, None, now));
    }

    /// Raises an alert of the server with these words, or clears it, if that is news.
    fn of_server(&mut self, kind: Kind, about: &str, words: Option<String>, now: Moment) {
        if self.fleet.own.is_open(kind, about) == words.is_some() {
            return;
        }
        if let Some(words) = &words {
            tracing::warn!(kind = kind.as_str(), "{words}");
        }
        self.bring_about(std::iter::empty(), now, |fleet| {
            fleet.tell_of_server(kind, about, words.clone(), now);
        });
    }
}

impl Fleet {
    fn tell_of_server(&mut self, kind: Kind, about: &str, words: Option<String>, now: Moment) {
        let (key, at) = ((kind, about.to_owned()), now.wall);
        if let Some(words) = words {
            let id = self.numbers.next(at);
            let flapping = self.own.flapping.entry(key.clone()).or_default();
            let (told, flaps) = flapping.raise(id, now.steady);
            let words = flaps.map_or_else(|| words.clone(), |flaps| format!("{words} ({flaps})"));
            let alert = Alert {
                id,
                device: String::new(),
                kind: kind.as_str().to_owned(),
                raised_at: at,
                cleared_at: None,
                words,
                score: None,
                threshold: None,
                model: None,
            };
            self.own.open.insert(key, alert.id);
            self.changes.raised(shown::alert(alert.clone()));
            self.deeds.push(Deed::Raised(alert, whom(about, told)));
        } else if let Some(id) = self.own.open.remove(&key) {
            self.changes.cleared(id.0, at);
            let told = self.own.flapping.get_mut(&key).is_none_or(|one| one.clear(now.steady));
            self.deeds.push(Deed::Cleared(id, at, whom(about, told)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_says_of_which_outlet_it_is() {
        for outlet in ["hook", "a fails: b", "of the plant"] {
            let words = words_of(outlet, 3, "was answered 500");
            let read = outlet_of(&words).unwrap();
            assert_eq!(read, outlet.split(" fails: ").next().unwrap());
        }
        assert_eq!(outlet_of("nothing can be kept"), None);
    }
}
