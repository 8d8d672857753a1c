//! Covariances of states that few windows do not fool: shrunk to what all states have in common, and that to what
//! windows do by chance alone.
//!
//! Shrinking to a pooled covariance is Friedman's (*Regularized discriminant analysis*, 1989), and the weights are those
//! of an inverse Wishart prior: a prior covariance counts like so many windows more.

use crate::family::Family;
use crate::fit::Fit;
use crate::moments::{Moments, Scatter};

/// What a healthy machine may do beyond chance, as a standard deviation of the logarithm of an energy: 0.87 dB, 10 % of
/// amplitude.
pub(crate) const TOLERANCE: f64 = 0.2;

/// For each number of a family the prior counts like so many windows.
const PRIOR: f64 = 1.0;

/// What covariances are shrunk to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Prior<'p> {
    /// What chance and tolerance make of each number: its variance by chance, where that is known.
    Chance(&'p [Option<f64>]),
    /// A covariance `[p × p]` that was known before.
    Known(&'p [f64]),
}

/// The Gaussian of each state, in order, from the sums of its windows: `[folder][state]`. Numbers of different families are
/// taken for independent.
///
/// With the scatter `S` about the states' means, of `n` degrees of freedom, of a family of `d` numbers: of all states
/// together `Σ = (S + c₀ d P) / (n + c₀ d)`, where `P` is the prior; of each folder, where there are several,
/// `Σ_f = (S_f + d Σ) / (n_f + d)`; and of each state, where a folder has several, `Σ_s = (S_s + c₀ d Σ_f) / (n_s + c₀ d)`, so
/// that states that were only found vary much as their whole folder does.
///
/// # Errors
/// The index of a feature that is the same in all rows, where chance is not known of it; of the first, where all are.
pub(crate) fn fit_states(
    p: usize,
    states: &[Vec<Moments>],
    families: &[Family],
    prior: Prior<'_>,
) -> Result<Vec<Fit>, usize> {
    let fit = |state: &Moments| Fit {
        mean: state.mean.clone(),
        covariance: vec![0.0; p * p],
        shrinkage: 0.0,
    };
    let mut fits: Vec<Vec<Fit>> =
        states.iter().map(|folder| folder.iter().map(fit).collect()).collect();
    let mut varies = false;
    for (at, family) in families.iter().enumerate() {
        let d = family.columns.len();
        let scatters: Vec<Vec<&Scatter>> = states
            .iter()
            .map(|folder| folder.iter().map(|state| &state.scatters[at]).collect())
            .collect();
        let all = Scatter::sum(scatters.iter().flatten().copied());
        varies |= all.products.iter().any(|&x| x > 0.0);
        let weight = PRIOR * d as f64;
        let common = all.shrunk(&expected(&all, p, family, prior)?, weight);
        let shrinkage = weight / (all.free + weight) * d as f64 / p as f64;
        for (fits, scatters) in fits.iter_mut().zip(&scatters) {
            let folder = match states.len() {
                1 => common.clone(),
                _ => Scatter::sum(scatters.iter().copied()).shrunk(&common, d as f64),
            };
            for (fit, scatter) in fits.iter_mut().zip(scatters) {
                let own = match scatters.len() {
                    1 => folder.clone(),
                    _ => scatter.shrunk(&folder, PRIOR * d as f64),
                };
                for (i, row) in own.chunks_exact(d).enumerate() {
                    let at = (family.columns.start + i) * p + family.columns.start;
                    fit.covariance[at..at + d].copy_from_slice(row);
                }
                fit.shrinkage += shrinkage;
            }
        }
    }
    if varies { Ok(fits.into_iter().flatten().collect()) } else { Err(0) }
}

/// The covariance `[d × d]` of a family that is expected before any window is seen.
///
/// # Errors
/// Those of [`fit_states`].
fn expected(all: &Scatter, p: usize, family: &Family, prior: Prior<'_>) -> Result<Vec<f64>, usize> {
    let (first, d) = (family.columns.start, family.columns.len());
    let at = |i: usize, j: usize| (first + i) * p + first + j;
    let known = |i: usize| match prior {
        Prior::Chance(chance) => chance[first + i],
        Prior::Known(old) => Some(old[at(i, i)]),
    };
    let mut constants = (0..d).filter(|&i| all.products[i * d + i] <= 0.0);
    if let Some(constant) = constants.find(|&i| known(i).is_none()) {
        return Err(first + constant);
    }
    let element = |i: usize, j: usize| match prior {
        Prior::Known(old) => old[at(i, j)],
        Prior::Chance(_) if i != j => 0.0,
        Prior::Chance(chance) => match chance[first + i] {
            Some(chance) => chance + TOLERANCE * TOLERANCE,
            // Its own, so that only correlations are shrunk.
            None => all.products[i * d + i] / all.free.max(1.0),
        },
    };
    Ok((0..d * d).map(|at| element(at / d, at % d)).collect())
}

/// The covariance of a family, shrunk to what is expected.
///
/// # Errors
/// Those of [`fit_states`].
pub(crate) fn covariance(
    scatter: &Scatter,
    p: usize,
    family: &Family,
    prior: Prior<'_>,
) -> Result<Vec<f64>, usize> {
    let weight = PRIOR * family.columns.len() as f64;
    Ok(scatter.shrunk(&expected(scatter, p, family, prior)?, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> [Family; 1] {
        [Family { columns: 0..1, alike: true }]
    }

    fn fit_rows(
        values: &[f64],
        p: usize,
        states: &[Vec<Vec<usize>>],
        families: &[Family],
        prior: Prior<'_>,
    ) -> Result<Vec<Fit>, usize> {
        let of = |rows: &Vec<usize>| Moments::of(values, p, rows, families);
        let states: Vec<Vec<Moments>> =
            states.iter().map(|folder| folder.iter().map(of).collect()).collect();
        fit_states(p, &states, families, prior)
    }

    /// By hand: scatters of 2 and 6 with 1 and 2 degrees of freedom, and a prior of 0.01 + tolerance.
    #[test]
    fn states_are_shrunk_to_what_they_have_in_common_and_that_to_chance() {
        let values = [0.0, 2.0, 10.0, 10.0, 13.0];
        let prior = 0.01 + TOLERANCE * TOLERANCE;
        let states = [vec![vec![0, 1]], vec![vec![2, 3, 4]]];
        let fits = fit_rows(&values, 1, &states, &one(), Prior::Chance(&[Some(0.01)])).unwrap();
        let common = (8.0 + prior) / 4.0;
        assert_eq!((fits[0].mean[0], fits[1].mean[0]), (1.0, 11.0));
        assert!((fits[0].covariance[0] - (2.0 + common) / 2.0).abs() < 1e-12, "{fits:?}");
        assert!((fits[1].covariance[0] - (6.0 + common) / 3.0).abs() < 1e-12, "{fits:?}");
        // Of one folder the common covariance is that of its one state, and of several states that are found in it
        // each is shrunk to it.
        let alone = fit_rows(&values, 1, &states[1..], &one(), Prior::Chance(&[Some(0.01)]));
        assert!((alone.unwrap()[0].covariance[0] - (6.0 + prior) / 3.0).abs() < 1e-12);
        let found = [vec![vec![0, 1], vec![2, 3, 4]]];
        let fits = fit_rows(&values, 1, &found, &one(), Prior::Chance(&[Some(0.01)])).unwrap();
        assert!((fits[0].covariance[0] - (2.0 + common) / 2.0).abs() < 1e-12, "{fits:?}");
    }

    #[test]
    fn two_windows_give_a_covariance_that_is_regular() {
        let values = [0.0, 1.0, 2.0, 0.5, 1.0, 2.5];
        let families = [Family { columns: 0..3, alike: true }];
        let chance = [Some(0.1); 3];
        let fit = |chance| fit_rows(&values, 3, &[vec![vec![0, 1]]], &families, chance);
        let found = fit(Prior::Chance(&chance)).unwrap().remove(0);
        assert!(judder_model::Gaussian::new(found.mean, found.covariance).is_ok());
        // Nothing is known of what a constant of another kind does.
        assert_eq!(fit(Prior::Chance(&[None; 3])), Err(1));
        let same = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0];
        let prior = Prior::Chance(&chance);
        assert_eq!(fit_rows(&same, 3, &[vec![vec![0, 1]]], &families, prior), Err(0));
    }
}
