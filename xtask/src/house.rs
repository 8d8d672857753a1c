//! Where the workspace is, and what kind of run this is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::output;

/// The workspace that the gates look at.
pub(crate) struct House {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// Whether a skip counts as a failure.
    pub(crate) ci: bool,
}

impl House {
    pub(crate) fn find() -> Result<Self> {
        let metadata =
            output(Command::new("cargo").args(["metadata", "--no-deps", "--format-version=1"]))?;
        let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
        let folder = |key: &str| -> Result<PathBuf> {
            let path = metadata[key].as_str().with_context(|| format!("no {key}"))?;
            Ok(PathBuf::from(path))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            ci: std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1")),
        })
    }

    /// A cargo command that runs at the workspace's root.
    pub(crate) fn cargo<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).args(args);
        command
    }

    /// The real recordings: `$JUDDER_DATA`, else `../shared/data`, as an absolute path.
    pub(crate) fn recordings(&self) -> Result<Option<PathBuf>> {
        match std::env::var_os("JUDDER_DATA") {
            Some(named) => match self.root.join(&named).canonicalize() {
                Ok(folder) if folder.is_dir() => Ok(Some(folder)),
                // Tests that quietly run without the data somebody named would mislead.
                _ => bail!("JUDDER_DATA is {}, which is no folder", Path::new(&named).display()),
            },
            None => Ok(self.root.join("../shared/data").canonicalize().ok()),
        }
    }

    /// The packages outside the workspace, each with its own lock file.
    pub(crate) fn firmware(&self) -> Result<Vec<PathBuf>> {
        let mut manifests = Vec::new();
        for entry in self.root.join("firmware").read_dir().context("firmware/")? {
            let manifest = entry?.path().join("Cargo.toml");
            if manifest.is_file() {
                manifests.push(manifest);
            }
        }
        manifests.sort();
        Ok(manifests)
    }
}
