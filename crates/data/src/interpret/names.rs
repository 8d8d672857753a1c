//! What the name of a column says that it is.

/// What a column is by its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// The time of each reading, with the length of its unit in s where the name says it.
    Time(Option<f64>),
    /// It counts readings.
    Counter,
    /// The operating state.
    Label,
    /// Which of several sensors a row is of.
    Key,
    /// Computed from other columns: it says nothing new.
    Derived,
    /// An acceleration.
    Acceleration,
    /// A turning rate.
    Turning,
    /// How the machine is run: its speed or load.
    Operating,
    /// Nobody knows.
    Unknown,
}

impl Role {
    /// That of a column of this name; `unit` is what the file says of its unit apart from the name.
    pub(super) fn of(name: &str, unit: Option<&str>) -> Self {
        let lower = name.trim().to_lowercase();
        let words = words(name);
        let is_any = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
        // `X-Axis (s)` is one by its unit, whatever else it is called.
        let is_in_time = ["(s)", "[s]", "(ms)", "[ms]", "(us)", "[us]", "(µs)", "[µs]"];
        let named = is_in_time.iter().any(|unit| lower.ends_with(unit));
        let by_unit = || named.then(|| words.last().and_then(|word| seconds(word)));
        if let Some(found) = time(&words).or_else(by_unit) {
            let apart =
                unit.and_then(|unit| self::words(unit).iter().find_map(|word| seconds(word)));
            return Self::Time(found.or(apart));
        }
        if is_counter(&lower, &words) {
            return Self::Counter;
        }
        if matches!(words.as_slice(), [one] | [one, _] if LABELS.contains(&one.as_str())) {
            return Self::Label;
        }
        if matches!(words.first(), Some(one) if KEYS.contains(&one.as_str())) && words.len() <= 2 {
            return Self::Key;
        }
        let is_derived = is_any(&DERIVED) || DERIVED.contains(&words.concat().as_str());
        if is_derived || lower.starts_with('|') || lower.ends_with("total") {
            return Self::Derived;
        }
        if is_any(&OPERATING) {
            return Self::Operating;
        }
        let is_angular = ["°/s", "º/s", "rad/s"].iter().any(|unit| lower.contains(unit));
        let turns = |word: &String| {
            let begins = ["gyr", "rot", "ang", "rad", "deg", "dps"].iter();
            begins.into_iter().any(|begin| word.starts_with(begin))
                || matches!(word.as_str(), "gx" | "gy" | "gz")
        };
        if is_angular || words.iter().any(turns) {
            return Self::Turning;
        }
        if is_acceleration(&words) { Self::Acceleration } else { Self::Unknown }
    }
}

const LABELS: [&str; 9] = [
    "label",
    "labels",
    "class",
    "state",
    "target",
    "condition",
    "annotation",
    "activity",
    "category",
];

const KEYS: [&str; 7] = ["sensor", "sensorid", "device", "deviceid", "node", "channel", "mac"];

const DERIVED: [&str; 9] =
    ["abs", "absolute", "magnitude", "norm", "total", "resultant", "rms", "atotal", "tgf"];

const OPERATING: [&str; 6] = ["speed", "rpm", "load", "torque", "drehzahl", "tacho"];

/// The words of a name, in small letters: parted at what is no letter and no digit, and where a capital follows a small
/// letter.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut word, mut was_small) = (String::new(), false);
    for c in name.chars() {
        let is_part = c.is_alphanumeric();
        if (!is_part || (was_small && c.is_uppercase())) && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if is_part {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// The length in s of a unit of time.
fn seconds(word: &str) -> Option<f64> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1e-3,
        // Both letters that look so.
        "us" | "µs" | "μs" | "usec" | "µsec" | "μsec" | "micros" | "microsecond"
        | "microseconds" => 1e-6,
        "ns" | "nsec" | "nanos" | "nanosecond" | "nanoseconds" => 1e-9,
        "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "day" | "days" => 86_400.0,
        _ => return None,
    })
}

