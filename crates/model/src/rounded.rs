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

    fn scores<'r>(&self, rows: impl Iterator<Item = &'r [f64]>) -> Result<Vec<f64>, Error> {
        self.with(|score| {
            let mut workspace = vec![T::ZERO; score.workspace()];
            rows.map(|row| {
                let row: Vec<T> = row.iter().map(|&x| T::from_f64(x)).collect();
                match score.score(&row, &mut workspace) {
                    // A score too large for the arithmetic is above every threshold.
                    Err(Error::ScoreNotRepresentable) => Ok(f64::MAX),
                    score => score.map(Real::to_f64),
                }
            })
            .collect()
        })?
    }
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
