//! Charts and pages of a server with a long history: a chart of 30 days of a device at 1 Hz, how soon ten million scores
//! are opened, and what a page costs that listens to a thousand devices. Beside an earlier judder, `$JUDDER_BEFORE`,
//! which makes the history in its own form; the one of today takes over a copy.

mod asked;
mod listening;
mod made;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_history::{History, Retention, Sync};

use crate::dataset::Recordings;
use crate::load::Server;
use crate::median;
use crate::process::program;

use asked::Asked;

/// The longest time of a chart of 30 days.
const CHART: Duration = Duration::from_millis(10);
/// The longest time that opening takes.
const OPENED: Duration = Duration::from_millis(50);
/// What a page that listens may cost, in MB.
const LISTENS: f64 = 0.3;
/// How often each is asked, and opened.
const ROUNDS: usize = 21;
const STARTS: usize = 7;

/// True if the promises are kept.
pub(crate) fn whole(recordings: &Recordings) -> anyhow::Result<bool> {
    let space = tempfile::tempdir()?;
    let before = std::env::var_os("JUDDER_BEFORE").map(PathBuf::from);
    let before = before.context("$JUDDER_BEFORE is to be the program of judder 0.1.0")?;
    let judder = program()?;
    let model = space.path().join("fan.model.json");
    trained(&before, recordings, &model)?;
    let (theirs, ours) = (space.path().join("before"), space.path().join("now"));
    drop(start("judder 0.1.0", &before, &model, &theirs)?);
    let made = made::fill(&theirs.join("history.db"))?;
    println!("{made}");
    fs::create_dir(&ours)?;
    for name in ["history.db", "token"] {
        fs::copy(theirs.join(name), ours.join(name))?;
    }
    taken_over(&judder, &model, &ours)?;
    let mut all = opened(&judder, &before, &model, &ours, &theirs)?;
    let servers = [
        start("judder", &judder, &model, &ours)?,
        start("judder 0.1.0", &before, &model, &theirs)?,
    ];
    all &= charts(&servers, &made, [&ours, &theirs])?;
    drop(servers);
    all &=
        listening::costs([("judder", &judder), ("judder 0.1.0", &before)], &model, space.path())?;
    Ok(all)
}

fn trained(program: &Path, recordings: &Recordings, model: &Path) -> anyhow::Result<()> {
    let mut train = Command::new(program);
    train.arg("train").arg("--normal").arg(recordings.folder.join("fan_0_low_0_weight"));
    let done = train.arg("-o").arg(model).output()?;
    anyhow::ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

fn start(what: &'static str, program: &Path, model: &Path, kept: &Path) -> anyhow::Result<Server> {
    let words = ["-p", "0", "--address", "127.0.0.1", "-d"].map(Path::new);
    let arguments: Vec<&Path> = [Path::new("serve"), model].into_iter().chain(words).collect();
    Server::start(what, program, &[&arguments[..], &[kept]].concat())
}

/// Starts a server on a history of the earlier version, until all of it is rolled up.
fn taken_over(judder: &Path, model: &Path, kept: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    let server = start("judder", judder, model, kept)?;
    let started = began.elapsed();
    let behind = made::behind(&kept.join("history.db"))?;
    while behind()? > 0 {
        thread::sleep(Duration::from_millis(100));
    }
    let (rolled, used) = (began.elapsed(), server.used()?);
    println!(
        "a history of 0.1.0 is copied and taken over in {started:.1?}, all is rolled up after {rolled:.1?}; {:.1} s of a \
         core, at most {:.0} MB",
        used.cpu_s, used.peak_mb
    );
    Ok(())
}

/// How soon a history is opened, and a server listens.
fn opened(
    judder: &Path,
    before: &Path,
    model: &Path,
    ours: &Path,
    theirs: &Path,
) -> anyhow::Result<bool> {
    let path = ours.join("history.db");
    let open = || -> anyhow::Result<()> {
        History::open(&path, Sync::System, Retention::default())?.reader()?.totals()?;
        Ok(())
    };
    let opens = median::of(open)?;
    let empty = ours.with_file_name("empty");
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..STARTS {
        for (times, (program, kept)) in
            times.iter_mut().zip([(judder, ours), (before, theirs), (judder, empty.as_path())])
        {
            let began = Instant::now();
            let server = start("a server", program, model, kept)?;
            Asked::to(server.address, kept)?.get("/healthz")?;
            times.push(began.elapsed());
        }
    }
    let [ours, theirs, empty] = times.map(median::middle);
    let kept = opens <= OPENED && ours.saturating_sub(empty) <= OPENED;
    println!(
        "10 million scores are opened in {opens:.1?} (promised {OPENED:?}); a server answers {ours:.1?} after its start, \
         {empty:.1?} without scores, 0.1.0's {theirs:.1?} (medians of {STARTS}): {}",
        if kept { "kept" } else { "MISSED" }
    );
    Ok(kept)
}

/// Charts of some spans, through the interface.
fn charts(servers: &[Server; 2], made: &made::Made, kept: [&Path; 2]) -> anyhow::Result<bool> {
    let mut ours = Asked::to(servers[0].address, kept[0])?;
    let mut theirs = Asked::to(servers[1].address, kept[1])?;
    let mut all = true;
    for days in [30.0, 7.0, 1.0, 0.25, 1.0 / 24.0] {
        let path = made.scores(days);
        let (now, then) = median::alternate_for(ROUNDS, || ours.get(&path), || theirs.get(&path))?;
        let points = |text: &str| text.matches("\"at\":").count();
        let (few, same) = (points(&ours.get(&path)?), points(&theirs.get(&path)?));
        let anomalies = ours.get(&path)?.matches("\"anomaly\"").count();
        let promise = if days == 30.0 {
            all &= now <= CHART && anomalies == 1;
            let word = if now <= CHART && anomalies == 1 { "kept" } else { "MISSED" };
            format!(", promised {CHART:?}: {word}")
        } else {
            String::new()
        };
        println!(
            "scores of {days:.2} days at 1 Hz: {now:.2?} ({few} points, {anomalies} of an anomaly), 0.1.0 {then:.2?} \
             ({same} points){promise}"
        );
    }
    let path = made.view();
    let (now, then) = median::alternate_for(ROUNDS, || ours.get(&path), || theirs.get(&path))?;
    let kept = now <= CHART;
    println!(
        "the figures of 30 days, drawn: {now:.2?}, 0.1.0 {then:.2?}, promised {CHART:?}: {}",
        if kept { "kept" } else { "MISSED" }
    );
    Ok(all && kept)
}
