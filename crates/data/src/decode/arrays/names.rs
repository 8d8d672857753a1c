//! What arrays are by their names.

/// Names of a number that is a rate in Hz.
const RATES: [&str; 14] = [
    "fs",
    "fshz",
    "sr",
    "sps",
    "samplerate",
    "sampleratehz",
    "samplingrate",
    "samplingratehz",
    "samplefrequency",
    "samplingfrequency",
    "samplefreq",
    "samplingfreq",
    "fsample",
    "odr",
];

/// Names of a number that may be such a rate, or that of a shaft.
const MAY_BE_RATES: [&str; 5] = ["rate", "ratehz", "freq", "frequency", "hz"];

/// Names of a number that is the time between two readings in s.
const STEPS: [&str; 11] = [
    "dt",
    "deltat",
    "tinterval",
    "sampletime",
    "sampleinterval",
    "samplinginterval",
    "samplingtime",
    "sampleperiod",
    "samplingperiod",
    "timestep",
    "stepsize",
];

/// Names of what an operating state is told by.
const LABELS: [&str; 7] = ["label", "labels", "class", "classes", "state", "states", "target"];

/// Words that a number follows: `ch1`.
const NUMBERED: [&str; 9] =
    ["ch", "chan", "channel", "axis", "a", "acc", "accel", "acceleration", "sensor"];

/// Words that a name of axes begins with.
const SENSORS: [&str; 4] = ["acc", "gyr", "vib", "mag"];

/// The letters and digits of a name in lower case, without what stands in brackets behind it.
fn bare(name: &str) -> String {
    let before = name.split(['[', '(']).next().unwrap_or_default();
    before.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

pub(super) fn is_rate(name: &str) -> bool {
    RATES.contains(&bare(name).as_str())
}

pub(super) fn may_be_rate(name: &str) -> bool {
    MAY_BE_RATES.contains(&bare(name).as_str())
}

pub(super) fn is_step(name: &str) -> bool {
    STEPS.contains(&bare(name).as_str())
}

pub(super) fn is_label(name: &str) -> bool {
    LABELS.contains(&bare(name).as_str())
}

pub(super) fn is_time(name: &str) -> bool {
    let name = bare(name);
    let whole = ["t", "ts", "tsec", "tms", "seconds"].contains(&name.as_str());
    whole || name.starts_with("time") || name.ends_with("time") || name.contains("timestamp")
}

/// Whether a name is that of an axis, beside others.
pub(super) fn is_axis(name: &str, others: &[&str]) -> bool {
    let name = bare(name);
    if SENSORS.iter().any(|word| name.starts_with(word)) {
        return true;
    }
    let word = name.trim_end_matches(|one: char| one.is_ascii_digit());
    if word.len() < name.len() && NUMBERED.contains(&word) {
        return true;
    }
    // x, and with a word before or behind it, if there is y too.
    let others: Vec<String> = others.iter().map(|other| bare(other)).collect();
    let has = |other: String| others.contains(&other);
    let letters = ['x', 'y', 'z'];
    let beside = |letter: char| letters.into_iter().filter(move |one| *one != letter);
    letters.into_iter().any(|letter| {
        let before = name.strip_suffix(letter);
        let behind = name.strip_prefix(letter);
        before.is_some_and(|word| {
            word.is_empty() || beside(letter).any(|one| has(format!("{word}{one}")))
        }) || behind.is_some_and(|word| beside(letter).any(|one| has(format!("{one}{word}"))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_steps_are_known_however_they_are_written() {
        for name in
            ["fs", "Fs", "sampling_rate", "SamplingFrequency", "Sample Rate (Hz)", "sr", "fs_Hz"]
        {
            assert!(is_rate(name), "{name}");
        }
        assert!(is_step("dt") && is_step("Tinterval") && is_step("sample_interval"));
        assert!(!is_rate("RPM") && !is_rate("generate") && !is_step("date"));
    }

    #[test]
    fn times_are_known() {
        assert!(
            ["t", "time", "Time_s", "timestamp [ms]", "unix_timestamp"].into_iter().all(is_time)
        );
        assert!(!["tx", "x", "temperature"].into_iter().any(is_time));
    }

    #[test]
    fn axes_are_known_beside_each_other() {
        let all_axes = |names: &[&str]| names.iter().all(|name| is_axis(name, names));
        for names in [
            &["x", "y", "z"][..],
            &["ax", "ay", "az"],
            &["Accel-X", "Accel-Y"],
            &["X (g)", "Y (g)"],
            &["x_acc", "y_acc"],
            &["boardX", "boardZ"],
            &["ch1", "ch2"],
            &["Channel 1", "Channel 2"],
            &["acc", "gyro"],
        ] {
            assert!(all_axes(names), "{names:?}");
        }
        for names in [&["normal", "anomaly"][..], &["rec001", "rec002"], &["box", "boy2"]] {
            assert!(!names.iter().any(|name| is_axis(name, names)), "{names:?}");
        }
    }
}
