//! `judder simulate`: a simulated fan.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::Context;
use judder_data::simulate::{Fan, Run, State};
use judder_data::store::write_folder;
use judder_data::{DataError, Entry, Problem, Recording};
use rayon::prelude::*;

use crate::Done;
use crate::boards::Boards;
use crate::input::{self, hertz};
use crate::output::{counted, say};
use crate::progress::Progress;
use crate::runs::Runs;

/// The most recordings of a state.
const MOST_RECORDINGS: usize = 1_000_000;

/// Make recordings of a simulated fan: off, low, medium, high, with and without a coin on a blade.
///
/// With --post, as boards that post them to a server (judder collect).
#[derive(clap::Args, Clone)]
#[command(after_help = "Examples:\n  judder simulate --out fan --recordings 50\n  \
                        judder simulate --out real --recordings 300 --states high --warm-up 90s --drift 0.5 --strange 1")]
pub(crate) struct Args {
    /// The dataset to make: a folder for each state; folders that hold something are never touched
    #[arg(long, value_name = "DIR", required_unless_present = "post", conflicts_with = "post")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) boards: Boards,
    /// States: off, low, medium or high, and +coin, +moved [default: the eight of the real fan]
    #[arg(long, value_delimiter = ',', value_name = "STATE")]
    pub(crate) states: Vec<State>,
    /// Recordings of each state
    #[arg(
        long,
        default_value_t = 200,
        value_parser = input::counts(1..=MOST_RECORDINGS),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) recordings: usize,
    /// The number of the first recording: a later one makes recordings that continue others
    #[arg(
        long,
        default_value_t = 0,
        value_parser = input::counts(0..=u32::MAX as usize),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) from: usize,
    /// Sample rate in Hz
    #[arg(
        long,
        default_value_t = 200.0,
        value_parser = hertz,
        allow_negative_numbers = true,
        value_name = "HZ"
    )]
    pub(crate) rate: f64,
    /// Readings in a recording
    #[arg(
        long,
        default_value_t = 200,
        value_parser = input::counts(1..=input::LONGEST),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) readings: usize,
    /// Another seed is another fan of the same kind
    #[arg(long, default_value_t = 0, allow_negative_numbers = true, value_name = "N")]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) runs: Runs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let Some(out) = &args.out else { return args.boards.run(args) };
    let fan = Fan::new(args.seed);
    let mut states = args.states.clone();
    // A state that is named twice is one folder.
    let mut named = HashSet::new();
    states.retain(|state| named.insert(*state));
    if states.is_empty() {
        states.extend(State::REFERENCE);
    }
    let folders: Vec<PathBuf> = states.iter().map(|s| out.join(s.folder_name(0))).collect();
    // All or nothing: look before the first file is written.
    for folder in &folders {
        if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(DataError { path: folder.clone(), problem: Problem::NotEmpty }.into());
        }
    }
    let numbers = args.from as u64..(args.from + args.recordings) as u64;
    let every = args.readings as f64 / args.rate;
    let runs = states.iter().map(|state| args.runs.of(&fan, *state, numbers.clone(), every));
    let runs: Vec<Run> = runs.collect::<Result<_, _>>()?;
    let progress = Progress::of("making states", states.len());
    for ((state, run), folder) in states.iter().zip(&runs).zip(&folders) {
        let recordings: Vec<Recording> = (0..args.recordings)
            .into_par_iter()
            .map(|number| {
                let index = (args.from + number) as u64;
                fan.recording_of(run, *state, index, args.rate, args.readings)
            })
            .collect::<Option<_>>()
            .context("there are no recordings of this rate and length")?;
        write_folder(folder, &recordings, |number, entry| Entry {
            device: Some(format!("simulated-{}", args.seed)),
            label: Some(state.to_string()),
            sequence: Some((args.from + number) as u64),
            start: None,
            source: Some("simulate".to_owned()),
            ..entry
        })?;
        progress.advance_by(1);
    }
    drop(progress);
    say(format_args!(
        "wrote {} of {} at {} Hz for each of {} to {}",
        counted(args.recordings, "recording"),
        counted(args.readings, "reading"),
        args.rate,
        counted(states.len(), "state"),
        out.display()
    ));
    Ok(Done::Well)
}
