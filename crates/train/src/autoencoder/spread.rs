//! Where each feature lies, and how far it spreads.

/// For each feature of rows `[rows × features]`: its mean, and the sum of squared deviations from it.
pub(super) fn spreads(rows: &[f64], features: usize) -> impl Iterator<Item = (f64, f64)> {
    let count = (rows.len() / features) as f64;
    (0..features).map(move |feature| {
        let values = || rows[feature..].iter().step_by(features);
        let mean = values().sum::<f64>() / count;
        (mean, values().map(|x| (x - mean) * (x - mean)).sum())
    })
}
