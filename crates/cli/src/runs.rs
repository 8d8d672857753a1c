//! What simulated runs have as those of real machines do: `--warm-up` and its like.

use std::ops::Range;

use clap::Args;
use judder_data::simulate::{Fan, LoadStep, Run, Speed, State, Turn, WarmUp};

use crate::WrongUsage;
use crate::input::{self, number};

/// The most recordings of a run in which something happens.
const MOST: usize = 1_000_000;

/// What runs have.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "As real machines run (each left out is off)")]
pub(crate) struct Runs {
    /// The machine is cold at first, and louder; this long it gets warm: recordings, or a time as 180s or 3min
    #[arg(long, value_parser = span, allow_negative_numbers = true, value_name = "N|TIME")]
    warm_up: Option<Span>,
    /// From here on the machine carries another load: a recording's number, or a time as 10min
    #[arg(long, value_parser = span, allow_negative_numbers = true, value_name = "N|TIME")]
    load_step: Option<Span>,
    /// By how many dB the loudness wanders, as a standard deviation; real machines have 0.3 to 1
    #[arg(long, value_parser = size, allow_negative_numbers = true, value_name = "DB")]
    drift: Option<f64>,
    /// From here on the sensor is turned by 1.5 degrees and pressed on otherwise: a recording's number, or a time
    #[arg(long, value_parser = span, allow_negative_numbers = true, value_name = "N|TIME")]
    turn: Option<Span>,
    /// In so many recordings of each state somebody touches the sensor
    #[arg(long, value_parser = input::counts(0..=MOST), allow_negative_numbers = true, value_name = "N")]
    touch: Option<usize>,
    /// In so many recordings of each state something else is heard: a knock, a door, a lorry
    #[arg(long, value_parser = input::counts(0..=MOST), allow_negative_numbers = true, value_name = "N")]
    strange: Option<usize>,
    /// Speeds that are mixed in each state, as low,medium,high: each recording is at one of them
    #[arg(long, value_parser = speed, value_delimiter = ',', value_name = "SPEED")]
    mix: Vec<Speed>,
    /// Bursts of a damaged bearing, so many g high
    #[arg(long, value_parser = size, allow_negative_numbers = true, value_name = "G")]
    bursts: Option<f64>,
}

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Span {
    Recordings(u64),
    Seconds(f64),
}

impl Span {
    /// In recordings, of which one comes every so many seconds.
    fn recordings(self, every: f64) -> f64 {
        match self {
            Self::Recordings(count) => count as f64,
            Self::Seconds(seconds) => seconds / every,
        }
    }
}

impl Runs {
    /// The run of a state, of recordings of which one comes every so many seconds.
    ///
    /// # Errors
    /// [`WrongUsage`] where more recordings are to be touched or strange than there are.
    pub(crate) fn of(
        &self,
        fan: &Fan,
        state: State,
        numbers: Range<u64>,
        every: f64,
    ) -> Result<Run, WrongUsage> {
        let some = |option: &str, count: Option<usize>, which| {
            let (count, all) = (count.unwrap_or(0) as u64, numbers.end - numbers.start);
            if count > all {
                return Err(WrongUsage(format!(
                    "{option} {count}: there are {all} recordings (--recordings)"
                )));
            }
            Ok(fan.some_of(state, numbers.clone(), count, which))
        };
        // A recording that begins at that time or later is the first.
        let at = |span: Span| span.recordings(every).ceil() as u64;
        // One that takes no time is none.
        let warm_up = self.warm_up.map(|span| span.recordings(every)).filter(|&long| long > 0.0);
        Ok(Run {
            warm_up: warm_up.map(WarmUp::over),
            load_step: self.load_step.map(|span| LoadStep::from(at(span))),
            drift_db: self.drift.unwrap_or(0.0),
            turn: self.turn.map(|span| Turn::from(at(span))),
            touched: some("--touch", self.touch, 0)?,
            strange: some("--strange", self.strange, 1)?,
            speeds: self.mix.clone(),
            bursts_g: self.bursts.unwrap_or(0.0),
        })
    }
}

/// Recordings, or a time.
fn span(text: &str) -> Result<Span, &'static str> {
    let wrong = "it is a number of recordings, or a time as 180s, 3min or 1h";
    let at = text.find(|one: char| one.is_ascii_alphabetic()).unwrap_or(text.len());
    let (value, unit) = text.split_at(at);
    let seconds = match unit {
        "" => return value.parse().map(Span::Recordings).map_err(|_| wrong),
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong),
    };
    let value = number(value).filter(|value| *value >= 0.0).ok_or(wrong)?;
    Ok(Span::Seconds(value * seconds))
}

/// How large something is.
fn size(text: &str) -> Result<f64, &'static str> {
    number(text).filter(|size| *size >= 0.0).ok_or("it is a number from 0 up, as 0.5")
}

/// A setting of the fan's speed switch.
fn speed(name: &str) -> Result<Speed, &'static str> {
    let found = Speed::ALL.into_iter().find(|speed| speed.name() == name);
    found.ok_or("a speed is off, low, medium or high")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_and_recordings_have_none() {
        assert_eq!(span("180"), Ok(Span::Recordings(180)));
        assert_eq!(span("180s"), Ok(Span::Seconds(180.0)));
        assert_eq!(span("1.5min"), Ok(Span::Seconds(90.0)));
        assert_eq!(span("2h"), Ok(Span::Seconds(7200.0)));
        for wrong in ["", "s", "-3", "-3s", "1.5", "3 m", "3m", "nans", "infs", "1e400s"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        // One recording of 200 readings at 100 Hz comes every 2 s.
        assert_eq!(span("3min").map(|span| span.recordings(2.0)), Ok(90.0));
    }
}
