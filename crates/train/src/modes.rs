//! Finding the states in which a machine is normal.

use std::ops::Range;

use judder_core::{FeatureSet, cholesky, packed_len};

use crate::family::Family;
use crate::kmeans::kmeans;
use crate::pooled::{Prior, Scatter, mean};
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
    let (columns, families) = Family::of_states(set, axes);
    let chance: Vec<Option<f64>> = columns.iter().map(|&column| chance[column]).collect();
    let told = Told { p: columns.len(), families: &families, chance: &chance };
    modes(&table.of_columns(&columns), &told, rows, folders, (fewest, least))
}

/// The rows of each state of each folder, found among `rows` of features.
///
/// Each folder of normal recordings is a state of its own, unless one has fewer than `fewest` windows or there are more
/// than [`MOST_STATES`]: then states are looked for in all windows together. Within a folder, windows are grouped by
/// k-means, and the nearest groups joined until all are [`APART`], and none has less than the share `least` of the
/// folder.
fn modes(
    values: &[f64],
    told: &Told<'_>,
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
    told: &Told<'_>,
    rows: Vec<usize>,
    most: usize,
    least: f64,
) -> Vec<Vec<usize>> {
    let fewest = FEWEST.max((least * rows.len() as f64).ceil() as usize);
    let begun = (rows.len() / FEWEST).clamp(1, MOST_GROUPS);
    let groups = kmeans(values, told.p, &rows, told.families, told.chance, begun);
    let mut groups: Vec<Group> =
        groups.into_iter().map(|rows| Group::of(values, rows, told)).collect();
    // How far each is from those before it.
    let mut apart: Vec<Vec<f64>> = (0..groups.len())
        .map(|i| (0..i).map(|j| groups[i].distance(&groups[j], told)).collect())
        .collect();
    while let Some((i, j)) = next_to_join(&groups, &apart, fewest, most) {
        let removed = groups.remove(i);
        groups[j] = groups[j].joined(removed, values, told);
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

/// Windows, their mean, and their scatter within each family.
struct Group {
    rows: Vec<usize>,
    mean: Vec<f64>,
    scatters: Vec<Scatter>,
}

impl Group {
    fn of(values: &[f64], rows: Vec<usize>, told: &Told<'_>) -> Self {
        let mean = mean(values, told.p, &rows);
        let of = |family: &Family| Scatter::of(values, told.p, &rows, family, &mean);
        let scatters = told.families.iter().map(of).collect();
        Self { rows, mean, scatters }
    }

    /// Two groups as one.
    fn joined(&self, other: Self, values: &[f64], told: &Told<'_>) -> Self {
        let mut rows = [self.rows.as_slice(), &other.rows].concat();
        let (own, others) = (rows[0] * told.p, other.rows[0] * told.p);
        rows.sort_unstable();
        let both = self.scatters.iter().zip(&other.scatters).zip(told.families);
        let scatters = both.map(|((own_scatter, other_scatter), family)| {
            let columns = family.columns.clone();
            let apart = columns.clone().map(|i| {
                let number = i - columns.start;
                let is_same = own_scatter.is_same(number) && other_scatter.is_same(number);
                // The mean of equal numbers may be off by its rounding.
                match is_same && values[own + i] == values[others + i] {
                    true => 0.0,
                    false => self.mean[i] - other.mean[i],
                }
            });
            own_scatter.joined(other_scatter, &apart.collect::<Vec<f64>>())
        });
        let scatters = scatters.collect();
        Self { mean: mean(values, told.p, &rows), rows, scatters }
    }

    /// How many standard deviations two means are apart, by the covariance that both have in common; 0 where
    /// that cannot be told.
    fn distance(&self, other: &Self, told: &Told<'_>) -> f64 {
        let mut squared = 0.0;
        for (at, family) in told.families.iter().enumerate() {
            let both = Scatter::sum([&self.scatters[at], &other.scatters[at]].into_iter());
            let covariance = both.covariance(told.p, family, Prior::Chance(told.chance));
            let Ok(both) = covariance else { return 0.0 };
            let columns = family.columns.clone();
            let between = columns.map(|i| self.mean[i] - other.mean[i]).collect();
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
pub(crate) struct Told<'t> {
    /// How many there are.
    pub(crate) p: usize,
    /// Which of them belong together.
    pub(crate) families: &'t [Family],
    /// How far each varies by chance, where that is known.
    pub(crate) chance: &'t [Option<f64>],
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
