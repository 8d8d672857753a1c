//! The mean and covariance of the features of normal windows.

use judder_core::{MAX_FEATURES, blocks_len, packed_len, whiten_blocks};

/// By how much elements of a correlation matrix may differ from their mirror images: rounding.
const ASYMMETRY: f64 = 1e-9;

/// The mean and covariance of `n` features. The covariance is positive definite, and kept in the
/// smallest blocks of neighbouring features beyond which all of it is exactly 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    /// μ, `[n]`
    mean: Vec<f64>,
    /// How many features are in each block; they sum to `n`.
    blocks: Vec<u16>,
    /// Σ of each block, `[b × b]`, row by row, one after the other
    squares: Vec<f64>,
    /// W of each block, packed `[b (b + 1) / 2]`, one after the other
    whitening: Vec<f64>,
}

impl Gaussian {
    /// A Gaussian of this mean `[n]` and covariance `[n × n]`, row by row. Its blocks are found.
    ///
    /// # Errors
    /// A sentence that says what is wrong: sizes that do not belong together, more than
    /// [`MAX_FEATURES`] of them, a number that is not finite, a matrix that is not symmetric or not
    /// positive definite.
    pub fn new(mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self, String> {
        let n = checked_len(&mean)?;
        if covariance.len() != n * n {
            return Err(format!("the mean has {n} numbers, but the covariance is not {n} × {n}"));
        }
        Self::of_squares(mean, vec![covariance])
    }

    /// A Gaussian of this mean `[n]` and of a covariance in blocks along the diagonal, each `[b × b]`,
    /// row by row. A block that falls into smaller ones is taken for these.
    ///
    /// # Errors
    /// As [`Gaussian::new`], rows being counted over all blocks.
    pub fn of_blocks(mean: Vec<f64>, blocks: Vec<Vec<f64>>) -> Result<Self, String> {
        let n = checked_len(&mean)?;
        let mut features = 0;
        for (at, block) in blocks.iter().enumerate() {
            let size = block.len().isqrt();
            if size == 0 || size * size != block.len() {
                let found = block.len();
                return Err(format!("block {at} has {found} numbers, which make no square"));
            }
            features += size;
        }
        if features != n {
            return Err(format!(
                "the mean has {n} numbers, but the blocks are of {features} features together"
            ));
        }
        Self::of_squares(mean, blocks)
    }

    fn of_squares(mean: Vec<f64>, given: Vec<Vec<f64>>) -> Result<Self, String> {
        if !mean.iter().chain(given.iter().flatten()).all(|x| x.is_finite()) {
            return Err("there is a number that is not finite".to_owned());
        }
        let (mut blocks, mut squares, mut triangles) = (Vec::new(), Vec::new(), Vec::new());
        let mut before = 0;
        for square in &given {
            let n = square.len().isqrt();
            let at = |row: usize, column: usize| square[row * n + column];
            symmetric(n, before, &at)?;
            for (first, size) in parts(n, &at) {
                let all = first..first + size;
                blocks.push(u16::try_from(size).unwrap_or(u16::MAX));
                for row in all.clone() {
                    triangles.extend((first..=row).map(|column| at(row, column)));
                    squares.extend(all.clone().map(|column| at(row.max(column), row.min(column))));
                }
            }
            before += n;
        }
        // What is whole stays as it was given: its upper triangle may be another's rounding.
        if let ([_], [_]) = (blocks.as_slice(), given.as_slice()) {
            squares = given.concat();
        }
        let (mut deviations, mut whitening) = (vec![0.0; mean.len()], vec![0.0; triangles.len()]);
        whiten_blocks(&blocks, &triangles, &mut deviations, &mut whitening).map_err(|error| {
            let row = match error {
                judder_core::Error::NotPositiveDefinite { row } => row,
                _ => 0,
            };
            format!(
                "the covariance is not positive definite at row {row}: \
                 feature {row} does not vary, or follows from the others"
            )
        })?;
        Ok(Self { mean, blocks, squares, whitening })
    }

    /// μ, `[n]`
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// How many features are in each block along the diagonal of Σ: they sum to `n`. Beside the
    /// blocks all of it is 0.
    pub fn blocks(&self) -> &[u16] {
        &self.blocks
    }

    /// Σ of each block, `[b × b]`, row by row.
    pub fn squares(&self) -> impl Iterator<Item = &[f64]> {
        let mut rest = self.squares.as_slice();
        self.blocks.iter().map(move |&size| {
            let (square, behind) = rest.split_at(usize::from(size).pow(2));
            rest = behind;
            square
        })
    }

    /// Σ, `[n × n]`, row by row, with the zeros beside the blocks.
    pub fn covariance(&self) -> Vec<f64> {
        let n = self.mean.len();
        let (mut whole, mut first) = (vec![0.0; n * n], 0);
        for (square, &size) in self.squares().zip(&self.blocks) {
            let size = usize::from(size);
            for (row, elements) in (first..).zip(square.chunks(size)) {
                whole[row * n + first..][..size].copy_from_slice(elements);
            }
            first += size;
        }
        whole
    }

    /// W with `WᵀW = Σ⁻¹`, what the core runs: of each block a lower triangle, packed
    /// `[b (b + 1) / 2]`, one after the other.
    pub fn whitening(&self) -> &[f64] {
        &self.whitening
    }

    /// W row by row: which feature a row begins with, and its numbers up to the diagonal.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let (mut rest, mut first) = (self.whitening.as_slice(), 0);
        self.blocks.iter().flat_map(move |&size| {
            let (mut triangle, behind) = rest.split_at(packed_len(size.into()));
            let begins = first;
            (rest, first) = (behind, first + usize::from(size));
            (1..=usize::from(size)).map(move |length| {
                let (row, below) = triangle.split_at(length);
                triangle = below;
                (begins, row)
            })
        })
    }

