//! The configuration: what comes before what, what is refused, and with which words.

mod example;
mod layers;
mod refused;
mod values;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use tempfile::{TempDir, tempdir};

use super::file::File;
use super::{ConfigError, Environment, Flags, Settings, Watching};

const TOKEN: &str = "the-token-0123456789";

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    watching: Watching,
}

/// The settings of these options, with nothing in the environment.
fn of(options: &[&str]) -> Result<Settings, ConfigError> {
    within(Environment::default(), options)
}

fn within(environment: Environment, options: &[&str]) -> Result<Settings, ConfigError> {
    let options = Options::parse_from([&["judder"], options].concat());
    Settings::within(environment, &options.flags, Some(&options.watching))
}

/// A folder with a configuration file.
fn written(text: &str) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("judder.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// The settings of a file alone.
fn of_file(text: &str) -> Result<Settings, ConfigError> {
    let (_folder, path) = written(text);
    of(&["--config", path.to_str().unwrap()])
}

/// What is said of a file that is refused.
fn refusal(text: &str) -> String {
    of_file(text).map(|settings| format!("{settings:?}")).unwrap_err().to_string()
}

fn colons(models: &[&str]) -> Option<OsString> {
    Some(std::env::join_paths(models).unwrap())
}

fn parsed(text: &str) -> File {
    File::parse(Path::new("judder.toml"), text).unwrap()
}
