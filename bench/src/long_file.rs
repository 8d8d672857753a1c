//! One long file: the memory of `score` and `check`, and what a second thread is worth.
//!
//! `JUDDER_LONG_MB` is its length, 300 where it is not set; an hour at 20 kHz of three axes has 3 000.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use judder_data::store;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::dataset::Recordings;
use crate::process::program;

/// The most memory that either may take, in kB.
const MOST_KB: u64 = 96 << 10;

/// How many times as fast two threads are at least.
const TWO_THREADS: f64 = 1.7;

/// Prints a line for each; whether all is as promised.
pub(crate) fn memory_and_threads(recordings: &Recordings) -> anyhow::Result<bool> {
    let megabytes = match std::env::var("JUDDER_LONG_MB") {
        Ok(text) => text.parse().with_context(|| format!("JUDDER_LONG_MB: {text}"))?,
        Err(_) => 300,
    };
    let judder = program()?;
    let space = tempfile::tempdir()?;
    let model = space.path().join("fan.model.json");
    store::write_whole(&model, |to| to.write_all(&recordings.model.to_json()))?;
    let long = space.path().join("long.csv");
    write(&long, megabytes << 20)?;
    let mut kept = true;
    for command in ["score", "check"] {
        let run = |threads: usize| {
            let mut judder = Command::new(&judder);
            judder.args([command, "--threads", &threads.to_string()]);
            if command == "score" {
                judder.arg(&model).arg("--format").arg("csv");
            }
            measured(judder.arg(&long))
        };
        let (one, _) = run(1)?;
        let (two, memory) = run(2)?;
        let times = one / two;
        let good = memory <= MOST_KB && times >= TWO_THREADS;
        kept &= good;
        let word = if good { "kept" } else { "MISSED" };
        println!("judder {command} of a file of {megabytes} MB");
        println!(
            "  {one:.2} s with one thread, {two:.2} s with two: {times:.2} times, promised {TWO_THREADS}; {} MiB, \
             promised {}: {word}",
            memory >> 10,
            MOST_KB >> 10
        );
    }
    Ok(kept)
}

/// Readings of three axes in steps of 1/2048 g, as a fan's, one line after the other.
fn write(path: &Path, bytes: usize) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(19);
    let mut lines = String::new();
    let mut number = |around: f64| {
        let swing: f64 = random.random_range(-0.2..0.2) + random.random_range(-0.2..0.2);
        ((around + swing) * 2048.0).round() / 2048.0
    };
    for _ in 0..40_000 {
        writeln!(lines, "{:.6},{:.6},{:.6}", number(0.0), number(0.0), number(1.0))?;
    }
    let mut to = BufWriter::new(File::create(path)?);
    for _ in 0..bytes.div_ceil(lines.len()) {
        to.write_all(lines.as_bytes())?;
    }
    Ok(to.flush()?)
}

/// Seconds that a command takes, and the most memory that it had, in kB.
pub(crate) fn measured(command: &mut Command) -> anyhow::Result<(f64, u64)> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        // The high-water mark stands until the process ends.
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            most = most.max(kb.unwrap_or(0));
        }
        if let Some(status) = child.try_wait()? {
            anyhow::ensure!(status.success(), "{command:?} failed");
            return Ok((start.elapsed().as_secs_f64(), most));
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
