//! Reading numbers from CSV, against Polars in the same run, each on one thread.
//!
//! `JUDDER_PYTHON` names a Python that has Polars; where there is none, judder's times stand alone.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_data::sources;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Figure, median};

/// Values in each file: 200 000 rows of 3 axes.
const ROWS: usize = 200_000;

/// How many times each file is read; the median counts.
const ROUNDS: usize = 9;

/// How numbers are written, and the most that judder's time may be of Polars'.
const FORMS: [(&str, f64); 3] = [("six decimals", 0.55), ("17 digits", 0.55), ("%.18e", 0.55)];

/// What Polars takes, in nanoseconds a value, a file a line.
const POLARS: &str = "
import sys, time, polars
for path in sys.argv[2:]:
    times = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        table = polars.read_csv(path, has_header=False)
        times.append((time.perf_counter() - start) * 1e9 / (table.height * table.width))
    print(sorted(times)[len(times) // 2])
";

/// A line for each form.
pub(crate) fn against_polars() -> anyhow::Result<Vec<Figure>> {
    let space = tempfile::tempdir()?;
    let mut random = ChaCha8Rng::seed_from_u64(19);
    let mut texts = [String::new(), String::new(), String::new()];
    for at in 0..3 * ROWS {
        let value: f64 = random.random_range(-1.0..1.0);
        let end = if at % 3 == 2 { '\n' } else { ',' };
        write!(texts[0], "{value:.6}{end}")?;
        write!(texts[1], "{value:.17}{end}")?;
        let text = format!("{value:.18e}");
        let (mantissa, exponent) = text.split_once('e').context("an exponent")?;
        let exponent: i32 = exponent.parse()?;
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(texts[2], "{mantissa}e{sign}{:02}{end}", exponent.abs())?;
    }
    let paths = [0, 1, 2].map(|at| space.path().join(format!("{at}.csv")));
    for (path, text) in paths.iter().zip(&texts) {
        std::fs::write(path, text)?;
    }
    let python = std::env::var_os("JUDDER_PYTHON").unwrap_or_else(|| "python3".into());
    let told = Command::new(python)
        .args(["-c", POLARS, &ROUNDS.to_string()])
        .args(&paths)
        .env("POLARS_MAX_THREADS", "1")
        .output();
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned());
    let polars: Vec<f64> =
        told.unwrap_or_default().lines().filter_map(|line| line.trim().parse().ok()).collect();
    let mut figures = Vec::new();
    for (at, (form, promise)) in FORMS.into_iter().enumerate() {
        let ours = time(&paths[at])?;
        let Some(polars) = polars.get(at) else {
            println!("a number of {form}: {:.1} ns; no Polars to compare with", ours * 1e9);
            continue;
        };
        let what = format!("a number of {form} from CSV, against Polars");
        let baseline = Duration::from_secs_f64(polars * 1e-9);
        figures.push(Figure { what, ours: Duration::from_secs_f64(ours), baseline, promise });
    }
    Ok(figures)
}

/// Seconds for a value.
fn time(path: &Path) -> anyhow::Result<f64> {
    let source = sources(path)?.into_iter().next().context("a file")?;
    let mut buffer = Vec::new();
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let read = source.read(&mut buffer)?;
        let values = read.first().map_or(0, |one| one.recording.values().len());
        anyhow::ensure!(values == 3 * ROWS, "{values} values were read");
        times.push(start.elapsed());
    }
    Ok(median::middle(times).as_secs_f64() / (3 * ROWS) as f64)
}
