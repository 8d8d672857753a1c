//! What other thresholds would be worth on the same recordings.

use judder_model::{Precision, Rule};
use serde::Serialize;

use crate::calibrate::{threshold, windows_for};
use crate::interval::{Interval, share_interval};

/// The false-alarm rates that are looked at, where there are windows enough to promise them.
const RATES: [f64; 7] = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/// What a threshold is worth on labelled windows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SweepRow {
    /// A score above this is an anomaly.
    pub threshold: f64,
    /// The false-alarm rate that it was chosen for on these normal windows. `None` for the
    /// threshold of the model.
    pub chosen_for: Option<f64>,
    /// Normal windows above it.
    pub false_positives: usize,
    /// Their share of the normal windows.
    pub false_alarm_rate: Option<f64>,
    /// Its 95 % confidence interval.
    pub false_alarm_interval: Option<Interval>,
    /// So many in a day.
    pub false_alarms_per_day: Option<f64>,
    /// Its 95 % confidence interval.
    pub false_alarms_per_day_interval: Option<Interval>,
    /// Anomalous windows above it.
    pub true_positives: usize,
    /// Their share of the anomalous windows.
    pub detection_rate: Option<f64>,
    /// Its 95 % confidence interval.
    pub detection_interval: Option<Interval>,
    /// Each anomalous state, in the order of the evaluation.
    pub states: Vec<Detected>,
}

/// The windows of an anomalous state that are above a threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detected {
    /// The folder of its recordings.
    pub state: String,
    /// Windows above the threshold.
    pub above: usize,
    /// Their share of the state's windows.
    pub above_share: f64,
    /// Its 95 % confidence interval.
    pub above_interval: Option<Interval>,
}

/// A row for each false-alarm rate that so many normal windows can promise, and one for `own`, the
/// threshold of the model, where it has one; from the lowest threshold to the highest.
///
/// The thresholds are conformal on `normal` itself, so their false alarms are what they were chosen
/// for, and no measurement.
///
/// # Errors
/// A sentence, where scores give no threshold.
pub fn sweep(
    normal: &[f64],
    anomalies: &[(&str, Vec<f64>)],
    own: Option<f64>,
    precision: Precision,
    windows_per_day: f64,
) -> Result<Vec<SweepRow>, String> {
    let mut candidates: Vec<(Option<f64>, f64)> = own.map(|own| (None, own)).into_iter().collect();
    for rate in RATES {
        // A threshold takes two scores, whatever the rate.
        if normal.len() >= windows_for(rate).max(2) {
            let chosen = threshold(Rule::Conformal, rate, normal, 0, precision)?;
            candidates.push((Some(rate), chosen.value));
        }
    }
    candidates.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let row = |(chosen_for, threshold): (Option<f64>, f64)| {
        let above = |scores: &[f64]| scores.iter().filter(|&&score| score > threshold).count();
        let share = |count: usize, of: usize| (of > 0).then(|| count as f64 / of as f64);
        let false_positives = above(normal);
        let false_alarm_rate = share(false_positives, normal.len());
        let false_alarm_interval = share_interval(false_positives, normal.len());
        let states = anomalies.iter().map(|(state, scores)| Detected {
            state: (*state).to_owned(),
            above: above(scores),
            above_share: above(scores) as f64 / scores.len().max(1) as f64,
            above_interval: share_interval(above(scores), scores.len()),
        });
        let states: Vec<Detected> = states.collect();
        let true_positives = states.iter().map(|state| state.above).sum();
        let anomalous = anomalies.iter().map(|(_, scores)| scores.len()).sum();
        SweepRow {
            threshold,
            chosen_for,
            false_positives,
            false_alarm_rate,
            false_alarm_interval,
            false_alarms_per_day: false_alarm_rate.map(|rate| rate * windows_per_day),
            false_alarms_per_day_interval: false_alarm_interval
                .map(|interval| interval.times(windows_per_day)),
            true_positives,
            detection_rate: share(true_positives, anomalous),
            detection_interval: share_interval(true_positives, anomalous),
            states,
        }
    };
    Ok(candidates.into_iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(normal: usize, own: Option<f64>) -> Vec<SweepRow> {
        let normal: Vec<f64> = (1..=normal).map(|x| x as f64).collect();
        let anomalies: [(&str, Vec<f64>); 2] = [("a", vec![0.5, 90.5, 1e6]), ("b", vec![1e6])];
        sweep(&normal, &anomalies, own, Precision::F64, 1000.0).unwrap_or_default()
    }

    #[test]
    fn rates_that_the_windows_cannot_promise_have_no_row() {
        let rates = |normal| -> Vec<f64> {
            rows(normal, None).iter().filter_map(|row| row.chosen_for).collect()
        };
        assert!(rates(8).is_empty());
        assert_eq!(rates(9), [0.1]);
        assert_eq!(rates(98), [0.1, 0.05, 0.02]);
        assert_eq!(rates(99), [0.1, 0.05, 0.02, 0.01]);
        assert_eq!(rates(999), RATES);
    }

    /// Of 99 windows that score 1 to 99, the threshold for 10 % is 90: of rank 100 * 0.9.
    #[test]
    fn counts_are_those_of_the_scores() {
        let rows = rows(99, Some(0.75));
        let [own, tenth, ..] = rows.as_slice() else { unreachable!("two rows and more") };
        assert_eq!((own.chosen_for, own.threshold, own.false_positives), (None, 0.75, 99));
        assert_eq!(own.true_positives, 3);
        assert_eq!(
            (tenth.chosen_for, tenth.threshold, tenth.false_positives),
            (Some(0.1), 90.0, 9)
        );
        assert_eq!(tenth.false_alarms_per_day, Some(9.0 / 99.0 * 1000.0));
        let above: Vec<usize> = tenth.states.iter().map(|state| state.above).collect();
        assert_eq!((above, tenth.true_positives), (vec![2, 1], 3));
        assert_eq!(tenth.detection_rate, Some(0.75));
        assert_eq!(tenth.states[0].above_share, 2.0 / 3.0);
    }

    #[test]
    fn nothing_to_detect_is_no_rate() {
        let rows = sweep(&[1.0; 20], &[], None, Precision::F64, 1.0).unwrap_or_default();
        assert!(!rows.is_empty());
        assert!(rows.iter().all(|row| row.detection_rate.is_none() && row.states.is_empty()));
        assert_eq!(sweep(&[], &[], None, Precision::F64, 1.0), Ok(Vec::new()));
    }
}
