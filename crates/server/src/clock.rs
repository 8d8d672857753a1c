//! The server's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use judder_history::UnixMillis as Millis;

/// The latest time that can be written: the end of the year 9999.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

/// The time now.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A time as people and programs read it, by RFC 3339.
pub(crate) fn written(at: Millis) -> String {
    let since = Duration::from_millis(u64::try_from(at).unwrap_or_default());
    humantime::format_rfc3339_millis(UNIX_EPOCH + since.min(LATEST)).to_string()
}
