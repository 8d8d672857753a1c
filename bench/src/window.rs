//! One window of 128 × 3 readings with `mad` and Mahalanobis, against full sorts with C's `qsort`.

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_core::{Detector, Mahalanobis, Readings};
use judder_data::{map_recordings, sources};

use crate::dataset::Recordings;
use crate::{Figure, median};

const AXES: usize = 3;
const LENGTH: usize = 128;
const ROUNDS: usize = 15;
/// How often the C program is run, ours in between.
const TURNS: usize = 5;

/// Our time a window, against that of `qsort.c` on the same windows.
pub(crate) fn against_qsort(recordings: &Recordings) -> anyhow::Result<Figure> {
    let windows: Vec<Vec<f32>> = map_recordings(
        &sources(&recordings.folder)?,
        |located| {
            let axes = located.recording.iter_axes();
            axes.flat_map(|axis| axis[..LENGTH].iter().map(|&x| x as f32)).collect()
        },
        || (),
    )
    .into_iter()
    .flatten()
    .flatten()
    .take(4096)
    .collect();
    let space = tempfile::tempdir()?;
    let program = space.path().join("qsort");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/qsort.c");
    let built = Command::new("cc")
        .args(["-O2", "-std=c99", "-D_POSIX_C_SOURCE=199309L", source, "-lm", "-o"])
        .arg(&program)
        .status()
        .context("the baseline needs a C compiler, `cc`")?;
    anyhow::ensure!(built.success(), "qsort.c does not compile");
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        first.push(ours(&windows)?);
        second.push(baseline(&program, &windows)?);
    }
    let what = "score one window of 128 x 3, mad and Mahalanobis, against qsort in C".to_owned();
    let (ours, baseline) = (median::middle(first), median::middle(second));
    Ok(Figure { what, ours, baseline, promise: 1.0 / 12.0 })
}

fn ours(windows: &[Vec<f32>]) -> anyhow::Result<Duration> {
    let whitening = [1400.0, 240.0, 1500.0, 150.0, 30.0, 1600.0];
    let gaussian = Mahalanobis::new(&[0.012, 0.007, 0.005], &whitening)?;
    let detector = Detector::new("mad".parse()?, gaussian, 11.3, AXES, LENGTH)?;
    let (mut scratch, mut features) = ([0; LENGTH], [0.0; AXES]);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for window in windows {
            let readings = Readings::new(black_box(window), AXES, LENGTH)?;
            black_box(detector.judge(&readings, &mut scratch, &mut features)?);
        }
        times.push(start.elapsed() / u32::try_from(windows.len())?);
    }
    Ok(median::middle(times))
}

fn baseline(program: &std::path::Path, windows: &[Vec<f32>]) -> anyhow::Result<Duration> {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let bytes: Vec<u8> = windows.iter().flatten().flat_map(|x| x.to_ne_bytes()).collect();
    child.stdin.take().context("standard input is piped")?.write_all(&bytes)?;
    let output = child.wait_with_output()?;
    anyhow::ensure!(output.status.success(), "the C program failed");
    let times = String::from_utf8(output.stdout)?
        .lines()
        .map(|line| Ok(Duration::from_nanos(line.parse::<f64>()? as u64)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(median::middle(times))
}
