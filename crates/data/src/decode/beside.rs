//! What stands beside the numbers of a recording, by the names that people give it.

/// Whether a value of this name is a sample rate in Hz.
pub(super) fn is_rate(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "f_s",
        "freq",
        "frequency",
        "frequency_hz",
        "fs",
        "fs_hz",
        "hz",
        "odr",
        "rate",
        "rate_hz",
        "sample_rate",
        "sample_rate_hz",
        "samplerate",
        "sampling_frequency",
        "sr",
    ];
    is_one(name, &NAMES) || is_one(name, &["sampling_rate", "sampling_rate_hz", "samplingrate"])
}

/// Whether a value of this name is the time between two readings, and how many of its unit make a second.
pub(super) fn step(name: &str) -> Option<f64> {
    if is_one(name, &["dt", "dt_s", "interval_s", "sample_interval"]) {
        return Some(1.0);
    }
    is_one(name, &["dt_ms", "interval_ms", "period_ms"]).then_some(1000.0)
}

/// Whether a value of this name is an operating state.
pub(super) fn is_label(name: &str) -> bool {
    is_one(name, &["class", "condition", "label", "operating_state", "state"])
}

/// Whether a value of this name is when a recording was taken.
#[cfg(feature = "parquet")]
pub(super) fn is_start(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "date",
        "datetime",
        "recorded_at",
        "start",
        "start_time",
        "started",
        "taken",
        "time",
        "timestamp",
    ];
    is_one(name, &NAMES)
}

fn is_one(name: &str, of: &[&str]) -> bool {
    let name = name.trim();
    of.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// The rate that a number of this name says, if it is one and says it.
pub(super) fn rate(name: &str, number: f64) -> Option<f64> {
    let rate = match step(name) {
        Some(of_a_second) => of_a_second / number,
        None if is_rate(name) => number,
        None => return None,
    };
    (rate.is_finite() && rate > 0.0).then_some(rate)
}
