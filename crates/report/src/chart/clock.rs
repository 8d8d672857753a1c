//! Round times, and what they are called.

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps that people count time in.
const STEPS: [i64; 22] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    365 * DAY,
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The smallest step of which a time of so many ms has no more than `most`.
pub(super) fn step(range_ms: i64, most: usize) -> i64 {
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    let few = |step: &i64| range_ms / step <= most;
    STEPS.into_iter().find(few).unwrap_or_else(|| (range_ms / most / DAY + 1) * DAY)
}

/// A time in ms since 1970, as much of it as steps of so many ms take.
pub(super) fn label(ms: i64, step: i64) -> String {
    let of_day = ms.rem_euclid(DAY);
    let (hour, minute) = (of_day / HOUR, of_day % HOUR / MINUTE);
    if step >= DAY {
        let (month, day) = date(ms.div_euclid(DAY));
        format!("{day} {}", MONTHS[month])
    } else if step >= MINUTE {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{:02}", of_day % MINUTE / SECOND)
    }
}

/// The month, counted from 0, and the day of the month, of a day since 1970.
fn date(days: i64) -> (usize, i64) {
    // Years begin in March, so that a leap day is the last of its year; 400 of them have 146 097 days.
    let day = (days + 719_468).rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    // From March on, five months have 153 days.
    let month = (5 * of_year + 2) / 153;
    (usize::try_from((month + 2) % 12).unwrap_or(0), of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let of = |days: i64| label(days * DAY, DAY);
        assert_eq!(of(0), "1 Jan");
        assert_eq!(of(-1), "31 Dec");
        // 2024 has a leap day, 2100 has none, 2000 has one.
        assert_eq!([of(19_781), of(19_782), of(19_783)], ["28 Feb", "29 Feb", "1 Mar"]);
        assert_eq!([of(47_540), of(47_541)], ["28 Feb", "1 Mar"]);
        assert_eq!([of(11_015), of(11_016), of(11_017)], ["28 Feb", "29 Feb", "1 Mar"]);
        assert_eq!(of(20_417), "25 Nov");
    }

    #[test]
    fn steps_are_few() {
        for range in [0, 1, 999, 600 * SECOND, HOUR, DAY, 7 * DAY, 5000 * DAY, 1 << 52] {
            for most in [0, 1, 6] {
                assert!(range / step(range, most) <= most.max(1) as i64);
            }
        }
        assert_eq!(step(600 * SECOND, 6), 2 * MINUTE);
        assert_eq!(step(7 * DAY, 7), DAY);
    }
}
