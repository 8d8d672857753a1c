//! Normal feature vectors, kept to be compared with.

/// The normal feature vectors that a window is compared with, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// The standard deviation of each feature, `[n]`
    sd: Vec<f64>,
    /// `[rows][n]`
    rows: Vec<f64>,
    k: usize,
}

impl Neighbours {
    /// Vectors `rows` `[rows][n]`, compared in the standard deviations `sd` `[n]` of their features;
    /// the `k` nearest count.
    ///
    /// # Errors
    /// A sentence that says what is wrong: sizes that do not belong together, a number that is not
    /// finite, a standard deviation that is not above 0, fewer than `k` rows.
    pub fn new(sd: Vec<f64>, rows: Vec<f64>, k: usize) -> Result<Self, String> {
        let n = sd.len();
        if n == 0 {
            return Err("there are no features".to_owned());
        }
        let usable = |&x: &f64| x > 0.0 && x.is_finite() && x.recip().is_finite();
        if let Some(row) = sd.iter().position(|x| !usable(x)) {
            return Err(format!("the standard deviation of feature {row} is not above 0"));
        }
        if !rows.iter().all(|x| x.is_finite()) {
            return Err("there is a number that is not finite".to_owned());
        }
        if !rows.len().is_multiple_of(n) || k == 0 || rows.len() / n < k {
            let numbers = rows.len();
            return Err(format!(
                "{numbers} numbers are not at least k = {k} (and k at least 1) rows of {n} features"
            ));
        }
        Ok(Self { sd, rows, k })
    }

    /// The standard deviation of each feature, `[n]`
    pub fn sd(&self) -> &[f64] {
        &self.sd
    }

    /// The normal feature vectors, `[rows][n]`
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    /// How many of the nearest count.
    pub fn k(&self) -> usize {
        self.k
    }

    /// What a difference of each feature is multiplied by, `[n]`
    pub(crate) fn scale(&self) -> impl Iterator<Item = f64> + '_ {
        self.sd.iter().map(|sd| sd.recip())
    }
}
