//! Training an autoencoder: backpropagation of the error of reconstruction, Adam, several starts.

mod adam;
mod backpropagation;
mod fit;
mod health;
mod lanes;
mod options;
mod shape;
mod slope;
mod spread;
mod start;

pub use fit::{FittedAutoencoder, Unfit, fit_autoencoder};
pub use options::AutoencoderOptions;
pub use slope::can_be_trained;
