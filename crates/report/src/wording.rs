//! Figures in words that mean the same on every page.

/// From this area under the ROC curve on a detector hardly errs.
pub(crate) const VERY_WELL: f64 = 0.99;
/// Below this one averages are worth while.
pub(crate) const WELL: f64 = 0.95;
/// Below this one it is little better than chance.
pub(crate) const FAIRLY: f64 = 0.8;

/// How well scores with this area under the ROC curve tell anomalies from normal windows.
pub(crate) fn how_well(auc: f64) -> &'static str {
    match auc {
        auc if auc >= VERY_WELL => "very well",
        auc if auc >= WELL => "well",
        auc if auc >= FAIRLY => "fairly",
        _ => "hardly",
    }
}
