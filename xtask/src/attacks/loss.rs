//! What is acknowledged is kept, once: who posts and remembers, what keeps, and what is found there afterwards.

mod boards;
mod found;
mod packed;
mod recording;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub(super) use boards::Boards;
pub(super) use found::{Found, Tally};
pub(super) use recording::READINGS;

use super::served::Served;

/// Where recordings are kept, and so how it is read what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the history.
    Tables,
    /// In the history, and in the folder of a session.
    Session,
    /// In the history, of which the oldest are taken away.
    Pruned,
    /// In files.
    Files,
}

/// The state of the machine that a session is about.
const LABEL: &str = "low";

/// Who keeps recordings: `serve` or `collect`, as it is started each time.
pub(super) struct Keeper<'a> {
    pub(super) program: &'a Path,
    pub(super) model: &'a Path,
    /// Where it runs; in it is the folder where it keeps them.
    pub(super) room: PathBuf,
    /// What is said of it beside the model and the folder.
    pub(super) words: &'a [&'a str],
    pub(super) kept: Kept,
    pub(super) port: u16,
}

impl<'a> Keeper<'a> {
    /// One in an empty folder.
    pub(super) fn new(
        program: &'a Path,
        model: &'a Path,
        room: PathBuf,
        words: &'a [&'a str],
        kept: Kept,
    ) -> Result<Self> {
        let _ = fs::remove_dir_all(&room);
        fs::create_dir_all(room.join("disk")).with_context(|| room.display().to_string())?;
        Ok(Self { program, model, room, words, kept, port: 0 })
    }

    /// Starts it; where there is to be a session, one runs.
    pub(super) fn start(&self, variables: &[(&str, &Path)]) -> Result<Served> {
        let (model, port) = (self.model.to_string_lossy(), self.port.to_string());
        let (verb, model) = match self.kept {
            Kept::Files => ("collect", None),
            _ => ("serve", Some(&*model)),
        };
        let mut words = vec![verb];
        words.extend(model);
        words.extend(self.words);
        words.extend(["-d", "disk/kept", "-p", &port]);
        let served = Served::launch(self.program, &self.room, &words, variables)?;
        if self.kept == Kept::Session {
            let (status, said) =
                served.tell("/api/v1/session", &format!("{{\"label\":\"{LABEL}\"}}"))?;
            // One may go on.
            ensure!([200, 201, 409].contains(&status), "a session: {status}, {said}");
        }
        Ok(served)
    }

    /// Starts it and ends it, so that all is where it belongs, and says what is there.
    pub(super) fn look(&self, boards: &Boards) -> Result<Tally> {
        self.start(&[])?.end()?;
        let kept = self.folder();
        let tables = || Found::in_tables(&kept.join("history.db"));
        Ok(match self.kept {
            Kept::Files => Found::in_files(&kept)?.judge(boards),
            Kept::Tables => tables()?.judge(boards),
            Kept::Pruned => tables()?.judge_pruned(boards),
            Kept::Session => {
                let files = Found::in_files(&kept.join(LABEL))?.judge(boards);
                tables()?.judge(boards).and(files)
            }
        })
    }

    /// The folder where it keeps them.
    pub(super) fn folder(&self) -> PathBuf {
        self.room.join("disk/kept")
    }
}
