//! What a model promises as it is served: how many alerts a day, and what a server says of each state.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use judder_core::Verdict;
use judder_data::split;
use judder_model::{CLEARED_AFTER, Model, Outcome, Problem, Rule, SERVED_VOTES};
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::evaluate::judged;
use crate::follow::follow;
use crate::table::Table;
use crate::watching::WatchOptions;

/// How sure the upper bound of a promise is.
const SURE: f64 = 0.95;

/// The alerts that a server raises on normal windows that the model had not seen, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Promise {
    /// How many were raised,
    pub alerts: usize,
    /// in so many windows that were judged.
    pub windows: usize,
    /// How many decisions above the threshold raise an alarm,
    pub votes: usize,
    /// among how many.
    pub of: usize,
    /// Windows that are judged in a day.
    pub windows_per_day: f64,
    /// Alerts in a day of so many windows.
    pub alerts_per_day: f64,
    /// As many there are at most, with 95 % confidence.
    pub alerts_per_day_at_most: f64,
}

impl Promise {
    /// That of so many alerts; `None` where no window was judged.
    pub fn new(
        alerts: usize,
        windows: usize,
        (votes, of): (usize, usize),
        windows_per_day: f64,
    ) -> Option<Self> {
        let days = windows as f64 / windows_per_day;
        (windows > 0).then(|| Self {
            alerts,
            windows,
            votes,
            of,
            windows_per_day,
            alerts_per_day: alerts as f64 / days,
            alerts_per_day_at_most: at_most(alerts) / days,
        })
    }
}

/// The highest mean of a Poisson distribution of which so few were to be expected in one case of twenty: half the 95 %
/// quantile of χ² of 2 (n + 1) degrees of freedom (F. Garwood 1936); 2.996 where there was none.
fn at_most(events: usize) -> f64 {
    let chi_squared = ChiSquared::new(2.0 * (events as f64 + 1.0));
    chi_squared.map_or(f64::INFINITY, |one| one.inverse_cdf(SURE) / 2.0)
}

/// What a server says of the windows of a state, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Served {
    /// Windows that it calls normal,
    pub normal: usize,
    /// an anomaly, as there is an alarm,
    pub anomaly: usize,
    /// handled, as the sensor was moved,
    pub handled: usize,
    /// remounted, as gravity points elsewhere than at the baseline,
    pub remounted: usize,
    /// or idle, as the machine stands still, or settles after it did.
    pub idle: usize,
    /// Handled or remounted windows that are above the threshold all the same.
    pub excused: usize,
    /// How often it raises an alert of an anomaly.
    pub alerts: usize,
    /// After how many windows it raises the first.
    pub first_alert_after: Option<usize>,
}

impl Served {
    /// Windows of all verdicts.
    pub fn windows(&self) -> usize {
        self.judged() + self.handled + self.remounted + self.idle
    }

    /// Windows that were judged.
    pub fn judged(&self) -> usize {
        self.normal + self.anomaly
    }

    fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Normal => &mut self.normal,
            Verdict::Anomaly => &mut self.anomaly,
            Verdict::Handled => &mut self.handled,
            Verdict::Remounted => &mut self.remounted,
            Verdict::Idle | Verdict::Settling => &mut self.idle,
        };
        *count += 1;
    }
}

/// What a server said of the windows of a state so far, and whether an alert is open.
#[derive(Debug, Clone, Default)]
struct Serving {
    said: Served,
    open: bool,
    /// Recordings in a row that say otherwise.
    against: u8,
}

impl Serving {
    /// After a recording: whether there is an alarm, and whether a window that ended it tells how the machine is.
    fn recorded(&mut self, alarm: bool, tells: bool) {
        if !(alarm || tells) {
            return;
        }
        if alarm == self.open {
            self.against = 0;
            return;
        }
        self.against += 1;
        if alarm {
            self.said.alerts += 1;
            let windows = self.said.windows();
            self.said.first_alert_after.get_or_insert(windows);
        }
        if alarm || self.against >= CLEARED_AFTER {
            (self.open, self.against) = (alarm, 0);
        }
    }
}

