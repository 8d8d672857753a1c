//! From where on scores are too high in the long run.

use std::ops::Range;

use judder_model::LongRun;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::decisions::Decisions;

/// Windows that the long run is over. The core says nothing of it before half of them were seen.
const LONG_RUN: usize = 256;

/// The fewest windows that tell how scores wander.
const FEWEST: usize = 32;

/// A folder of fewer windows has no level of its own: such folders are looked at together.
const FEWEST_OF_FOLDER: usize = 10;

/// A healthy machine's long run is above the limit as seldom as a Gaussian is so many of its standard
/// deviations above its mean. It is looked at all the time.
const SPREADS: f64 = 4.0;

/// The scores of the windows of a training, by fits that had not seen them.
pub(crate) struct Levels<'s> {
    /// As they are: rows in any order.
    pub(crate) scores: &'s [(usize, f64)],
    /// The same rows of a machine that has wandered as far as a healthy one may.
    pub(crate) wandered: &'s [Vec<(usize, f64)>],
    /// What is decided on them.
    pub(crate) decisions: &'s Decisions,
    /// A decision above it votes, and does not count for the long run.
    pub(crate) threshold: f64,
    /// The rows of each folder.
    pub(crate) folders: &'s [Range<usize>],
}

impl Levels<'_> {
    /// The limit: what the mean logarithm of later scores hardly ever comes to while the machine is well.
    /// `None` where there are too few windows to tell.
    ///
    /// For each folder, of `n` windows, it is the upper end of a prediction interval for the mean of a later
    /// run, as this is first told of, over `h` = half of [`LONG_RUN`] windows:
    ///
    /// `m + w + t σ √(1/n + 1/h)`
    ///
    /// `m` is the mean over the folder, by fits that had not seen its windows; `1/n` is the error of that
    /// mean, `1/h` that of the later one (Hahn and Meeker, Statistical Intervals, 1991, section 4.8). Scores
    /// have a memory, so `σ²` is not their variance, but that of their mean times their number: by batch
    /// means, of `√n` batches of `√n` windows (Flegal and Jones, Ann. Statist. 38, 2010), and never less than
    /// the variance. `t` is Student's, as `σ` is from few batches. `w` is by how much the mean rises where
    /// the machine wanders as a healthy one may (`wander.rs`). Of several folders the highest limit counts, as
    /// a later run may be in any state.
    pub(crate) fn limit(&self) -> Option<LongRun> {
        let groups = self.groups();
        if groups.iter().map(|rows| rows.len()).sum::<usize>() < FEWEST {
            return None;
        }
        let logarithms = |scores: &[(usize, f64)]| {
            let rows = self.folders.last().map_or(0, |last| last.end);
            let mut all = vec![0.0; rows];
            scores.iter().for_each(|&(row, score)| all[row] = score.max(f64::MIN_POSITIVE).ln());
            all
        };
        let usual = logarithms(self.scores);
        let wandered: Vec<Vec<f64>> = self.wandered.iter().map(|one| logarithms(one)).collect();
        let of = |all: &[f64], rows: &[usize]| mean(rows.iter().map(|&row| all[row]));
        let (variance, degrees) = long_run_variance(&groups, &usual)?;
        let tail = Normal::standard().sf(SPREADS);
        let t = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(1.0 - tail);
        let later = 2.0 / LONG_RUN as f64;
        let limit = |rows: &Vec<usize>| {
            let level = of(&usual, rows);
            let rises = wandered.iter().map(|one| of(one, rows) - level).fold(0.0, f64::max);
            level + rises + t * (variance * (1.0 / rows.len() as f64 + later)).sqrt()
        };
        let above = groups.iter().map(limit).fold(f64::NEG_INFINITY, f64::max);
        above.is_finite().then_some(LongRun { above, over: LONG_RUN })
    }

    /// The rows of each folder that do not vote, in the order of time.
    fn groups(&self) -> Vec<Vec<usize>> {
        let quiet = self.decisions.rows().iter().filter(|(_, score)| *score <= self.threshold);
        let quiet: Vec<usize> = quiet.map(|(row, _)| *row).collect();
        let of_folder = |folder: &Range<usize>| {
            let inside = |row: usize| quiet.partition_point(|&other| other < row);
            quiet[inside(folder.start)..inside(folder.end)].to_vec()
        };
        let (mut groups, small): (Vec<_>, Vec<_>) =
            self.folders.iter().map(of_folder).partition(|rows| rows.len() >= FEWEST_OF_FOLDER);
        let together = small.concat();
        if together.len() >= FEWEST_OF_FOLDER {
            groups.push(together);
        }
        groups
    }
}

