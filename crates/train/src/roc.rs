//! What scores are worth, whatever the threshold: the receiver operating characteristic.

/// The area under the ROC curve: the chance that an anomalous window scores above a normal one,
/// ties counting half (Mann and Whitney 1947). `None` where either is missing.
pub fn auc(normal: &[f64], anomaly: &[f64]) -> Option<f64> {
    if normal.is_empty() || anomaly.is_empty() {
        return None;
    }
    let sorted = sorted(normal);
    let wins: f64 = anomaly
        .iter()
        .map(|score| {
            let below = sorted.partition_point(|x| x < score);
            let up_to = sorted.partition_point(|x| x <= score);
            (below + up_to) as f64 / 2.0
        })
        .sum();
    Some(wins / (normal.len() as f64 * anomaly.len() as f64))
}

/// The share of anomalous windows above the lowest threshold that at most the share `rate` of
/// `normal` windows lies above. `None` where either is missing.
pub fn true_positive_rate(normal: &[f64], anomaly: &[f64], rate: f64) -> Option<f64> {
    let sorted = sorted(normal);
    let allowed = (rate * normal.len() as f64 + 1e-9).floor() as usize;
    let threshold = *sorted.get(sorted.len().checked_sub(1 + allowed)?)?;
    let caught = anomaly.iter().filter(|&&score| score > threshold).count();
    (!anomaly.is_empty()).then(|| caught as f64 / anomaly.len() as f64)
}

/// The scores in ascending order.
pub(crate) fn sorted(scores: &[f64]) -> Vec<f64> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