/// What a server says of recordings of one folder, from what came of their windows.
pub(crate) fn served(outcomes: &[Vec<Outcome>]) -> Served {
    let (mut serving, mut alarm) = (Serving::default(), false);
    for recording in outcomes {
        for outcome in recording {
            alarm ^= outcome.alarm_changed;
            serving.said.count(outcome.verdict);
            serving.said.excused += usize::from(outcome.excused);
        }
        if let Some(last) = recording.last() {
            let tells = !matches!(last.verdict, Verdict::Handled | Verdict::Remounted);
            serving.recorded(alarm, tells);
        }
    }
    serving.said
}

/// The promise of normal states, as a server watches with this model; `None` of a model without a threshold.
pub(crate) fn promise<'s>(
    model: &Model,
    normal: impl Iterator<Item = &'s Served>,
    windows_per_day: f64,
) -> Option<Promise> {
    let (alerts, windows) =
        normal.fold((0, 0), |(alerts, windows), one| (alerts + one.alerts, windows + one.judged()));
    let watching = model.watching().served();
    let has_threshold = model.threshold().rule != Rule::None;
    let votes = (watching.votes, watching.of);
    Promise::new(alerts, windows, votes, windows_per_day).filter(|_| has_threshold)
}

/// What a server says of each folder of recordings, which are in the model's unit or can be brought to it.
///
/// # Errors
/// Where the model cannot watch, or a file cannot be read any more.
pub(crate) fn served_folders(
    model: &Model,
    recordings: &Baseline,
) -> Result<Vec<(String, Served)>, TrainError> {
    let judged = judged(model, recordings)?;
    let outcomes = follow(model, &model.watching().served(), &judged.iter().collect::<Vec<_>>())
        .map_err(|error| Problem::Field { field: "watch", reason: error.to_string() })?;
    let paths: Vec<&Path> = judged.iter().map(|one| one.path.as_path()).collect();
    let folders = split::folders(&paths).into_iter();
    Ok(folders
        .map(|(folder, run)| (folder.display().to_string(), served(&outcomes[run])))
        .collect())
}

/// What a server would have said of the normal windows of each folder: `alarms` are the rows that were above the
/// threshold, or in alarm where the model decides by itself on several, in any order, and `rows` all that were judged, in
/// ascending order.
pub(crate) fn served_unseen(
    alarms: &[usize],
    rows: &[usize],
    folders: &[Range<usize>],
    table: &Table,
    watch: &WatchOptions,
) -> Vec<Served> {
    let (votes, of) = if watch.is_by_window() { SERVED_VOTES } else { (1, 1) };
    let alarms: HashSet<usize> = alarms.iter().copied().collect();
    let within = |all: &[usize], range: &Range<usize>| {
        let start = all.partition_point(|row| *row < range.start);
        start..all.partition_point(|row| *row < range.end)
    };
    let of_folder = |folder: &Range<usize>| {
        let (mut serving, mut last) = (Serving::default(), Vec::new());
        let inside = |recording: &&Range<usize>| {
            folder.start <= recording.start && recording.end <= folder.end
        };
        for recording in table.recordings.iter().filter(inside) {
            let judged = &rows[within(rows, recording)];
            for row in judged {
                last.push(alarms.contains(row));
                let alarm = is_alarm(&last, votes, of);
                serving.said.count(if alarm { Verdict::Anomaly } else { Verdict::Normal });
            }
            serving.recorded(is_alarm(&last, votes, of), !judged.is_empty());
        }
        serving.said
    };
    folders.iter().map(of_folder).collect()
}

