//! Reading files of other formats: Parquet beside CSV and pyarrow, memory of long WAV and Parquet files, and plain CSV beside
//! another judder.
//!
//! `JUDDER_FORMATS_PYTHON` names a Python that has NumPy and pyarrow; `JUDDER_BEFORE` a judder to hold the reading of plain CSV
//! against; `JUDDER_FORMATS_MB` is the length of the long files, 2 000 where it is not set.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use judder_data::{Cut, Step, map_pieces, sources, store};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::dataset::Recordings;
use crate::long_file::measured;
use crate::median;
use crate::process::program;

/// Rows of three axes in the files that are timed.
const ROWS: usize = 4_000_000;

const ROUNDS: usize = 7;

/// The least that Parquet is as quick as CSV, and the most that it takes of pyarrow's time.
const TIMES_CSV: f64 = 2.5;
const OF_PYARROW: f64 = 1.3;

/// The most memory of `score`, in kB.
const MOST_KB: u64 = 128 << 10;

/// The most that plain CSV takes of the time it took before.
const OF_BEFORE: f64 = 1.05;

/// Writes the numbers as Parquet, as pyarrow does where nothing is said.
const WRITE: &str = "
import sys, numpy, pyarrow, pyarrow.parquet
raw, to, copies = sys.argv[1], sys.argv[2], int(sys.argv[3])
columns = numpy.fromfile(raw, dtype='<f4').reshape(3, -1)
table = pyarrow.table({name: columns[at] for at, name in enumerate('xyz')})
with pyarrow.parquet.ParquetWriter(to, table.schema) as writer:
    for _ in range(copies):
        writer.write_table(table)
";

/// The time that pyarrow takes to read them as f64 in NumPy's arrays, in s: the median.
const READ: &str = "
import sys, time, numpy, pyarrow, pyarrow.parquet
pyarrow.set_cpu_count(int(sys.argv[3]))
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    table = pyarrow.parquet.read_table(sys.argv[1])
    arrays = [column.to_numpy().astype(numpy.float64) for column in table.columns]
    times.append(time.perf_counter() - start)
print(sorted(times)[len(times) // 2])
";

/// Prints a line for each; whether all is as promised.
pub(crate) fn all(recordings: &Recordings) -> anyhow::Result<bool> {
    let python = std::env::var_os("JUDDER_FORMATS_PYTHON")
        .context("JUDDER_FORMATS_PYTHON names no Python with NumPy and pyarrow")?;
    let space = tempfile::tempdir()?;
    let at = |name: &str| space.path().join(name);
    let (raw, csv, parquet) = (at("raw"), at("one.csv"), at("one.parquet"));
    write(&raw, &csv)?;
    let make = |to: &Path, copies: usize| {
        let mut python = Command::new(&python);
        run(python.args(["-c", WRITE]).arg(&raw).arg(to).arg(copies.to_string()))
    };
    make(&parquet, 1)?;
    let threads = rayon::current_num_threads();
    let (ours, text) = median::alternate(|| read(&parquet), || read(&csv))?;
    let mut python_reads = Command::new(&python);
    python_reads.args(["-c", READ]).arg(&parquet).args([ROUNDS.to_string(), threads.to_string()]);
    let said = String::from_utf8(python_reads.output()?.stdout)?;
    let theirs = Duration::from_secs_f64(said.trim().parse().context("the time of pyarrow")?);
    let times = text.as_secs_f64() / ours.as_secs_f64();
    let of = ours.as_secs_f64() / theirs.as_secs_f64();
    let speed = |time: Duration| 3.0 * ROWS as f64 / time.as_secs_f64() / 1e6;
    let mut kept = times >= TIMES_CSV;
    println!(
        "Parquet (f32, snappy), {threads} threads: {:.0} M numbers a second, {times:.2} times CSV of six digits ({:.0} M), promised \
         {TIMES_CSV}: {}",
        speed(ours),
        speed(text),
        word(kept)
    );
    let good = of <= OF_PYARROW;
    println!(
        "  {of:.2} of pyarrow's time ({:.0} M), promised {OF_PYARROW}: {}",
        speed(theirs),
        word(good)
    );
    kept &= good;
    kept &= memory(recordings, space.path(), &make)?;
    if let Some(before) = std::env::var_os("JUDDER_BEFORE") {
        kept &= against_before(recordings, space.path(), Path::new(&before))?;
    }
    Ok(kept)
}

fn word(good: bool) -> &'static str {
    if good { "kept" } else { "MISSED" }
}

/// The same numbers as raw f32, column by column, and as CSV of six digits.
fn write(raw: &Path, csv: &Path) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let values: Vec<f32> = (0..3 * ROWS).map(|_| random.random_range(-1.0..1.0)).collect();
    let mut to = BufWriter::new(File::create(raw)?);
    for value in &values {
        to.write_all(&value.to_le_bytes())?;
    }
    to.flush()?;
    let mut to = BufWriter::new(File::create(csv)?);
    let mut line = String::new();
    for row in 0..ROWS {
        line.clear();
        let [x, y, z] = [0, 1, 2].map(|axis| values[axis * ROWS + row]);
        writeln!(line, "{x:.6},{y:.6},{z:.6}")?;
        to.write_all(line.as_bytes())?;
    }
    Ok(to.flush()?)
}

