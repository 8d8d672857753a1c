//! The command line of judder: one short file a subcommand, no logic of its own.

mod alarms;
mod arduino;
mod auto;
mod boards;
mod check;
mod collect;
mod compare;
mod config;
mod demo;
mod detector;
mod evaluate;
mod explore;
mod export;
mod files;
mod formulas;
mod gates;
mod history;
mod import;
mod info;
mod input;
mod lasting;
mod log;
mod looked;
mod network;
mod output;
mod probe;
mod progress;
mod reading;
mod rebaseline;
mod recalibrate;
mod reload;
mod runs;
mod score;
mod seen;
mod serial;
mod serve;
mod serving;
mod signals;
mod simulate;
mod source;
mod start;
mod stretches;
mod sweep;
mod system;
mod target;
mod train;
mod watch;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Recordings come in on one thread and are let go on another, which this does without locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Hears when a motor starts to wobble.
///
/// From recordings of an accelerometer to a detector that tells normal from strange. A recording is
/// a CSV file of readings `x, y, z` in g, a dataset a folder with one folder of recordings for each
/// operating state.
#[derive(Parser)]
#[command(
    name = "judder",
    version,
    after_help = "Example, needs nothing:\n  judder demo --no-page"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Threads to use; the results do not depend on it [default: all cores]
    #[arg(
        long,
        global = true,
        value_parser = input::counts(1..=MOST_THREADS),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    threads: Option<usize>,
}

/// More than these, and the system may have no room for them.
const MOST_THREADS: usize = 1024;

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Simulate(simulate::Args),
    Collect(Box<collect::Args>),
    Info(info::Args),
    Check(check::Args),
    Explore(explore::Args),
    Train(Box<train::Args>),
    Evaluate(evaluate::Args),
    Compare(compare::Args),
    Score(score::Args),
    Rebaseline(rebaseline::Args),
    Import(import::Args),
    Export(export::Args),
    Serve(Box<serve::Args>),
    History(history::Args),
}

/// How a command that could be carried out ended.
enum Done {
    Well,
    /// Something was found, and the user asked to be told by the exit code.
    Found,
    /// Nothing was found, but not all was judged, and the user asked to be told by the exit code.
    Unjudged,
    /// Some of the input could not be used; the reasons have been printed.
    InPart,
}

/// Options that do not go together, where the parser cannot see it.
#[derive(Debug)]
struct WrongUsage(String);

impl std::fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| wrong(&error));
    if let Some(threads) = cli.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        if let Err(error) = pool.build_global() {
            output::error(&error);
            return ExitCode::from(1);
        }
    }
    let done = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Collect(args) => collect::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Explore(args) => explore::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Rebaseline(args) => rebaseline::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::History(args) => history::run(&args),
    };
    match done {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::InPart) => ExitCode::from(1),
        Ok(Done::Found) => ExitCode::from(3),
        Ok(Done::Unjudged) => ExitCode::from(4),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(if is_usage(&error) { 2 } else { 1 })
        }
    }
}

/// Says what is wrong with options, and ends.
fn wrong(error: &clap::Error) -> ! {
    let _ = error.print();
    // The error is of an option, whose variable it does not name.
    let is_blank = |value: &OsString| value.to_str().is_some_and(|value| value.trim().is_empty());
    let empty = std::env::vars_os().filter(|(_, value)| error.use_stderr() && is_blank(value));
    for (name, _) in empty {
        let name = name.to_string_lossy();
        if name.starts_with("JUDDER_") {
            output::note(format_args!(
                "{name} is in the environment, and empty: give it a value, or take it away (unset {name})"
            ));
        }
    }
    std::process::exit(error.exit_code())
}

/// Whether the options were wrong, whatever the recordings.
fn is_usage(error: &anyhow::Error) -> bool {
    let of_training = error.downcast_ref::<judder_train::TrainError>();
    error.is::<WrongUsage>() || matches!(of_training, Some(judder_train::TrainError::Usage(_)))
}