/// Whether enough of the last are above the threshold.
fn is_alarm(above: &[bool], votes: usize, of: usize) -> bool {
    let last = &above[above.len().saturating_sub(of)..];
    last.iter().filter(|above| **above).count() >= votes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_tables_of_garwood() {
        // -ln 0.05; and the upper limits of 90 % intervals, which leave 5 % above: Garwood 1936, Biometrika 28, 439.
        for (events, expected) in [(0, 2.996), (1, 4.744), (2, 6.296), (5, 10.513), (10, 16.962)] {
            assert!((at_most(events) - expected).abs() < 6e-4, "{events}: {}", at_most(events));
        }
    }

    #[test]
    fn no_alert_in_2_759_windows_bounds_them_by_94_a_day_at_one_a_second() {
        let promise = Promise::new(0, 2759, (3, 5), 86_400.0).unwrap();
        assert_eq!(promise.alerts_per_day, 0.0);
        assert!((promise.alerts_per_day_at_most - 93.8).abs() < 0.05);
        assert_eq!(Promise::new(0, 0, (3, 5), 86_400.0), None);
        let some = Promise::new(2, 1440, (3, 5), 1440.0).unwrap();
        assert!((some.alerts_per_day - 2.0).abs() < 1e-12);
        assert!((some.alerts_per_day_at_most - 6.296).abs() < 1e-3);
    }

    fn outcome(verdict: Verdict, alarm_changed: bool) -> Outcome {
        Outcome {
            verdict,
            score: 0.0,
            window_score: 0.0,
            excused: false,
            alarm_changed,
            drifting: false,
        }
    }

    /// What comes of windows, of which `A` is an anomaly, `n` normal, `h` handled, `r` remounted and `i` idle; each is a
    /// recording.
    fn said(windows: &str) -> Served {
        let mut alarm = false;
        let all = windows.chars().map(|one| {
            let verdict = match one {
                'A' => Verdict::Anomaly,
                'h' => Verdict::Handled,
                'r' => Verdict::Remounted,
                'i' => Verdict::Idle,
                _ => Verdict::Normal,
            };
            // While the sensor is handled an alarm stays.
            let now = if one == 'h' { alarm } else { one == 'A' };
            let changed = now != alarm;
            alarm = now;
            vec![outcome(verdict, changed)]
        });
        served(&all.collect::<Vec<_>>())
    }

    #[test]
    fn an_alert_is_raised_once_and_cleared_by_five_recordings_in_a_row() {
        let one = said("nnAAAnnnnAA");
        assert_eq!((one.alerts, one.first_alert_after), (1, Some(3)));
        assert_eq!((one.normal, one.anomaly, one.windows()), (6, 5, 11));
        assert_eq!(said("nnAAAnnnnnAA").alerts, 2);
        assert_eq!(said("AnnnnAnnnnA").alerts, 1);
        assert_eq!((said("nnnn").alerts, said("nnnn").first_alert_after), (0, None));
    }

    #[test]
    fn windows_that_are_excused_clear_nothing_and_idle_ones_do() {
        assert_eq!(said("ArrrrrrrrA").alerts, 1);
        assert_eq!(said("AhhhhhhhhA").alerts, 1);
        assert_eq!(said("AiiiiiA").alerts, 2);
        let remounted = said("rrrr");
        assert_eq!((remounted.alerts, remounted.remounted, remounted.judged()), (0, 4, 0));
    }

    /// Rows of single windows.
    fn table(rows: usize) -> Table {
        let recordings = (0..rows).map(|row| row..row + 1).collect();
        Table { columns: 1, values: vec![0.0; rows], recordings }
    }

    #[test]
    fn unseen_windows_vote_folder_by_folder() {
        let watch = WatchOptions::default();
        let all: Vec<usize> = (0..20).collect();
        // Three of five: rows 4, 5 and 7 raise an alert at 7; 9, 10 and 11 lie across two folders.
        let served =
            served_unseen(&[4, 10, 5, 7, 11, 9], &all, &[0..10, 10..20], &table(20), &watch);
        assert_eq!((served[0].alerts, served[0].first_alert_after), (1, Some(8)));
        // At 7, 8 and 9 three of the last five are above.
        assert_eq!((served[0].normal, served[0].anomaly), (7, 3));
        assert_eq!((served[1].alerts, served[1].normal), (0, 10));
    }

    #[test]
    fn rows_that_were_set_aside_stand_between_none() {
        let watch = WatchOptions::default();
        let rows = [0, 1, 5, 9, 12];
        let served =
            served_unseen(&[1, 5, 9], &rows, std::slice::from_ref(&(0..14)), &table(14), &watch);
        assert_eq!((served[0].alerts, served[0].first_alert_after), (1, Some(4)));
        assert_eq!(served[0].judged(), 5);
    }

    #[test]
    fn a_model_that_decides_by_itself_is_taken_at_its_word() {
        let watch = WatchOptions { average: 4, ..WatchOptions::default() };
        let all: Vec<usize> = (0..20).collect();
        let served =
            served_unseen(&[3, 12], &all, std::slice::from_ref(&(0..20)), &table(20), &watch);
        assert_eq!((served[0].alerts, served[0].first_alert_after), (2, Some(4)));
    }
}
