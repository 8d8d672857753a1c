//! Gaussians of states that are fitted by sums of windows, and shrunk to what all states have in common.

use judder_model::{DetectorKind, Gaussian, Mixture, Problem};

use crate::Shrinkage;
use crate::error::TrainError;
use crate::family::Family;
use crate::fit::Fit;
use crate::learner::Learner;
use crate::method::{Fitted, Method};
use crate::modes::{FEWEST, FEWEST_SETTLED};
use crate::moments::Moments;
use crate::options::Options;
use crate::pooled::{Prior, fit_states};
use crate::states::States;
use crate::table::Table;

impl Method {
    /// How it pools states, if it does, and the fewest windows of a folder that is a state of its own; none where all
    /// windows are in one.
    pub(crate) fn pools(&self) -> Option<(Shrinkage, Option<usize>)> {
        let fewest = |how| if how == Shrinkage::Pooled { FEWEST_SETTLED } else { FEWEST };
        match self {
            Self::Mixture(how @ Shrinkage::Pooled) => Some((*how, Some(fewest(*how)))),
            Self::Mahalanobis(how @ Shrinkage::Pooled) => Some((*how, None)),
            Self::Rebaseline(old, how) => match **old {
                DetectorKind::Mixture(_) => Some((*how, Some(fewest(*how)))),
                DetectorKind::Mahalanobis(_) => Some((*how, None)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The covariance that it knows from before, if it does.
    fn known(&self) -> Option<Vec<f64>> {
        let Self::Rebaseline(old, _) = self else { return None };
        match &**old {
            DetectorKind::Mahalanobis(gaussian) => Some(gaussian.covariance()),
            DetectorKind::Mixture(mixture) => {
                let count = mixture.modes().len() as f64;
                let all = mixture.modes().iter().map(Gaussian::covariance);
                all.map(|one| one.into_iter().map(|x| x / count).collect())
                    .reduce(|sum: Vec<f64>, one| sum.iter().zip(one).map(|(a, b)| a + b).collect())
            }
            _ => None,
        }
    }
}

impl States {
    /// Those of a table's rows, of a method that pools states.
    pub(crate) fn of_method(
        table: &Table,
        options: &Options,
        axes: usize,
        chance: &[Option<f64>],
        (rows, folders): (&[usize], &[std::ops::Range<usize>]),
    ) -> Option<Self> {
        let set = (&options.features, axes);
        options.method.pools().map(|(_, fewest)| match fewest {
            Some(fewest) => Self::find(table, set, chance, rows, folders, fewest),
            None => Self::one(table),
        })
    }
}

impl Learner<'_> {
    /// The numbers between which correlations are estimated.
    pub(crate) fn families(&self) -> Vec<Family> {
        let how = self.options.method.pools().map_or(Shrinkage::default(), |(how, _)| how);
        let columns = self.prepared.table.columns;
        how.families(&self.options.features, self.prepared.binding.axes, columns)
    }

    /// The sums of some rows.
    pub(crate) fn moments(&self, rows: &[usize]) -> Moments {
        let Table { values, columns, .. } = &self.prepared.table;
        Moments::of(values, *columns, rows, &self.families())
    }

    /// A Gaussian for each state, shrunk to what all have in common and that to what is expected; where there is but one,
    /// that.
    pub(crate) fn fit_sums(&self, states: &[Vec<Moments>]) -> Result<Fitted, TrainError> {
        let known = self.options.method.known();
        let prior = known.as_deref().map_or(Prior::Chance(&self.prepared.chance), Prior::Known);
        let columns = self.prepared.table.columns;
        let sizes: Vec<usize> = states.iter().flatten().map(|state| state.windows).collect();
        let fits = fit_states(columns, states, &self.families(), prior);
        let fits = fits.map_err(|constant| self.constant(constant, sizes.iter().sum()))?;
        let gaussian = |fit: Fit| {
            Gaussian::new(fit.mean, fit.covariance)
                .map(|gaussian| (gaussian, fit.shrinkage))
                .map_err(|reason| TrainError::Dependent {
                    set: self.options.features.to_string(),
                    reason,
                })
        };
        let (gaussians, far) = apart(fits.into_iter().map(gaussian).collect::<Result<_, _>>()?);
        let fitted = one_or_several(gaussians, far, sizes);
        self.done.step();
        fitted
    }
}

/// The Gaussians, and how far they were shrunk on average.
pub(crate) fn apart(fitted: Vec<(Gaussian, f64)>) -> (Vec<Gaussian>, f64) {
    let far = fitted.iter().map(|(_, far)| far).sum::<f64>() / fitted.len() as f64;
    (fitted.into_iter().map(|(gaussian, _)| gaussian).collect(), far)
}

/// Several Gaussians as one detector.
pub(crate) fn mixture(modes: Vec<Gaussian>) -> Result<Mixture, TrainError> {
    Mixture::new(modes).map_err(|reason| Problem::Field { field: "modes", reason }.into())
}

/// A Gaussian for each state; where there is but one, that.
pub(crate) fn one_or_several(
    mut modes: Vec<Gaussian>,
    shrinkage: f64,
    sizes: Vec<usize>,
) -> Result<Fitted, TrainError> {
    match modes.pop() {
        Some(only) if modes.is_empty() => Ok(Fitted::Mahalanobis(only, shrinkage)),
        last => {
            modes.extend(last);
            mixture(modes).map(|mixture| Fitted::Mixture(mixture, shrinkage, sizes))
        }
    }
}
