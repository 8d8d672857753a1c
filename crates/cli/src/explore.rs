//! `judder explore`: a page that shows what recordings look like.

use std::io::Write;
use std::path::PathBuf;

use judder_core::Unit;
use judder_data::store::write_whole;
use judder_report::{ExploreOptions, explore};

use crate::files::{self, Files};
use crate::input::{self, hertz};
use crate::output::{note, say};
use crate::progress::Progress;
use crate::{Done, target};

/// Look at recordings: one page, in one file, that opens in any browser.
///
/// Which features tell the states apart, which states are alike, what is wrong with the recordings, and
/// the command that trains a model on them; waveforms, spectra, spectrograms and points to turn.
/// Recordings that cannot be read, or do not fit the others, are left out and named on the page.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder explore --normal fan/fan_0_low_0_weight --anomaly fan/fan_0_low_1_weight -o fan.html")]
pub(crate) struct Args {
    /// Folders or files of normal recordings; each folder is a state
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    pub(crate) normal: Vec<PathBuf>,
    /// Folders or files of anomalous recordings
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(crate) anomaly: Vec<PathBuf>,
    /// Sample rate in Hz, whatever the recordings say [default: as they say, else 200]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// Readings in a window [default: the length that the recordings share]
    #[arg(long, value_parser = input::window, allow_negative_numbers = true, value_name = "N")]
    pub(crate) window: Option<usize>,
    /// The page to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) files: Files,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    target::spare(&args.output, &[args.normal.as_slice(), &args.anomaly].concat())?;
    let files = args.files.options(args.rate, args.unit)?;
    files::tell(&[args.normal.as_slice(), &args.anomaly].concat(), &files)?;
    let options =
        ExploreOptions { files, rate_hz: args.rate, window: args.window, unit: args.unit };
    let progress = Progress::new();
    let explored = explore(&args.normal, &args.anomaly, options, &progress)?;
    drop(progress);
    for reason in &explored.left_out {
        note(format_args!("left out {reason}"));
    }
    write_whole(&args.output, |to| to.write_all(explored.html.as_bytes()))?;
    for sentence in &explored.advice {
        say(sentence);
    }
    if let Some(command) = &explored.command {
        say(format_args!("\nTrain a model with:\n  {command}\n"));
    }
    say(format_args!("wrote {}", args.output.display()));
    Ok(Done::Well)
}
