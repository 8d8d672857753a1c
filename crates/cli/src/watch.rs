//! Options of how windows that follow each other are watched.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use judder_model::Turned;
use judder_train::WatchOptions;

use crate::input;

/// How windows that follow each other are watched.
#[derive(clap::Args, Clone)]
pub(crate) struct Watch {
    /// Decide on the mean of the last K scores: slower, and with far fewer errors [default: 1]
    #[arg(
        long,
        value_parser = input::counts(1..=judder_core::MOST_SCORES),
        allow_negative_numbers = true,
        value_name = "K"
    )]
    average: Option<usize>,
    /// Raise an alarm where M of the last N decisions are above the threshold, as 2/3 [default: 1/1]
    #[arg(long, value_parser = votes, value_name = "M/N")]
    votes: Option<(usize, usize)>,
    /// Clear an alarm only below this share of the threshold [default: 1]
    #[arg(long, value_parser = share, allow_negative_numbers = true, value_name = "SHARE")]
    clear: Option<f64>,
    /// Recordings of the machine standing still: windows like these are then called idle
    #[arg(long, num_args = 1.., value_name = "DIR", conflicts_with = "idle_below")]
    pub(crate) idle: Vec<PathBuf>,
    /// Call windows idle that vibrate less than this across gravity, in g, or as the readings are where
    /// their unit is unknown
    #[arg(long, value_parser = above_zero, allow_negative_numbers = true, value_name = "G")]
    idle_below: Option<f64>,
    /// Give the machine so long to settle, as 3min: that much of the start of each normal folder is not learnt
    /// from, and no window is judged for as long after idle ones
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    settle: Option<Duration>,
    /// Whether windows in which the sensor is moved are called handled, and not judged [default: as
    /// learnt]
    #[arg(long, value_enum, value_name = "WHEN")]
    handled: Option<Handled>,
    /// Call windows remounted in which gravity is turned by more degrees than this against the
    /// baseline, or any for never [default: 2, more where the baseline itself turns]
    #[arg(long, value_parser = degrees, allow_negative_numbers = true, value_name = "DEGREES")]
    turned: Option<Turned>,
}

/// When a window is handled.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Handled {
    /// Where the mean moves by more than in normal windows, and than vibration explains
    Learnt,
    /// Never
    Never,
}

impl Watch {
    pub(crate) fn options(&self) -> WatchOptions {
        let default = WatchOptions::default();
        WatchOptions {
            average: self.average.unwrap_or(default.average),
            votes: self.votes.unwrap_or(default.votes),
            clear: self.clear.unwrap_or(default.clear),
            idle_below: self.idle_below,
            settle: self.settle.map_or(0.0, |settle| settle.as_secs_f64()),
            handled: self.handled != Some(Handled::Never),
            turned: self.turned,
        }
    }
}

pub(crate) fn votes(text: &str) -> Result<(usize, usize), String> {
    let most = judder_core::MOST_SCORES;
    let parts = text.split_once('/').and_then(|(m, n)| Some((m.parse().ok()?, n.parse().ok()?)));
    parts
        .filter(|&(m, n)| 1 <= m && m <= n && n <= most)
        .ok_or_else(|| format!("votes are M/N with 1 <= M <= N <= {most}, as 2/3"))
}

pub(crate) fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or("a share of the threshold is a number above 0 and at most 1, as 0.7")
}

fn above_zero(text: &str) -> Result<f64, &'static str> {
    let limit = text.parse().ok().filter(|limit: &f64| limit.is_finite() && *limit > 0.0);
    limit.ok_or("a vibration is a number above 0, as 0.003")
}

fn degrees(text: &str) -> Result<Turned, &'static str> {
    if text == "any" {
        return Ok(Turned::Any);
    }
    let degrees = text.parse().ok().filter(|degrees: &f64| *degrees > 0.0 && *degrees < 180.0);
    degrees
        .map(Turned::Degrees)
        .ok_or("an angle is a number of degrees above 0 and below 180, or any")
}
