//! The threshold of a model, and the rule that gave it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Precision;
use crate::error::Problem;

/// How a threshold is chosen from the scores of normal windows that the fit has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Rule {
    /// `conformal`: the score of rank `(n + 1)(1 - rate)`, interpolated: of windows that come like
    /// these did, the share `rate` lies above it on average, whatever the distribution of the
    /// scores (Vovk 2005); between whole ranks it may be off by less than `1 / (n + 1)`.
    #[default]
    Conformal,
    /// `quantile`: the `1 - rate` quantile of the scores, interpolated.
    Quantile,
    /// `mean+3sd`: the mean plus so many standard deviations.
    MeanPlusSd(f64),
    /// `chi-squared`: the `1 - rate` quantile of χ², which the score follows if features are
    /// Gaussian: an assumption, not a measurement.
    ChiSquared,
    /// A number that was given.
    Given(f64),
    /// `none`: there is only a score, and nothing is an anomaly. The value is
    /// [`Precision::largest`](crate::Precision::largest), which no score exceeds.
    None,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conformal => f.write_str("conformal"),
            Self::Quantile => f.write_str("quantile"),
            Self::MeanPlusSd(times) => write!(f, "mean+{times}sd"),
            Self::ChiSquared => f.write_str("chi-squared"),
            Self::Given(value) => write!(f, "{value}"),
            Self::None => f.write_str("none"),
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let finite =
            |number: &str| number.parse().ok().filter(|x: &f64| x.is_finite() && *x >= 0.0);
        match text {
            "conformal" => return Ok(Self::Conformal),
            "quantile" => return Ok(Self::Quantile),
            "chi-squared" => return Ok(Self::ChiSquared),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let times = text.strip_prefix("mean+").and_then(|rest| rest.strip_suffix("sd"));
        if let Some(times) = times.and_then(finite) {
            return Ok(Self::MeanPlusSd(times));
        }
        finite(text).map(Self::Given).ok_or_else(|| {
            "a threshold rule is conformal, quantile, chi-squared, mean+3sd (or another multiple), \
             none, or a number that is not negative"
                .to_owned()
        })
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(_) => to.serialize_str("given"),
            rule => to.collect_str(rule),
        }
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.as_str() {
            // The number stands beside the rule.
            "given" => Ok(Self::Given(0.0)),
            text => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// Where the anomalies begin, and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// A score above this is an anomaly.
    pub value: f64,
    /// How it was chosen.
    pub rule: Rule,
    /// The false-alarm rate that was asked for, if the rule uses one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub false_alarm_rate: Option<f64>,
    /// How many normal windows, unseen by the fit that scored them, it was chosen from.
    pub windows: usize,
}

impl Threshold {
    /// The same, once it is one that a model of this arithmetic can have.
    pub(crate) fn checked(mut self, precision: Precision) -> Result<Self, Problem> {
        if !(self.value.is_finite() && self.value >= 0.0) {
            return Err(Problem::field("threshold.value", "is not a number from 0 up"));
        }
        match &mut self.rule {
            Rule::Given(given) => *given = self.value,
            Rule::None => self.value = precision.largest(),
            Rule::MeanPlusSd(times) if !(times.is_finite() && *times >= 0.0) => {
                return Err(Problem::field("rule", format!("{times} standard deviations")));
            }
            _ => {}
        }
        if !self.false_alarm_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)) {
            return Err(Problem::field("false_alarm_rate", "is not a number from 0 to 1"));
        }
        if precision == Precision::F32 && !(self.value as f32).is_finite() {
            return Err(Problem::field("threshold.value", "is too large for f32"));
        }
        Ok(self)
    }
}
