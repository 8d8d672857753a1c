//! Fitting, calibrating and measuring on some of the rows of a table.

use judder_model::{DetectorKind, Figure, Gaussian, Problem, Threshold, feature_scores};

use rayon::prelude::*;

use crate::autoencoder::{AutoencoderOptions, Unfit, fit_autoencoder};
use crate::calibrate::threshold;
use crate::error::TrainError;
use crate::fit::{Fit, fit};
use crate::method::{Fitted, Method};
use crate::table::Table;
use crate::{Options, Shrinkage, auc, folds};

/// Fits and calibrates on some of the rows.
pub(crate) struct Learner<'t> {
    pub(crate) table: &'t Table,
    pub(crate) options: &'t Options,
    pub(crate) axes: usize,
    /// Called after each fit.
    pub(crate) done: &'t (dyn Fn() + Sync),
}

impl Learner<'_> {
    fn row(&self, index: usize) -> &[f64] {
        &self.table.values[index * self.table.columns..(index + 1) * self.table.columns]
    }

    /// The detector fitted to these rows.
    pub(crate) fn fit(&self, rows: &[usize]) -> Result<Fitted, TrainError> {
        let fitted = match &self.options.method {
            Method::Mahalanobis(shrinkage) => self.fit_gaussian(rows, *shrinkage),
            Method::Autoencoder(options) => self.fit_autoencoder(rows, options),
        };
        (self.done)();
        fitted
    }

    fn fit_gaussian(&self, rows: &[usize], shrinkage: Shrinkage) -> Result<Fitted, TrainError> {
        let columns = self.table.columns;
        let fitted = fit(&self.table.values, columns, rows.iter().copied(), shrinkage);
        let Fit { mean, covariance, shrinkage } =
            fitted.map_err(|constant| self.constant(constant, rows.len()))?;
        let set = self.options.features.to_string();
        Gaussian::new(mean, covariance)
            .map(|gaussian| Fitted::Mahalanobis(gaussian, shrinkage))
            .map_err(|reason| TrainError::Dependent { set, reason })
    }

    fn fit_autoencoder(
        &self,
        rows: &[usize],
        options: &AutoencoderOptions,
    ) -> Result<Fitted, TrainError> {
        let Options { precision, seed, .. } = *self.options;
        let Table { values, columns, .. } = self.table;
        fit_autoencoder(values, *columns, rows, options, precision, seed)
            .map(Fitted::Autoencoder)
            .map_err(|unfit| match unfit {
                Unfit::Constant(feature) => self.constant(feature, rows.len()),
                Unfit::Refused(reasons) => TrainError::NoAutoencoder { reasons },
                Unfit::Network(reason) => Problem::Field { field: "detector", reason }.into(),
            })
    }

    /// A feature that is the same in all windows.
    fn constant(&self, feature: usize, windows: usize) -> TrainError {
        let name = self.options.features.names(self.axes).nth(feature);
        let feature = name.map_or_else(String::new, |name| name.to_string());
        TrainError::Constant { feature, windows }
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

    /// For each part that has rows: what comes of its rows and of the others.
    fn each_part<R: Send>(
        &self,
        rows: &[usize],
        parts: &[usize],
        run: impl Fn(&[usize], &[usize]) -> Result<R, TrainError> + Sync,
    ) -> Result<Vec<R>, TrainError> {
        (0..folds::FOLDS)
            .into_par_iter()
            .map(|part| rows.iter().partition(|&&row| parts[row] == part))
            .filter(|(inside, _): &(Vec<usize>, Vec<usize>)| !inside.is_empty())
            .map(|(inside, outside)| run(&inside, &outside))
            .collect()
    }

    fn scores_of(&self, detector: &DetectorKind, rows: &[usize]) -> Result<Vec<f64>, TrainError> {
        self.scores(detector, rows.iter().map(|&row| self.row(row)))
    }

    /// The score of each of these rows by a fit to the parts it is not in, part by part.
    pub(crate) fn unseen(
        &self,
        rows: &[usize],
        parts: &[usize],
    ) -> Result<Vec<(usize, f64)>, TrainError> {
        let scores = self.each_part(rows, parts, |inside, outside| {
            let scores = self.scores_of(&self.fit(outside)?.detector(), inside)?;
            Ok(inside.iter().copied().zip(scores).collect::<Vec<_>>())
        })?;
        Ok(scores.concat())
    }

    /// The threshold by scores of rows that the fit had not seen.
    pub(crate) fn calibrate(&self, unseen: &[(usize, f64)]) -> Result<Threshold, TrainError> {
        let Options { rule, false_alarm_rate, precision, .. } = *self.options;
        let scores: Vec<f64> = unseen.iter().map(|(_, score)| *score).collect();
        threshold(rule, false_alarm_rate, &scores, self.table.columns, precision)
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
        let rows: Vec<usize> = (0..self.table.rows()).collect();
        let judged = self.each_part(&rows, parts, |inside, outside| {
            // The parts that are left serve the threshold.
            let limit = self.calibrate(&self.unseen(outside, parts)?)?;
            let detector = self.fit(outside)?.detector();
            let unseen = self.scores_of(&detector, inside)?;
            let alarms = unseen.iter().filter(|&&score| score > limit.value).count();
            let anomalous = self.scores(&detector, anomalies.chunks_exact(columns))?;
            Ok((unseen.len(), alarms, auc(&unseen, &anomalous)))
        })?;
        let areas: Vec<f64> = judged.iter().filter_map(|(.., area)| *area).collect();
        let area = areas.iter().sum::<f64>() / areas.len() as f64;
        Ok(Figure {
            split: split.to_owned(),
            normal_windows: judged.iter().map(|(windows, ..)| windows).sum(),
            false_alarms: judged.iter().map(|(_, alarms, _)| alarms).sum(),
            anomaly_windows: anomalies.len() / columns,
            missed: 0,
            auc: (!areas.is_empty()).then_some(area),
        })
    }
}
