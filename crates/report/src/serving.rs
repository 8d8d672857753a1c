//! What a server would say, in words: of a day of normal windows, and of a state.

use judder_train::{Promise, Served};

use crate::number::{counted, percent, spaced, three_digits};

/// How many alerts there were, and how many a day that bounds: `none in 2759 normal windows (3 of 5 votes raise one): at
/// most 93.8 a day`.
pub fn promised(promise: &Promise) -> String {
    let Promise { alerts, windows, votes, of, alerts_per_day_at_most: most, .. } = *promise;
    let alerts = if alerts == 0 { "none".to_owned() } else { alerts.to_string() };
    let votes = match of {
        1 => String::new(),
        _ => format!(" ({votes} of {of} votes raise one)"),
    };
    let windows = of_normal(windows);
    format!("{alerts} in {windows}{votes}: {}", daily(promise.alerts_per_day, most))
}

/// `2759 normal windows`.
pub fn of_normal(windows: usize) -> String {
    let plural = if windows == 1 { "" } else { "s" };
    format!("{} normal window{plural}", spaced(&windows.to_string()))
}

/// Alerts a day, and how many at most.
fn daily(found: f64, most: f64) -> String {
    match found {
        0.0 => format!("at most {} a day", three_digits(most)),
        _ => format!("{} a day, at most {}", three_digits(found), three_digits(most)),
    }
}

/// What a server says of a state: `alert after 3 windows: 97.0 % anomaly, 3.00 % normal`.
pub fn says(served: &Served) -> String {
    let alert = match (served.alerts, served.first_alert_after) {
        (0, _) | (_, None) => "no alert of an anomaly".to_owned(),
        (1, Some(after)) => format!("alert after {}", counted(after, "window")),
        (many, Some(after)) => {
            format!("{many} alerts, the first after {}", counted(after, "window"))
        }
    };
    let shares = verdicts(served);
    if shares.is_empty() { alert } else { format!("{alert}: {shares}") }
}

/// The share of each verdict, the most frequent first.
pub fn verdicts(served: &Served) -> String {
    let Served { normal, anomaly, handled, remounted, idle, excused, .. } = *served;
    let mut counts = [
        (normal, "normal"),
        (anomaly, "anomaly"),
        (handled, "handled"),
        (remounted, "remounted"),
        (idle, "idle"),
    ];
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let share = |count: usize| percent(count as f64 / served.windows().max(1) as f64);
    let said = counts.iter().filter(|(count, _)| *count > 0);
    let said = said.map(|(count, verdict)| match *count == served.windows() {
        true => format!("all {verdict}"),
        false => format!("{} {verdict}", share(*count)),
    });
    let said = said.collect::<Vec<_>>().join(", ");
    match excused {
        0 => said,
        above => format!("{said}; {above} of these above the threshold, not judged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_says_what_its_windows_can_bound() {
        let of =
            |alerts, windows, votes, a_day| Promise::new(alerts, windows, votes, a_day).unwrap();
        assert_eq!(
            promised(&of(0, 2759, (3, 5), 86_400.0)),
            "none in 2759 normal windows (3 of 5 votes raise one): at most 93.8 a day"
        );
        // Two in one day: the 95 % bound of two events is 6.296 (Garwood 1936).
        assert_eq!(
            promised(&of(2, 14_400, (1, 1), 14_400.0)),
            "2 in 14 400 normal windows: 2 a day, at most 6.3"
        );
    }

    #[test]
    fn a_state_is_told_by_its_alert_and_its_verdicts() {
        let coin = Served {
            normal: 3,
            anomaly: 97,
            alerts: 1,
            first_alert_after: Some(3),
            ..Served::default()
        };
        assert_eq!(says(&coin), "alert after 3 windows: 97.0 % anomaly, 3.00 % normal");
        let often = Served { alerts: 2, ..coin };
        assert_eq!(
            says(&often),
            "2 alerts, the first after 3 windows: 97.0 % anomaly, 3.00 % normal"
        );
        let turned = Served { remounted: 585, excused: 40, ..Served::default() };
        assert_eq!(
            says(&turned),
            "no alert of an anomaly: all remounted; 40 of these above the threshold, not judged"
        );
        assert_eq!(says(&Served::default()), "no alert of an anomaly");
    }
}