/// Whether a name is that of a time, and its unit.
fn time(words: &[String]) -> Option<Option<f64>> {
    let unit = || words.iter().rev().find_map(|word| seconds(word));
    let is_time = |word: &str| {
        matches!(
            word,
            "time"
                | "timestamp"
                | "timestamps"
                | "elapsed"
                | "datetime"
                | "date"
                | "epoch"
                | "clock"
                | "zeit"
                | "uptime"
                | "zeitstempel"
                | "utc"
        )
    };
    let first = words.first().map(String::as_str)?;
    let is_alone = words.len() == 1;
    let is_short = matches!(first, "t" | "ts" | "tick" | "ticks") && words.len() <= 2;
    // What LabVIEW calls the times of its values.
    let is_labview = matches!(words, [x, value] if x == "x" && value == "value");
    match () {
        () if is_labview => Some(Some(1.0)),
        () if is_short || words.iter().any(|word| is_time(word)) => Some(unit()),
        // `millis`, `seconds`; but `s` may be anything.
        () if is_alone && (first.len() > 2 || matches!(first, "ms" | "us" | "µs" | "μs")) => {
            seconds(first).map(Some)
        }
        () => None,
    }
}

fn is_counter(lower: &str, words: &[String]) -> bool {
    let counts = [
        "index", "idx", "sample", "samples", "n", "no", "nr", "seq", "sequence", "row", "count",
        "counter", "frame", "packet", "id",
    ];
    lower == "#"
        || matches!(words, [one] if counts.contains(&one.as_str()))
        || matches!(words, [a, b] if a == "unnamed" && b == "0")
        || matches!(words, [a, b] if matches!(a.as_str(), "sample" | "seq" | "row" | "packet" | "frame")
            && matches!(b.as_str(), "no" | "nr" | "number" | "index" | "id" | "count"))
}

/// Whether a name, in its words, is that of an acceleration, or of an axis that is nothing else.
pub(super) fn is_acceleration(words: &[String]) -> bool {
    let axis = |word: &str| {
        matches!(
            word,
            "x" | "y" | "z" | "ax" | "ay" | "az" | "gfx" | "gfy" | "gfz" | "axis" | "vibration"
        )
    };
    let acceleration = |word: &str| word.starts_with("acc") || word.contains("accel");
    let turning =
        |word: &str| ["gyr", "rot", "mag", "ang"].iter().any(|begin| word.starts_with(begin));
    let joined = words.concat();
    let any = |so: &dyn Fn(&str) -> bool| words.iter().any(|word| so(word)) || so(&joined);
    any(&|word| axis(word) || acceleration(word)) && !any(&turning)
}

#[cfg(test)]
mod tests {
    use super::Role::{self, *};

    #[test]
    fn names_of_each_kind() {
        for (names, role) in [
            (
                ["timeMs", "Time since start [ms]", "t_ms", "millis", "time [msec]"].as_slice(),
                Time(Some(1e-3)),
            ),
            (&["time (us)", "t [µs]", "t [μs]", "usec", "elapsed usec"], Time(Some(1e-6))),
            (&["seconds_elapsed", "Time (s)", "X_Value", "time/s", "X-Axis (s)"], Time(Some(1.0))),
            (&["Time (min)", "time_min", "Minutes"], Time(Some(60.0))),
            (&["Time [h]", "hours"], Time(Some(3600.0))),
            (&["t", "time", "Timestamp", "datetime", "Date"], Time(None)),
            (&["index", "Unnamed: 0", "Sample", "n", "seq"], Counter),
            (&["label", "Class", "state"], Label),
            (
                &["x", "accX", "Acc_Y", "Accel-Z (g)", "gFx", "Linear Acceleration x (m/s^2)"],
                Acceleration,
            ),
            (&["gyrX", "Gyroscope y (rad/s)", "gx [deg/s]", "gz"], Turning),
            (&["Absolute acceleration (m/s^2)", "|a|", "gFTotal", "acc magnitude"], Derived),
            (&["rpm", "motor speed", "load_kg"], Operating),
            (&["temperature", "DE", "ch1", "s", "humidity", "machine state"], Unknown),
            (&["sensor_id", "device", "channel"], Key),
        ] {
            for name in names {
                assert_eq!(Role::of(name, None), role, "{name}");
            }
        }
        assert_eq!(Role::of("time", Some("ms")), Time(Some(1e-3)));
    }
}
