//! How a server starts: configured, with a log, and with room for its connections.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use judder_server::{KeptToken, Secret, TokenError, kept_token};

use crate::config::{Flags, Settings, TokenFrom, Watching};
use crate::output::print;
use crate::{log, probe, system};

/// What to start with; None where the user asked for something else, which is done.
pub(crate) fn configured(
    flags: &Flags,
    watching: Option<&Watching>,
) -> anyhow::Result<Option<Settings>> {
    let settings = Settings::load(flags, watching)?;
    if flags.print_config {
        print(settings.printed()?.trim_end())?;
        return Ok(None);
    }
    if flags.probe {
        probe::probe(settings.address, settings.port)?;
        return Ok(None);
    }
    let (format, level) = settings.log;
    log::begin(format, level);
    match system::raise_open_files() {
        Ok(most) => tracing::debug!(most, "open files"),
        Err(error) => tracing::warn!(%error, "the limit of open files stays as it is"),
    }
    Ok(Some(settings))
}

/// Makes the folder that all is kept in, if there is to be one.
pub(crate) fn folder(settings: &Settings) -> anyhow::Result<()> {
    let Some(dir) = &settings.dir else { return Ok(()) };
    if dir.exists() && !dir.is_dir() {
        bail!("{}: is a file; give a folder with --dir", dir.display());
    }
    let was_there = dir.exists();
    made(dir, settings).map_err(|error| {
        anyhow!(
            "{}: the folder cannot be made: {error}; give another one with --dir",
            dir.display()
        )
    })?;
    if settings.private && was_there && is_open(dir) {
        tracing::warn!(
            dir = %dir.display(),
            "others can look into the folder that all is kept in; it stays as it is: chmod 700 it, unless they are to"
        );
    }
    Ok(())
}

/// Makes a folder and those that it lies in, as far as they are missing: for its owner alone where that is asked for, and
/// on the disk as well where it is to be durable.
fn made(dir: &Path, settings: &Settings) -> io::Result<()> {
    let missing = dir.ancestors().take_while(|path| !path.exists()).count();
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    if settings.private {
        // Those that it lies in are made as others are.
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            fs::create_dir_all(parent)?;
        }
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    }
    builder.recursive(true).create(dir)?;
    // Each is a line in the one above it: without that a power cut takes all that is in it.
    let durable = settings.durable && cfg!(unix);
    for above in dir.ancestors().skip(1).take(missing).filter(|_| durable) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        File::open(above)?.sync_all()?;
    }
    Ok(())
}

/// Whether others than its owner may look into a folder.
fn is_open(dir: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        dir.metadata().is_ok_and(|there| there.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = dir;
        false
    }
}

/// The token of the owner.
pub(crate) struct Token {
    pub(crate) secret: Secret,
    /// Whether judder made it: one that somebody gave is never shown.
    pub(crate) is_ours: bool,
    /// Where else it stands.
    pub(crate) place: String,
    /// The file that was made for it.
    pub(crate) made: Made,
}

/// A file that was made for a start, and goes away with this if nothing comes of the start.
#[derive(Default)]
pub(crate) struct Made(Option<PathBuf>);

impl Made {
    /// It stays.
    pub(crate) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Where that fails, the next start finds it.
            let _ = fs::remove_file(path);
        }
    }
}

/// The token: given, kept in a file, or made for this once. The folder of the file is made.
pub(crate) fn token(from: &TokenFrom) -> Result<Token, TokenError> {
    let of_file = |path: &Path, is_ours: fn(&KeptToken) -> bool| {
        let kept = in_file(path)?;
        let (is_ours, place) = (is_ours(&kept), format!("the token is in {}", path.display()));
        let made = Made(kept.is_new.then(|| path.to_owned()));
        Ok(Token { secret: kept.token, is_ours, place, made })
    };
    match from {
        TokenFrom::Given(token) => {
            let place = "the token is the one that was given".to_owned();
            Ok(Token { secret: token.clone(), is_ours: false, place, made: Made::default() })
        }
        // What is in a file that somebody named may be somebody's choice.
        TokenFrom::File(path) => of_file(path, |kept| kept.is_new),
        TokenFrom::Folder(path) => of_file(path, |kept| kept.looks_made),
        TokenFrom::Start => {
            let place = "the token is a new one at each start".to_owned();
            let secret = Secret::random()?;
            Ok(Token { secret, is_ours: true, place, made: Made::default() })
        }
    }
}

fn in_file(path: &Path) -> Result<KeptToken, TokenError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|error| TokenError::File {
            path: path.to_owned(),
            done: "written",
            error,
        })?;
    }
    kept_token(path)
}
