//! Options that several subcommands share.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use judder_core::{Feature, FeatureSet};
use judder_model::Rule;

use crate::WrongUsage;

/// The longest window or recording that an option takes, in readings: a day at 200 Hz.
pub(crate) const LONGEST: usize = 1 << 24;

/// Readings in a window.
pub(crate) fn window(text: &str) -> Result<usize, String> {
    counts(judder_core::MIN_LENGTH..=LONGEST)(text)
}

/// How many there are of something.
pub(crate) fn counts(
    range: RangeInclusive<usize>,
) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    move |text| {
        let count = text.parse().ok().filter(|count| range.contains(count));
        let (low, high) = (range.start(), range.end());
        count.ok_or_else(|| format!("it is a whole number from {low} to {high}"))
    }
}

/// A sample rate in Hz.
pub(crate) fn hertz(text: &str) -> Result<f64, &'static str> {
    let rate = number(text).filter(|&rate| rate > 0.0);
    rate.ok_or("a sample rate is a number of Hz above 0")
}

/// A share that may be none of a thing, but not all of it.
pub(crate) fn part(text: &str) -> Result<f64, &'static str> {
    let share = number(text).filter(|share| (0.0..1.0).contains(share));
    share.ok_or("a share is a number from 0 up and below 1, as 0.2")
}

/// A false-alarm rate.
fn alarms(text: &str) -> Result<f64, &'static str> {
    let rate = number(text).filter(|&rate| rate > 0.0 && rate < 1.0);
    rate.ok_or("a false-alarm rate is a number above 0 and below 1, as 0.01")
}

/// How many there are of something in a day.
fn a_day(text: &str) -> Result<f64, &'static str> {
    let count = number(text).filter(|&count| count > 0.0);
    count.ok_or("so many in a day is a number above 0")
}

/// A number that is finite.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A feature set from its name.
pub(crate) fn feature_set(name: &str) -> Result<FeatureSet, String> {
    name.parse().map_err(|error| {
        let known = Feature::ALL.map(|feature| feature.to_string()).join(", ");
        format!("{error}; join any of {known} with +, as in log-mad+correlation")
    })
}

/// Labelled recordings.
#[derive(Args, Clone)]
pub(crate) struct Labelled {
    /// Folders or files of normal recordings
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    pub(crate) normal: Vec<PathBuf>,
    /// Folders or files of anomalous recordings; they are judged, never learnt from
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(crate) anomaly: Vec<PathBuf>,
    /// Leave out recordings that cannot be used, and say which, instead of stopping
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

/// How a threshold is chosen.
#[derive(Args, Clone)]
pub(crate) struct Limit {
    /// How the threshold is chosen: conformal, quantile, chi-squared, mean+3sd, none, or a number
    /// [default: conformal]
    #[arg(long, allow_negative_numbers = true, value_name = "RULE")]
    pub(crate) threshold: Option<Rule>,
    /// The share of normal windows that may be above the threshold [default: 0.01]
    #[arg(long, value_parser = alarms, allow_negative_numbers = true, value_name = "R")]
    pub(crate) false_alarm_rate: Option<f64>,
    /// The same as a number of false alarms in a day, on average
    #[arg(
        long,
        value_parser = a_day,
        allow_negative_numbers = true,
        conflicts_with = "false_alarm_rate",
        value_name = "N"
    )]
    pub(crate) false_alarms_per_day: Option<f64>,
    #[command(flatten)]
    pub(crate) daily: Daily,
}

/// How often windows come.
#[derive(Args, Clone, Copy)]
pub(crate) struct Daily {
    /// Windows that are judged in a day, as 1440 where one is recorded each minute [default: as
    /// many as follow each other without a gap]
    #[arg(long, value_parser = a_day, allow_negative_numbers = true, value_name = "N")]
    pub(crate) windows_per_day: Option<f64>,
}

impl Limit {
    /// The option that says how many false alarms there may be, if one does.
    pub(crate) fn asked(&self) -> Option<&'static str> {
        let rate = self.false_alarm_rate.map(|_| "--false-alarm-rate");
        rate.or(self.false_alarms_per_day.map(|_| "--false-alarms-per-day"))
    }

    /// The false-alarm rate, where the rule takes one.
    pub(crate) fn rate(&self) -> Result<f64, WrongUsage> {
        match (self.asked(), self.threshold) {
            (Some(name), Some(rule @ (Rule::Given(_) | Rule::None | Rule::MeanPlusSd(_)))) => {
                Err(WrongUsage(format!("{name} has no say in --threshold {rule}")))
            }
            _ => Ok(self.false_alarm_rate.unwrap_or(0.01)),
        }
    }
}
