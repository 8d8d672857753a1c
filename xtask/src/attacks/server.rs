//! A server that runs until it is dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::serving::Serving;

/// A server in a folder of its own.
pub(super) struct Server {
    _serving: Serving,
    folder: PathBuf,
}

impl Server {
    /// Starts one on a port of the loopback address alone, with these options besides.
    pub(super) fn start(program: &Path, folder: &Path, port: u16, more: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let mut serve = Command::new(program);
        serve.current_dir(folder).args(["serve", "-d", "kept", "--address", "127.0.0.1"]);
        serve.args(["-p", &port.to_string()]).args(more);
        let serving = Serving::start(serve, &folder.join("log"))?;
        Ok(Self { _serving: serving, folder: folder.to_owned() })
    }

    /// The token, as who may read the folder knows it.
    pub(super) fn token(&self) -> Result<String> {
        let text = fs::read_to_string(self.folder.join("kept/token")).context("the token")?;
        Ok(text.trim().to_owned())
    }
}
