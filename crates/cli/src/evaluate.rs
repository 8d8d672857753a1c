//! `judder evaluate`: what a model is worth on labelled recordings.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use judder_core::Unit;
use judder_data::store::write_whole;
use judder_model::{Model, Rule, Threshold};
use judder_report::serving::{promised, says};
use judder_train::{Evaluation, EvaluationOptions, Interval, Pace};

use crate::alarms::{a_day, condition, interval_a_day};
use crate::files::{self, Files};
use crate::input::{Daily, Labelled, hertz};
use crate::output::{counted, note, note_threshold, percent, print, rounded, say, threshold};
use crate::progress::Progress;
use crate::{Done, sweep, target};

/// Judge a model on normal and anomalous recordings.
///
/// Normal recordings that the model was fitted to are left out, unless there are no others. Windows in
/// which the sensor was moved are not judged; remounted and idle ones are, as what scores are worth is
/// the question here, and the last column says what judder serve would call them, and whether it would raise an
/// alert. The line `alerts` says how many a day it would raise of nothing.
/// Intervals hold the true figure with 95 % confidence if windows are independent of each other;
/// where they overlap, or neighbours resemble each other, the true intervals are wider.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder train --normal fan/fan_0_low_0_weight --hold-out 0.2 -o fan.model.json\n  \
    judder evaluate fan.model.json --normal fan/fan_0_low_0_weight --anomaly fan/fan_0_low_1_weight\n  \
    judder evaluate fan.model.json --normal fan/fan_0_low_0_weight --sweep")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) labelled: Labelled,
    /// Sample rate in Hz, whatever the recordings say [default: as they say, else the model's]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: the
    /// model's]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    #[command(flatten)]
    pub(crate) daily: Daily,
    /// Say what other thresholds would be worth, too: those for 10 to 0.1 % of false alarms, as far
    /// as these normal windows can tell
    #[arg(long)]
    pub(crate) sweep: bool,
    /// A page that shows all of it, and the windows on which the model errs: one HTML file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// To be read by people
    Table,
    /// One JSON object
    Json,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let files = args.files.options(args.rate, args.unit)?;
    let model = Model::read(&args.model)?;
    let Labelled { normal, anomaly, skip_bad } = &args.labelled;
    if let Some(report) = &args.report {
        let model = std::slice::from_ref(&args.model);
        target::spare(report, &[normal.as_slice(), anomaly, model].concat())?;
    }
    files::tell(&[normal.as_slice(), anomaly].concat(), &files)?;
    let progress = Progress::of("judging files", 0);
    let options = EvaluationOptions {
        files,
        rate_hz: args.rate,
        unit: args.unit,
        skip_bad: *skip_bad,
        windows_per_day: args.daily.windows_per_day,
        sweep: args.sweep,
    };
    let (evaluation, scored) =
        judder_train::evaluate_windows(&model, normal, anomaly, options, || {
            progress.advance_by(1)
        })?;
    drop(progress);
    let pace = Pace::of(model.binding(), args.daily.windows_per_day);
    if let Some(report) = &args.report {
        let name = target::name(&args.model);
        let html = judder_report::evaluated(&model, &evaluation, &scored, pace, &name)?;
        write_whole(report, |to| to.write_all(html.as_bytes()))?;
    }
    for reason in &evaluation.left_out {
        note(format_args!("left out {reason}"));
    }
    if evaluation.seen_left_out > 0 {
        note(format_args!(
            "{} that the model was fitted to left out",
            counted(evaluation.seen_left_out, "normal recording")
        ));
    }
    if evaluation.seen_only {
        note(
            "the model was fitted to all of these normal recordings, so its false alarms look \
             fewer than they are: judge it on others, or train with --hold-out 0.2",
        );
    }
    note_threshold(&model);
    if evaluation.sweep.is_some() {
        note(
            "the other thresholds of the sweep were chosen on these normal windows, so their false \
             alarms are what they were chosen for, and look better than on new recordings: judge \
             the one that you take on others",
        );
    }
    if let Some(report) = &args.report {
        say(format_args!("wrote {}", report.display()));
    }
    match args.format {
        Format::Json => print(serde_json::to_string_pretty(&evaluation)?)?,
        Format::Table => {
            print(table(&evaluation, model.threshold(), pace))?;
        }
    }
    Ok(Done::Well)
}

