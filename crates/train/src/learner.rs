//! Fitting, calibrating and measuring on some of the rows of a table.

use judder_model::{DetectorKind, Figure, Gaussian, Problem, Threshold, feature_scores};

use crate::calibrate::threshold;
use crate::error::TrainError;
use crate::fit::{Fit, fit};
use crate::table::Table;
use crate::{Options, auc, folds};

/// Fits and calibrates on some of the rows.
pub(crate) struct Learner<'t> {
    pub(crate) table: &'t Table,
    pub(crate) options: &'t Options,
    pub(crate) axes: usize,
}

impl Learner<'_> {
    fn row(&self, index: usize) -> &[f64] {
        &self.table.values[index * self.table.columns..(index + 1) * self.table.columns]
    }

    /// A Gaussian fitted to these rows, and how far its correlations were shrunk.
    pub(crate) fn fit(&self, rows: &[usize]) -> Result<(DetectorKind, f64), TrainError> {
        let Options { features, shrinkage, .. } = self.options;
        let columns = self.table.columns;
        let fitted = fit(&self.table.values, columns, rows.iter().copied(), *shrinkage);
        let Fit { mean, covariance, shrinkage } = fitted.map_err(|constant| {
            let name = features.names(self.axes).nth(constant);
            let feature = name.map_or_else(String::new, |name| name.to_string());
            TrainError::Constant { feature, windows: rows.len() }
        })?;
        let gaussian = Gaussian::new(mean, covariance)
            .map_err(|reason| TrainError::Dependent { set: features.to_string(), reason })?;
        Ok((DetectorKind::Mahalanobis(gaussian), shrinkage))
    }

    /// The scores that a detector gives to rows of features.
    pub(crate) fn scores<'r>(
        &self,
        detector: &DetectorKind,
        rows: impl Iterator<Item = &'r [f64]>,
    ) -> Result<Vec<f64>, TrainError> {
        feature_scores(detector, self.options.precision, rows)
            .map_err(|error| Problem::Field { field: "detector", reason: error.to_string() }.into())
    }

    /// The scores of the rows of one part by a fit to the others, for each part.
    fn out_of_fold(&self, rows: &[usize], parts: &[usize]) -> Result<Vec<f64>, TrainError> {
        let mut all = Vec::with_capacity(rows.len());
        for part in 0..folds::FOLDS {
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                rows.iter().partition(|&&row| parts[row] == part);
            if inside.is_empty() {
                continue;
            }
            let (detector, _) = self.fit(&outside)?;
            all.extend(self.scores(&detector, inside.iter().map(|&row| self.row(row)))?);
        }
        Ok(all)
    }

    /// The threshold by the scores of these rows, each by a fit to the parts it is not in.
    pub(crate) fn calibrate(
        &self,
        rows: &[usize],
        parts: &[usize],
    ) -> Result<Threshold, TrainError> {
        let Options { rule, false_alarm_rate, precision, .. } = *self.options;
        let unseen = self.out_of_fold(rows, parts)?;
        threshold(rule, false_alarm_rate, &unseen, self.table.columns, precision)
            .map_err(TrainError::Option)
    }

    /// Trains anew without each part, threshold included, and judges that part by it.
    pub(crate) fn measure(
        &self,
        split: &str,
        parts: &[usize],
        anomalies: &[f64],
    ) -> Result<Figure, TrainError> {
        let columns = self.table.columns;
        let (mut normal_windows, mut false_alarms, mut areas) = (0, 0, Vec::new());
        for part in 0..folds::FOLDS {
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                (0..self.table.rows()).partition(|&row| parts[row] == part);
            if inside.is_empty() {
                continue;
            }
            // The parts that are left serve the threshold.
            let limit = self.calibrate(&outside, parts)?;
            let (detector, _) = self.fit(&outside)?;
            let unseen = self.scores(&detector, inside.iter().map(|&row| self.row(row)))?;
            normal_windows += unseen.len();
            false_alarms += unseen.iter().filter(|&&score| score > limit.value).count();
            areas.extend(auc(&unseen, &self.scores(&detector, anomalies.chunks_exact(columns))?));
        }
        let area = areas.iter().sum::<f64>() / areas.len() as f64;
        Ok(Figure {
            split: split.to_owned(),
            normal_windows,
            false_alarms,
            anomaly_windows: anomalies.len() / columns,
            missed: 0,
            auc: (!areas.is_empty()).then_some(area),
        })
    }
}
