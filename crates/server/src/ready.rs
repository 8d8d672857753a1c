//! Whether the server does what it is for: `GET /readyz`.

use std::time::Duration;

use serde::Serialize;

/// The engine looks at everything twice a second; if it did not for so long, it hangs.
pub(crate) const TURNS: Duration = Duration::from_secs(5);
/// The least room on the disk, in bytes: a little more than is written before the next look.
pub(crate) const ROOM: u64 = 4 << 20;

/// Whether the server does what it is for, and what of it fails.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ready {
    /// Whether all of it is well.
    pub ready: bool,
    /// Whether the engine has turned lately.
    pub engine: Check,
    /// Whether the last recordings could be kept.
    pub writes: Check,
    /// Whether there is room on the disk.
    pub disk: Check,
}

/// One of the things that are looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Whether it is well.
    pub ok: bool,
    /// What is wrong, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Check {
    /// Whether something is well, else what is wrong.
    pub(crate) fn of(ok: bool, words: impl FnOnce() -> String) -> Self {
        Self { ok, words: (!ok).then(words) }
    }
}

impl Ready {
    /// Of what is known: how long ago the engine turned, whether what came last could be kept, and the room that
    /// there is, if it is known, and whether the folder is the one that it was.
    pub(crate) fn of(turned: Duration, kept: bool, room: Option<u64>, is_there: bool) -> Self {
        let engine = Check::of(turned < TURNS, || {
            let seconds = turned.as_secs();
            format!(
                "it has not turned for {seconds} s: a disk that hangs, say; see the system's log"
            )
        });
        let writes = Check::of(kept, || {
            "the last recordings could not be kept: see the server's log".to_owned()
        });
        let disk = Check::of(is_there && room.is_none_or(|room| room >= ROOM), || {
            if !is_there {
                let words = "the folder is gone, or another one is in its place: bring it back, or start judder again";
                return words.to_owned();
            }
            let kb = room.unwrap_or(0) / 1000;
            format!("{kb} kB are free: make room, or have less kept (--keep-bytes)")
        });
        Self { ready: engine.ok && writes.ok && disk.ok, engine, writes, disk }
    }

    /// Of a server that has nothing to be ready for.
    pub(crate) fn well() -> Self {
        Self::of(Duration::ZERO, true, None, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_fails_is_named_and_one_is_enough() {
        let seconds = Duration::from_secs;
        assert!(Ready::of(seconds(4), true, Some(ROOM), true).ready);
        assert!(Ready::well().ready);
        let fails = |ready: Ready| {
            assert!(!ready.ready);
            [&ready.engine, &ready.writes, &ready.disk].map(|check| {
                assert_eq!(check.ok, check.words.is_none());
                check.ok
            })
        };
        assert_eq!(fails(Ready::of(seconds(5), true, None, true)), [false, true, true]);
        assert_eq!(fails(Ready::of(seconds(0), false, None, true)), [true, false, true]);
        assert_eq!(fails(Ready::of(seconds(0), true, Some(ROOM - 1), true)), [true, true, false]);
        let gone = Ready::of(seconds(0), true, Some(ROOM), false);
        assert!(gone.disk.words.as_ref().unwrap().contains("bring it back"));
        assert_eq!(fails(gone), [true, true, false]);
    }
}
