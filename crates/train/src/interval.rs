//! How sure a figure is: 95 % confidence intervals.
//!
//! They take windows for independent of each other. Windows that overlap or follow each other
//! closely resemble each other, and tell less than as many independent ones: then the true interval
//! is wider than the one given here.

use serde::Serialize;

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of so many times the figure.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }
}

/// The interval of a share, `count` of `of` (E. B. Wilson 1927). `None` where there is nothing.
pub fn share_interval(count: usize, of: usize) -> Option<Interval> {
    if of == 0 {
        return None;
    }
    let (n, share) = (of as f64, count as f64 / of as f64);
    let center = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    let low = if count == 0 { 0.0 } else { (center - half) / scale };
    let high = if count == of { 1.0 } else { (center + half) / scale };
    Some(Interval { low, high })
}

/// The interval of an area under the ROC curve of so many normal and anomalous windows: the areas
/// from which the one found is not further than chance allows, with the variance of Hanley and
/// McNeil (R. G. Newcombe 2006, his method 5). It is one-sided at 1, not empty.
pub fn auc_interval(auc: f64, normal: usize, anomaly: usize) -> Option<Interval> {
    if normal == 0 || anomaly == 0 {
        return None;
    }
    let (m, n) = (normal as f64, anomaly as f64);
    let half = (m + n) / 2.0 - 1.0;
    let sd = |area: f64| {
        let rest = 1.0 - area;
        let both = 1.0 + half * rest / (2.0 - area) + half * area / (1.0 + area);
        (area * rest * both / (m * n)).max(0.0).sqrt()
    };
    let allowed = |area: f64| (area - auc).abs() <= Z * sd(area);
    // Between `inside`, which is allowed, and `outside`, which is not, lies one end.
    let end = |outside: f64| {
        if allowed(outside) && (outside - auc).abs() == 0.0 {
            return outside;
        }
        let (mut inside, mut outside) = (auc, outside);
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if allowed(middle) { inside = middle } else { outside = middle }
        }
        inside
    };
    Some(Interval { low: end(0.0), high: end(1.0) })
}
