//! Choosing features and a detector by what normal recordings alone can tell.

use judder_data::Progress;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::noticed::Noticed;
use super::{Candidate, Split, Tried};
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::interval::{Interval, share_interval};
use crate::learner::Learner;
use crate::options::Options;
use crate::prepare::Prepared;

/// A threshold that gives so many times the false alarms that were asked for does not keep its word.
const TOO_MANY: f64 = 3.0;

/// Who notices more than the default by less than this is not worth another detector.
const CLOSE: f64 = 0.01;

/// By chance a candidate is chosen that notices no more than the default in this share of cases at most.
const BY_CHANCE: f64 = 0.01;

/// Steps of trying one: measuring, fitting, disturbing and scoring.
const TRIED: usize = 4;

/// The most recordings on which disturbances are put.
const RECORDINGS: usize = 400;

/// What normal recordings tell of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The candidate.
    pub candidate: Candidate,
    /// How many numbers its features are.
    pub features: usize,
    /// The mean area under the ROC curve of slightly disturbed windows against windows as they are,
    /// all later in time than those fitted to.
    pub noticed: f64,
    /// By how much that is more than the first candidate's, with chance; of the first itself nothing.
    pub more: Option<Interval>,
    /// The disturbance that is noticed least, and its area.
    pub worst: (String, f64),
    /// The share of later windows above the threshold.
    pub false_alarm_rate: f64,
    /// Whether these are many more than were asked for.
    pub breaks_its_word: bool,
}

