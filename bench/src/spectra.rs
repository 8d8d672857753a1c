//! The features of windows of 200 x 3 readings that are made of spectra: beside the core of 0.1.0, beside `realfft` and
//! beside NumPy with many windows at once.

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_core::{FeatureSet, Readings};
use judder_data::{map_recordings, sources};
use realfft::RealFftPlanner;

use crate::dataset::Recordings;
use crate::{Figure, median};

const AXES: usize = 3;
const LENGTH: usize = 200;
/// Readings of a segment, and where segments of 200 begin.
const SEGMENT: usize = 128;
const STARTS: [usize; 3] = [0, 36, 72];
const ROUNDS: usize = 9;
/// How often each is measured, the others in between.
const TURNS: usize = 5;

/// The default features of 0.1.0, and those of today.
const RELEASED: &str = "log-cov+diff-log-cov+total-octaves:6";
const TODAY: &str = "log-cov+diff-log-cov+total-octaves:6+bands:16";

/// Where in the repository's history 0.1.0 is.
const RELEASE: &str = "d78d651";

/// The lines; what is not there to be compared with is said and left out.
pub(crate) fn against_others(recordings: &Recordings) -> anyhow::Result<Vec<Figure>> {
    let windows: Vec<Vec<f32>> = map_recordings(
        &sources(&recordings.folder)?,
        |located| {
            let axes = located.recording.iter_axes();
            axes.flat_map(|axis| axis.iter().take(LENGTH).map(|&x| x as f32)).collect()
        },
        || (),
    )
    .into_iter()
    .flatten()
    .flatten()
    .filter(|window: &Vec<f32>| window.len() == AXES * LENGTH && can_be_computed(window))
    .take(4096)
    .collect();
    anyhow::ensure!(!windows.is_empty(), "no recording has {LENGTH} readings of {AXES} axes");
    let space = tempfile::tempdir()?;
    let released = available("0.1.0's core", released(space.path()));
    let python = available("NumPy", python());
    let (mut first, mut now, mut spectra) = (Vec::new(), Vec::new(), Vec::new());
    let (mut before, mut beside, mut batched) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        first.push(ours(&windows, RELEASED)?);
        if let Some(program) = &released {
            let mut released = Command::new(program);
            before.push(timed(released.args([&LENGTH.to_string(), RELEASED]), &windows)?);
        }
        now.push(ours(&windows, TODAY)?);
        if let Some(python) = &python {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/spectra.py");
            let mut numpy = Command::new(python);
            // One thread, as ours.
            numpy.env("OPENBLAS_NUM_THREADS", "1").arg(script).arg(LENGTH.to_string());
            batched.push(timed(&mut numpy, &windows)?);
        }
        spectra.push(ours(&windows, "total-octaves:6")?);
        beside.push(by_realfft(&windows)?);
    }
    let mut figures = Vec::new();
    let mut line = |what: &str, ours: &Vec<Duration>, baseline: Vec<Duration>, promise| {
        if !baseline.is_empty() {
            let what = format!("features of one window of {LENGTH} x {AXES}: {what}");
            let (ours, baseline) = (median::middle(ours.clone()), median::middle(baseline));
            figures.push(Figure { what, ours, baseline, promise });
        }
    };
    line("0.1.0's default, against 0.1.0", &first, before.clone(), 0.45);
    line("the default, against 0.1.0's default in 0.1.0", &now, before, 0.65);
    line("the default, against NumPy with many windows at once", &now, batched, 0.6);
    line("octaves of spectra, against spectra by realfft", &spectra, beside, 1.7);
    Ok(figures)
}

fn available<T>(what: &str, found: anyhow::Result<T>) -> Option<T> {
    found.inspect_err(|error| println!("without {what}: {error:#}\n")).ok()
}

fn can_be_computed(window: &[f32]) -> bool {
    Readings::new(window, AXES, LENGTH).is_ok_and(|window| window.check().is_ok())
}

fn ours(windows: &[Vec<f32>], features: &str) -> anyhow::Result<Duration> {
    let set: FeatureSet = features.parse()?;
    let (mut keys, mut values) = ([0; LENGTH], vec![0.0; set.count(AXES)?]);
    let mut round = || {
        let start = Instant::now();
        for window in windows {
            let readings = Readings::new(black_box(window), AXES, LENGTH)?;
            black_box(set.extract(&readings, &mut keys, &mut values)?);
        }
        Ok(start.elapsed() / u32::try_from(windows.len())?)
    };
    let times: anyhow::Result<Vec<Duration>> = (0..ROUNDS).map(|_| round()).collect();
    Ok(median::middle(times?))
}

