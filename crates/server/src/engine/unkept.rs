//! Recordings that were to be kept and could not: since when, how many, and when that is over.

use std::error::Error;
use std::time::{Duration, Instant};

use crate::clock::Moment;
use crate::seldom::Seldom;
use crate::view::UnkeptView;

/// It is over where one is kept and none was refused for so long: a full disk has room for a small one now and then.
const CALM: Duration = Duration::from_secs(5);

/// What is said of a full disk.
const FULL: &str = "the disk is full";

/// What could not be kept since the last time that all could.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    lasting: Option<Lasting>,
    /// Whether anything was kept in this run.
    any: bool,
    said: Seldom,
}

#[derive(Debug)]
struct Lasting {
    since: Moment,
    last: Instant,
    recordings: u64,
    words: String,
}

impl Unkept {
    /// So many could not be kept now, which the log is told if it was not lately.
    pub(super) fn more(&mut self, recordings: u64, error: &dyn Error, full: bool, at: Moment) {
        if recordings > 0
            && let Some(recordings) = self.said.more(recordings, at.steady)
        {
            tracing::error!(%error, recordings, "recordings could not be kept");
        }
        let lasting = self.lasting.get_or_insert_with(|| Lasting {
            since: at,
            last: at.steady,
            recordings: 0,
            words: String::new(),
        });
        lasting.last = at.steady;
        lasting.recordings += recordings;
        lasting.words = if full { FULL.to_owned() } else { error.to_string() };
    }

    /// Whether it lasts.
    pub(super) fn lasts(&self) -> bool {
        self.lasting.is_some()
    }

    /// What is to be told of it once it goes on for so long: from the first that could not be kept to the last one.
    /// `watches`: whether the history has the recordings, and scores them with models.
    pub(super) fn words(&self, least: Duration, watches: bool) -> Option<String> {
        let Lasting { since, last, recordings, words } = self.lasting.as_ref()?;
        if last.saturating_duration_since(since.steady) < least {
            return None;
        }
        let refused = match recordings {
            0 => String::new(),
            // Boards send the same one again and again.
            1 => "; 1 try of a board was refused so far".to_owned(),
            more => format!("; {more} tries of boards were refused so far"),
        };
        let remedy = match words == FULL {
            true if watches => "make room, or have less kept (--keep-bytes)",
            true => "make room",
            false => "see the server's log",
        };
        let goes_on = if watches { ". Alarms go on from memory" } else { "" };
        Some(format!("nothing can be kept: {words}; {remedy}{refused}{goes_on}"))
    }

    /// Whether anything was kept in this run.
    pub(super) fn has_kept(&self) -> bool {
        self.any
    }

    /// One was kept: whether that is news.
    pub(super) fn kept(&mut self, at: Moment) -> bool {
        self.any = true;
        let calm = |one: &mut Lasting| at.since(one.last) >= CALM;
        let Some(over) = self.lasting.take_if(calm) else { return false };
        let Lasting { since, recordings, .. } = over;
        let seconds = at.since(since.steady).as_secs();
        tracing::info!(refused = recordings, seconds, "recordings are kept again");
        self.said = Seldom::default();
        true
    }

    /// What a page is told of it.
    pub(super) fn view(&self, now: Moment) -> Option<UnkeptView> {
        let Lasting { since, recordings, words, .. } = self.lasting.as_ref()?;
        Some(UnkeptView {
            since: now.stamp_of(*since),
            recordings: *recordings,
            words: words.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moments so many milliseconds after the first.
    fn moments() -> impl Fn(u64) -> Moment {
        let start = Instant::now();
        move |after| Moment {
            wall: 1_000 + after.cast_signed(),
            steady: start + Duration::from_millis(after),
        }
    }

    fn lose(unkept: &mut Unkept, recordings: u64, at: Moment) {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        unkept.more(recordings, &full, true, at);
    }

    #[test]
    fn it_lasts_until_one_is_kept_and_none_was_refused_for_a_while() {
        let (mut unkept, at) = (Unkept::default(), moments());
        assert!(!unkept.kept(at(0)) && unkept.view(at(0)).is_none());
        lose(&mut unkept, 2, at(1_000));
        // There was room for a small one, but not for the next.
        assert!(!unkept.kept(at(1_500)));
        lose(&mut unkept, 3, at(4_000));
        assert!(!unkept.kept(at(8_999)));
        let view = unkept.view(at(8_999)).unwrap();
        assert_eq!((view.since, view.recordings), (2_000, 5));
        assert_eq!(view.words, "the disk is full");
        assert!(unkept.kept(at(9_000)) && unkept.view(at(9_000)).is_none());
        // That is said once; and the next time counts anew.
        assert!(!unkept.kept(at(9_001)));
        lose(&mut unkept, 1, at(20_000));
        assert_eq!(unkept.view(at(20_000)).unwrap().since, 21_000);
        assert_eq!(unkept.view(at(20_000)).unwrap().recordings, 1);
    }

    #[test]
    fn what_is_refused_once_is_a_mishap_and_what_goes_on_is_told() {
        let (mut unkept, at, least) = (Unkept::default(), moments(), Duration::from_secs(5));
        lose(&mut unkept, 1, at(1_000));
        // However long nothing more comes, and nobody has seen that it is over.
        assert!(unkept.lasts() && unkept.words(least, true).is_none());
        lose(&mut unkept, 1, at(5_999));
        assert_eq!(unkept.words(least, true), None);
        // What is tried by itself counts too.
        lose(&mut unkept, 0, at(6_000));
        assert_eq!(
            unkept.words(least, true).unwrap(),
            "nothing can be kept: the disk is full; make room, or have less kept (--keep-bytes); 2 tries of boards were \
             refused so far. Alarms go on from memory"
        );
        assert_eq!(
            unkept.words(least, false).unwrap(),
            "nothing can be kept: the disk is full; make room; 2 tries of boards were refused so far"
        );
    }

    #[test]
    fn a_clock_that_is_set_neither_ends_nor_prolongs_it() {
        for by in [-1_000_000, 86_400_000] {
            let (mut unkept, at) = (Unkept::default(), moments());
            lose(&mut unkept, 1, at(1_000));
            let set = |after| Moment { wall: at(after).wall + by, ..at(after) };
            assert!(!unkept.kept(set(5_999)));
            assert!(unkept.kept(set(6_000)));
        }
    }
}
