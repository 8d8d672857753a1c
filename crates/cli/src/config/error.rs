//! What is wrong with a configuration.

use std::io;
use std::path::PathBuf;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: the configuration cannot be read: {error}", path = .path.display())]
    Unread { path: PathBuf, error: io::Error },
    /// Something in the file is wrong.
    #[error("{}{}: {}{what}", path.display(), place(*line), named(key))]
    Wrong { path: PathBuf, line: Option<usize>, key: String, what: String },
    /// Something that may be from the file, an option or the environment is wrong.
    #[error("{key}: {what}")]
    Value { key: String, what: String },
}

impl ConfigError {
    pub(super) fn value(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Value { key: key.into(), what: what.into() }
    }
}

fn place(line: Option<usize>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

fn named(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("{key}: ") }
}
