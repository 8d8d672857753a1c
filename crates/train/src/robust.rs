//! Fitting a Gaussian to windows of which some are not what they are said to be.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use judder_core::Mahalanobis;
use judder_model::Gaussian;

use crate::family::Family;
use crate::moments::Moments;
use crate::pooled::{Prior, fit_states};

/// The share of the windows that the core of the fit rests on: up to a quarter may be disturbed.
pub(crate) const CORE: f64 = 0.75;

/// Rounds of choosing the windows nearest to a fit and fitting to them; each brings them closer.
const ROUNDS: usize = 20;

/// A window is set aside at so many times the squared distance that one in a hundred Gaussian
/// windows exceeds. Real windows have heavier tails, and leaving out one that is normal costs more
/// than keeping one that is not.
const FAR: f64 = 5.0;

/// The rows that belong together: those not far from a Gaussian fitted to the three quarters nearest
/// to it (the fast minimum covariance determinant of Rousseeuw and Van Driessen 1999, started from
/// medians).
pub(crate) fn belonging(
    values: &[f64],
    p: usize,
    rows: &[usize],
    families: &[Family],
    chance: &[Option<f64>],
) -> Vec<usize> {
    let size = (CORE * rows.len() as f64).ceil() as usize;
    let nearest = |distances: &[f64]| {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(a.cmp(&b)));
        let mut kept: Vec<usize> = order[..size].iter().map(|&at| rows[at]).collect();
        kept.sort_unstable();
        kept
    };
    let distances = |kept: &[usize]| -> Option<Vec<f64>> {
        let core = [vec![Moments::of(values, p, kept, families)]];
        let fit = fit_states(p, &core, families, Prior::Chance(chance)).ok()?.pop()?;
        let gaussian = Gaussian::new(fit.mean, fit.covariance).ok()?;
        let core = Mahalanobis::in_blocks(gaussian.mean(), gaussian.blocks(), gaussian.whitening())
            .ok()?;
        let distance = |row: &usize| core.score(&values[row * p..(row + 1) * p]);
        Some(rows.iter().map(|row| distance(row).unwrap_or(f64::MAX)).collect())
    };
    let mut kept = nearest(&from_medians(values, p, rows, families));
    let mut measured = None;
    for _ in 0..ROUNDS {
        // What cannot be fitted has no core that another fit could be compared with.
        let Some(found) = distances(&kept) else { return rows.to_vec() };
        let next = nearest(&found);
        measured = Some(found);
        if next == kept {
            break;
        }
        kept = next;
    }
    let (Some(measured), Ok(expected)) = (measured, ChiSquared::new(p as f64)) else {
        return rows.to_vec();
    };
    let mut sorted = measured.clone();
    sorted.sort_by(f64::total_cmp);
    let scale = sorted[sorted.len() / 2] / expected.inverse_cdf(0.5);
    let limit = FAR * scale * expected.inverse_cdf(0.99);
    rows.iter().zip(measured).filter(|(_, far)| *far <= limit).map(|(&row, _)| row).collect()
}

/// The squared distance of each row from the medians, in median absolute deviations.
fn from_medians(values: &[f64], p: usize, rows: &[usize], families: &[Family]) -> Vec<f64> {
    let middle = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let column = |i: usize| rows.iter().map(move |row| values[row * p + i]);
    let centres: Vec<f64> = (0..p).map(|i| middle(column(i).collect())).collect();
    let mut scales = vec![0.0; p];
    for Family { columns, alike } in families {
        let own = |i: usize| middle(column(i).map(|x| (x - centres[i]).abs()).collect()).powi(2);
        let all: Vec<f64> = columns.clone().map(own).collect();
        let shared = all.iter().sum::<f64>() / all.len() as f64;
        for (i, own) in columns.clone().zip(all) {
            let square = if *alike { shared } else { own };
            scales[i] = if square > 0.0 { square.recip() } else { 0.0 };
        }
    }
    let distance = |row: &usize| {
        let all = values[row * p..(row + 1) * p].iter().zip(&centres).zip(&scales);
        all.map(|((x, centre), scale)| (x - centre).powi(2) * scale).sum()
    };
    rows.iter().map(distance).collect()
}
