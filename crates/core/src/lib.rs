//! The detector of judder: window → features → score → verdict.
//!
//! `no_std`, without allocation, without `unsafe`, and without a path that panics. Every buffer is
//! the caller's. The same code runs on a server and on a microcontroller, and its bits are equal
//! there: it uses only the four operations and the square root of IEEE 754, and [`libm`] for the
//! logarithm, the exponential and the hyperbolic tangent, never the platform's mathematics library.
//!
//! Everything is generic over [`Real`], that is `f32` (what a detector runs in) and `f64` (what
//! fitting uses).
//!
//! # Examples
//! ```
//! use judder_core::{Detector, FeatureSet, Mahalanobis, Verdict, Window};
//!
//! // A window of 64 readings of 3 axes, fed reading by reading.
//! let mut window = Window::<_, f32>::new([0.0; 3 * 64], 3, 64, 64)?;
//! let features: FeatureSet = "mad".parse()?;
//! let gaussian = Mahalanobis::new(&[0.5, 0.5, 0.5], &[9.0, 0.0, 9.0, 0.0, 0.0, 9.0])?;
//! let detector = Detector::new(features, gaussian, 11.3, 3, 64)?;
//!
//! let (mut scratch, mut values) = ([0; 64], [0.0; 3]);
//! for i in 0..64u8 {
//!     let wobble = f32::from(i % 7) - 3.0;
//!     if let Some(full) = window.push(&[wobble, -wobble, 1.0 + wobble])? {
//!         let judged = detector.judge(&full, &mut scratch, &mut values)?;
//!         assert_eq!(judged.verdict, Verdict::Anomaly);
//!     }
//! }
//! # Ok::<(), judder_core::Error>(())
//! ```
#![no_std]

mod activation;
mod autoencoder;
mod blocks;
mod cholesky;
mod covariance;
mod decision;
mod dense;
mod detector;
mod direction;
mod drift;
mod error;
mod feature;
#[cfg(target_pointer_width = "64")]
mod four_segments;
mod fourier;
mod gates;
mod gravity_axes;
mod jacobi;
mod lanes;
mod learning;
#[cfg(any(test, target_abi = "eabihf"))]
mod mad_near;
mod mahalanobis;
mod median;
mod mixture;
mod moments;
mod mounting;
mod movement;
mod neighbours;
mod posture;
mod readings;
mod real;
mod score;
mod sines;
mod spectrum;
mod unit;
mod watch;
mod welch;
mod whitening;
mod window;

pub use activation::Activation;
pub use autoencoder::Autoencoder;
pub use blocks::blocks_len;
pub use cholesky::{cholesky, invert_lower, packed_len};
pub use decision::{Decision, MOST_SCORES};
pub use dense::Dense;
pub use detector::{Detector, Judgement, Verdict};
pub use drift::{Drift, LONGEST_DRIFT};
pub use error::Error;
pub use feature::{Bands, Feature, FeatureName, FeatureSet, MAX_FEATURES};
pub use gates::{Gates, MOST_MOUNTINGS};
pub use gravity_axes::GravityAxes;
pub use learning::{Baseline, BaselineError, Learning, Plan, Step, baseline_len, learning_len};
pub use mahalanobis::Mahalanobis;
pub use median::{mad, median};
pub use mixture::Mixture;
pub use mounting::{Mounting, Orientation};
pub use neighbours::Neighbours;
pub use posture::Posture;
pub use readings::{MAX_AXES, MIN_LENGTH, Readings};
pub use real::{Key, Real};
pub use score::Score;
pub use unit::{Unit, gravity};
pub use watch::{Watch, Watched};
pub use welch::Welch;
pub use whitening::{whiten, whiten_blocks};
pub use window::Window;