/// The candidates that can be fitted, as normal recordings tell of them, and the one to choose: the first, unless
/// another notices more than it by more than chance and keeps its word. Where the first does not keep its word, one that does
/// and notices no less.
///
/// Each is fitted to the first three fifths of every folder. The rest is scored as it is, and with
/// small disturbances put on some of it. Chance is that of the paired areas (DeLong and others 1988), windows that follow each
/// other being taken together.
///
/// # Errors
/// Where no candidate can be fitted: what is wrong with the first.
pub fn choose(
    normal: &Baseline,
    candidates: &[Candidate],
    options: &Options,
    done: &dyn Progress,
) -> Result<(Vec<Trial>, usize), TrainError> {
    done.begin("trying candidates", TRIED * candidates.len());
    let trials: Vec<Result<(Trial, Noticed), TrainError>> = candidates
        .par_iter()
        .map(|candidate| trial(normal.clone(), candidate, options, done))
        .collect();
    let mut failed = None;
    let mut fitted: Vec<(Trial, Noticed)> = Vec::new();
    for trial in trials {
        match trial {
            Ok(trial) => fitted.push(trial),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let Some(((_, first), others)) = fitted.split_first_mut() else {
        let none = || TrainError::Usage("there is no candidate to choose from".to_owned());
        return Err(failed.unwrap_or_else(none));
    };
    for (trial, noticed) in others {
        trial.more = noticed.more_than(first, quantile);
    }
    let trials: Vec<Trial> = fitted.into_iter().map(|(trial, _)| trial).collect();
    let chosen = chosen(&trials);
    Ok((trials, chosen))
}

fn chosen(trials: &[Trial]) -> usize {
    let wanders = trials.first().is_some_and(|first| first.breaks_its_word);
    let is_better = |trial: &Trial| {
        trial.more.is_some_and(|more| {
            let notices_more = more.low > 0.0 && (more.low + more.high) / 2.0 > CLOSE;
            !trial.breaks_its_word && (notices_more || (wanders && more.low > -CLOSE))
        })
    };
    let better = (1..trials.len()).filter(|&at| is_better(&trials[at]));
    // Of equal ones the one that stands first.
    better.rev().max_by(|&a, &b| trials[a].noticed.total_cmp(&trials[b].noticed)).unwrap_or(0)
}

/// How many standard errors chance reaches, with so many degrees of freedom.
fn quantile(degrees: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::INFINITY, |t| t.inverse_cdf(1.0 - BY_CHANCE))
}

fn trial(
    mut normal: Baseline,
    candidate: &Candidate,
    options: &Options,
    done: &dyn Progress,
) -> Result<(Trial, Noticed), TrainError> {
    let Candidate { features, method } = candidate.clone();
    let options = &Options { features, method, ..options.clone() };
    options.check()?;
    let prepared = Prepared::of(&mut normal, options)?;
    done.step();
    let options = &options.with_rate(prepared.binding)?;
    let learner = Learner { prepared: &prepared, options, done: &|| () };
    let Prepared { table, folders, rows, .. } = &prepared;
    let parts = Split::TimeOrdered.parts(rows, folders, &table.recordings);
    let Some(part) = parts.first() else {
        return Err(TrainError::Usage("there are too few recordings to choose by".to_owned()));
    };
    let detector = learner.fit(&part.fit)?.detector();
    let limit = learner.calibrate(&learner.unseen(&part.fit)?)?;
    done.step();
    let scores = learner.scores_of(&detector, &part.test)?;
    let scored: Vec<(usize, f64)> = part.test.iter().copied().zip(scores).collect();
    let decisions = learner.decisions(&scored);
    let alarms = decisions.alarms(&options.watch, limit.value);
    let above = alarms.iter().filter(|alarm| **alarm).count();
    let least = share_interval(above, alarms.len()).map_or(0.0, |interval| interval.low);
    let asked = limit.false_alarm_rate.unwrap_or(options.false_alarm_rate);

    let is_test = |row: usize| part.test.binary_search(&row).is_ok();
    let tried = Tried::of(&learner, &normal, is_test, RECORDINGS)?;
    done.step();
    let usual = learner.scores_of(&detector, &tried.rows)?;
    let disturbed = tried
        .disturbed
        .par_iter()
        .map(|(disturbance, values)| {
            Ok((*disturbance, learner.scores(&detector, values.chunks_exact(table.columns))?))
        })
        .collect::<Result<Vec<_>, TrainError>>()?;
    let noticed = Noticed::of(&usual, &disturbed);
    done.step();
    let trial = Trial {
        candidate: candidate.clone(),
        features: table.columns,
        noticed: noticed.area,
        more: None,
        worst: noticed.worst.clone(),
        false_alarm_rate: above as f64 / alarms.len().max(1) as f64,
        breaks_its_word: least > TOO_MANY * asked,
    };
    Ok((trial, noticed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::few;

    fn trial(noticed: f64, more: Option<(f64, f64)>, breaks_its_word: bool) -> Trial {
        let candidate = few(None)[0].clone();
        let more = more.map(|(low, high)| Interval { low, high });
        let worst = (String::new(), 0.5);
        Trial {
            candidate,
            features: 1,
            noticed,
            more,
            worst,
            false_alarm_rate: 0.0,
            breaks_its_word,
        }
    }

    #[test]
    fn another_is_chosen_only_where_it_is_better_by_more_than_chance() {
        let first = |breaks| trial(0.8, None, breaks);
        let by_chance = trial(0.85, Some((-0.001, 0.101)), false);
        let by_little = trial(0.805, Some((0.001, 0.009)), false);
        let better = trial(0.82, Some((0.01, 0.03)), false);
        let best = trial(0.9, Some((0.05, 0.15)), true);
        let pick = |others: &[&Trial], breaks| {
            let mut all = vec![first(breaks)];
            all.extend(others.iter().copied().cloned());
            chosen(&all)
        };
        assert_eq!(pick(&[&by_chance, &by_little], false), 0);
        assert_eq!(pick(&[&by_chance, &better], false), 2);
        assert_eq!(pick(&[&best, &better], false), 2);
        // Where the first does not keep its word it is enough to notice no less.
        assert_eq!(pick(&[&by_little], true), 1);
        assert_eq!(pick(&[&trial(0.7, Some((-0.2, 0.0)), false)], true), 0);
    }
}
