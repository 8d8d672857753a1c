//! Recordings that were to be kept and could not: since when, how many, and when that is over.

use std::error::Error;
use std::time::Instant;

use crate::clock::Millis;
use crate::seldom::Seldom;
use crate::view::UnkeptView;

/// It is over where one is kept and none was refused for so long, in milliseconds: a full disk has room for a
/// small one now and then.
const CALM: Millis = 5_000;

/// What could not be kept since the last time that all could.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    lasting: Option<Lasting>,
    said: Seldom,
}

#[derive(Debug)]
struct Lasting {
    since: Millis,
    last: Millis,
    recordings: u64,
    words: String,
}

impl Unkept {
    /// So many could not be kept now, which the log is told if it was not lately.
    pub(super) fn more(&mut self, recordings: u64, error: &dyn Error, full: bool, at: Millis) {
        if let Some(recordings) = self.said.more(recordings, Instant::now()) {
            tracing::error!(%error, recordings, "recordings could not be kept");
        }
        let lasting = self.lasting.get_or_insert_with(|| Lasting {
            since: at,
            last: at,
            recordings: 0,
            words: String::new(),
        });
        lasting.last = at;
        lasting.recordings += recordings;
        lasting.words = if full { "the disk is full".to_owned() } else { error.to_string() };
    }

    /// One was kept: whether that is news.
    pub(super) fn kept(&mut self, at: Millis) -> bool {
        // A clock that was put back says nothing of how long it was.
        let calm = |one: &mut Lasting| !(0..CALM).contains(&(at - one.last));
        let Some(over) = self.lasting.take_if(calm) else { return false };
        let Lasting { since, recordings, .. } = over;
        let seconds = (at - since).max(0) / 1000;
        tracing::info!(refused = recordings, seconds, "recordings are kept again");
        self.said = Seldom::default();
        true
    }

    /// What a page is told of it.
    pub(super) fn view(&self) -> Option<UnkeptView> {
        let Lasting { since, recordings, words, .. } = self.lasting.as_ref()?;
        Some(UnkeptView { since: *since, recordings: *recordings, words: words.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lose(unkept: &mut Unkept, recordings: u64, at: Millis) {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        unkept.more(recordings, &full, true, at);
    }

    #[test]
    fn it_lasts_until_one_is_kept_and_none_was_refused_for_a_while() {
        let mut unkept = Unkept::default();
        assert!(!unkept.kept(0) && unkept.view().is_none());
        lose(&mut unkept, 2, 1_000);
        // There was room for a small one, but not for the next.
        assert!(!unkept.kept(1_500));
        lose(&mut unkept, 3, 4_000);
        assert!(!unkept.kept(4_000 + CALM - 1));
        let view = unkept.view().unwrap();
        assert_eq!((view.since, view.recordings), (1_000, 5));
        assert_eq!(view.words, "the disk is full");
        assert!(unkept.kept(4_000 + CALM) && unkept.view().is_none());
        // That is said once; and the next time counts anew.
        assert!(!unkept.kept(4_001 + CALM));
        lose(&mut unkept, 1, 20_000);
        assert_eq!(unkept.view().unwrap().since, 20_000);
        assert_eq!(unkept.view().unwrap().recordings, 1);
    }

    #[test]
    fn a_clock_that_was_put_back_does_not_make_it_last() {
        let mut unkept = Unkept::default();
        lose(&mut unkept, 1, 1_000_000);
        assert!(unkept.kept(500));
    }
}
