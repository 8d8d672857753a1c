//! `judder simulate`: a simulated fan.

use std::path::PathBuf;

use anyhow::{Context, bail};
use judder_data::simulate::{Fan, State};
use judder_data::store::write_folder;
use judder_data::{DataError, Entry, Problem, Recording};
use rayon::prelude::*;

use crate::Done;
use crate::output::{counted, say};
use crate::progress::Progress;

/// Make recordings of a simulated fan: off, low, medium, high, with and without a coin on a blade.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --recordings 50")]
pub(crate) struct Args {
    /// The dataset to make: a folder for each state; folders that hold something are never touched
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// States: off, low, medium or high, and +coin, +moved [default: the eight of the real fan]
    #[arg(long, value_delimiter = ',', value_name = "STATE")]
    pub(crate) states: Vec<State>,
    /// Recordings of each state
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) recordings: usize,
    /// The number of the first recording: a later one makes recordings that continue others
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) from: u64,
    /// Sample rate in Hz
    #[arg(long, default_value_t = 200.0, value_name = "HZ")]
    pub(crate) rate: f64,
    /// Readings in a recording
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) readings: usize,
    /// Another seed is another fan of the same kind
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) seed: u64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    if args.recordings == 0 {
        bail!("--recordings is at least 1");
    }
    let fan = Fan::new(args.seed);
    let states = if args.states.is_empty() { &State::REFERENCE[..] } else { &args.states };
    let folders: Vec<PathBuf> = states.iter().map(|s| args.out.join(s.folder_name(0))).collect();
    // All or nothing: look before the first file is written.
    for folder in &folders {
        if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(DataError { path: folder.clone(), problem: Problem::NotEmpty }.into());
        }
    }
    let progress = Progress::of(states.len());
    for (state, folder) in states.iter().zip(&folders) {
        let recordings: Vec<Recording> = (0..args.recordings as u64)
            .into_par_iter()
            .map(|number| fan.recording(*state, args.from + number, args.rate, args.readings))
            .collect::<Option<_>>()
            .context("--rate is a number of Hz above 0, and --readings is at least 1")?;
        write_folder(folder, &recordings, |number, entry| Entry {
            device: Some(format!("simulated-{}", args.seed)),
            label: Some(state.to_string()),
            sequence: Some(args.from + number as u64),
            source: Some("simulate".to_owned()),
            ..entry
        })?;
        progress.advance();
    }
    drop(progress);
    say(format_args!(
        "wrote {} of {} at {} Hz for each of {} to {}",
        counted(args.recordings, "recording"),
        counted(args.readings, "reading"),
        args.rate,
        counted(states.len(), "state"),
        args.out.display()
    ));
    Ok(Done::Well)
}