    /// W in larger blocks, each of which is some of the Gaussian's own.
    pub(crate) fn whitening_in(&self, blocks: &[u16]) -> Vec<f64> {
        let mut whitening = Vec::with_capacity(blocks_len(blocks));
        let mut rows = self.rows();
        let mut first = 0;
        for &size in blocks {
            for (begins, row) in rows.by_ref().take(size.into()) {
                whitening.extend(std::iter::repeat_n(0.0, begins - first));
                whitening.extend(row);
            }
            first += usize::from(size);
        }
        whitening
    }

    /// The diagonal of W, `[n]`.
    pub(crate) fn scales(&self) -> impl Iterator<Item = f64> + '_ {
        self.rows().filter_map(|(_, row)| row.last().copied())
    }
}

/// How many features a mean is of, where a model can have so many.
fn checked_len(mean: &[f64]) -> Result<usize, String> {
    match mean.len() {
        0 => Err("there are no features".to_owned()),
        n if n > MAX_FEATURES => Err(format!("there are {n} features, and {MAX_FEATURES} at most")),
        n => Ok(n),
    }
}

/// Fails where a square, whose rows stand behind so many others, is not its own mirror image.
fn symmetric(n: usize, before: usize, at: &impl Fn(usize, usize) -> f64) -> Result<(), String> {
    // Measured by the two standard deviations: other units do not hide an error.
    let scale = |row: usize| at(row, row).abs().sqrt();
    for row in 0..n {
        for column in 0..row {
            let error = (at(row, column) - at(column, row)).abs();
            if error > ASYMMETRY * scale(row) * scale(column) {
                let (row, column) = (before + row, before + column);
                return Err(format!(
                    "the covariance is not symmetric at row {row}, column {column}"
                ));
            }
        }
    }
    Ok(())
}

/// The smallest blocks beside which the lower triangle is 0: where each begins, and its size.
fn parts(n: usize, at: &impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let (mut parts, mut end, mut least) = (Vec::new(), n, n);
    for row in (0..n).rev() {
        let first = (0..row).find(|&column| at(row, column) != 0.0).unwrap_or(row);
        least = least.min(first);
        if least == row {
            parts.push((row, end - row));
            end = row;
        }
    }
    parts.reverse();
    parts
}
