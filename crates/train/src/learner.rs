//! Fitting, calibrating and measuring on some of the rows of a table.

use judder_model::{
    DetectorKind, Figure, Gaussian, MAX_MODES, Neighbours, Problem, Rule, Scaling, Threshold,
    feature_scores,
};

use judder_data::Progress;
use rayon::prelude::*;

use crate::autoencoder::{AutoencoderOptions, Unfit, fit_autoencoder};
use crate::decisions::Decisions;
use crate::error::TrainError;
use crate::family::Family;
use crate::fit::{Fit, fit_families};
use crate::folded::Folded;
use crate::kmeans::kmeans;
use crate::method::{Fitted, Method};
use crate::modes::{FEWEST, modes_of};
use crate::pooling::{apart, mixture, one_or_several};
use crate::prepare::Prepared;
use crate::table::Table;
use crate::{Options, Shrinkage, auc, average, folds};

/// The most windows that a detector of neighbours keeps, evenly from first to last: each is compared with at every score.
const MOST_KEPT: usize = 2048;

/// Scores of rows, in any order.
pub(crate) type Scores = Vec<(usize, f64)>;

/// Fits and calibrates on some of the rows.
pub(crate) struct Learner<'t> {
    pub(crate) prepared: &'t Prepared,
    pub(crate) options: &'t Options,
    /// Is told of each fit.
    pub(crate) done: &'t dyn Progress,
}

