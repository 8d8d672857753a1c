//! `judder score`: the verdict on recordings.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use judder_core::{Unit, Verdict};
use judder_data::path_order;
use judder_model::{Misfit, Model, Outcome, Precision, Reason, Rule};
use judder_train::{Follower, Judging, check_given, judge_pieces};
use serde::Serialize;

use crate::files::{self, Files};
use crate::input::hertz;
use crate::lasting::{Lasting, When};
use crate::output::{error, exact, is_closed_pipe, rounded, unprinted, verdict};
use crate::reading::Reading;
use crate::seen::Seen;
use crate::why::{Line as Why, note_profile, words};
use crate::{Done, WrongUsage};

/// Score recordings, and say which are strange.
///
/// A row for each window, in path order: a recording as long as the model's window is one row. A
/// recording that cannot be scored has none; the reason is printed, and the exit code is 1. Of a long
/// recording rows are printed as it is read, up to a line that is wrong.
///
/// The verdict is normal or anomaly, or says why a window is not judged: handled (the sensor moved
/// in it), idle (the machine stands still), settling (it runs again, --settle), remounted (gravity points elsewhere than at the
/// baseline, or is not as long as it was). The recordings of a folder follow each other; where the model
/// averages scores, the score is that average.
///
/// With --fail-on-anomaly the exit code is 3 where a window is an anomaly or remounted, else 4 where a
/// window above the threshold was excused as handled, or none was judged though the machine was not idle.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder train --normal fan/fan_0_low_0_weight -o fan.model.json\n  \
    judder score fan.model.json fan/fan_0_low_1_weight --format csv")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    /// Recordings: .csv, .csv.gz, .npz, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to print the scores
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Sample rate in Hz, whatever the recordings say [default: as they say, else the model's]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: the
    /// model's]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// Say of each anomaly which axes and frequencies made it one
    #[arg(long)]
    pub(crate) why: bool,
    /// End with exit code 3 where there is an anomaly, or a window is remounted and so not judged; else
    /// with 4 where a window above the threshold was excused, readings are in another unit or range, or
    /// all there was to judge was left out
    #[arg(long)]
    pub(crate) fail_on_anomaly: bool,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// To be read by people
    Table,
    /// path,score,threshold,verdict
    Csv,
    /// A JSON object a line, with the first reading of the window and when it was
    Jsonl,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    if args.why && args.format == Format::Csv {
        let reason = "--why goes with --format table or jsonl: a row of csv has no room for words";
        return Err(WrongUsage(reason.to_owned()).into());
    }
    let model = Model::read(&args.model)?;
    check_given(args.unit, &model)?;
    let mut all = files::all(&args.paths, &args.files.options(args.rate, args.unit)?)?;
    all.sort_by(|a, b| path_order(a.path(), b.path()));
    all.dedup();
    files::say_of(&all);
    let mut reading = Reading::of(&all, "scoring", io::stdout().is_terminal());
    let mut printing = Printing {
        rows: Rows::start(args.format, args.why, &model).map_err(unprinted)?,
        follower: Follower::new(&model, model.watching())?,
        refused: 0,
        read: true,
        seen: Seen::default(),
        lasting: Lasting::of(&model),
        of_unit: OfUnit::default(),
    };
    let mut failed = None;
    judge_pieces(&model, &all, args.rate, args.why, |step| {
        let done = match step {
            Judging::Read { source, bytes } => {
                reading.read(source, bytes);
                // Of a long recording rows come as they are known.
                if bytes.is_some() { printing.flush() } else { Ok(()) }
            }
            other => printing.take(other),
        };
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    reading.ended();
    if let Some(error) = failed {
        return Err(error);
    }
    let Printing { rows, refused, read, seen, lasting, of_unit, .. } = printing;
    if read {
        is_read(rows.finish().map_err(unprinted))?;
    }
    if args.format == Format::Table {
        lasting.say();
    }
    of_unit.say();
    seen.say(&model);
    if args.why {
        note_profile(&model, seen.of(Verdict::Anomaly));
    }
    if refused > 0 {
        return Ok(Done::InPart);
    }
    // What is mounted in another way may hide an anomaly.
    let found = seen.of(Verdict::Anomaly) + seen.of(Verdict::Remounted);
    Ok(match args.fail_on_anomaly {
        true if found > 0 => Done::Found,
        true if seen.excused() > 0 || seen.is_unjudged() || !of_unit.is_empty() => Done::Unjudged,
        false if !of_unit.is_empty() => Done::InPart,
        _ => Done::Well,
    })
}

/// What is printed and counted as it comes.
struct Printing {
    rows: Rows,
    follower: Follower,
    refused: usize,
    /// Whether somebody reads the rows.
    read: bool,
    seen: Seen,
    lasting: Lasting,
    /// All of a unit on one line: that is wrong with many recordings, or with none.
    of_unit: OfUnit,
}

impl Printing {
    fn take(&mut self, step: Judging) -> anyhow::Result<()> {
        match step {
            Judging::Windows { path, windows, begins, reasons } => {
                for (at, window) in windows.iter().enumerate() {
                    let outcome = self.follower.next(&path, window)?;
                    self.seen.count(window, &outcome);
                    self.lasting.take(&path, (window.start, &begins), outcome.verdict);
                    // Where nobody reads on, the verdicts still count for the exit code.
                    if self.read {
                        let why: &[Reason] = reasons.get(at).map_or(&[], Vec::as_slice);
                        let when = When { start: window.start, begins, alone: windows.len() == 1 };
                        let row = self.rows.row(&path, &when, &outcome, why);
                        self.read = is_read(row.map_err(unprinted))?;
                    }
                }
            }
            Judging::Misfit {
                path,
                misfit: misfit @ (Misfit::Unit { .. } | Misfit::Misnamed { .. }),
            } => self.of_unit.add(path, misfit),
            Judging::Misfit { path, misfit } => {
                self.refuse(&format_args!("{}: {misfit}", path.display()));
            }
            Judging::Unreadable(reason) => self.refuse(&reason),
            Judging::Read { .. } => {}
        }
        Ok(())
    }

    fn refuse(&mut self, reason: &dyn std::fmt::Display) {
        self.refused += 1;
        error(&reason);
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        if self.read {
            self.read = is_read(self.rows.flush().map_err(unprinted))?;
        }
        Ok(())
    }
}

/// Recordings in another unit: how many of each kind, and the first.
#[derive(Default)]
struct OfUnit(BTreeMap<String, (PathBuf, Misfit, usize)>);

impl OfUnit {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, path: PathBuf, misfit: Misfit) {
        let kind = match &misfit {
            Misfit::Misnamed { named, looks, .. } => format!("{named} {looks:?}"),
            Misfit::Unit { looks, .. } => format!("{looks:?}"),
            other => other.to_string(),
        };
        self.0.entry(kind).or_insert((path, misfit, 0)).2 += 1;
    }

    fn say(&self) {
        for (path, misfit, count) in self.0.values() {
            let more = match count {
                1 => String::new(),
                2 => " and 1 more recording".to_owned(),
                count => format!(" and {} more recordings", count - 1),
            };
            error(&format_args!("{}{more}: {misfit}", path.display()));
        }
    }
}

/// Whether what was printed is still being read.
fn is_read(printed: anyhow::Result<()>) -> anyhow::Result<bool> {
    match printed {
        Ok(()) => Ok(true),
        Err(error) if is_closed_pipe(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Coloured where it is a terminal.
type Colored = BufWriter<anstream::AutoStream<io::StdoutLock<'static>>>;

/// As it is: a path may hold anything.
type Plain = BufWriter<io::StdoutLock<'static>>;

/// Writes a row a window.
struct Rows {
    precision: Precision,
    /// None where the model has none.
    threshold: Option<f64>,
    /// Whether anomalies are explained.
    why: bool,
    to: Writer,
}

enum Writer {
    Table(Colored),
    Csv(Box<csv::Writer<Plain>>),
    Jsonl(Plain),
}

#[derive(Serialize)]
struct Line<'r> {
    path: &'r str,
    start: usize,
    /// From the first reading of the file.
    seconds: f64,
    /// When its first reading was taken, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    score: f64,
    /// None where the model has none.
    threshold: Option<f64>,
    verdict: &'static str,
    /// Whether the window is above the threshold, and yet not judged.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    excused: bool,
    /// Of an anomaly, where that is wanted; of another window empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Vec<Why>>,
}

impl Rows {
    fn start(format: Format, why: bool, model: &Model) -> anyhow::Result<Self> {
        let plain = || BufWriter::new(io::stdout().lock());
        let to = match format {
            Format::Table => {
                Writer::Table(BufWriter::new(anstream::AutoStream::auto(io::stdout()).lock()))
            }
            Format::Jsonl => Writer::Jsonl(plain()),
            Format::Csv => {
                let mut to = csv::Writer::from_writer(plain());
                to.write_record(["path", "score", "threshold", "verdict"])?;
                Writer::Csv(Box::new(to))
            }
        };
        let limit = model.threshold();
        let threshold = (limit.rule != Rule::None).then_some(limit.value);
        Ok(Self { precision: model.precision(), threshold, why, to })
    }

    /// The reasons count where the window turned out to be an anomaly.
    fn row(
        &mut self,
        path: &Path,
        when: &When,
        outcome: &Outcome,
        reasons: &[Reason],
    ) -> anyhow::Result<()> {
        let path = path.to_string_lossy();
        let Outcome { score, verdict: found, excused, .. } = *outcome;
        let reasons = if found == Verdict::Anomaly { reasons } else { &[] };
        // The shortest digits that read back equal, of an f32 model too.
        let exact_score = exact(self.precision, score);
        let exact_threshold = self.threshold.map(|value| exact(self.precision, value));
        match &mut self.to {
            Writer::Csv(to) => {
                let threshold = exact_threshold.as_deref().unwrap_or_default();
                to.write_record([&path, exact_score.as_str(), threshold, found.as_str()])?;
            }
            Writer::Jsonl(to) => {
                let line = Line {
                    path: &path,
                    start: when.start,
                    seconds: when.seconds(),
                    time: when.time(),
                    score: exact_score.parse()?,
                    threshold: exact_threshold.map(|value| value.parse()).transpose()?,
                    verdict: found.as_str(),
                    excused,
                    why: self.why.then(|| reasons.iter().map(Why::of).collect()),
                };
                writeln!(to, "{}", serde_json::to_string(&line)?)?;
            }
            Writer::Table(to) => {
                let pad = " ".repeat(10usize.saturating_sub(found.as_str().len()));
                let above = if excused { " (above the threshold)" } else { "" };
                let at =
                    if when.is_alone() { String::new() } else { format!("  {}", when.clock()) };
                writeln!(to, "{}{pad}{:>10}  {path}{at}{above}", verdict(found), rounded(score))?;
                if !reasons.is_empty() {
                    writeln!(to, "{:>22}{}", "", words(reasons))?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        match &mut self.to {
            Writer::Table(to) => to.flush()?,
            Writer::Jsonl(to) => to.flush()?,
            Writer::Csv(to) => to.flush()?,
        }
        Ok(())
    }
}
