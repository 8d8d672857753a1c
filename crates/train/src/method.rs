//! The detectors that can be trained, and what comes of it.

use judder_model::{Autoencoder, DetectorKind, Gaussian, Learning, Mixture, Neighbours};

use crate::autoencoder::{AutoencoderOptions, FittedAutoencoder};
use crate::options::DEFAULT_FEATURES;
use crate::shrinkage::Shrinkage;

/// Which detector is trained, and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// A Gaussian for each state that the normal recordings show, their covariances shrunk like this.
    Mixture(Shrinkage),
    /// One Gaussian, its covariance shrunk like this.
    Mahalanobis(Shrinkage),
    /// The distance to the nearest of so many centres.
    KMeans(usize),
    /// The distance to so many of the most similar normal windows.
    Neighbours(usize),
    /// An autoencoder.
    Autoencoder(AutoencoderOptions),
    /// A detector that was fitted at another mounting, moved to where normal is now.
    Rebaseline(Box<DetectorKind>, Shrinkage),
}

impl Default for Method {
    fn default() -> Self {
        Self::Mixture(Shrinkage::default())
    }
}

impl Method {
    /// The centres of [`Method::KMeans`] unless told otherwise.
    pub const CENTRES: usize = 8;

    /// The neighbours of [`Method::Neighbours`] unless told otherwise.
    pub const NEIGHBOURS: usize = 5;

    /// Its name, as in `--detector`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mixture(_) => "mixture",
            Self::Mahalanobis(_) => "mahalanobis",
            Self::KMeans(_) => "k-means",
            Self::Neighbours(_) => "neighbours",
            Self::Autoencoder(_) => "autoencoder",
            Self::Rebaseline(detector, _) => detector.name(),
        }
    }

    /// The feature set of a model of this kind for which none is named.
    pub fn default_features(&self) -> &'static str {
        match self {
            // Few: a small network sees each of them better.
            Self::Autoencoder(_) => "log-mad+correlation",
            _ => DEFAULT_FEATURES,
        }
    }

    /// The fewest windows for `columns` features, the largest family of which has `widest`.
    pub(crate) fn fewest_windows(&self, columns: usize, widest: usize) -> usize {
        match self {
            // Within a family a covariance is shrunk as far as the windows are few.
            Self::Mixture(how) | Self::Mahalanobis(how) => match how {
                // A prior settles what windows do not.
                Shrinkage::Pooled => 0,
                Shrinkage::Families => widest,
                _ => 3 * columns,
            },
            Self::KMeans(k) => 2 * k,
            Self::Neighbours(k) => 2 * k,
            // Some are kept from the gradient, and a network has more numbers to find.
            Self::Autoencoder(_) => 5 * columns,
            // What is not yet known of the new mounting is known of the old.
            Self::Rebaseline(..) => 0,
        }
    }

    /// Whether its score is a squared Mahalanobis distance.
    pub(crate) fn is_gaussian(&self) -> bool {
        match self {
            Self::Mixture(_) | Self::Mahalanobis(_) => true,
            Self::Rebaseline(detector, _) => {
                matches!(**detector, DetectorKind::Mixture(_) | DetectorKind::Mahalanobis(_))
            }
            Self::KMeans(_) | Self::Neighbours(_) | Self::Autoencoder(_) => false,
        }
    }
}

/// A detector as it was fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Fitted {
    /// A Gaussian, and how far its correlations were shrunk.
    Mahalanobis(Gaussian, f64),
    /// Several Gaussians, how far their correlations were shrunk on average, and the windows of each.
    Mixture(Mixture, f64, Vec<usize>),
    /// Normal windows to be compared with.
    Neighbours(Neighbours),
    /// An autoencoder, and how its training went.
    Autoencoder(FittedAutoencoder),
    /// An autoencoder that was trained before, to which other features look as those did.
    Rescaled(Autoencoder),
}

impl Fitted {
    /// The detector itself.
    pub fn detector(&self) -> DetectorKind {
        match self {
            Self::Mahalanobis(gaussian, _) => DetectorKind::Mahalanobis(gaussian.clone()),
            Self::Mixture(mixture, ..) => DetectorKind::Mixture(mixture.clone()),
            Self::Neighbours(neighbours) => DetectorKind::Neighbours(neighbours.clone()),
            Self::Autoencoder(fitted) => DetectorKind::Autoencoder(fitted.autoencoder.clone()),
            Self::Rescaled(autoencoder) => DetectorKind::Autoencoder(autoencoder.clone()),
        }
    }

    /// How far correlations were shrunk, of Gaussians.
    pub(crate) fn shrinkage(&self) -> Option<f64> {
        match self {
            Self::Mahalanobis(_, far) | Self::Mixture(_, far, _) => Some(*far),
            Self::Neighbours(_) | Self::Autoencoder(_) | Self::Rescaled(_) => None,
        }
    }

    /// What the model says of an autoencoder's training.
    pub(crate) fn learning(&self) -> Option<Learning> {
        let Self::Autoencoder(fitted) = self else { return None };
        Some(Learning {
            epochs: fitted.epochs,
            loss: fitted.loss,
            explained: fitted.explained,
            starts: fitted.starts,
            refused: fitted.refused.len(),
        })
    }
}
