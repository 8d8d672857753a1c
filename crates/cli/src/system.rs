//! What a server asks of the system that it runs on, and tells it.

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

/// Tells it that the end has begun.
pub(crate) fn tell_stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}
