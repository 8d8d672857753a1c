//! Fit, calibrate, evaluate: from normal recordings to a model that keeps its word.
//!
//! Fitting is `f64`, in a fixed order: the same recordings, options and seed give the same model,
//! byte for byte, on any number of threads. Anomalous recordings are only ever judged, never
//! learnt from.

mod ahead;
mod among;
mod autoencoder;
mod average;
mod baseline;
mod calibrate;
mod compare;
mod days;
mod decisions;
mod deviations;
mod error;
mod evaluate;
mod family;
mod fingerprint;
mod fit;
mod folded;
mod folds;
mod follow;
mod gates;
mod import;
mod int8;
mod interval;
mod judge_pieces;
mod kmeans;
mod known;
mod learner;
mod long_run;
mod look;
mod lying_apart;
mod measured;
mod method;
mod modes;
mod moments;
mod noise;
mod options;
mod outlier;
mod pace;
mod pooled;
mod pooling;
mod prepare;
mod profile;
mod promise;
mod rebaseline;
mod recalibrate;
mod reread;
mod robust;
mod roc;
mod runs;
mod scored;
mod shrinkage;
mod states;
mod stretch;
mod sweep;
mod table;
mod thinned;
mod told;
mod train;
mod unit;
mod usable;
mod wander;
mod watching;

pub use among::Among;
pub use autoencoder::{
    AutoencoderOptions, FittedAutoencoder, Unfit, can_be_trained, fit_autoencoder,
};
pub use baseline::{Baseline, Lengths, Rates};
pub use calibrate::{lowest_rate, threshold, windows_for};
pub use compare::{
    Apart, Area, Candidate, Compared, Comparison, Disturbance, Part, Split, Trial, Worth, apart,
    candidates, choose, each_apart, few,
};
pub use days::{Days, Limits, Moved};
pub use error::TrainError;
pub use evaluate::{
    Evaluation, EvaluationOptions, Judged, StateRow, evaluate, evaluate_windows, judge,
};
pub use family::Family;
pub use fit::{Fit, fit, fit_families};
pub use follow::{Follower, follow};
pub use import::{ImportOptions, Imported, import};
pub use int8::{Int8, Judged8, to_int8};
pub use interval::{Interval, auc_interval, share_interval};
pub use judge_pieces::{Begins, Judging, judge_pieces};
pub use known::Known;
pub use look::look;
pub use lying_apart::{Found, LeaveOut, LyingApart, Place, Stretches, Without};
pub use method::{Fitted, Method};
pub use modes::MOST_STATES;
pub use options::{DEFAULT_FEATURES, DEFAULT_RATE_HZ, Options};
pub use outlier::Outlier;
pub use pace::Pace;
pub use promise::{Promise, Served};
pub use rebaseline::{rebaseline, rebaseline_on};
pub use recalibrate::{Recalibrated, recalibrate};
pub use roc::{auc, true_positive_rate};
pub use runs::Runs;
pub use scored::{ScoredState, ScoredWindow};
pub use shrinkage::Shrinkage;
pub use stretch::Stretch;
pub use sweep::{Detected, SweepRow, sweep};
pub use table::{Refused, Table, extract};
pub use thinned::MOST_WINDOWS;
pub use told::{FACTOR, Told};
pub use train::{FITS, Trained, read, train, train_on, train_read, train_with};
pub use unit::{check_given, in_unit_of, looks_like, named};
pub use watching::{WatchOptions, idle_below};
