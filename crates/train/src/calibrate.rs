//! Thresholds from the scores of normal windows that the fit has not seen.

use judder_model::{Precision, Rule, Threshold};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// What is wrong with χ² for any score but a squared distance.
pub(crate) const CHI_SQUARED: &str =
    "the rule chi-squared is for a mahalanobis score; use conformal or quantile (--threshold)";

/// The threshold that a rule gives for `scores` of normal windows and `features` features, rounded
/// to the arithmetic of the model.
///
/// # Errors
/// A sentence, where the rate is not above 0 and below 1, or a rule needs scores that are missing.
pub fn threshold(
    rule: Rule,
    rate: f64,
    scores: &[f64],
    features: usize,
    precision: Precision,
) -> Result<Threshold, String> {
    if !(rate > 0.0 && rate < 1.0) {
        return Err(format!("a false-alarm rate lies between 0 and 1, not at {rate}"));
    }
    let needs_scores = !matches!(rule, Rule::Given(_) | Rule::ChiSquared | Rule::None);
    if needs_scores && scores.len() < 2 {
        return Err(match scores.len() {
            0 => format!("the threshold rule {rule} needs normal recordings"),
            few => format!("the threshold rule {rule} needs more than {few} normal window"),
        });
    }
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let value = match rule {
        Rule::Conformal => conformal(&sorted, rate),
        Rule::Quantile => quantile(&sorted, 1.0 - rate),
        Rule::MeanPlusSd(times) => {
            let (mean, sd) = mean_and_sd(scores);
            mean + times * sd
        }
        Rule::ChiSquared => {
            let degrees = ChiSquared::new(features as f64).map_err(|error| error.to_string())?;
            degrees.inverse_cdf(1.0 - rate)
        }
        Rule::Given(value) => value,
        Rule::None => precision.largest(),
        rule => return Err(format!("the threshold rule {rule} is not known here")),
    };
    let value = if needs_scores { not_below(value, precision) } else { rounded(value, precision) };
    let uses_rate = matches!(rule, Rule::Conformal | Rule::Quantile | Rule::ChiSquared);
    let windows = if needs_scores { scores.len() } else { 0 };
    Ok(Threshold { value, rule, false_alarm_rate: uses_rate.then_some(rate), windows })
}

/// A threshold in the arithmetic of a model.
pub(crate) fn rounded(value: f64, precision: Precision) -> f64 {
    match precision {
        Precision::F32 => f64::from(value as f32),
        Precision::F64 => value,
    }
}

/// The same, and not below the value: a score that the threshold is from is not above it.
pub(crate) fn not_below(value: f64, precision: Precision) -> f64 {
    match precision {
        Precision::F32 if rounded(value, precision) < value => f64::from((value as f32).next_up()),
        _ => rounded(value, precision),
    }
}

/// The lowest false-alarm rate that can be promised from so many normal windows: `1 / (n + 1)`.
pub fn lowest_rate(windows: usize) -> f64 {
    1.0 / (windows as f64 + 1.0)
}

/// The fewest normal windows from which a false-alarm rate can be promised: `1 / rate - 1`, whole.
pub fn windows_for(rate: f64) -> usize {
    // A rate such as 1 of 86 400 is rounded: the part of a window that comes of it is none.
    let whole = 1.0 / rate * (1.0 - 4.0 * f64::EPSILON);
    (whole.ceil() - 1.0).max(1.0) as usize
}

/// The score of rank `(n + 1)(1 - rate)`, interpolated: the share of further scores like these that
/// lies above the k-th smallest is `1 - k / (n + 1)` on average, whatever their distribution.
/// Between whole ranks it lies between the two around it, and not above `rate` where the density of
/// the scores falls. The largest score where there are too few to promise so little.
fn conformal(sorted: &[f64], rate: f64) -> f64 {
    at_rank(sorted, (sorted.len() + 1) as f64 * (1.0 - rate))
}

/// The quantile of sorted values, interpolated between the two around it (Hyndman and Fan's 7th).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    at_rank(sorted, 1.0 + share * (sorted.len() - 1) as f64)
}

/// The value at a rank, counted from 1 and interpolated; the first or last beyond them.
fn at_rank(sorted: &[f64], rank: f64) -> f64 {
    let last = sorted.len();
    let low = (rank.floor() as usize).clamp(1, last);
    let part = (rank - low as f64).clamp(0.0, 1.0);
    let (below, above) = (sorted[low - 1], sorted[(low + 1).min(last) - 1]);
    below + part * (above - below)
}

/// The mean and the standard deviation (divided by `n`, as NumPy's).
fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}
