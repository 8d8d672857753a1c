//! Finding the states in which a machine is normal.

use std::ops::Range;

use judder_core::{cholesky, packed_len};

use crate::Shrinkage;
use crate::family::Family;
use crate::fit::{Fit, fit_families};
use crate::kmeans::kmeans;

/// Two groups of windows whose means are so many standard deviations apart are two states.
///
/// Chance does not part the windows of one state so far, nor does drift; the speeds of a real fan
/// are 34 and more apart, and the many positions of its base 7.
const APART: f64 = 10.0;

/// The most groups that a folder is cut into before those that are near are joined again.
const MOST_GROUPS: usize = 8;

/// The fewest windows that are a state of their own.
const FEWEST: usize = 10;

/// The most folders that are taken for states of their own; of more, states are looked for in all.
pub const MOST_STATES: usize = 16;

/// The rows of each state, found among `rows` of `p` features.
///
/// Each folder of normal recordings is a state of its own. Within a folder, windows are grouped by
/// k-means, and the nearest groups joined until all are `APART`, and none has less than the share
/// `least` of the folder.
pub(crate) fn modes(
    values: &[f64],
    p: usize,
    rows: &[usize],
    folders: &[Range<usize>],
    families: &[Family],
    least: f64,
) -> Vec<Vec<usize>> {
    let mut pools: Vec<Vec<usize>> = folders
        .iter()
        .map(|folder| rows.iter().copied().filter(|row| folder.contains(row)).collect())
        .collect();
    pools.retain(|pool: &Vec<usize>| !pool.is_empty());
    if pools.len() > MOST_STATES || pools.iter().any(|pool| pool.len() < FEWEST) {
        pools = vec![rows.to_vec()];
    }
    pools.into_iter().flat_map(|pool| states(values, p, pool, families, least)).collect()
}

/// The states within one folder.
fn states(
    values: &[f64],
    p: usize,
    rows: Vec<usize>,
    families: &[Family],
    least: f64,
) -> Vec<Vec<usize>> {
    let fewest = FEWEST.max((least * rows.len() as f64).ceil() as usize);
    let most = (rows.len() / (2 * p)).clamp(1, MOST_GROUPS);
    let group = |rows: Vec<usize>| Group::of(values, p, rows, families);
    let mut groups: Vec<Group> =
        kmeans(values, p, &rows, families, most).into_iter().map(&group).collect();
    // How far each is from those before it.
    let mut apart: Vec<Vec<f64>> = (0..groups.len())
        .map(|i| (0..i).map(|j| groups[i].distance(&groups[j], p, families)).collect())
        .collect();
    while let Some((i, j)) = next_to_join(&groups, &apart, fewest) {
        let mut joined = std::mem::take(&mut groups[j].rows);
        joined.append(&mut groups.remove(i).rows);
        joined.sort_unstable();
        groups[j] = group(joined);
        apart.remove(i);
        apart.iter_mut().skip(i).for_each(|row| {
            row.remove(i);
        });
        for other in 0..groups.len() {
            let (high, low) = (other.max(j), other.min(j));
            if high != low {
                apart[high][low] = groups[high].distance(&groups[low], p, families);
            }
        }
    }
    groups.into_iter().map(|group| group.rows).collect()
}

/// The two nearest groups, unless all are apart; then one that is too small to be a state, and what
/// is nearest to it.
fn next_to_join(groups: &[Group], apart: &[Vec<f64>], fewest: usize) -> Option<(usize, usize)> {
    let pairs = || (0..groups.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let nearer =
        |a: &(usize, usize), b: &(usize, usize)| apart[a.0][a.1].total_cmp(&apart[b.0][b.1]);
    let is_small = |i: usize| groups[i].rows.len() < fewest;
    let nearest = pairs().min_by(nearer)?;
    match apart[nearest.0][nearest.1] < APART {
        true => Some(nearest),
        false => pairs().filter(|&(i, j)| is_small(i) || is_small(j)).min_by(nearer),
    }
}

/// Windows, and a Gaussian of them unless they are too few or too much alike.
struct Group {
    rows: Vec<usize>,
    fit: Option<Fit>,
}

impl Group {
    fn of(values: &[f64], p: usize, rows: Vec<usize>, families: &[Family]) -> Self {
        let shrinkage = Shrinkage::Families;
        let fit = fit_families(values, p, rows.iter().copied(), shrinkage, families).ok();
        Self { rows, fit }
    }

    /// How many standard deviations two means are apart, by the mean covariance of both; 0 where
    /// that cannot be told.
    fn distance(&self, other: &Self, p: usize, families: &[Family]) -> f64 {
        let (Some(one), Some(two)) = (&self.fit, &other.fit) else { return 0.0 };
        let (n, m) = (self.rows.len() as f64, other.rows.len() as f64);
        let mut squared = 0.0;
        for Family { columns, .. } in families {
            let between = columns.clone().map(|i| one.mean[i] - two.mean[i]).collect();
            let covariance = |i: usize, j: usize| {
                let at = i * p + j;
                (n * one.covariance[at] + m * two.covariance[at]) / (n + m)
            };
            match squared_distance(between, columns.start, covariance) {
                Some(distance) => squared += distance,
                None => return 0.0,
            }
        }
        squared.sqrt()
    }
}

/// `δᵀ Σ⁻¹ δ` of a block of a covariance that starts at `first`, unless that is singular.
fn squared_distance(
    mut between: Vec<f64>,
    first: usize,
    covariance: impl Fn(usize, usize) -> f64,
) -> Option<f64> {
    let q = between.len();
    let mut factor: Vec<f64> = (0..q)
        .flat_map(|i| (0..=i).map(move |j| (i, j)))
        .map(|(i, j)| covariance(first + i, first + j))
        .collect();
    cholesky(&mut factor, q).ok()?;
    let mut squared = 0.0;
    for i in 0..q {
        let row = &factor[packed_len(i)..=packed_len(i) + i];
        let known: f64 = row[..i].iter().zip(&between).map(|(l, y)| l * y).sum();
        between[i] = (between[i] - known) / row[i];
        squared += between[i] * between[i];
    }
    Some(squared)
}
