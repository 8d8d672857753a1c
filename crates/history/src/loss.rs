//! What a history is known to have had, and has not any more.

use std::fmt;

use crate::error::recordings as recordings_of;
use crate::mark::{Known, Reached};

/// What was kept and is gone, as far as it can be told when a history is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// The tables are behind what was written to them.
    Log {
        /// Recordings that are gone, at least.
        recordings: u64,
        /// How often something was written that is gone: recordings, many at a time, or alerts and settings.
        commits: u64,
    },
    /// Of those that waited to be written to the tables some are gone.
    Waiting {
        /// Recordings that are gone, at least.
        recordings: u64,
    },
    /// The mark of what was written is gone, so nobody can tell.
    Mark,
}

impl Loss {
    /// Whether something is known to be gone; without the mark nobody can tell.
    pub fn is_known(&self) -> bool {
        *self != Self::Mark
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log { recordings: 0, commits } => write!(
                f,
                "the history is behind what was written to it: {} not there",
                match commits {
                    1 => "1 change, of an alert or a setting, is".to_owned(),
                    _ => format!("{commits} changes, of alerts or settings, are"),
                }
            )?,
            Self::Log { recordings, .. } => write!(
                f,
                "the history is behind what was written to it: at least {} not there",
                recordings_of(*recordings, "that was kept is", "that were kept are")
            )?,
            Self::Waiting { recordings } => write!(
                f,
                "at least {} not there: a file \
                 of them, whose name ends in -new-0 or -new-1, is gone, cut or damaged, or the power was cut before the \
                 disk had it. What comes from now on is kept",
                recordings_of(
                    *recordings,
                    "that was kept, and waited beside the history, is",
                    "that were kept, and waited beside the history, are"
                )
            )?,
            Self::Mark => write!(
                f,
                "the mark of what was written to the history is gone, so that nobody can tell whether all of it is there"
            )?,
        }
        if let Self::Log { .. } = self {
            f.write_str(
                "; its log, whose name ends in -wal, is gone or damaged, an older copy stands in its place, or the power \
                 was cut before the disk had it. What comes from now on is kept",
            )?;
        }
        Ok(())
    }
}

/// What is gone of a history: by what was known of its tables, how far they are, and the numbers of the recordings
/// that wait for them.
pub(crate) fn losses(known: Option<Known>, tables: Reached, waiting: &[i64]) -> Vec<Loss> {
    let mut losses = Vec::new();
    if known.is_none() && tables.commits > 0 {
        losses.push(Loss::Mark);
    }
    let Known { tables: known, kept } = known.unwrap_or_default();
    let missing = |from: i64, to: i64| {
        let there = waiting.iter().filter(|id| (from + 1..=to).contains(id)).count() as i64;
        (to - from - there).max(0).cast_unsigned()
    };
    let commits = known.commits.saturating_sub(tables.commits).max(0).cast_unsigned();
    if commits > 0 || known.last > tables.last {
        losses.push(Loss::Log { recordings: missing(tables.last, known.last), commits });
    }
    let reached = known.last.max(tables.last);
    let recordings = missing(reached, waiting.iter().copied().max().unwrap_or(0).max(kept));
    if recordings > 0 {
        losses.push(Loss::Waiting { recordings });
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_what_was_known_less_what_is_there_and_waits() {
        let reached = |commits, last| Reached { commits, last };
        let kept = |commits, last, kept| Some(Known { tables: reached(commits, last), kept });
        let at = |commits, last| kept(commits, last, last);
        assert_eq!(losses(None, reached(0, 0), &[1, 2]), []);
        assert_eq!(losses(None, reached(3, 10), &[11]), [Loss::Mark]);
        assert_eq!(losses(at(3, 10), reached(4, 12), &[11, 12, 13]), []);
        let log = |recordings, commits| Loss::Log { recordings, commits };
        assert_eq!(losses(at(5, 10), reached(4, 10), &[]), [log(0, 1)]);
        assert_eq!(losses(at(5, 10), reached(3, 4), &[9, 10, 11]), [log(4, 2)]);
        let waiting = |recordings| Loss::Waiting { recordings };
        assert_eq!(losses(at(5, 10), reached(5, 10), &[13, 15]), [waiting(3)]);
        assert_eq!(losses(at(5, 10), reached(1, 0), &[12]), [log(10, 4), waiting(1)]);
        // What waited last is known by the mark alone.
        assert_eq!(losses(kept(5, 10, 15), reached(5, 10), &[11, 12, 13, 14, 15]), []);
        assert_eq!(losses(kept(5, 10, 15), reached(6, 15), &[]), []);
        assert_eq!(losses(kept(5, 10, 15), reached(5, 10), &[]), [waiting(5)]);
        assert_eq!(losses(kept(5, 10, 15), reached(5, 10), &[11, 12]), [waiting(3)]);
        assert_eq!(losses(kept(5, 10, 15), reached(4, 8), &[11]), [log(2, 1), waiting(4)]);
    }
}
