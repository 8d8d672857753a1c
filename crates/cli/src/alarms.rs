//! False alarms as people read them: a share of windows, and how many a day.

use judder_model::{Model, Rule};
use judder_train::{Interval, Pace, lowest_rate, windows_for};

use judder_report::number::{digits, spaced, three_digits};

use crate::output::{counted, note, percent};

/// What windows come how often: the condition of a number a day.
pub(crate) fn condition(pace: Pace) -> String {
    match pace {
        Pace::Gapless(seconds) => format!(
            "if windows follow each other without a gap (one every {} s)",
            three_digits(seconds)
        ),
        Pace::PerDay(windows) => format!("at {} windows a day", three_digits(windows)),
    }
}

/// So many a day, of a share of the windows.
pub(crate) fn a_day(rate: f64, pace: Pace) -> String {
    format!("{} a day", three_digits(rate * pace.windows_per_day()))
}

/// The interval of a number a day.
pub(crate) fn interval_a_day(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| {
        format!("{}-{}", digits(low, 3), digits(high, 3))
    })
}

/// The false alarms that a threshold was chosen for, where it was.
pub(crate) fn asked(model: &Model, pace: Pace) -> Option<String> {
    let rate = model.threshold().false_alarm_rate?;
    let (share, daily, condition) = (percent(rate), a_day(rate, pace), condition(pace));
    Some(format!("false alarms in {share} of windows, {daily} {condition}"))
}

/// Says where a threshold comes from too few windows for what was asked of it: `per_day`, or the
/// rate of the model.
pub(crate) fn note_lowest_rate(model: &Model, pace: Pace, per_day: Option<f64>) {
    let limit = model.threshold();
    let promises = matches!(limit.rule, Rule::Conformal | Rule::Quantile);
    let Some(rate) = limit.false_alarm_rate.filter(|_| promises) else { return };
    // Decisions on the same windows say the same.
    let watching = model.watching();
    let together = watching.average + watching.of - 1;
    let needed = windows_for(rate).saturating_mul(together);
    if limit.windows >= needed {
        return;
    }
    let lowest = lowest_rate(limit.windows / together);
    let asked = per_day.map_or_else(|| percent(rate), |alarms| format!("{} a day", exact(alarms)));
    let time = time(pace.days(needed));
    let recorded = match pace {
        Pace::Gapless(_) => format!("{time} of normal recordings"),
        Pace::PerDay(_) => format!("{time} {}", condition(pace)),
    };
    note(format_args!(
        "{asked} was asked for, but with {} the lowest false-alarm rate that can be promised is \
         {}, {}: record more, {asked} takes {} normal windows ({recorded})",
        match together {
            1 => counted(limit.windows, "normal window"),
            _ =>
                format!("{}, each on up to {together} windows,", counted(limit.windows, "decision")),
        },
        percent(lowest),
        a_day(lowest, pace),
        spaced(&needed.to_string()),
    ));
}

/// A time, in the unit that suits it.
fn time(days: f64) -> String {
    let units = [("days", 1.0), ("h", 24.0), ("min", 1440.0), ("s", 86_400.0)];
    let fitting = units.into_iter().find(|(_, each)| days * each >= 2.0);
    let (unit, each) = fitting.unwrap_or(("s", 86_400.0));
    format!("{} {unit}", three_digits(days * each))
}

/// A number as it was given.
fn exact(value: f64) -> String {
    if (1e-6..1e15).contains(&value) { spaced(&value.to_string()) } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_suits_them() {
        let second = 1.0 / 86_400.0;
        assert_eq!(time(99.0 * second), "99 s");
        assert_eq!(time(999.0 * second), "16.6 min");
        assert_eq!(time(86_399.0 * second), "24 h");
        assert_eq!(time(60.0), "60 days");
        assert_eq!(time(0.5 * second), "0.5 s");
    }

    #[test]
    fn what_was_given_is_told_as_it_was() {
        assert_eq!(exact(1.0), "1");
        assert_eq!(exact(0.125), "0.125");
        assert_eq!(exact(12_345.5), "12 345.5");
        assert_eq!(exact(1e-9), "1e-9");
    }
}
