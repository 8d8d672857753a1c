//! How numbers vary about their means, as sums that can be added.

use crate::family::Family;

/// Windows whose products are added at once.
const AT_ONCE: usize = 4;

/// How the numbers of a family vary about a mean.
#[derive(Debug, Clone)]
pub(crate) struct Scatter {
    /// Σ (x - μ)(x - μ)ᵀ, `[d × d]`
    pub(crate) products: Vec<f64>,
    /// Its degrees of freedom.
    pub(crate) free: f64,
}

impl Scatter {
    /// Of some rows about their mean.
    fn of(values: &[f64], p: usize, rows: &[usize], family: &Family, mean: &[f64]) -> Self {
        let (first, d) = (family.columns.start, family.columns.len());
        let row = |row: usize| &values[row * p + first..][..d];
        let mean = &mean[first..first + d];
        let mut products = vec![0.0; d * d];
        // Several windows for each time that the products are passed over; each sum is in their order.
        let mut deviations = vec![0.0; AT_ONCE * d];
        for rows in rows.chunks(AT_ONCE) {
            deviations[rows.len() * d..].fill(0.0);
            for (slots, &at) in deviations.chunks_exact_mut(d).zip(rows) {
                for ((slot, x), mean) in slots.iter_mut().zip(row(at)).zip(mean) {
                    *slot = x - mean;
                }
            }
            add_products(&mut products, &deviations, d);
        }
        Self { products, free: rows.len() as f64 - 1.0 }
    }

    /// Of two groups together about the mean of both, from their own and how far their means are apart (Chan, Golub and
    /// LeVeque 1983).
    fn joined(&self, other: &Self, apart: &[f64]) -> Self {
        let (n, m) = (self.free + 1.0, other.free + 1.0);
        let weight = n * m / (n + m);
        let between = apart.iter().flat_map(|x| apart.iter().map(move |y| x * y));
        let sums = self.products.iter().zip(&other.products).map(|(a, b)| a + b);
        let products = sums.zip(between).map(|(sum, xy)| sum + weight * xy).collect();
        Self { products, free: n + m - 1.0 }
    }

    /// Of several together, each about its own mean.
    pub(crate) fn sum<'s>(all: impl Iterator<Item = &'s Self>) -> Self {
        let mut sum = Self { products: Vec::new(), free: 0.0 };
        for one in all {
            sum.products.resize(one.products.len(), 0.0);
            sum.products.iter_mut().zip(&one.products).for_each(|(sum, x)| *sum += x);
            sum.free += one.free;
        }
        sum
    }

    /// The covariance, in which another counts like so many windows.
    pub(crate) fn shrunk(&self, to: &[f64], weight: f64) -> Vec<f64> {
        let all = self.products.iter().zip(to);
        all.map(|(product, to)| (product + weight * to) / (self.free + weight)).collect()
    }
}

/// Adds the products of the deviations `[AT_ONCE][d]` of some windows.
fn add_products(products: &mut [f64], deviations: &[f64], d: usize) {
    let mut windows = deviations.chunks_exact(d);
    let [Some(a), Some(b), Some(c), Some(e)] = std::array::from_fn(|_| windows.next()) else {
        return;
    };
    for (i, row) in products.chunks_exact_mut(d).enumerate() {
        let (ai, bi, ci, ei) = (a[i], b[i], c[i], e[i]);
        for ((((product, a), b), c), e) in row.iter_mut().zip(a).zip(b).zip(c).zip(e) {
            *product = *product + ai * a + bi * b + ci * c + ei * e;
        }
    }
}

/// Some windows: how many, their mean, and how their numbers vary about it within each family.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    /// How many windows there are.
    pub(crate) windows: usize,
    /// μ, `[p]`; of a number that is the same in all of them that very number.
    pub(crate) mean: Vec<f64>,
    /// For each family its scatter.
    pub(crate) scatters: Vec<Scatter>,
}

impl Moments {
    /// Of some rows of `p` features; there is at least one.
    pub(crate) fn of(values: &[f64], p: usize, rows: &[usize], families: &[Family]) -> Self {
        let mean = mean(values, p, rows);
        let scatter = |family| Scatter::of(values, p, rows, family, &mean);
        let scatters = families.iter().map(scatter).collect();
        Self { windows: rows.len(), mean, scatters }
    }

    /// Of these and others together.
    pub(crate) fn joined(&self, other: &Self, families: &[Family]) -> Self {
        let windows = self.windows + other.windows;
        let apart: Vec<f64> = other.mean.iter().zip(&self.mean).map(|(b, a)| b - a).collect();
        let share = other.windows as f64 / windows as f64;
        let mean = self.mean.iter().zip(&apart).map(|(own, apart)| own + share * apart).collect();
        let both = self.scatters.iter().zip(&other.scatters).zip(families);
        let scatters = both
            .map(|((own, other), family)| own.joined(other, &apart[family.columns.clone()]))
            .collect();
        Self { windows, mean, scatters }
    }
}

/// The mean of rows of `p` features; of a number that is the same in all of them that very number, which the mean may miss
/// by its rounding.
fn mean(values: &[f64], p: usize, rows: &[usize]) -> Vec<f64> {
    let row = |row: usize| &values[row * p..(row + 1) * p];
    let first = rows.first().map_or(&[][..], |&first| row(first));
    let (mut mean, mut is_same) = (vec![0.0; p], vec![true; p]);
    for &at in rows {
        for (((sum, same), x), first) in mean.iter_mut().zip(&mut is_same).zip(row(at)).zip(first) {
            *sum += x;
            *same &= x == first;
        }
    }
    for ((sum, same), first) in mean.iter_mut().zip(is_same).zip(first) {
        *sum = if same { *first } else { *sum / rows.len() as f64 };
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of parts are those of all, and what never changes does not vary, however its mean is rounded.
    #[test]
    fn parts_joined_are_the_whole() {
        let values: Vec<f64> = (0..40)
            .flat_map(|at| {
                let x = f64::from(at);
                [(x * 0.7).sin(), 0.1, (x * 1.3).cos() + x]
            })
            .collect();
        let families =
            [Family { columns: 0..2, alike: true }, Family { columns: 2..3, alike: true }];
        let rows: Vec<usize> = (0..40).collect();
        let of = |rows: &[usize]| Moments::of(&values, 3, rows, &families);
        let whole = of(&rows);
        let (third, rest) = rows.split_at(13);
        let (second, first) = rest.split_at(1);
        let joined = of(first).joined(&of(second), &families).joined(&of(third), &families);
        assert_eq!((joined.windows, joined.scatters[0].free), (40, 39.0));
        assert_eq!((whole.mean[1], joined.mean[1]), (0.1, 0.1));
        assert_eq!((whole.scatters[0].products[3], joined.scatters[0].products[3]), (0.0, 0.0));
        let products = |all: &Moments| -> Vec<f64> {
            all.scatters
                .iter()
                .flat_map(|one| one.products.clone())
                .chain(all.mean.clone())
                .collect()
        };
        for (joined, whole) in products(&joined).iter().zip(products(&whole)) {
            assert!((joined - whole).abs() < 1e-9 * (1.0 + whole.abs()), "{joined} {whole}");
        }
    }
}
