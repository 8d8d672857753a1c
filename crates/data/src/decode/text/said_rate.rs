//! The sample rate that a line of words says.

/// The sample rate in Hz that a line before or after the readings says, as `Sample rate: 1000 Hz` or `Interval,1.0E-03`.
pub(super) fn of(line: &str) -> Option<f64> {
    let lower = line.to_lowercase();
    let (at, is_interval) = place(&lower)?;
    let rest = &lower[at..];
    let from = rest.find(|c: char| c.is_ascii_digit() || c == '.')?;
    // The number follows the word, but for a few signs.
    let between = rest[..from].trim_end_matches(['-', '+']);
    if between.len() > 24 || between.chars().filter(|c| c.is_alphabetic()).count() > 8 {
        return None;
    }
    let number = &rest[from..];
    let end = number
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | 'e' | '+' | '-')))
        .unwrap_or(number.len());
    let value: f64 = number[..end].parse().ok().filter(|value: &f64| *value > 0.0)?;
    let unit = number[end..].trim_start_matches([' ', ',', ';', '\t', '[', '(', '"']);
    let unit = format!("{} {unit}", rest[..from].trim_end_matches([' ', ':', '=', ',', '"']));
    let rate = match is_interval {
        true => 1.0 / (value * seconds(&unit)),
        false if has(&unit, &["khz", "k"]) => value * 1e3,
        false => value,
    };
    rate.is_finite().then(|| rounded(rate))
}

/// Decimal intervals are not exact: a millionth of a Hz is.
fn rounded(rate: f64) -> f64 {
    (rate * 1e6).round() / 1e6
}

/// Where the words end, and whether they are those of an interval.
fn place(lower: &str) -> Option<(usize, bool)> {
    const RATES: [&str; 13] = [
        "sample rate",
        "sampling rate",
        "sample_rate",
        "samplerate",
        "sampling_rate",
        "sampling frequency",
        "sample frequency",
        "samplingfrequency",
        "abtastrate",
        "abtastfrequenz",
        "data rate",
        "fs",
        "rate",
    ];
    const INTERVALS: [&str; 9] = [
        "sampling interval",
        "sample interval",
        "sample period",
        "sampling period",
        "time interval",
        "interval",
        "delta_x",
        "delta t",
        "dt",
    ];
    let word = |name: &&str| {
        let at = lower.find(*name)?;
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let before = lower[..at].chars().next_back();
        let after = lower[at + name.len()..].chars().next();
        (is_edge(before) && is_edge(after)).then_some(at + name.len())
    };
    let rate = RATES.iter().find_map(word).map(|at| (at, false));
    rate.or_else(|| INTERVALS.iter().find_map(word).map(|at| (at, true)))
}

fn seconds(unit: &str) -> f64 {
    if has(unit, &["ms", "msec", "milliseconds"]) {
        1e-3
    } else if has(unit, &["us", "µs", "μs", "usec", "microseconds"]) {
        1e-6
    } else {
        1.0
    }
}

fn has(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_lines_say() {
        for (line, rate) in [
            ("Sample rate: 1000 Hz", Some(1000.0)),
            ("# sampling frequency = 25.6 kHz", Some(25_600.0)),
            ("Rate 1332, overflows 0", Some(1332.0)),
            ("Interval,1.0E-03", Some(1000.0)),
            ("Sample interval [ms];2.5", Some(400.0)),
            ("Delta_X\t0.001000\t0.001000", Some(1000.0)),
            ("fs=400", Some(400.0)),
            ("SampleRate,20k", Some(20_000.0)),
            ("dt: 500 us", Some(2000.0)),
            ("Operator 5", None),
            ("Temperature rate of the room in this long test was 5", None),
            ("rated 5 kW", None),
            ("rate", None),
            ("rate 0", None),
        ] {
            assert_eq!(of(line), rate, "{line}");
        }
    }
}
