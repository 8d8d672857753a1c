//! `judder demo`: the whole way on a simulated fan.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Command;
use judder_data::{DataError, Problem};

use crate::output::say;
use crate::{Done, evaluate, explore, score, simulate, train};

/// The whole way on a simulated fan: record, look, train, evaluate, score.
///
/// Each step says the command that does it. The last one judges two recordings that nobody has seen
/// before: one of the healthy fan, one with a coin taped to a blade.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder demo")]
pub(crate) struct Args {
    /// The folder to work in
    #[arg(long, default_value = "judder-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Marks a folder as one that may be made anew.
const MARK: &str = "made-by-judder-demo.txt";

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    make_room(&args.dir)?;
    let at = |name: &str| args.dir.join(name);
    let (fan, new, model) = (at("fan"), at("new"), at("fan.model.json"));
    let (page, report) = (at("fan.html"), at("fan-model.html"));
    let (normal, coin) = ("fan_0_low_0_weight", "fan_0_low_1_weight");

    step("1. Record. A fan at low speed, 300 seconds healthy and 300 with a coin on a blade.");
    simulate::run(&told(&[
        &"simulate",
        &"--out",
        &fan,
        &"--states",
        &"low,low+coin",
        &"--recordings",
        &"300",
    ])?)?;

    step("2. Look. What do they look like, and what tells the coin?");
    let (fan_normal, fan_coin) = (fan.join(normal), fan.join(coin));
    explore::run(&told(&[
        &"explore",
        &"--normal",
        &fan_normal,
        &"--anomaly",
        &fan_coin,
        &"-o",
        &page,
    ])?)?;

    step("3. Train. Only healthy recordings are learnt from; the last fifth is kept for judging.");
    train::run(&told(&[
        &"train",
        &"--normal",
        &fan_normal,
        &"--hold-out",
        &"0.2",
        &"-o",
        &model,
    ])?)?;

    step("4. Evaluate. How often is it wrong on recordings it has not seen?");
    evaluate::run(&told(&[
        &"evaluate",
        &model,
        &"--normal",
        &fan_normal,
        &"--anomaly",
        &fan_coin,
        &"--report",
        &report,
    ])?)?;

    step("5. Watch. Two new recordings come in, one healthy and one with the coin.");
    simulate::run(&told(&[
        &"simulate",
        &"--out",
        &new,
        &"--states",
        &"low,low+coin",
        &"--recordings",
        &"1",
        &"--from",
        &"300",
    ])?)?;
    let (healthy, weighted) = (new.join(normal).join("0000.csv"), new.join(coin).join("0000.csv"));
    score::run(&told(&[&"score", &model, &healthy, &weighted])?)?;
    say(format_args!(
        "\nOpen {} and {} in a browser. Now with your own machine: judder train --help",
        page.display(),
        report.display()
    ));
    Ok(Done::Well)
}

/// A new, marked folder. One that an earlier demo has marked is emptied first; others are not touched.
fn make_room(dir: &Path) -> anyhow::Result<()> {
    let at =
        |error: std::io::Error| DataError { path: dir.to_owned(), problem: Problem::Io(error) };
    let mark = dir.join(MARK);
    if mark.is_file() {
        for name in ["fan", "new"] {
            let folder = dir.join(name);
            if folder.is_dir() {
                fs::remove_dir_all(&folder).map_err(at)?;
            }
        }
    } else {
        fs::create_dir_all(dir).map_err(at)?;
        if fs::read_dir(dir).map_err(at)?.next().is_some() {
            return Err(DataError { path: dir.to_owned(), problem: Problem::NotEmpty }.into());
        }
        fs::write(mark, "Made by `judder demo`, which makes it anew when it runs again.\n")
            .map_err(at)?;
    }
    Ok(())
}

fn step(text: &str) {
    let bold = anstyle::Style::new().bold();
    say(format_args!("\n{bold}{text}{bold:#}"));
}

/// Says a command line, and parses it into the arguments of its subcommand.
fn told<A: clap::Args>(words: &[&dyn AsRef<OsStr>]) -> anyhow::Result<A> {
    let dim = anstyle::Style::new().dimmed();
    let words: Vec<&OsStr> = words.iter().map(|word| word.as_ref()).collect();
    let line: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    say(format_args!("{dim}   judder {}{dim:#}", line.join(" ")));
    let command = A::augment_args(Command::new("judder"));
    let matches = command.try_get_matches_from(words).context("the demo's own command is wrong")?;
    Ok(A::from_arg_matches(&matches)?)
}
