//! Browsers that have shown the token: each has a secret of its own, of which only a digest is kept here.
//!
//! The digest is keyed with the token. So a file of sessions opens nothing, and with another token all of them end.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tempfile::NamedTempFile;
use tokio::sync::watch;

use super::secret::Secret;

/// How long one lasts.
pub(super) const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// The most at a time; the oldest gives way.
pub(super) const MOST: usize = 256;

/// Which session: the digest of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Session([u8; 32]);

/// All that last.
#[derive(Debug)]
pub(super) struct Sessions {
    key: Secret,
    /// Until when each lasts.
    of: Mutex<HashMap<Session, Instant>>,
    path: Option<PathBuf>,
    /// Who writes the file does not hold up who only looks.
    writing: Mutex<()>,
    /// How often one was ended.
    ended: watch::Sender<u64>,
}

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    sessions: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    session: String,
    /// Seconds since 1970.
    until: u64,
}

impl Sessions {
    pub(super) fn new(token: &Secret) -> Self {
        let (ended, _) = watch::channel(0);
        Self {
            key: token.clone(),
            of: Mutex::default(),
            path: None,
            writing: Mutex::default(),
            ended,
        }
    }

    /// The same, kept in a file, with those that are there. A file that cannot be read only means that people
    /// show the token once more.
    pub(super) fn kept_in(mut self, path: PathBuf) -> Self {
        match read(&path) {
            Ok(kept) => *self.of() = kept,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the sessions of browsers cannot be read; they log in anew");
            }
        }
        self.path = Some(path);
        self
    }

    /// Begins one; its secret is for the browser alone.
    pub(super) fn begin(&self, now: Instant) -> Result<Secret, getrandom::Error> {
        let secret = Secret::random()?;
        let Some(session) = self.digest(secret.reveal().as_bytes()) else { return Ok(secret) };
        let mut of = self.of();
        of.retain(|_, until| *until > now);
        while of.len() >= MOST {
            let oldest = of.iter().min_by_key(|(_, until)| **until).map(|(session, _)| *session);
            oldest.map(|oldest| of.remove(&oldest));
        }
        of.insert(session, now + KEPT);
        drop(of);
        self.write(now);
        Ok(secret)
    }

    /// The session that a secret is of, if it lasts.
    pub(super) fn find(&self, secret: &[u8], now: Instant) -> Option<Session> {
        // All are as long as this; nothing else is worth a digest.
        if secret.len() != LENGTH {
            return None;
        }
        let session = self.digest(secret)?;
        self.lasts(session, now).then_some(session)
    }

    /// Whether a session lasts.
    pub(super) fn lasts(&self, session: Session, now: Instant) -> bool {
        self.of().get(&session).is_some_and(|until| *until > now)
    }

    /// Ends one.
    pub(super) fn end(&self, session: Session, now: Instant) {
        if self.of().remove(&session).is_some() {
            self.ended.send_modify(|ended| *ended += 1);
            self.write(now);
        }
    }

    /// Changes when one is ended.
    pub(super) fn ended(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    fn of(&self) -> MutexGuard<'_, HashMap<Session, Instant>> {
        // What is within is whole at any time.
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key may have any length, so there always is one.
    fn digest(&self, secret: &[u8]) -> Option<Session> {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.reveal().as_bytes()).ok()?;
        Some(Session(mac.chain_update(secret).finalize().into_bytes().into()))
    }

    /// Writes the file; where that fails they last until the server ends.
    fn write(&self, now: Instant) {
        let Some(path) = &self.path else { return };
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let of = self.of().clone();
        if let Err(error) = write(path, &of, now) {
            tracing::warn!(path = %path.display(), %error, "the sessions of browsers cannot be written; they end with the server");
        }
    }
}

/// Of the secret of a session: 32 bytes in base64.
const LENGTH: usize = 43;
/// Bytes of a file; one of as many sessions as there may be is shorter.
const LONGEST: u64 = 128 << 10;

/// Clocks that are set between runs make none last longer than it would have.
fn read(path: &Path) -> io::Result<HashMap<Session, Instant>> {
    // What is no file is not waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is no file"));
    }
    let mut text = String::new();
    fs::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    let kept: Kept = serde_json::from_str(&text)?;
    let (now, wall) = (Instant::now(), seconds());
    let lasting = |row: &Row| {
        let left = Duration::from_secs(row.until.checked_sub(wall).filter(|left| *left > 0)?);
        let digest = URL_SAFE_NO_PAD.decode(&row.session).ok()?.try_into().ok()?;
        Some((Session(digest), now + left.min(KEPT)))
    };
    Ok(kept.sessions.iter().filter_map(lasting).take(MOST).collect())
}

fn write(path: &Path, of: &HashMap<Session, Instant>, now: Instant) -> io::Result<()> {
    let wall = seconds();
    let row = |(session, until): (&Session, &Instant)| Row {
        session: URL_SAFE_NO_PAD.encode(session.0),
        until: wall + until.saturating_duration_since(now).as_secs(),
    };
    let mut sessions: Vec<Row> = of.iter().map(row).collect();
    sessions.sort_by(|one, other| one.session.cmp(&other.session));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Its owner's alone from the start, and whole at any time.
    let mut aside =
        NamedTempFile::with_prefix_in(".judder-sessions-", folder.unwrap_or(Path::new(".")))?;
    aside.write_all(&serde_json::to_vec(&Kept { sessions })?)?;
    aside.as_file().sync_all()?;
    aside.persist(path)?;
    Ok(())
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
