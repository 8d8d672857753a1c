//! How a model is trained.

use std::path::PathBuf;
use std::sync::Arc;

use judder_core::{FeatureSet, Unit};
use judder_data::ReadOptions;
use judder_model::{Binding, Precision, Rule};

use crate::calibrate::CHI_SQUARED;
use crate::error::TrainError;
use crate::lying_apart::LeaveOut;
use crate::method::Method;
use crate::pace::Pace;
use crate::watching::WatchOptions;

/// The feature set of a model for which none is named; but see [`Method::default_features`].
pub const DEFAULT_FEATURES: &str = "log-cov+diff-log-cov+total-octaves:6+bands:16";

/// The sample rate of recordings that tell none.
pub const DEFAULT_RATE_HZ: f64 = 200.0;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What is computed from a window.
    pub features: FeatureSet,
    /// Sample rate in Hz, where the recordings do not tell it or not truly.
    pub rate_hz: Option<f64>,
    /// The unit of the readings where nothing names it.
    pub unit: Option<Unit>,
    /// How the files are read.
    pub files: Arc<ReadOptions>,
    /// Readings in a window; else the length that the recordings share.
    pub window: Option<usize>,
    /// Readings from one window to the next; else the window's length.
    pub hop: Option<usize>,
    /// The arithmetic of the model.
    pub precision: Precision,
    /// How the threshold is chosen.
    pub rule: Rule,
    /// The share of normal windows that may lie above it.
    pub false_alarm_rate: f64,
    /// The false alarms in a day, where they are given: they count more than the rate.
    pub false_alarms_per_day: Option<f64>,
    /// Windows that are judged in a day; else one each hop.
    pub windows_per_day: Option<f64>,
    /// The detector, and how it is fitted.
    pub method: Method,
    /// How windows that follow each other are watched.
    pub watch: WatchOptions,
    /// Recordings of the machine standing still, to learn from below which activity it does.
    pub idle: Vec<PathBuf>,
    /// The seed of what is drawn by chance: the shuffled figures.
    pub seed: u64,
    /// The share of each folder, the last in time, that is kept for judging.
    pub hold_out: f64,
    /// Whether windows far from all others are set aside: neither learnt from nor a threshold's.
    pub robust: bool,
    /// What lies apart and is not learnt from; nothing, unless named.
    pub leave_out: Vec<LeaveOut>,
    /// Whether recordings that cannot be used are left out rather than refused.
    pub skip_bad: bool,
    /// Whether recordings are learnt from although a check finds errors in them.
    pub force: bool,
}

impl Default for Options {
    fn default() -> Self {
        let features = DEFAULT_FEATURES.parse();
        Self {
            features: features.unwrap_or_else(|_| unreachable!("they are features, and differ")),
            rate_hz: None,
            unit: None,
            window: None,
            hop: None,
            precision: Precision::F32,
            rule: Rule::Conformal,
            false_alarm_rate: 0.01,
            false_alarms_per_day: None,
            windows_per_day: None,
            method: Method::default(),
            watch: WatchOptions::default(),
            files: Arc::default(),
            idle: Vec::new(),
            seed: 0,
            hold_out: 0.0,
            robust: false,
            leave_out: Vec::new(),
            skip_bad: false,
            force: false,
        }
    }
}

impl Options {
    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), TrainError> {
        let wrong = |what: &str| Err(TrainError::Usage(what.to_owned()));
        if self.rate_hz.is_some_and(|rate| !(rate.is_finite() && rate > 0.0)) {
            return wrong("the sample rate (--rate) is a number of Hz above 0");
        }
        if self.window.is_some_and(|window| window < judder_core::MIN_LENGTH) {
            return wrong(&format!(
                "a window (--window) has at least {} readings",
                judder_core::MIN_LENGTH
            ));
        }
        if self.hop == Some(0) {
            return wrong("the hop (--hop) is at least 1 reading");
        }
        if !(0.0..1.0).contains(&self.hold_out) {
            return wrong("the share to hold out (--hold-out) lies between 0 and 1");
        }
        if let Method::Autoencoder(autoencoder) = &self.method
            && let Some(fault) = autoencoder.fault()
        {
            return wrong(&fault);
        }
        if self.rule == Rule::ChiSquared && !self.method.is_gaussian() {
            return wrong(CHI_SQUARED);
        }
        let day = (self.false_alarms_per_day, self.windows_per_day);
        if let (Some(alarms), Some(windows)) = day {
            Pace::PerDay(windows).rate(alarms).map_err(TrainError::Usage)?;
        }
        if !(self.false_alarm_rate > 0.0 && self.false_alarm_rate < 1.0) {
            return wrong("the false-alarm rate (--false-alarm-rate) lies between 0 and 1");
        }
        Ok(())
    }

    /// The same with the false-alarm rate that the false alarms of a day come to.
    pub(crate) fn with_rate(&self, binding: Binding) -> Result<Self, TrainError> {
        let mut options = self.clone();
        if let Some(alarms) = self.false_alarms_per_day {
            let pace = Pace::of(binding, self.windows_per_day);
            options.false_alarm_rate = pace.rate(alarms).map_err(TrainError::Option)?;
        }
        Ok(options)
    }
}
