//! `judder demo`: the whole way on a simulated fan.

mod live;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Command;
use judder_data::{DataError, Problem};

use crate::output::say;
use crate::serving::LONGEST;
use crate::{Done, evaluate, explore, input, score, simulate, train};

/// The whole way on a simulated fan: record, look, train, evaluate, score, and watch on a live page.
///
/// Each step says the command that does it. The page shows three boards that post what they record; after
/// 20 s a coin drops onto the blade of one fan. It ends with Ctrl-C, and with --no-page before the page.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example, ends by itself:\n  judder demo --no-page")]
pub(crate) struct Args {
    /// The folder to work in
    #[arg(long, default_value = "judder-demo", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// End by itself, without the live page
    #[arg(long)]
    pub(crate) no_page: bool,
    /// Seconds to show the page; 0 is until it is stopped
    #[arg(
        short,
        long,
        default_value_t = 0,
        value_parser = input::counts(0..=LONGEST),
        allow_negative_numbers = true,
        conflicts_with = "no_page",
        value_name = "SECS"
    )]
    pub(crate) time: usize,
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
    if !args.no_page {
        step("6. Look on, while three boards post what they record.");
        shown(&["serve".as_ref(), model.as_os_str(), "-d".as_ref(), at("live").as_os_str()]);
        live::show(&at("live"), &model, args.time)?;
    }
    Ok(Done::Well)
}

/// A new, marked folder. One that an earlier demo has marked is emptied first; others are not touched.
fn make_room(dir: &Path) -> anyhow::Result<()> {
    let at = |error: std::io::Error| DataError::new(dir, error);
    let mark = dir.join(MARK);
    if mark.is_file() {
        for name in ["fan", "new", "live"] {
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
    let words: Vec<&OsStr> = words.iter().map(|word| word.as_ref()).collect();
    shown(&words);
    let command = A::augment_args(Command::new("judder"));
    let matches = command.try_get_matches_from(words).context("the demo's own command is wrong")?;
    Ok(A::from_arg_matches(&matches)?)
}

/// Says a command line.
fn shown(words: &[&OsStr]) {
    let dim = anstyle::Style::new().dimmed();
    let line: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    say(format_args!("{dim}   judder {}{dim:#}", line.join(" ")));
}
