//! What the detector promises, as properties over random windows.

#[cfg(test)]
mod activation_values;
mod activations;
#[cfg(test)]
mod autoencoder;
#[cfg(test)]
mod blocks;
#[cfg(test)]
mod decision;
#[cfg(test)]
mod definitions;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod excuses;
#[cfg(test)]
mod extremes;
#[cfg(test)]
mod feature_set;
#[cfg(test)]
mod features;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod gaussian;
#[cfg(test)]
mod invariance;
#[cfg(test)]
mod learning;
#[cfg(test)]
mod log_cov;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod mixture;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod network;
#[cfg(test)]
mod posture;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod spectrum;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod tolerance;
#[cfg(test)]
mod units;
#[cfg(test)]
mod watch;
#[cfg(test)]
mod windows;