/// The variance of the mean of `n` values that follow each other, times `n`, by batch means of all groups
/// together; and how many degrees of freedom it has.
fn long_run_variance(groups: &[Vec<usize>], values: &[f64]) -> Option<(f64, f64)> {
    let (mut squares, mut batched, mut degrees, mut windows) = (0.0, 0.0, 0.0, 0.0);
    for rows in groups {
        let values: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        let size = values.len().isqrt();
        let level = mean(values.iter().copied());
        let batches: Vec<f64> =
            values.chunks_exact(size).map(|batch| mean(batch.iter().copied())).collect();
        let middle = mean(batches.iter().copied());
        squares += values.iter().map(|x| (x - level).powi(2)).sum::<f64>();
        windows += values.len() as f64 - 1.0;
        batched += size as f64 * batches.iter().map(|x| (x - middle).powi(2)).sum::<f64>();
        degrees += batches.len() as f64 - 1.0;
    }
    (degrees >= 1.0).then(|| ((batched / degrees).max(squares / windows), degrees))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::watching::WatchOptions;

    /// Logarithms of scores, each of which keeps a share of the one before it.
    fn remembering(seed: u64, n: usize, kept: f64, level: f64) -> Vec<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut last: f64 = StandardNormal.sample(&mut random);
        let step = (1.0 - kept * kept).sqrt();
        (0..n)
            .map(|_| {
                let drawn: f64 = StandardNormal.sample(&mut random);
                last = kept * last + step * drawn;
                level + last
            })
            .collect()
    }

    fn limit(folders: &[Vec<f64>], rises: &[f64]) -> Option<LongRun> {
        let mut start = 0;
        let ranges: Vec<Range<usize>> = folders
            .iter()
            .map(|one| {
                start += one.len();
                start - one.len()..start
            })
            .collect();
        let scores: Vec<(usize, f64)> =
            folders.concat().into_iter().map(f64::exp).enumerate().collect();
        let wandered: Vec<Vec<(usize, f64)>> = rises
            .iter()
            .map(|by| scores.iter().map(|(row, score)| (*row, score * by.exp())).collect())
            .collect();
        let decisions = Decisions::on(&scores, &ranges, &WatchOptions::default());
        let (wandered, threshold) = (&wandered[..], f64::MAX);
        let (scores, folders, decisions) = (&scores[..], &ranges[..], &decisions);
        Levels { scores, wandered, decisions, threshold, folders }.limit()
    }

    /// By the formula: 100 values without memory, in ten batches.
    #[test]
    fn the_limit_is_the_end_of_a_prediction_interval() {
        // 1, -1, 1, -1 ...: batches of ten have equal means, so the variance is that of the values.
        let values: Vec<f64> = (0..100).map(|at| if at % 2 == 0 { 1.0 } else { -1.0 }).collect();
        // Student's t of 9 degrees that a share of 3.167e-5 is above, from a table's program (SciPy).
        let expected = 6.998_639_1 * (100.0 / 99.0 * (0.01 + 1.0 / 128.0f64)).sqrt();
        let found = limit(std::slice::from_ref(&values), &[]).unwrap();
        assert_eq!(found.over, 256);
        assert!((found.above - expected).abs() < 1e-6, "{} {expected}", found.above);
        // What a healthy machine may wander comes on top; what lowers scores does not.
        let wandered = limit(std::slice::from_ref(&values), &[-0.5, 0.25]).unwrap();
        assert!((wandered.above - found.above - 0.25).abs() < 1e-9);
        // Of two states the higher one counts.
        let higher: Vec<f64> = values.iter().map(|x| x + 3.0).collect();
        let both = limit(&[values, higher], &[]).unwrap();
        assert!(both.above > 3.0 && both.above < 3.0 + found.above, "{}", both.above);
        assert_eq!(limit(&[vec![0.0; 31]], &[]), None);
    }

    /// Later runs of the same process are above the limit in next to no case, memory or none; with the limit
    /// that no memory gives they would be.
    #[test]
    fn the_memory_of_scores_is_in_the_limit() {
        for (kept, n) in [(0.0, 100), (0.5, 100), (0.5, 240), (0.8, 1000)] {
            let mut above = 0;
            for seed in 0..300 {
                let all = remembering(seed, n + 128, kept, 1.0);
                let limit = limit(&[all[..n].to_vec()], &[]).unwrap();
                above += usize::from(mean(all[n..].iter().copied()) > limit.above);
            }
            assert!(above <= 1, "{kept} {n}: {above}");
        }
        let wide = limit(&[remembering(1, 1000, 0.8, 0.0)], &[]).unwrap().above;
        let narrow = limit(&[remembering(1, 1000, 0.0, 0.0)], &[]).unwrap().above;
        assert!(wide > 2.0 * narrow, "{wide} {narrow}");
    }

    /// What is far above the interval is above the limit.
    #[test]
    fn a_run_that_is_higher_by_a_standard_deviation_is_above_it() {
        for n in [240, 1000] {
            let limit = limit(&[remembering(7, n, 0.3, 0.0)], &[]).unwrap();
            let later = remembering(8, 128, 0.3, 1.2);
            assert!(mean(later.iter().copied()) > limit.above, "{n}: {}", limit.above);
        }
    }
}
