//! Finding the states in which a machine is normal.

use std::ops::Range;

use judder_core::{FeatureSet, cholesky, packed_len};

use crate::family::Family;
use crate::kmeans::kmeans;
use crate::moments::{Moments, Scatter};
use crate::pooled::{Prior, covariance};
use crate::table::Table;

/// Two groups of windows whose means are so many standard deviations apart are two states: of two Gaussians that far
/// from each other a window in a hundred and fifty is nearer to the other's mean.
///
/// The halves of one Gaussian are 2.7 apart, and those of a state that drifts evenly 3.5; the speeds of a real fan are 34
/// and more, and those of a motor that a folder mixes 5 to 8.
const APART: f64 = 7.0;

/// The most groups that a folder is cut into before those that are near are joined again.
const MOST_GROUPS: usize = 16;

/// The fewest windows that are a state of their own, within a folder or where no prior settles its covariance.
pub(crate) const FEWEST: usize = 10;

/// The fewest windows of a folder that is a state of its own, where a prior settles its covariance.
pub(crate) const FEWEST_SETTLED: usize = 2;

/// The most folders that are taken for states of their own; of more, states are looked for in all.
pub const MOST_STATES: usize = 64;

/// The rows of each state of each folder, found among `rows` of a table, by the features that tell states apart. `chance` says how far
/// each feature varies by chance, where that is known.
pub(crate) fn modes_of(
    table: &Table,
    set: &FeatureSet,
    axes: usize,
    chance: &[Option<f64>],
    rows: &[usize],
    folders: &[Range<usize>],
    (fewest, least): (usize, f64),
) -> Vec<Vec<Vec<usize>>> {
    let telling = Telling::of(set, axes, chance);
    modes(&table.of_columns(&telling.columns), &telling, rows, folders, (fewest, least))
}

/// Groups of one folder of which some are too small to be a state, each joined to the nearest.
pub(crate) fn without_small(
    table: &Table,
    telling: &Telling,
    groups: Vec<Vec<usize>>,
) -> Vec<Vec<usize>> {
    let values = table.of_columns(&telling.columns);
    let groups = groups.into_iter().map(|rows| Group::of(&values, rows, telling)).collect();
    join(groups, telling, FEWEST, MOST_GROUPS)
}

/// The rows of each state of each folder, found among `rows` of features.
///
/// Each folder of normal recordings is a state of its own, unless one has fewer than `fewest` windows or there are more
/// than [`MOST_STATES`]: then states are looked for in all windows together. Within a folder, windows are grouped by
/// k-means, and the nearest groups joined until all are [`APART`], and none has less than the share `least` of the
/// folder.
fn modes(
    values: &[f64],
    told: &Telling,
    rows: &[usize],
    folders: &[Range<usize>],
    (fewest, least): (usize, f64),
) -> Vec<Vec<Vec<usize>>> {
    let mut pools: Vec<Vec<usize>> = folders
        .iter()
        .map(|folder| rows.iter().copied().filter(|row| folder.contains(row)).collect())
        .collect();
    pools.retain(|pool: &Vec<usize>| !pool.is_empty());
    if pools.len() > MOST_STATES || pools.iter().any(|pool| pool.len() < fewest) {
        pools = vec![rows.to_vec()];
    }
    // However many folders there are, there are no more states than a model has.
    let most = (MOST_STATES / pools.len().max(1)).clamp(1, MOST_GROUPS);
    pools.into_iter().map(|pool| states(values, told, pool, most, least)).collect()
}

/// The states within one folder, at most so many.
fn states(
    values: &[f64],
    told: &Telling,
    rows: Vec<usize>,
    most: usize,
    least: f64,
) -> Vec<Vec<usize>> {
    let fewest = FEWEST.max((least * rows.len() as f64).ceil() as usize);
    let begun = (rows.len() / FEWEST).clamp(1, MOST_GROUPS);
    let groups = kmeans(values, told.p(), &rows, &told.families, &told.chance, begun);
    let groups = groups.into_iter().map(|rows| Group::of(values, rows, told)).collect();
    join(groups, told, fewest, most)
}

