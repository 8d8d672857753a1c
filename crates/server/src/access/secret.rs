//! What only who knows it may do something with: the token of the server, and the keys of boards.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// The fewest characters of a secret.
pub(super) const SHORTEST: usize = 16;
/// The most.
pub(super) const LONGEST: usize = 256;

/// A secret text: never shown, and compared in a time that does not tell how much of a guess is right.
///
/// It fits into a header and an address as it is. Only its length is no secret.
#[derive(Clone)]
pub struct Secret(String);

/// Why a text is no secret. The text itself is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret is {SHORTEST} to {LONGEST} letters, digits, `-`, `_`, `.` or `~`; `openssl rand -hex 32` makes one"
)]
pub struct SecretError;

impl Secret {
    /// A secret that somebody chose.
    ///
    /// # Errors
    /// Where it is too short, too long, or has characters that must be encoded in an address.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretError> {
        let text = text.into();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        let long = (SHORTEST..=LONGEST).contains(&text.len());
        if long && text.chars().all(fits) { Ok(Self(text)) } else { Err(SecretError) }
    }

    /// A new secret of 256 bits.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Whether it looks like one that [`Secret::random`] made.
    pub(super) fn looks_made(&self) -> bool {
        URL_SAFE_NO_PAD.decode(&self.0).is_ok_and(|bytes| bytes.len() == 32)
    }

    /// Whether a guess is right.
    pub fn matches(&self, guess: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(guess).into()
    }

    /// The secret itself, for a link or a file.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}
