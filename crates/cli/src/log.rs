//! The log of a server, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::LevelFilter;

use crate::config::{Format, Level};

/// Begins to log; what is logged before is lost.
pub(crate) fn begin(format: Format, level: Level) {
    let level = match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    // It fails where a log was begun before, which then stays.
    let _ = match format {
        Format::Text => log.with_ansi(io::stderr().is_terminal()).with_target(false).try_init(),
        Format::Json => log.json().flatten_event(true).with_target(false).try_init(),
    };
}
