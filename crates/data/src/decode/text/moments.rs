//! Points in time as people and programs write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// How the times of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// `2026-05-01T12:00:00.005Z`, with or without an offset; in UTC where there is none.
    Whole,
    /// `01.05.2026 12:00:00`, of which nobody can say which is the month.
    Local,
    /// `2026-05-01`, the time of day being elsewhere.
    Date,
    /// `12:00:00.005`.
    Clock,
}

/// Days before the months, for a date in which the order of its parts does not matter.
const DAY_FIRST: [&str; 3] = ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"];

const MONTH_FIRST: [&str; 2] = ["%m/%d/%Y", "%Y/%m/%d"];

impl Moment {
    /// How a text that is a point in time is written.
    pub(crate) fn of(text: &str) -> Option<Self> {
        [Self::Whole, Self::Local, Self::Date, Self::Clock]
            .into_iter()
            .find(|kind| kind.seconds(text).is_some())
    }

    /// The seconds since 1970, or since midnight.
    pub(crate) fn seconds(self, text: &str) -> Option<f64> {
        if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() < 5 {
            return None;
        }
        match self {
            Self::Whole => whole(text),
            Self::Local => {
                let (day, time) = text.split_once([' ', 'T'])?;
                // Where half days are counted, months come first.
                let is_half = time.to_ascii_lowercase().ends_with('m');
                let day = match is_half {
                    true => MONTH_FIRST.into_iter().find_map(|form| Date::strptime(form, day).ok()),
                    false => other_date(day),
                };
                Some(seconds(day?.to_datetime(clock(time.trim())?)))
            }
            // The year has four digits: `1.5.2` is a version, or nothing.
            Self::Date if text.len() < 8 => None,
            Self::Date => {
                let day = text.parse::<Date>().ok().or_else(|| other_date(text))?;
                text.contains(['-', '.', '/']).then(|| seconds(day.to_datetime(Time::midnight())))
            }
            Self::Clock => {
                let since = seconds(Date::constant(1970, 1, 1).to_datetime(clock(text)?));
                text.contains(':').then_some(since)
            }
        }
    }

    /// Whether seconds since 1970 in UTC are meant, as far as the text says.
    pub(crate) fn since_1970(self) -> bool {
        matches!(self, Self::Whole | Self::Date)
    }
}

fn whole(text: &str) -> Option<f64> {
    // A number is no time, though the library takes some for one.
    if text.get(4..5) != Some("-") || !text.contains(':') {
        return None;
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(of_timestamp(timestamp));
    }
    let text = text.replace(',', ".");
    text.parse::<DateTime>().ok().map(seconds)
}

fn of_timestamp(timestamp: Timestamp) -> f64 {
    timestamp.as_second() as f64 + f64::from(timestamp.subsec_nanosecond()) * 1e-9
}

fn seconds(of: DateTime) -> f64 {
    TimeZone::UTC.to_timestamp(of).map_or(f64::NAN, of_timestamp)
}

fn other_date(text: &str) -> Option<Date> {
    DAY_FIRST.into_iter().chain(MONTH_FIRST).find_map(|form| Date::strptime(form, text).ok())
}

/// `12:00:00.005`, `12:00:00,005`, `1:59:00 PM`.
fn clock(text: &str) -> Option<Time> {
    // How long it is since the first reading, as pandas writes it.
    let text = text.strip_prefix("0 days ").unwrap_or(text);
    let (text, afternoon) = match text.split_once(' ') {
        Some((text, half)) if half.eq_ignore_ascii_case("pm") => (text, true),
        Some((text, half)) if half.eq_ignore_ascii_case("am") => (text, false),
        Some(_) => return None,
        None => (text, false),
    };
    let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
    let padded = padded.replace(',', ".");
    // `12:00:00:005`
    let padded = match padded.matches(':').count() {
        3 => padded.rsplit_once(':').map_or(padded.clone(), |(a, b)| format!("{a}.{b}")),
        _ => padded,
    };
    let time = padded.parse::<Time>().ok()?;
    let twelve = jiff::Span::new().hours(12);
    if afternoon && time.hour() < 12 { time.checked_add(twelve).ok() } else { Some(time) }
}

/// The seconds since 1970 of a point in time.
pub(crate) fn moment(text: &str) -> Option<f64> {
    Moment::Whole.seconds(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_and_read() {
        let day = 1_777_593_600.0; // 2026-05-01, by `date -u -d 2026-05-01 +%s`
        for (text, kind, seconds) in [
            ("2026-05-01T12:00:00.005Z", Moment::Whole, day + 43_200.005),
            ("2026-05-01 12:00:00.005", Moment::Whole, day + 43_200.005),
            ("2026-05-01T12:00:00,5", Moment::Whole, day + 43_200.5),
            ("2026-05-01T12:00:00+02:00", Moment::Whole, day + 36_000.0),
            ("2026-05-01 12:00:00 UTC", Moment::Whole, day + 43_200.0),
            ("01.05.2026 12:00:00", Moment::Local, day + 43_200.0),
            ("2026/05/01 12:00:00", Moment::Local, day + 43_200.0),
            ("5/1/2026 1:00:00 PM", Moment::Local, day + 46_800.0),
            ("2026-05-01", Moment::Date, day),
            ("01:59:00.250", Moment::Clock, 7140.25),
            ("1:59:00 PM", Moment::Clock, 50_340.0),
            ("12:00:00:005", Moment::Clock, 43_200.005),
            ("0 days 00:00:01.250000", Moment::Clock, 1.25),
        ] {
            assert_eq!(Moment::of(text), Some(kind), "{text}");
            let found = kind.seconds(text).unwrap_or_default();
            assert!((found - seconds).abs() < 1e-6, "{text}: {found}");
        }
        for text in ["0.1", "20260501", "1777593600", "1.5.2", "x", "", "12", "2026", "123456"] {
            assert_eq!(Moment::of(text), None, "{text}");
        }
    }
}
