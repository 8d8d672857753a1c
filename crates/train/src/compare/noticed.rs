//! How well disturbed windows are told from the same windows as they are, and who does it better.

use super::disturbance::Disturbance;
use crate::interval::Interval;
use crate::roc::sorted;

/// What a candidate notices of windows with disturbances put on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Noticed {
    /// The mean area under the ROC curve.
    pub(super) area: f64,
    /// The disturbance that is noticed least, and its area.
    pub(super) worst: (String, f64),
    /// What each window adds to the mean area, in the order of time: the share of usual windows that its disturbed selves lie
    /// above, and the share of disturbed windows that lie above it. Their mean is twice the area.
    shares: Vec<f64>,
}

impl Noticed {
    /// Of the scores of windows as they are, and of the same windows with each disturbance.
    pub(super) fn of(usual: &[f64], disturbed: &[(Disturbance, Vec<f64>)]) -> Self {
        let mut shares = vec![0.0; usual.len()];
        let mut worst = (String::new(), f64::INFINITY);
        let sorted_usual = sorted(usual);
        for (disturbance, scores) in disturbed {
            let sorted_scores = sorted(scores);
            let mut area = 0.0;
            for (share, (&usual, &score)) in shares.iter_mut().zip(usual.iter().zip(scores)) {
                let above = share_below(&sorted_usual, score);
                area += above / scores.len() as f64;
                let below = 1.0 - share_below(&sorted_scores, usual);
                *share += (above + below) / disturbed.len() as f64;
            }
            if area < worst.1 {
                worst = (disturbance.to_string(), area);
            }
        }
        let area = shares.iter().sum::<f64>() / shares.len().max(1) as f64 / 2.0;
        Self { area, worst, shares }
    }

    /// By how much this is more than another's of the same windows, from as low to as high as chance allows: batches of
    /// windows that follow each other vary as they do, by `quantile` of so many degrees of freedom. None of fewer than 4 windows.
    pub(super) fn more_than(
        &self,
        other: &Self,
        quantile: impl Fn(f64) -> f64,
    ) -> Option<Interval> {
        let more: Vec<f64> = self.shares.iter().zip(&other.shares).map(|(a, b)| a - b).collect();
        let size = more.len().isqrt();
        if size < 2 {
            return None;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let batches: Vec<f64> = more.chunks_exact(size).map(mean).collect();
        let middle = mean(&batches);
        let degrees = batches.len() as f64 - 1.0;
        let variance = batches.iter().map(|x| (x - middle).powi(2)).sum::<f64>() / degrees;
        let reach = quantile(degrees) * (variance / batches.len() as f64).sqrt();
        let by = self.area - other.area;
        Some(Interval { low: by - reach, high: by + reach })
    }
}

/// The share of sorted scores below another, equal ones counting half.
fn share_below(sorted: &[f64], score: f64) -> f64 {
    let below = sorted.partition_point(|x| *x < score);
    let up_to = sorted.partition_point(|x| *x <= score);
    (below + up_to) as f64 / 2.0 / sorted.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONE: Disturbance = Disturbance::Tone(0.1);
    const GAIN: Disturbance = Disturbance::Gain(0.1);

    /// By hand: of nine pairs of (1, 2, 3) and (2, 3, 4) six are in order and two are equal; of (1, 2, 3) and itself it is half.
    #[test]
    fn areas_are_means_over_disturbances() {
        let usual = [1.0, 2.0, 3.0];
        let noticed = Noticed::of(&usual, &[(TONE, vec![2.0, 3.0, 4.0]), (GAIN, usual.to_vec())]);
        assert!((noticed.area - (7.0 / 9.0 + 0.5) / 2.0).abs() < 1e-12, "{noticed:?}");
        assert_eq!(noticed.worst, (GAIN.to_string(), 0.5));
    }

    /// Batches of two of four differ by 0.5 and 1.5 in their shares: the mean of these is 1, its standard error 0.5.
    #[test]
    fn chance_is_that_of_batches() {
        let of = |area: f64, shares: &[f64]| Noticed {
            area,
            worst: (String::new(), 0.5),
            shares: shares.to_vec(),
        };
        let more =
            of(1.0, &[1.0, 1.0, 2.0, 2.0]).more_than(&of(0.5, &[0.5, 0.5, 0.5, 0.5]), |degrees| {
                assert_eq!(degrees, 1.0);
                2.0
            });
        assert_eq!(more, Some(Interval { low: -0.5, high: 1.5 }));
        assert_eq!(of(1.0, &[1.0; 3]).more_than(&of(1.0, &[1.0; 3]), |_| 2.0), None);
    }
}
