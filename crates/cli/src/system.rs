//! What a server asks of the system that it runs on, and tells it.

use std::sync::Mutex;
use std::time::Instant;

use judder_server::Turned;
use sd_notify::NotifyState;

/// Lets this process have as many files and connections open as the system allows; how many that are.
pub(crate) fn raise_open_files() -> std::io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// Tells systemd, where it started this process and waits for it, that requests are answered from now on.
pub(crate) fn tell_ready() {
    // Nobody waits elsewhere.
    let _ = sd_notify::notify(&[NotifyState::Ready]);
}

/// What tells systemd that the engine turns, where it watches for that (`WatchdogSec`).
pub(crate) fn watched() -> Option<Turned> {
    let every = sd_notify::watchdog_enabled()? / 4;
    let told = Mutex::new(None::<Instant>);
    Some(Turned(Box::new(move || {
        let Ok(mut told) = told.lock() else { return };
        if told.is_none_or(|told| told.elapsed() >= every) {
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
            *told = Some(Instant::now());
        }
    })))
}

/// Tells it that the end has begun.
pub(crate) fn tell_stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}