/// A line below the header, and none between the rows.
pub(crate) const RULED: TableStyle =
    TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

fn table(evaluation: &Evaluation, limit: &Threshold, pace: Pace) -> String {
    let mut states = Table::new();
    let mut header = vec![
        "state",
        "is",
        "windows",
        "above threshold",
        "95 %",
        "median score",
        "ROC AUC",
        "95 %",
    ];
    let judged = limit.rule != Rule::None;
    if judged {
        header.push("judder serve would say");
    }
    states.load_style(RULED).set_header(header);
    let last = |state: &str| Path::new(state).file_name().map(|n| n.to_string_lossy().into_owned());
    let names: Vec<_> = evaluation.states.iter().map(|row| last(&row.state)).collect();
    // The folder's own name, unless two have the same.
    let name = |state: &str| match last(state) {
        Some(short) if names.iter().flatten().filter(|one| **one == short).count() == 1 => short,
        _ => state.to_owned(),
    };
    for row in &evaluation.states {
        let mut cells = vec![
            name(&row.state),
            if row.anomaly { "anomaly" } else { "normal" }.to_owned(),
            row.windows.to_string(),
            percent(row.above_share),
            shares(row.above_interval),
            rounded(row.median_score),
            row.auc.map_or_else(String::new, |auc| format!("{auc:.4}")),
            areas(row.auc_interval),
        ];
        if judged {
            cells.push(says(&row.served));
        }
        states.add_row(cells);
    }
    for column in 2..8 {
        if let Some(column) = states.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut confusion = Table::new();
    confusion.load_style(RULED).set_header(["", "judged normal", "judged anomaly"]);
    let count = |label: &str, normal: usize, anomaly: usize| {
        [label.to_owned(), normal.to_string(), anomaly.to_string()]
    };
    confusion.add_row(count("normal", evaluation.true_negatives, evaluation.false_positives));
    if evaluation.true_positives + evaluation.false_negatives > 0 {
        confusion.add_row(count("anomaly", evaluation.false_negatives, evaluation.true_positives));
    }
    for column in 1..3 {
        if let Some(column) = confusion.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut lines = vec![states.to_string(), String::new()];
    if judged {
        lines.extend([confusion.to_string(), String::new()]);
    }
    lines.push(format!("threshold             {}", threshold(limit)));
    if let Some(promise) = &evaluation.alerts {
        lines.push(format!("alerts                {}, {}", promised(promise), condition(pace)));
    }
    if let Some(rate) = evaluation.false_alarm_rate.filter(|_| judged) {
        let interval = shares(evaluation.false_alarm_interval);
        lines.push(format!("false-alarm rate      {} ({interval})", percent(rate)));
        let interval = interval_a_day(evaluation.false_alarms_per_day_interval);
        let (daily, condition) = (a_day(rate, pace), condition(pace));
        lines.push(format!("false alarms          {daily} ({interval}) {condition}"));
    }
    if let Some(auc) = evaluation.auc {
        lines.push(format!("ROC AUC               {auc:.4} ({})", areas(evaluation.auc_interval)));
    }
    if let Some(rate) = evaluation.true_positive_rate_at_1_percent {
        lines.push(format!("caught at 1 % alarms  {}", percent(rate)));
    }
    if let Some(rows) = &evaluation.sweep {
        lines.extend([String::new(), sweep::table(rows, name)]);
    }
    lines.join("\n")
}

pub(crate) fn shares(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| {
        format!("{:.1}-{:.1} %", low * 100.0, high * 100.0)
    })
}

fn areas(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| format!("{low:.4}-{high:.4}"))
}
