//! A board on a wire for ten minutes: 1 kHz of three axes through a pseudo-terminal, whose cable is pulled and put back
//! halfway.
//!
//! `JUDDER_SERIAL_SECONDS` is how long, 600 where it is not set.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Lines, Write as _};
use std::ops::Range;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_data::{load, read_sidecar};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::process::program;

const RATE: f64 = 1000.0;

/// How far the rate may be off.
const OFF: f64 = 1e-3;

/// Sends the readings with their times and without, each for so long; whether all is as promised.
pub(crate) fn ten_minutes() -> anyhow::Result<bool> {
    let seconds: usize = match std::env::var("JUDDER_SERIAL_SECONDS") {
        Ok(text) => text.parse().with_context(|| format!("JUDDER_SERIAL_SECONDS: {text}"))?,
        Err(_) => 600,
    };
    let judder = program()?;
    let runs: Vec<anyhow::Result<bool>> = std::thread::scope(|scope| {
        let run = |timed| {
            let judder = &judder;
            scope.spawn(move || run(judder, seconds, timed))
        };
        let runs = [true, false].map(run);
        runs.into_iter()
            .map(|run| run.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a run ended"))))
            .collect()
    });
    runs.into_iter().try_fold(true, |kept, run| Ok(kept && run?))
}

fn run(judder: &Path, seconds: usize, timed: bool) -> anyhow::Result<bool> {
    let space = tempfile::tempdir()?;
    let (port, folder) = (space.path().join("port"), space.path().join("kept"));
    let mut board = plugged(&port)?;
    let mut judder = Command::new(judder);
    let options = ["--short", "--length", "1000", "--serial"];
    judder.arg("collect").args(options).arg(&port).arg("-d").arg(&folder);
    let mut child = judder.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let said = child.stderr.take().context("it says something")?;
    let mut said = BufReader::new(said).lines();
    hear(&mut said, "listening to")?;
    let (all, half) = (seconds * RATE as usize, seconds * RATE as usize / 2);
    send(&mut board, 0..half, timed)?;
    drop(board);
    std::fs::remove_file(&port)?;
    hear(&mut said, "unplugged")?;
    sleep(Duration::from_secs(2));
    let mut board = plugged(&port)?;
    hear(&mut said, "there again")?;
    send(&mut board, half..all, timed)?;
    drop(board);
    std::fs::remove_file(&port)?;
    hear(&mut said, "unplugged")?;
    end(&mut child)?;
    let (recordings, errors) = load(&folder)?;
    anyhow::ensure!(errors.is_empty(), "{errors:?}");
    let kept: Vec<[f64; 3]> = recordings
        .iter()
        .flat_map(|one| {
            one.recording.rows().map(|row| {
                let mut row = row;
                [0; 3].map(|_| row.next().unwrap_or(f64::NAN))
            })
        })
        .collect();
    let is_same = kept.iter().enumerate().all(|(k, found)| *found == reading(k));
    let rates = read_sidecar(&folder)?.into_iter().filter_map(|entry| entry.rate_hz);
    let rates: Vec<f64> = rates.map(|rate| (rate / RATE - 1.0).abs()).collect();
    let worst = rates.iter().copied().fold(0.0, f64::max);
    // What is measured over a long stretch: the first recordings have seen little of it.
    let off = rates.last().copied().unwrap_or(f64::INFINITY);
    let lost = all - kept.len().min(all);
    let good = is_same && lost == 0 && off <= OFF;
    let times = if timed { "with times in µs" } else { "without times" };
    let word = if good { "kept" } else { "MISSED" };
    println!(
        "judder collect --serial, {seconds} s of 1 kHz x 3 {times}, the cable pulled halfway: {lost} of {all} readings \
         lost, promised 0{}; the rate off by {:.4} % at the end, promised {} %, and by {:.4} % at most in {} recordings: {word}",
        if is_same { "" } else { ", and others are not as they were sent" },
        100.0 * off,
        100.0 * OFF,
        100.0 * worst,
        recordings.len()
    );
    Ok(good)
}

fn plugged(name: &Path) -> anyhow::Result<File> {
    let board = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&board)?;
    unlockpt(&board)?;
    symlink(ptsname(&board, Vec::new())?.to_str()?, name)?;
    Ok(board.into())
}

/// Sends readings as they are taken, some milliseconds at a time.
fn send(board: &mut File, readings: Range<usize>, timed: bool) -> anyhow::Result<()> {
    board.write_all(b"half of a line\r\n")?;
    let (began, first) = (Instant::now(), readings.start);
    let mut text = String::new();
    for k in readings {
        if timed {
            write!(text, "{},", 1000 * k)?;
        }
        let [x, y, z] = reading(k);
        write!(text, "{x},{y},{z}\r\n")?;
        let due = Duration::from_secs_f64((k + 1 - first) as f64 / RATE);
        let early = due.saturating_sub(began.elapsed());
        if !early.is_zero() {
            board.write_all(text.as_bytes())?;
            text.clear();
            sleep(early);
        }
    }
    board.write_all(text.as_bytes())?;
    // A cable that is pulled takes with it what was not read.
    sleep(Duration::from_secs(1));
    Ok(())
}

fn reading(k: usize) -> [f64; 3] {
    [3.0, 5.0, 7.0].map(|cycles| ((k as f64 / cycles).sin() * 1e4).round() / 1e4)
}

/// Waits until it says these words.
fn hear(said: &mut Lines<BufReader<ChildStderr>>, words: &str) -> anyhow::Result<()> {
    for line in said {
        if line?.contains(words) {
            return Ok(());
        }
    }
    anyhow::bail!("it ended, and did not say {words:?}")
}

fn end(child: &mut Child) -> anyhow::Result<()> {
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
    anyhow::ensure!(kill.success() && child.wait()?.success(), "it did not end well");
    Ok(())
}
