//! Whole commands on very many recordings: what they take of a core and of memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use judder_data::simulate::{Fan, State};
use judder_data::{Recording, store};

use crate::process::program;

/// Recordings of each size.
const SIZES: [usize; 3] = [10_000, 50_000, 200_000];

/// Simulated recordings of a state that differ; more of them are the same under other names.
const MADE: usize = 2500;

/// Ticks of the clock in a second in which Linux counts a process's time.
const TICKS: f64 = 100.0;

/// How often memory is looked at.
const LOOKED_AT: Duration = Duration::from_millis(5);

/// What a command may take: megabytes at the most, and CPU seconds as a multiple of those of `score`.
struct Line {
    name: &'static str,
    args: &'static [&'static str],
    megabytes: f64,
    times: Option<f64>,
}

const LINES: &[Line] = &[
    Line { name: "train", args: &[], megabytes: 200.0, times: Some(1.6) },
    Line {
        name: "train mahalanobis",
        args: &["--detector", "mahalanobis"],
        megabytes: 200.0,
        times: None,
    },
    Line { name: "train k-means", args: &["--detector", "k-means"], megabytes: 200.0, times: None },
    Line {
        name: "train neighbours",
        args: &["--detector", "neighbours"],
        megabytes: 200.0,
        times: None,
    },
    Line {
        name: "train autoencoder",
        args: &["--detector", "autoencoder"],
        megabytes: 200.0,
        times: None,
    },
    Line { name: "train auto", args: &["--detector", "auto"], megabytes: 300.0, times: None },
    Line { name: "compare", args: &[], megabytes: 300.0, times: None },
    Line { name: "explore", args: &[], megabytes: 300.0, times: None },
    Line { name: "evaluate", args: &[], megabytes: 300.0, times: None },
    Line { name: "check", args: &[], megabytes: 300.0, times: None },
    Line { name: "score", args: &[], megabytes: 300.0, times: Some(1.0) },
];

/// Whether all is kept; of the sizes that are named, or of all.
pub(crate) fn whole(sizes: impl Iterator<Item = String>) -> anyhow::Result<bool> {
    let named: Vec<usize> = sizes.map(|size| size.parse()).collect::<Result<_, _>>()?;
    let sizes = if named.is_empty() { SIZES.to_vec() } else { named };
    let judder = program()?;
    let space = tempfile::tempdir()?;
    let made = space.path().join("made");
    simulate(&made)?;
    let mut kept = true;
    for size in sizes {
        let folder = space.path().join(size.to_string());
        link(&made, &folder, size)?;
        kept &= of_size(&judder, &folder, size, space.path())?;
        fs::remove_dir_all(&folder)?;
    }
    Ok(kept)
}

fn simulate(to: &Path) -> anyhow::Result<()> {
    let fan = Fan::new(0);
    for state in State::REFERENCE {
        let all: Option<Vec<Recording>> =
            (0..MADE as u64).map(|index| fan.recording(state, index, 200.0, 200)).collect();
        let all = all.context("200 Hz and 200 readings make a recording")?;
        store::write_folder(&to.join(state.folder_name(0)), &all, |_, entry| entry)?;
    }
    Ok(())
}

/// As many recordings, each of those that were made under several names.
fn link(made: &Path, to: &Path, size: usize) -> anyhow::Result<()> {
    let states: Vec<PathBuf> =
        fs::read_dir(made)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    let each = size / states.len();
    for state in states {
        let folder = to.join(state.file_name().context("a folder has a name")?);
        fs::create_dir_all(&folder)?;
        let mut files: Vec<PathBuf> =
            fs::read_dir(&state)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
        files.sort();
        for at in 0..each {
            let file = &files[at % files.len()];
            let name = file.file_name().context("a file has a name")?.to_string_lossy();
            fs::hard_link(file, folder.join(format!("{:03}-{name}", at / files.len())))?;
        }
    }
    Ok(())
}

fn of_size(judder: &Path, folder: &Path, size: usize, space: &Path) -> anyhow::Result<bool> {
    let model = space.join("big.model.json");
    let states: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    let (coin, normal): (Vec<PathBuf>, Vec<PathBuf>) =
        states.into_iter().partition(|path| path.to_string_lossy().contains("_1_weight"));
    println!("{size} recordings");
    let command = |line: &Line| {
        let mut command = Command::new(judder);
        let (verb, _) = line.name.split_once(' ').unwrap_or((line.name, ""));
        command.arg(verb);
        match verb {
            "score" => command.arg(&model).arg(folder).args(["--format", "csv"]),
            "check" => command.arg(folder),
            "evaluate" => {
                command.arg(&model).arg("--normal").args(&normal).arg("--anomaly").args(&coin)
            }
            "train" => command.arg("--normal").arg(folder).arg("--force").arg("-o").arg(&model),
            "compare" => {
                let named = command.arg("--normal").args(&normal).arg("--anomaly").args(&coin);
                named.arg("--force")
            }
            _ => {
                let named = command.arg("--normal").args(&normal).arg("--anomaly").args(&coin);
                named.arg("-o").arg(space.join("page.html"))
            }
        };
        command.args(line.args);
        command
    };
    run(&mut command(&LINES[0]))?;
    let (mut kept, score) = (true, run(&mut command(&LINES[LINES.len() - 1]))?);
    for line in LINES {
        let Used { seconds, megabytes } = run(&mut command(line))?;
        let times = seconds / score.seconds;
        let is_kept =
            megabytes <= line.megabytes && line.times.is_none_or(|most| times <= most * 1.05);
        kept &= is_kept;
        let promised = line.times.map_or_else(String::new, |most| format!(", promised {most:.1}"));
        println!(
            "  {:<18} {seconds:>7.1} CPU-s, {times:>5.2} x score{promised}; {megabytes:>4.0} MB, promised {:.0}: {}",
            line.name,
            line.megabytes,
            if is_kept { "kept" } else { "MISSED" }
        );
    }
    Ok(kept)
}

/// What a process took.
struct Used {
    /// Of a core.
    seconds: f64,
    /// At the most.
    megabytes: f64,
}

fn run(command: &mut Command) -> anyhow::Result<Used> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let of = PathBuf::from(format!("/proc/{}", child.id()));
    let mut used = Used { seconds: 0.0, megabytes: 0.0 };
    let status = loop {
        let status = fs::read_to_string(of.join("status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        used.megabytes = kilobytes.map_or(used.megabytes, |found| found / 1024.0);
        let stat = fs::read_to_string(of.join("stat")).unwrap_or_default();
        // Behind the name in brackets, which may hold anything: the twelfth and thirteenth.
        let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
        let ticks =
            behind.split_whitespace().skip(11).take(2).filter_map(|x| x.parse::<f64>().ok());
        used.seconds = used.seconds.max(ticks.sum::<f64>() / TICKS);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(LOOKED_AT);
    };
    // Findings are no failure here.
    anyhow::ensure!(status.code().is_some_and(|code| code < 2), "{command:?} failed: {status}");
    Ok(used)
}
