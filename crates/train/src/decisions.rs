//! From scores of windows in the order of time to decisions, as the core's watch decides.

use std::ops::Range;

use judder_model::{Precision, Rule, Threshold};

use crate::average::rows_of_runs;
use crate::calibrate::{not_below, threshold};
use crate::watching::WatchOptions;

/// The decisions on some windows: of each row that has one its score, in ascending order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decisions {
    rows: Vec<(usize, f64)>,
    /// Where in `rows` a run ends: the windows behind it do not follow.
    ends: Vec<usize>,
}

impl Decisions {
    /// The decisions on rows in any order. Where `k` scores are averaged, the last of `k` windows stands for
    /// them; a run ends where a row between has no score, and where another of `folders` begins.
    pub(crate) fn on(
        scores: &[(usize, f64)],
        folders: &[Range<usize>],
        watch: &WatchOptions,
    ) -> Self {
        let mut rows = rows_of_runs(scores, folders, watch.average);
        rows.sort_by_key(|(row, _)| *row);
        let starts = |row: usize| folders.binary_search_by_key(&row, |folder| folder.start).is_ok();
        let mut ends: Vec<usize> = (1..rows.len())
            .filter(|&at| rows[at].0 != rows[at - 1].0 + 1 || starts(rows[at].0))
            .collect();
        ends.push(rows.len());
        Self { rows, ends }
    }

    /// The decisions of runs, where scores that are averaged are so already.
    pub(crate) fn of_runs(runs: &[Vec<f64>]) -> Self {
        let mut end = 0;
        let ends = runs.iter().map(|run| {
            end += run.len();
            end
        });
        Self { ends: ends.collect(), rows: runs.iter().flatten().copied().enumerate().collect() }
    }

    /// The threshold that a rule gives at a rate, where these are on normal windows that the fit had not seen, of so
    /// many features.
    ///
    /// # Errors
    /// Those of [`threshold`].
    pub(crate) fn threshold(
        &self,
        (rule, rate): (Rule, f64),
        watch: &WatchOptions,
        features: usize,
        precision: Precision,
    ) -> Result<Threshold, String> {
        let has_rate = matches!(rule, Rule::Conformal | Rule::Quantile);
        let scores = if has_rate { self.alarm_scores(watch) } else { self.scores() };
        let limit = threshold(rule, rate, &scores, features, precision)?;
        if !has_rate || watch.clear >= 1.0 {
            return Ok(limit);
        }
        // An alarm that lasts until scores are lower counts for as long as it lasts.
        let most = scores.iter().filter(|score| **score > limit.value).count();
        let mut higher: Vec<f64> =
            scores.into_iter().filter(|score| *score > limit.value).collect();
        higher.sort_by(f64::total_cmp);
        let kept = |value: &f64| {
            self.alarms(watch, *value).into_iter().filter(|alarm| *alarm).count() <= most
        };
        let higher: Vec<f64> =
            higher.into_iter().map(|value| not_below(value, precision)).collect();
        let value = std::iter::once(&limit.value).chain(&higher).copied().find(kept);
        let value = value.or(higher.last().copied()).unwrap_or(limit.value);
        Ok(Threshold { value, ..limit })
    }

    /// Each row with its score.
    pub(crate) fn rows(&self) -> &[(usize, f64)] {
        &self.rows
    }

    /// Their scores.
    pub(crate) fn scores(&self) -> Vec<f64> {
        self.rows.iter().map(|(_, score)| *score).collect()
    }

    fn runs(&self) -> impl Iterator<Item = &[(usize, f64)]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.rows[start..*end])
    }

    /// For each the score that the threshold must be below for votes to raise an alarm: of the last decisions
    /// the one with as many above or at it as there must be votes. Where there were fewer decisions than must
    /// vote, the lowest.
    pub(crate) fn alarm_scores(&self, watch: &WatchOptions) -> Vec<f64> {
        let (votes, of) = watch.votes;
        let mut all = Vec::with_capacity(self.rows.len());
        for run in self.runs() {
            for at in 0..run.len() {
                let last = &run[(at + 1).saturating_sub(of)..=at];
                let mut last: Vec<f64> = last.iter().map(|(_, score)| *score).collect();
                last.sort_by(|a, b| b.total_cmp(a));
                all.push(last[votes.min(last.len()) - 1]);
            }
        }
        all
    }

    /// Whether there is an alarm after each, with such a threshold.
    pub(crate) fn alarms(&self, watch: &WatchOptions, threshold: f64) -> Vec<bool> {
        let (votes, of) = watch.votes;
        let near = (watch.clear * threshold).min(threshold);
        let mut all = Vec::with_capacity(self.rows.len());
        for run in self.runs() {
            let mut alarm = false;
            for at in 0..run.len() {
                let limit = if alarm { near } else { threshold };
                let last = &run[(at + 1).saturating_sub(of)..=at];
                alarm = last.iter().filter(|(_, score)| *score > limit).count() >= votes;
                all.push(alarm);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use judder_core::{Decision, Gates, Posture, Watch};
    use proptest::prelude::*;

    use super::*;

    fn watch(votes: (usize, usize), clear: f64) -> WatchOptions {
        WatchOptions { votes, clear, ..WatchOptions::default() }
    }

    proptest! {
        /// What the core's watch says of the same scores.
        #[test]
        fn alarms_are_those_of_the_core(
            scores in prop::collection::vec(0.0f64..3.0, 1..40),
            of in 1..6usize,
            votes in 1..6usize,
            clear in 0.3f64..1.0,
        ) {
            let watch = watch((votes.min(of), of), clear);
            let rows: Vec<(usize, f64)> = scores.iter().copied().enumerate().collect();
            let found = Decisions::on(&rows, std::slice::from_ref(&(0..rows.len())), &watch).alarms(&watch, 1.5);
            let decision = Decision::new(1, votes.min(of), of, clear).unwrap();
            let mut core = Watch::new(decision, 1.5, Gates::default(), None).unwrap();
            let posture = Posture::new(&[1.0], 0.0, 1.0).unwrap();
            for (score, found) in scores.into_iter().zip(found) {
                prop_assert_eq!(core.next(&posture, || Ok(score)).unwrap().alarm, found);
            }
        }

        /// An alarm is an alarm score above the threshold.
        #[test]
        fn alarm_scores_say_which_threshold_raises_an_alarm(
            scores in prop::collection::vec(0.0f64..3.0, 1..40),
            of in 1..6usize,
            votes in 1..6usize,
        ) {
            let watch = watch((votes.min(of), of), 1.0);
            let rows: Vec<(usize, f64)> = scores.iter().copied().enumerate().collect();
            let decisions = Decisions::on(&rows, std::slice::from_ref(&(0..rows.len())), &watch);
            let alarms = decisions.alarms(&watch, 1.5);
            let by_score = decisions.alarm_scores(&watch).into_iter().map(|score| score > 1.5);
            // The first decisions are too few to vote, whatever they are.
            for (at, (alarm, by_score)) in alarms.into_iter().zip(by_score).enumerate() {
                prop_assert_eq!(alarm, by_score && at + 1 >= watch.votes.0);
            }
        }
    }

    #[test]
    fn a_folder_and_a_gap_begin_anew() {
        let watch = watch((2, 2), 1.0);
        let rows = [(0, 2.0), (1, 2.0), (2, 2.0), (4, 2.0), (5, 2.0)];
        let decisions = Decisions::on(&rows, &[0..2, 2..9], &watch);
        assert_eq!(decisions.alarms(&watch, 1.0), [false, true, false, false, true]);
        assert_eq!(decisions.scores(), [2.0; 5]);
    }
}