impl Learner<'_> {
    /// Whether there is a threshold, and single windows are held against it.
    pub(crate) fn is_by_window(&self) -> bool {
        self.options.rule != Rule::None && self.options.watch.is_by_window()
    }

    /// The same, whose fits are not counted.
    pub(crate) fn quiet(&self) -> Learner<'_> {
        Learner { prepared: self.prepared, options: self.options, done: &|| () }
    }

    pub(crate) fn row(&self, index: usize) -> &[f64] {
        self.prepared.table.row(index)
    }

    /// The detector fitted to these rows.
    pub(crate) fn fit(&self, rows: &[usize]) -> Result<Fitted, TrainError> {
        if let Some(states) = &self.prepared.states {
            let states = states.among(&self.prepared.table, rows);
            let moments = |folder: &Vec<Vec<usize>>| {
                folder.iter().map(|rows| self.moments(rows)).collect::<Vec<_>>()
            };
            return self.fit_sums(&states.iter().map(moments).collect::<Vec<_>>());
        }
        let fitted = match &self.options.method {
            Method::Mixture(shrinkage) => self.fit_mixture(rows, *shrinkage),
            Method::Mahalanobis(shrinkage) => {
                let fitted = self.fit_gaussian(rows, *shrinkage);
                fitted.map(|(gaussian, far)| Fitted::Mahalanobis(gaussian, far))
            }
            Method::KMeans(k) => self.fit_centres(rows, *k),
            Method::Neighbours(k) => self.fit_neighbours(rows, *k),
            Method::Autoencoder(options) => self.fit_autoencoder(rows, options),
            Method::Rebaseline(old, _) => self.refit(rows, old),
        };
        self.done.step();
        fitted
    }

    fn fit_gaussian(
        &self,
        rows: &[usize],
        shrinkage: Shrinkage,
    ) -> Result<(Gaussian, f64), TrainError> {
        let (set, columns) = (&self.options.features, self.prepared.table.columns);
        let families = shrinkage.families(set, self.prepared.binding.axes, columns);
        let fitted = fit_families(
            &self.prepared.table.values,
            columns,
            rows.iter().copied(),
            shrinkage,
            &families,
        );
        let Fit { mean, covariance, shrinkage } =
            fitted.map_err(|constant| self.constant(constant, rows.len()))?;
        Gaussian::new(mean, covariance)
            .map(|gaussian| (gaussian, shrinkage))
            .map_err(|reason| TrainError::Dependent { set: set.to_string(), reason })
    }

    /// A Gaussian for each state, by itself; where there is but one, that.
    fn fit_mixture(&self, rows: &[usize], shrinkage: Shrinkage) -> Result<Fitted, TrainError> {
        let Prepared { table, folders, binding, chance, .. } = self.prepared;
        let (set, axes) = (&self.options.features, binding.axes);
        let groups = modes_of(table, set, axes, chance, rows, folders, (FEWEST, 0.0));
        let sizes: Vec<usize> = groups.iter().flatten().map(Vec::len).collect();
        let each = groups.iter().flatten().map(|group| self.fit_gaussian(group, shrinkage));
        let (modes, far) = apart(each.collect::<Result<_, _>>()?);
        one_or_several(modes, far, sizes)
    }

    /// The centres of k-means, all with the variances that windows have around theirs.
    fn fit_centres(&self, rows: &[usize], k: usize) -> Result<Fitted, TrainError> {
        let Table { values, columns, .. } = &self.prepared.table;
        let families = Family::whole(*columns);
        let groups = kmeans(values, *columns, rows, &families, &[], k.min(MAX_MODES));
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let mean = |group: &[usize], i: usize| {
            group.iter().map(|&row| self.row(row)[i]).sum::<f64>() / group.len() as f64
        };
        let means: Vec<Vec<f64>> =
            groups.iter().map(|group| (0..*columns).map(|i| mean(group, i)).collect()).collect();
        let mut covariance = vec![0.0; columns * columns];
        for i in 0..*columns {
            let around = groups.iter().zip(&means).flat_map(|(group, mean)| {
                group.iter().map(move |&row| (self.row(row)[i] - mean[i]).powi(2))
            });
            let variance = around.sum::<f64>() / rows.len() as f64;
            if variance <= 0.0 {
                return Err(self.constant(i, rows.len()));
            }
            covariance[i * columns + i] = variance;
        }
        let modes = means.into_iter().map(|mean| Gaussian::new(mean, covariance.clone()));
        let set = self.options.features.to_string();
        let modes = modes
            .collect::<Result<_, _>>()
            .map_err(|reason| TrainError::Dependent { set, reason })?;
        // Variances only: correlations are shrunk to nothing.
        mixture(modes).map(|mixture| Fitted::Mixture(mixture, 1.0, sizes))
    }

    pub(crate) fn fit_neighbours(&self, rows: &[usize], k: usize) -> Result<Fitted, TrainError> {
        let Scaling { sd, .. } = self.scaling(rows)?;
        let every = rows.len().div_ceil(MOST_KEPT).max(1);
        let kept: Vec<usize> = rows.iter().copied().step_by(every).collect();
        let k = k.min(kept.len());
        let kept = kept.into_iter().flat_map(|row| self.row(row).iter().copied()).collect();
        Neighbours::new(sd, kept, k)
            .map(Fitted::Neighbours)
            .map_err(|reason| Problem::Field { field: "detector", reason }.into())
    }

    /// The mean and standard deviation of each feature in these rows.
    pub(crate) fn scaling(&self, rows: &[usize]) -> Result<Scaling, TrainError> {
        let n = rows.len() as f64;
        let column = |i: usize| rows.iter().map(move |&row| self.row(row)[i]);
        let columns = 0..self.prepared.table.columns;
        let mean: Vec<f64> = columns.clone().map(|i| column(i).sum::<f64>() / n).collect();
        let spread = |i: usize| {
            let variance = column(i).map(|x| (x - mean[i]).powi(2)).sum::<f64>() / n;
            if variance > 0.0 { Ok(variance.sqrt()) } else { Err(self.constant(i, rows.len())) }
        };
        let sd = columns.map(spread).collect::<Result<_, _>>()?;
        Ok(Scaling { mean, sd })
    }

    fn fit_autoencoder(
        &self,
        rows: &[usize],
        options: &AutoencoderOptions,
    ) -> Result<Fitted, TrainError> {
        let Options { precision, seed, .. } = *self.options;
        let Table { values, columns, .. } = &self.prepared.table;
        fit_autoencoder(values, *columns, rows, options, precision, seed)
            .map(Fitted::Autoencoder)
            .map_err(|unfit| match unfit {
                Unfit::Constant(feature) => self.constant(feature, rows.len()),
                Unfit::Refused(reasons) => TrainError::NoAutoencoder { reasons },
                Unfit::Network(reason) => Problem::Field { field: "detector", reason }.into(),
            })
    }

    /// A feature that is the same in all windows.
    pub(crate) fn constant(&self, feature: usize, windows: usize) -> TrainError {
        let name = self.options.features.names(self.prepared.binding.axes).nth(feature);
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
        (0..folds::JUDGED)
            .into_par_iter()
            .map(|part| rows.iter().partition(|&&row| parts[row] == part))
            .filter(|(inside, _): &(Vec<usize>, Vec<usize>)| !inside.is_empty())
            .map(|(inside, outside)| run(&inside, &outside))
            .collect()
    }

    /// The scores that a detector gives to some of the rows.
    pub(crate) fn scores_of(
        &self,
        detector: &DetectorKind,
        rows: &[usize],
    ) -> Result<Vec<f64>, TrainError> {
        self.scores(detector, rows.iter().map(|&row| self.row(row)))
    }

    /// The score of each of these rows, in ascending order, by a fit to others of them: those of the
    /// same fifth in time are left out.
    pub(crate) fn unseen(&self, rows: &[usize]) -> Result<Scores, TrainError> {
        Folded::of(self, rows).unseen()
    }

    /// The threshold by scores of rows that the fit had not seen.
    pub(crate) fn calibrate(&self, scores: &[(usize, f64)]) -> Result<Threshold, TrainError> {
        let Options { rule, false_alarm_rate, precision, watch, .. } = self.options;
        self.decisions(scores)
            .threshold((*rule, *false_alarm_rate), watch, self.prepared.table.columns, *precision)
            .map_err(TrainError::Option)
    }

    /// The decisions on these scores.
    pub(crate) fn decisions(&self, scores: &[(usize, f64)]) -> Decisions {
        Decisions::on(scores, &self.prepared.folders, &self.options.watch)
    }

    /// Trains anew without each part, threshold included, and judges that part by it. The figure, and the
    /// rows in which there was an alarm.
    pub(crate) fn measure(
        &self,
        split: &str,
        rows: &[usize],
        parts: &[usize],
        anomalies: &[f64],
    ) -> Result<(Figure, Vec<usize>), TrainError> {
        let columns = self.prepared.table.columns;
        let watch = &self.options.watch;
        let judged = self.each_part(rows, parts, |inside, outside| {
            let folded = Folded::of(self, outside);
            let limit = self.calibrate(&folded.unseen()?)?;
            let detector = folded.fit()?.detector();
            let scores = self.scores_of(&detector, inside)?;
            let unseen = self.decisions(&inside.iter().copied().zip(scores).collect::<Scores>());
            let alarms = unseen.alarms(watch, limit.value);
            let alarms = unseen.rows().iter().zip(alarms).filter(|(_, alarm)| *alarm);
            let alarms: Vec<usize> = alarms.map(|((row, _), _)| *row).collect();
            let anomalous = self.scores(&detector, anomalies.chunks_exact(columns))?;
            let anomalous = average::moving_mean(&anomalous, watch.average);
            let unseen = unseen.scores();
            Ok((unseen.len(), alarms, auc(&unseen, &anomalous)))
        })?;
        let areas: Vec<f64> = judged.iter().filter_map(|(.., area)| *area).collect();
        let area = areas.iter().sum::<f64>() / areas.len() as f64;
        let normal_windows = judged.iter().map(|(windows, ..)| windows).sum();
        let alarms: Vec<usize> = judged.into_iter().flat_map(|(_, alarms, _)| alarms).collect();
        let figure = Figure {
            split: split.to_owned(),
            normal_windows,
            false_alarms: alarms.len(),
            anomaly_windows: anomalies.len() / columns,
            missed: 0,
            auc: (!areas.is_empty()).then_some(area),
        };
        Ok((figure, alarms))
    }
}
