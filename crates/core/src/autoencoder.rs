//! The autoencoder: how badly a network that has learnt normal features gives them back.

use crate::{Dense, Error, Real, Score};

/// The mean squared error of reconstruction.
///
/// A network of dense layers, trained on normal windows, takes the features `x` and gives `x̂`. The
/// score is `1/n Σ (sᵢ (xᵢ - x̂ᵢ))²`, with `sᵢ` the reciprocal of the standard deviation of feature
/// `i` among normal windows: it has no unit, and 1 is what a network scores on average that gives
/// back the mean. With all `sᵢ` 1 it is the mean squared error as Keras computes it.
///
/// The network takes the features as they are: who trains it on standardised ones puts the
/// standardisation into its first and last layer.
#[derive(Debug, Clone, Copy)]
pub struct Autoencoder<'a, T> {
    layers: &'a [Dense<'a, T>],
    /// s, `[n]`
    scale: &'a [T],
    /// The most outputs of a layer.
    widest: usize,
}

impl<'a, T: Real> Autoencoder<'a, T> {
    /// An autoencoder of these layers; `scale` `[n]` has the weight of each feature's error.
    ///
    /// # Errors
    /// [`Error::Shape`] where there is no layer, one does not take what the one before it gives, or
    /// the network does not take and give `n` numbers; [`Error::Parameter`] where a scale is not
    /// finite.
    pub fn new(layers: &'a [Dense<'a, T>], scale: &'a [T]) -> Result<Self, Error> {
        let (mut given, mut widest) = (scale.len(), 0);
        for layer in layers {
            if layer.inputs() != given {
                return Err(Error::Shape { expected: given, found: layer.inputs() });
            }
            given = layer.outputs();
            widest = widest.max(given);
        }
        if given != scale.len() || widest == 0 {
            return Err(Error::Shape { expected: scale.len().max(1), found: widest.min(given) });
        }
        if !scale.iter().all(|s| s.is_finite()) {
            return Err(Error::Parameter);
        }
        Ok(Self { layers, scale, widest })
    }

    /// What the network makes of a feature vector `[n]`; it stands in the workspace.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another, or the workspace is smaller than
    /// [`Score::workspace`].
    #[inline]
    pub fn reconstruct<'w>(
        &self,
        features: &[T],
        workspace: &'w mut [T],
    ) -> Result<&'w [T], Error> {
        let short = Error::Shape { expected: self.workspace(), found: workspace.len() };
        // Also where these layers would do with less: what is too small does not depend on them.
        if workspace.len() < self.workspace() {
            return Err(short);
        }
        let (mut to, mut from) = workspace.split_at_mut_checked(self.widest).ok_or(short)?;
        let mut inputs = features;
        for layer in self.layers {
            let outputs = to.get_mut(..layer.outputs()).ok_or(short)?;
            layer.run(inputs, outputs)?;
            core::mem::swap(&mut from, &mut to);
            inputs = from.get(..layer.outputs()).ok_or(short)?;
        }
        from.get(..self.scale.len()).ok_or(short)
    }
}

impl<T: Real> Score<T> for Autoencoder<'_, T> {
    #[inline]
    fn dimension(&self) -> usize {
        self.scale.len()
    }

    /// Twice the widest layer.
    #[inline]
    fn workspace(&self) -> usize {
        self.widest.saturating_mul(2)
    }

    #[inline]
    fn score(&self, features: &[T], workspace: &mut [T]) -> Result<T, Error> {
        let reconstruction = self.reconstruct(features, workspace)?;
        let mut sum = T::ZERO;
        for ((&x, &y), &scale) in features.iter().zip(reconstruction).zip(self.scale) {
            let error = (x - y) * scale;
            sum += error * error;
        }
        let score = sum / T::from_count(self.scale.len());
        if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
    }
}
