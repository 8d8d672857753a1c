//! The configuration of a server: options come before the environment, that before the file, and that
//! before defaults.

mod error;
mod file;
mod flags;
mod settings;
#[cfg(test)]
mod tests;
mod values;

use std::env;
use std::ffi::OsString;

use file::File;

pub(crate) use error::ConfigError;
pub(crate) use flags::{Flags, Watching};
pub(crate) use settings::{Settings, TokenFrom};
pub(crate) use values::{Format, Level};

/// The names of files in the folder, where nothing else is said.
struct Names {
    token: &'static str,
    /// Sessions of browsers. No label begins like that.
    sessions: &'static str,
    /// Whether the folder is made its owner's alone: recordings are shared, what a server has seen is not.
    private: bool,
}

const OF_SERVE: Names = Names { token: "token", sessions: ".sessions", private: true };
/// A folder of recordings shows nothing but these.
const OF_COLLECT: Names =
    Names { token: ".judder-token", sessions: ".judder-sessions", private: false };

/// What is in the environment and is no option.
#[derive(Debug, Default)]
struct Environment {
    /// The token itself; an option would be seen by all on a machine.
    token: Option<String>,
    /// Models, with colons between them.
    models: Option<OsString>,
}

impl Settings {
    /// What a server is started with.
    ///
    /// # Errors
    /// Where the file cannot be read, or a value is wrong.
    pub(crate) fn load(flags: &Flags, watching: Option<&Watching>) -> Result<Self, ConfigError> {
        let environment = Environment {
            token: env::var_os("JUDDER_TOKEN").map(|token| token.to_string_lossy().into_owned()),
            models: env::var_os("JUDDER_MODELS"),
        };
        Self::within(environment, flags, watching)
    }

    fn within(
        environment: Environment,
        flags: &Flags,
        watching: Option<&Watching>,
    ) -> Result<Self, ConfigError> {
        let mut file = flags.config.as_deref().map_or_else(|| Ok(File::default()), File::read)?;
        if environment.token.is_some() {
            (file.token, file.token_file) = (environment.token, None);
        }
        flags.clone().over(&mut file);
        if let Some(watching) = watching {
            let mut watching = watching.clone();
            if let (true, Some(models)) = (watching.models.is_empty(), &environment.models) {
                let models = env::split_paths(models).filter(|path| !path.as_os_str().is_empty());
                watching.models = models.map(|path| path.into_os_string().into()).collect();
            }
            watching.over(&mut file);
        }
        Self::of(file, if watching.is_some() { &OF_SERVE } else { &OF_COLLECT })
    }

    /// The configuration as a file, for `--print-config`. Secrets are hidden.
    ///
    /// # Errors
    /// Where a path is no text.
    pub(crate) fn printed(&self) -> anyhow::Result<String> {
        Ok(toml::to_string(&self.shown())?)
    }
}
