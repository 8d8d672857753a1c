//! The model file, and the foreign formats a model comes from and goes to.
//!
//! A [`Model`] is a feature set, a detector, a threshold and where they came from, bound to the
//! axes, window and sample rate of its data. It is read from and written to one JSON file, and
//! [`Scorer`] runs it with the code of `judder-core`.

mod arduino;
mod autoencoder;
mod bounded;
mod c;
mod chain;
mod contribution;
mod detector;
mod detector_file;
mod error;
mod file;
mod fixed_point;
mod footprint;
mod foreign;
mod gaussian;
mod gravity;
mod json_layout;
mod keras;
mod metadata;
mod mixture;
mod model;
mod mounted;
mod neighbours;
mod network;
mod npz;
mod onnx;
mod profile;
mod provenance;
mod quantised;
mod recalibration;
mod rounded;
mod rust_source;
mod scale;
mod scorer;
mod switches;
mod tflite;
mod threshold;
mod watching;
mod why;
mod windows;

pub use arduino::{SKETCH_DETECTOR, SketchDetector, SketchFile, to_arduino};
pub use autoencoder::{Autoencoder, Scaling, Takes};
pub use c::{CSource, Golden, identifier, to_c};
pub use contribution::{Contribution, Expected};
pub use detector::DetectorKind;
pub use error::{FormatError, ModelError, Problem};
pub use footprint::Footprint;
pub use foreign::{Foreign, ForeignGaussians, ForeignModel, read_foreign};
pub use gaussian::Gaussian;
pub use gravity::{ReadingUnit, gravity_axes};
pub use keras::from_keras;
pub use metadata::{METADATA_NAME, Metadata};
pub use mixture::{MAX_MODES, Mixture};
pub use model::{Binding, Model, Precision};
pub use mounted::Mounted;
pub use neighbours::Neighbours;
pub use network::{Layer, Network};
pub use npz::{from_npz, network_to_npz, to_npz};
pub use onnx::{from_onnx, from_onnx_in, to_onnx};
pub use profile::{NormalState, Profile};
pub use provenance::{Figure, Learning, Normal, Provenance};
pub use quantised::{Quantised, Steps};
pub use recalibration::Recalibration;
pub use rounded::feature_scores;
pub use rust_source::{Core, RustSource, to_rust};
pub use scale::Scale;
pub use scorer::{Misfit, RATE_TOLERANCE, Scored, Scorer, digits};
pub use switches::{Never, Turned};
pub use tflite::{from_tflite, to_tflite, to_tflite_int8};
pub use threshold::{Rule, Threshold};
pub use watching::{CLEARED_AFTER, LongRun, Outcome, SERVED_VOTES, Watcher, Watching};
pub use why::{Explainer, Reason, Vibration};
pub use windows::{Windows, starts};
