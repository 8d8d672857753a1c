//! The parameters of a detector, rounded to the arithmetic it runs in.

use judder_core::{Activation, Autoencoder, Error, Mahalanobis, Mixture, Neighbours, Real, Score};

use crate::network::dense;
use crate::{DetectorKind, Gaussian, Precision};

/// The parameters of a detector in one arithmetic.
#[derive(Debug, Clone)]
pub(crate) enum Rounded<T> {
    Mahalanobis {
        mean: Vec<T>,
        blocks: Vec<u16>,
        whitening: Vec<T>,
    },
    /// The modes have blocks in common: zeros that one has beside its own stand there, too.
    Mixture {
        blocks: Vec<u16>,
        modes: Vec<(Vec<T>, Vec<T>)>,
    },
    Neighbours {
        scale: Vec<T>,
        rows: Vec<T>,
        k: usize,
    },
    Autoencoder {
        layers: Vec<(Vec<T>, Vec<T>, Activation)>,
        scale: Vec<T>,
    },
}

impl<T: Real> Rounded<T> {
    pub(crate) fn of(detector: &DetectorKind) -> Self {
        let rounded =
            |values: &[f64]| -> Vec<T> { values.iter().map(|&x| T::from_f64(x)).collect() };
        match detector {
            DetectorKind::Mahalanobis(gaussian) => Self::Mahalanobis {
                mean: rounded(gaussian.mean()),
                blocks: gaussian.blocks().to_vec(),
                whitening: rounded(gaussian.whitening()),
            },
            DetectorKind::Mixture(mixture) => {
                let blocks = mixture.blocks();
                let mode =
                    |one: &Gaussian| (rounded(one.mean()), rounded(&one.whitening_in(&blocks)));
                Self::Mixture { modes: mixture.modes().iter().map(mode).collect(), blocks }
            }
            DetectorKind::Neighbours(neighbours) => Self::Neighbours {
                scale: neighbours.scale().map(T::from_f64).collect(),
                rows: rounded(neighbours.rows()),
                k: neighbours.k(),
            },
            DetectorKind::Autoencoder(autoencoder) => Self::Autoencoder {
                layers: autoencoder.folded().rounded(),
                scale: rounded(&autoencoder.error_scale()),
            },
        }
    }

    /// How many features are in each block of a Gaussian; none of another detector.
    pub(crate) fn blocks(&self) -> &[u16] {
        match self {
            Self::Mahalanobis { blocks, .. } | Self::Mixture { blocks, .. } => blocks,
            Self::Neighbours { .. } | Self::Autoencoder { .. } => &[],
        }
    }

    /// Runs something with the core's detector of these parameters.
    pub(crate) fn with<R>(&self, run: impl FnOnce(&dyn Score<T>) -> R) -> Result<R, Error> {
        match self {
            Self::Mahalanobis { mean, blocks, whitening } => {
                Ok(run(&Mahalanobis::in_blocks(mean, blocks, whitening)?))
            }
            Self::Mixture { blocks, modes } => {
                let modes = modes
                    .iter()
                    .map(|(mean, whitening)| Mahalanobis::in_blocks(mean, blocks, whitening));
                let modes = modes.collect::<Result<Vec<_>, _>>()?;
                Ok(run(&Mixture::new(&modes)?))
            }
            Self::Neighbours { scale, rows, k } => Ok(run(&Neighbours::new(scale, rows, *k)?)),
            Self::Autoencoder { layers, scale } => {
                Ok(run(&Autoencoder::new(&dense(layers)?, scale)?))
            }
        }
    }

    /// Score by score, or several at once.
    fn scores<'r>(&self, rows: impl Iterator<Item = &'r [f64]>) -> Result<Vec<f64>, Error> {
        match self {
            Self::Mahalanobis { mean, blocks, whitening } => {
                let gaussian = Mahalanobis::in_blocks(mean, blocks, whitening)?;
                side_by_side(rows, mean.len(), |beside| {
                    gaussian.scores_below(beside, &[T::from_f64(f64::INFINITY); BESIDE])
                })
            }
            Self::Mixture { blocks, modes } => {
                let gaussian = |(mean, whitening)| Mahalanobis::in_blocks(mean, blocks, whitening);
                let modes: Vec<_> =
                    modes.iter().map(|(a, b)| gaussian((a, b))).collect::<Result<_, _>>()?;
                let mixture = Mixture::new(&modes)?;
                side_by_side(rows, mixture.dimension(), |beside| mixture.scores(beside))
            }
            Self::Neighbours { scale, rows: kept, k } => {
                let neighbours = Neighbours::new(scale, kept, *k)?;
                let mut nearest = vec![[T::ZERO; BESIDE]; *k];
                side_by_side(rows, scale.len(), |beside| neighbours.scores(beside, &mut nearest))
            }
            Self::Autoencoder { .. } => self.with(|score| one_by_one(rows, score))?,
        }
    }
}

/// Windows that are scored at once.
const BESIDE: usize = 8;

/// A score too large for the arithmetic is above every threshold.
fn known<T: Real>(score: T) -> f64 {
    if score.is_finite() { score.to_f64() } else { f64::MAX }
}

fn one_by_one<'r, T: Real>(
    rows: impl Iterator<Item = &'r [f64]>,
    score: &dyn Score<T>,
) -> Result<Vec<f64>, Error> {
    let mut workspace = vec![T::ZERO; score.workspace()];
    let mut features = Vec::with_capacity(score.dimension());
    rows.map(|row| {
        features.clear();
        features.extend(row.iter().map(|&x| T::from_f64(x)));
        match score.score(&features, &mut workspace) {
            Err(Error::ScoreNotRepresentable) => Ok(f64::MAX),
            score => score.map(known),
        }
    })
    .collect()
}

fn side_by_side<'r, T: Real>(
    rows: impl Iterator<Item = &'r [f64]>,
    dimension: usize,
    mut score: impl FnMut(&[[T; BESIDE]]) -> Result<[T; BESIDE], Error>,
) -> Result<Vec<f64>, Error> {
    let mut beside = vec![[T::ZERO; BESIDE]; dimension];
    let (mut scores, mut filled) = (Vec::with_capacity(rows.size_hint().0), 0);
    for row in rows {
        if row.len() != dimension {
            return Err(Error::Shape { expected: dimension, found: row.len() });
        }
        for (lanes, &x) in beside.iter_mut().zip(row) {
            lanes[filled] = T::from_f64(x);
        }
        filled += 1;
        if filled == BESIDE {
            scores.extend(score(&beside)?.map(known));
            filled = 0;
        }
    }
    if filled > 0 {
        // Those behind are windows of before, whose scores are known.
        scores.extend(score(&beside)?.into_iter().take(filled).map(known));
    }
    Ok(scores)
}

/// The scores that a detector gives to rows of features, in `precision`: the core's own. One too
/// large for that is `f64::MAX`, above every threshold.
///
/// # Errors
/// Where a parameter is too large for `precision`, or a row has another number of features.
pub fn feature_scores<'r>(
    detector: &DetectorKind,
    precision: Precision,
    rows: impl Iterator<Item = &'r [f64]>,
) -> Result<Vec<f64>, Error> {
    match precision {
        Precision::F32 => Rounded::<f32>::of(detector).scores(rows),
        Precision::F64 => Rounded::<f64>::of(detector).scores(rows),
    }
}
