//! Grouping windows by k-means.

use crate::family::Family;
use crate::pooled::TOLERANCE;

/// Rounds of moving the centres; they hardly move after a few.
const ROUNDS: usize = 30;

/// The most windows that move the centres.
const SAMPLE: usize = 600;

/// Where, among the distances to the centres there are, the window lies that is the next centre: far
/// away, but not what is stranger than all others.
const FAR: f64 = 0.9;

/// The rows in at most `k` groups, each in order, none empty (Lloyd 1982).
///
/// Nothing is drawn by chance. Features count in standard deviations: those that chance and tolerance give them, where
/// that is known; else their own, and those that are alike in one they share, so that groups do not change with the unit
/// or a rotation.
pub(crate) fn kmeans(
    values: &[f64],
    p: usize,
    rows: &[usize],
    families: &[Family],
    chance: &[Option<f64>],
    k: usize,
) -> Vec<Vec<usize>> {
    if k < 2 || rows.len() < 2 {
        return vec![rows.to_vec()];
    }
    let points = standardised(values, p, rows, families, chance);
    // Centres are moved by some windows from beginning to end; all are grouped by them then.
    let every = rows.len().div_ceil(SAMPLE);
    let some: Vec<f64> = points.chunks_exact(p).step_by(every).flatten().copied().collect();
    let mut centres = Centres::first(&some, p, k);
    let mut nearest = vec![0; some.len() / p];
    for _ in 0..ROUNDS {
        let mut moved = false;
        for (point, at) in some.chunks_exact(p).zip(&mut nearest) {
            let found = centres.closest(point);
            moved |= found != *at;
            *at = found;
        }
        let mut counts = vec![0.0; k];
        let mut sums = vec![0.0; k * p];
        for (point, &at) in some.chunks_exact(p).zip(&nearest) {
            counts[at] += 1.0;
            sums[at * p..(at + 1) * p].iter_mut().zip(point).for_each(|(sum, x)| *sum += x);
        }
        let means = sums.chunks_exact(p).zip(&counts).enumerate();
        for (at, (sum, count)) in means.filter(|(_, (_, count))| **count > 0.0) {
            centres.put(at, sum.iter().map(|sum| sum / count));
        }
        if !moved {
            break;
        }
    }
    let nearest: Vec<usize> = points.chunks_exact(p).map(|point| centres.closest(point)).collect();
    let group = |at| {
        let all = rows.iter().zip(&nearest);
        all.filter(|(_, nearest)| **nearest == at).map(|(&row, _)| row).collect::<Vec<_>>()
    };
    (0..k).map(group).filter(|group| !group.is_empty()).collect()
}

/// The rows less their mean, in standard deviations, `[rows][p]`.
fn standardised(
    values: &[f64],
    p: usize,
    rows: &[usize],
    families: &[Family],
    chance: &[Option<f64>],
) -> Vec<f64> {
    let n = rows.len() as f64;
    let column = |i: usize| rows.iter().map(move |row| values[row * p + i]);
    let mean: Vec<f64> = (0..p).map(|i| column(i).sum::<f64>() / n).collect();
    let variance = |i: usize| column(i).map(|x| (x - mean[i]).powi(2)).sum::<f64>() / n;
    let mut scale = vec![0.0; p];
    for Family { columns, alike } in families {
        let all: Vec<f64> = columns.clone().map(variance).collect();
        let shared = all.iter().sum::<f64>() / all.len() as f64;
        for (i, own) in columns.clone().zip(all) {
            let sd = match chance.get(i) {
                Some(Some(chance)) => chance + TOLERANCE * TOLERANCE,
                _ if *alike => shared,
                _ => own,
            }
            .sqrt();
            // What does not vary parts nothing.
            scale[i] = if sd > 0.0 { sd.recip() } else { 0.0 };
        }
    }
    let mut points = Vec::with_capacity(rows.len() * p);
    for row in rows {
        let row = &values[row * p..(row + 1) * p];
        points
            .extend(row.iter().zip(&mean).zip(&scale).map(|((x, mean), scale)| (x - mean) * scale));
    }
    points
}

/// The middles of groups, each number of all of them together, so that the distances to all are summed at once.
struct Centres {
    k: usize,
    /// `[p][k]`
    numbers: Vec<f64>,
    /// The squared distance of a point to each.
    distances: Vec<f64>,
}

impl Centres {
    /// The point in the middle, and then again and again one that is far from those.
    fn first(points: &[f64], p: usize, k: usize) -> Self {
        let mut centres = Self { k, numbers: vec![0.0; p * k], distances: Vec::with_capacity(k) };
        let middle = vec![0.0; p];
        let point = |at: usize| &points[at * p..(at + 1) * p];
        let mut order: Vec<(usize, f64)> =
            points.chunks_exact(p).map(|point| squared(point, &middle)).enumerate().collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut next = order[0].0;
        order.iter_mut().for_each(|(_, distance)| *distance = f64::INFINITY);
        for centre in 0..k {
            centres.put(centre, point(next).iter().copied());
            for (at, distance) in &mut order {
                *distance = distance.min(squared(point(*at), point(next)));
            }
            order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            next = order[(FAR * (order.len() - 1) as f64) as usize].0;
        }
        centres
    }

    fn put(&mut self, at: usize, centre: impl Iterator<Item = f64>) {
        self.numbers.chunks_exact_mut(self.k).zip(centre).for_each(|(all, x)| all[at] = x);
    }

    /// The nearest one, the first of equally near ones.
    fn closest(&mut self, point: &[f64]) -> usize {
        self.distances.clear();
        self.distances.resize(self.k, 0.0);
        for (&x, all) in point.iter().zip(self.numbers.chunks_exact(self.k)) {
            for (sum, y) in self.distances.iter_mut().zip(all) {
                *sum += (x - y) * (x - y);
            }
        }
        let mut nearest = (0, f64::INFINITY);
        for (at, &distance) in self.distances.iter().enumerate() {
            if distance < nearest.1 {
                nearest = (at, distance);
            }
        }
        nearest.0
    }
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}