/// The sums of the same power spectra: each segment without its mean, tapered, transformed, and its powers added.
fn by_realfft(windows: &[Vec<f32>]) -> anyhow::Result<Duration> {
    let transform = RealFftPlanner::<f32>::new().plan_fft_forward(SEGMENT);
    let (mut segment, mut lines) = (transform.make_input_vec(), transform.make_output_vec());
    let mut scratch = transform.make_scratch_vec();
    let angle = |at: usize| std::f64::consts::PI * at as f64 / SEGMENT as f64;
    let taper: Vec<f32> = (0..SEGMENT).map(|at| angle(at).sin().powi(2) as f32).collect();
    let mut round = || {
        let start = Instant::now();
        for window in windows {
            let mut power = [0.0_f32; SEGMENT / 2 + 1];
            for axis in black_box(window).chunks_exact(LENGTH) {
                for readings in STARTS.iter().filter_map(|&start| axis.get(start..start + SEGMENT))
                {
                    let mean = readings.iter().sum::<f32>() / SEGMENT as f32;
                    for ((slot, x), taper) in segment.iter_mut().zip(readings).zip(&taper) {
                        *slot = (x - mean) * taper;
                    }
                    transform.process_with_scratch(&mut segment, &mut lines, &mut scratch)?;
                    power.iter_mut().zip(&lines).for_each(|(sum, line)| *sum += line.norm_sqr());
                }
            }
            black_box(power);
        }
        Ok(start.elapsed() / u32::try_from(windows.len())?)
    };
    let times: anyhow::Result<Vec<Duration>> = (0..ROUNDS).map(|_| round()).collect();
    Ok(median::middle(times?))
}

/// What a program says that reads windows and prints nanoseconds.
fn timed(program: &mut Command, windows: &[Vec<f32>]) -> anyhow::Result<Duration> {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let bytes: Vec<u8> = windows.iter().flatten().flat_map(|x| x.to_ne_bytes()).collect();
    child.stdin.take().context("standard input is piped")?.write_all(&bytes)?;
    let output = child.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "a baseline failed");
    let times = String::from_utf8(output.stdout)?
        .lines()
        .map(|line| Ok(Duration::from_nanos(line.parse::<f64>()? as u64)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(median::middle(times))
}

/// A program over the core of 0.1.0, which is taken out of the repository's history.
fn released(space: &Path) -> anyhow::Result<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let archive = space.join("core.tar");
    let run = |command: &mut Command, what: &str| -> anyhow::Result<()> {
        let output = command.output().with_context(|| what.to_owned())?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{what}: {said}");
        Ok(())
    };
    let mut git = Command::new("git");
    git.args(["-C", root, "archive", "--format=tar", "-o"]).arg(&archive);
    run(git.args([RELEASE, "crates/core/src"]), "no history of this repository")?;
    run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(space), "no tar")?;
    let core = "[package]\nname = \"judder-core\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                [dependencies]\nlibm = { version = \"0.2\", default-features = false }\n";
    std::fs::write(space.join("crates/core/Cargo.toml"), core)?;
    let manifest = "[package]\nname = \"released\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
                    [dependencies]\njudder-core = { path = \"crates/core\" }\n\
                    [profile.release]\nlto = \"thin\"\ncodegen-units = 1\npanic = \"abort\"\n";
    std::fs::write(space.join("Cargo.toml"), manifest)?;
    std::fs::create_dir_all(space.join("src"))?;
    std::fs::write(space.join("src/main.rs"), include_str!("../baselines/released.rs"))?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(space).args(["build", "--quiet", "--release", "--target-dir", "target"]);
    run(&mut cargo, "0.1.0's core does not build")?;
    Ok(space.join("target/release/released"))
}

/// A Python that has NumPy: `$JUDDER_PYTHON`, else `python3`.
fn python() -> anyhow::Result<PathBuf> {
    let python = std::env::var_os("JUDDER_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(&python).args(["-c", "import numpy"]).output()?;
    anyhow::ensure!(
        output.status.success(),
        "{} has none; name one that has in JUDDER_PYTHON",
        python.display()
    );
    Ok(python.into())
}
