//! The token in a file, so that links to the page outlive a restart.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::regular::regular_file;

use super::secret::{LONGEST, Secret, SecretError};

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The system has no randomness to give.
    #[error("a token cannot be made: {0}; give one (JUDDER_TOKEN)")]
    Random(#[from] getrandom::Error),
    /// The file cannot be read or written.
    #[error("{path}: the token cannot be {done}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried, as a participle.
        done: &'static str,
        /// What happened.
        error: io::Error,
    },
    /// What is in the file is no secret.
    #[error("{path}: no token: {error}; or remove the file, and a new one is made", path = .path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: SecretError,
    },
    /// Others may read the file.
    #[error(
        "{path}: others can read or change what is in it; chmod 600 the file, and put another secret there",
        path = .path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
    },
}

/// A token that a file has.
#[derive(Debug, Clone)]
pub struct KeptToken {
    /// The token.
    pub token: Secret,
    /// Whether it was made now.
    pub is_new: bool,
    /// Whether it has the form of those that are made here: else somebody chose it.
    pub looks_made: bool,
}

impl KeptToken {
    fn read(token: Secret) -> Self {
        Self { is_new: false, looks_made: token.looks_made(), token }
    }
}

/// The token in this file; a new one, which only the owner of the file can read, where there is none.
///
/// # Errors
/// Where the file cannot be read or made, is readable by others, or holds something else.
pub fn kept_token(path: &Path) -> Result<KeptToken, TokenError> {
    let file = |done, error| TokenError::File { path: path.to_owned(), done, error };
    match read_secret(path) {
        Err(TokenError::File { error, .. }) if error.kind() == ErrorKind::NotFound => {}
        read => return read.map(KeptToken::read),
    }
    let token = Secret::random()?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Made aside, so that the file has the whole token at any time; it is its owner's alone from the start.
    let mut aside = NamedTempFile::with_prefix_in(".judder-token-", folder)
        .map_err(|error| file("written", error))?;
    let written = aside.write_all(token.reveal().as_bytes()).and_then(|()| aside.write_all(b"\n"));
    written.and_then(|()| aside.as_file().sync_all()).map_err(|error| file("written", error))?;
    match aside.persist_noclobber(path) {
        Ok(_) => Ok(KeptToken { token, is_new: true, looks_made: true }),
        // Somebody else was faster, and theirs is the token.
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            read_secret(path).map(KeptToken::read)
        }
        Err(error) => Err(file("written", error.error)),
    }
}

/// The secret in a file that others cannot read.
///
/// # Errors
/// Where the file cannot be read, is readable by others, or holds something else.
pub fn read_secret(path: &Path) -> Result<Secret, TokenError> {
    let file = |error| TokenError::File { path: path.to_owned(), done: "read", error };
    regular_file(path).map_err(file)?;
    let opened = File::open(path).map_err(file)?;
    if is_open(&opened).map_err(file)? {
        return Err(TokenError::Open { path: path.to_owned() });
    }
    let mut text = String::new();
    let unfit = |error| TokenError::Unfit { path: path.to_owned(), error };
    match opened.take(2 * LONGEST as u64).read_to_string(&mut text) {
        Err(error) if error.kind() == ErrorKind::InvalidData => return Err(unfit(SecretError)),
        read => read.map_err(file)?,
    };
    Secret::new(text.trim()).map_err(unfit)
}

/// Whether others may read or write a file. A group may read it: that is how systemd and containers hand
/// secrets to a user.
#[cfg(unix)]
fn is_open(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o027 != 0)
}

/// Elsewhere the folder says who may.
#[cfg(not(unix))]
fn is_open(_: &File) -> io::Result<bool> {
    Ok(false)
}