/// The groups that are states: the nearest joined until all are [`APART`], there are at most so many, and none has fewer
/// windows than `fewest`.
fn join(mut groups: Vec<Group>, told: &Telling, fewest: usize, most: usize) -> Vec<Vec<usize>> {
    // How far each is from those before it.
    let mut apart: Vec<Vec<f64>> = (0..groups.len())
        .map(|i| (0..i).map(|j| groups[i].distance(&groups[j], told)).collect())
        .collect();
    while let Some((i, j)) = next_to_join(&groups, &apart, fewest, most) {
        let removed = groups.remove(i);
        groups[j] = groups[j].joined(removed, told);
        apart.remove(i);
        apart.iter_mut().skip(i).for_each(|row| {
            row.remove(i);
        });
        for other in 0..groups.len() {
            let (high, low) = (other.max(j), other.min(j));
            if high != low {
                apart[high][low] = groups[high].distance(&groups[low], told);
            }
        }
    }
    groups.into_iter().map(|group| group.rows).collect()
}

/// The two nearest groups, unless all are apart and there are no more than `most`; then one that is too small to be a
/// state, and what is nearest to it.
fn next_to_join(
    groups: &[Group],
    apart: &[Vec<f64>],
    fewest: usize,
    most: usize,
) -> Option<(usize, usize)> {
    let pairs = || (0..groups.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let nearer =
        |a: &(usize, usize), b: &(usize, usize)| apart[a.0][a.1].total_cmp(&apart[b.0][b.1]);
    let is_small = |i: usize| groups[i].rows.len() < fewest;
    let nearest = pairs().min_by(nearer)?;
    match apart[nearest.0][nearest.1] < APART || groups.len() > most {
        true => Some(nearest),
        false => pairs().filter(|&(i, j)| is_small(i) || is_small(j)).min_by(nearer),
    }
}

/// Windows, and what they are like.
struct Group {
    rows: Vec<usize>,
    moments: Moments,
}

impl Group {
    fn of(values: &[f64], rows: Vec<usize>, told: &Telling) -> Self {
        Self { moments: Moments::of(values, told.p(), &rows, &told.families), rows }
    }

    /// Two groups as one.
    fn joined(&self, other: Self, told: &Telling) -> Self {
        let mut rows = [self.rows.as_slice(), &other.rows].concat();
        rows.sort_unstable();
        Self { moments: self.moments.joined(&other.moments, &told.families), rows }
    }

    /// How many standard deviations two means are apart, by the covariance that both have in common; 0 where
    /// that cannot be told.
    fn distance(&self, other: &Self, told: &Telling) -> f64 {
        let mut squared = 0.0;
        for (at, family) in told.families.iter().enumerate() {
            let (own, others) = (&self.moments, &other.moments);
            let both = Scatter::sum([&own.scatters[at], &others.scatters[at]].into_iter());
            let both = covariance(&both, told.p(), family, Prior::Chance(&told.chance));
            let Ok(both) = both else { return 0.0 };
            let columns = family.columns.clone();
            let between = columns.map(|i| own.mean[i] - others.mean[i]).collect();
            let covariance = |i: usize, j: usize| both[i * family.columns.len() + j];
            match squared_distance(between, covariance) {
                Some(distance) => squared += distance,
                None => return 0.0,
            }
        }
        squared.sqrt()
    }
}

/// The features by which states are told apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Telling {
    /// Which columns of a table they are.
    columns: Vec<usize>,
    /// Which of them belong together.
    families: Vec<Family>,
    /// How far each varies by chance, where that is known.
    chance: Vec<Option<f64>>,
}

impl Telling {
    /// Those of a set; `chance` is of all of its features.
    pub(crate) fn of(set: &FeatureSet, axes: usize, chance: &[Option<f64>]) -> Self {
        let (columns, families) = Family::of_states(set, axes);
        let chance = columns.iter().map(|&column| chance[column]).collect();
        Self { columns, families, chance }
    }

    /// How many there are.
    fn p(&self) -> usize {
        self.columns.len()
    }
}

/// `δᵀ Σ⁻¹ δ`, unless the covariance is singular.
fn squared_distance(
    mut between: Vec<f64>,
    covariance: impl Fn(usize, usize) -> f64,
) -> Option<f64> {
    let q = between.len();
    let mut factor: Vec<f64> =
        (0..q).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| covariance(i, j)).collect();
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