/// Reads all numbers of a file, into pieces of 64-bit ones.
fn read(path: &Path) -> anyhow::Result<()> {
    let mut readings = 0;
    let mut outcome = Ok(());
    map_pieces(
        &sources(path)?,
        Cut::readings(),
        |piece| piece.recording.len(),
        |step| {
            match step {
                Step::Piece { result, .. } => readings += result,
                Step::End { outcome: ended, .. } => outcome = ended,
            }
            ControlFlow::Continue(())
        },
    );
    outcome?;
    anyhow::ensure!(readings == ROWS, "{readings} readings in {}", path.display());
    Ok(())
}

/// `judder score` of long files.
fn memory(
    recordings: &Recordings,
    space: &Path,
    make: &dyn Fn(&Path, usize) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let megabytes: usize = match std::env::var("JUDDER_FORMATS_MB") {
        Ok(text) => text.parse().with_context(|| format!("JUDDER_FORMATS_MB: {text}"))?,
        Err(_) => 2000,
    };
    let judder = program()?;
    let model = space.join("fan.model.json");
    store::write_whole(&model, |to| to.write_all(&recordings.model.to_json()))?;
    let (wav, parquet) = (space.join("long.wav"), space.join("long.parquet"));
    wave(&wav, megabytes << 20)?;
    let one = std::fs::metadata(space.join("one.parquet"))?.len() as usize;
    make(&parquet, (megabytes << 20).div_ceil(one))?;
    let mut kept = true;
    for path in [&wav, &parquet] {
        let mut score = Command::new(&judder);
        score.arg("score").arg(&model).arg(path).args(["--format", "csv", "--rate", "200"]);
        let (seconds, kilobytes) = measured(score.args(["--unit", "g", "--full-scale", "1"]))?;
        let good = kilobytes <= MOST_KB;
        kept &= good;
        println!(
            "judder score of {} of {} MB: {seconds:.1} s, {} MiB, promised {}: {}",
            path.extension().unwrap_or_default().display(),
            std::fs::metadata(path)?.len() >> 20,
            kilobytes >> 10,
            MOST_KB >> 10,
            word(good)
        );
        std::fs::remove_file(path)?;
    }
    Ok(kept)
}

/// Sixteen bits, three channels, 200 Hz.
fn wave(path: &Path, bytes: usize) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(22);
    let block: Vec<u8> =
        (0..600_000).flat_map(|_| random.random_range(-8000i16..8000).to_le_bytes()).collect();
    let blocks = bytes.div_ceil(block.len());
    let data = (blocks * block.len()) as u32;
    let mut to = BufWriter::new(File::create(path)?);
    to.write_all(b"RIFF")?;
    to.write_all(&(data + 36).to_le_bytes())?;
    to.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x03\0")?;
    to.write_all(&200u32.to_le_bytes())?;
    to.write_all(&1200u32.to_le_bytes())?;
    to.write_all(b"\x06\0\x10\0data")?;
    to.write_all(&data.to_le_bytes())?;
    for _ in 0..blocks {
        to.write_all(&block)?;
    }
    Ok(to.flush()?)
}

/// `judder score` of plain CSV, of a long file and of many, beside another judder.
fn against_before(recordings: &Recordings, space: &Path, before: &Path) -> anyhow::Result<bool> {
    let judder = program()?;
    let model = space.join("fan.model.json");
    let long = space.join("one.csv");
    let mut kept = true;
    for (what, path) in [("a long file", long.as_path()), ("a dataset", &recordings.folder)] {
        let score = |program: &Path| {
            let mut score = Command::new(program);
            run(score.arg("score").arg(&model).arg(path).args(["--format", "csv"]))
        };
        let (ours, theirs) = median::alternate(|| score(&judder), || score(before))?;
        let of = ours.as_secs_f64() / theirs.as_secs_f64();
        let good = of <= OF_BEFORE;
        kept &= good;
        println!(
            "judder score of {what} of plain CSV: {of:.2} of before, promised {OF_BEFORE}: {}",
            word(good)
        );
    }
    Ok(kept)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "{command:?} failed");
    Ok(())
}
