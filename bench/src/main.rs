//! Side-by-side benchmarks: each prints its own time, that of a baseline measured in the same run,
//! their ratio, and the ratio that judder promises.
//!
//! ```text
//! cargo run --release -p judder-bench
//! cargo run --release -p judder-bench spectra
//! cargo run --release -p judder-bench load
//! cargo run --release -p judder-bench idle
//! cargo run --release -p judder-bench boards
//! cargo run --release -p judder-bench fleet
//! cargo run --release -p judder-bench charts
//! cargo run --release -p judder-bench made
//! cargo run --release -p judder-bench big
//! cargo run --release -p judder-bench numbers
//! cargo run --release -p judder-bench long
//! cargo run --release -p judder-bench formats
//! cargo run --release -p judder-bench serial
//! cargo xtask judge
//! ```
#![allow(clippy::print_stdout, reason = "the figures are the result")]

mod big;
mod charts;
mod dataset;
mod fleet;
mod formats;
mod judge;
mod load;
mod long_file;
mod made;
mod median;
mod numbers;
mod process;
#[cfg(unix)]
mod serial;
mod spectra;
mod training;
mod window;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

/// That of judder, for all that is compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One line of the result.
struct Figure {
    what: String,
    ours: Duration,
    baseline: Duration,
    /// The most that `ours / baseline` may be.
    promise: f64,
}

fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => figures(),
        Some("spectra") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(told(&spectra::against_others(&recordings)?), "a promise was missed");
            Ok(())
        }
        Some("load") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            let kept = load::against_bare(&recordings)?;
            anyhow::ensure!(kept, "a promise was missed");
            Ok(())
        }
        Some("idle") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(load::idle(&recordings)?, "a promise was missed");
            Ok(())
        }
        Some("formats") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(formats::all(&recordings)?, "a promise was missed");
            Ok(())
        }
        Some("boards") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(load::boards(&recordings)?, "a promise was missed");
            Ok(())
        }
        Some("charts") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(charts::whole(&recordings)?, "a promise was missed");
            Ok(())
        }
        Some("fleet") => {
            anyhow::ensure!(fleet::whole()?, "a promise was missed");
            Ok(())
        }
        Some("made") => {
            anyhow::ensure!(made::judge(std::env::args().skip(2))?, "a promise was missed");
            Ok(())
        }
        Some("big") => {
            anyhow::ensure!(big::whole(std::env::args().skip(2))?, "a promise was missed");
            Ok(())
        }
        Some("numbers") => {
            let figures = numbers::against_polars()?;
            anyhow::ensure!(told(&figures), "a promise was missed");
            Ok(())
        }
        Some("long") => {
            let recordings = dataset::Recordings::find_or_simulate()?;
            anyhow::ensure!(long_file::memory_and_threads(&recordings)?, "a promise was missed");
            Ok(())
        }
        #[cfg(unix)]
        Some("serial") => {
            anyhow::ensure!(serial::ten_minutes()?, "a promise was missed");
            Ok(())
        }
        Some("judge") => judge::Judging::of(std::env::args().skip(2))?.run(),
        // The client of `load` alone.
        Some("post") => {
            let address = std::env::args().nth(2).unwrap_or_default();
            load::to(address.parse().with_context(|| format!("{address:?} is no address"))?)
        }
        // The servers that `load` measures.
        Some("bare") => load::run_bare(),
        Some("engine") => load::run_engine(),
        Some(other) => anyhow::bail!(
            "{other}: there is no such benchmark; there are spectra, load, idle, boards, charts, fleet, made, big, numbers, long, serial and judge, and all others without a word"
        ),
    }
}

fn figures() -> anyhow::Result<()> {
    let recordings = dataset::Recordings::find_or_simulate()?;
    println!("recordings: {}", recordings.what);
    println!("medians of several alternating rounds; a ratio is ours to the baseline's\n");
    let mut figures = vec![window::against_qsort(&recordings)?];
    for threads in [1, 2] {
        figures.push(dataset::against_reading(&recordings, threads)?);
    }
    figures.push(process::against_cat(&recordings)?);
    figures.push(process::explore_against_cat(&recordings)?);
    figures.push(training::against_limit()?);
    figures.extend(spectra::against_others(&recordings)?);
    anyhow::ensure!(told(&figures), "a promise was missed");
    Ok(())
}

/// Prints the figures; whether all are as promised.
fn told(figures: &[Figure]) -> bool {
    let mut kept = true;
    for Figure { what, ours, baseline, promise } in figures {
        let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
        kept &= ratio <= *promise;
        let word = if ratio <= *promise { "kept" } else { "MISSED" };
        println!("{what}");
        println!(
            "  {ours:>10.2?} against {baseline:>10.2?}: ratio {ratio:.3}, promised {promise:.3}: {word}"
        );
    }
    kept
}

/// The real recordings, where they are: `$JUDDER_DATA`, else `../shared/data`.
fn real_recordings() -> Option<PathBuf> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    Some(data.join("ceiling-fan")).filter(|folder| folder.is_dir())
}
