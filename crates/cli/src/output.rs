//! What a user reads: prose and errors on standard error, results on standard output.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use judder_core::Verdict;
use judder_model::{Model, Precision, Rule, Threshold};
pub(crate) use judder_report::number::{counted, percent, rounded};

/// Says something to the user; on standard error, as all prose.
pub(crate) fn say(text: impl Display) {
    // Nobody reads it where standard error is closed.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints an error, on standard error.
pub(crate) fn error(error: &impl Display) {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    say(format_args!("{red}error:{red:#} {error}"));
}

/// Prints a note on something worth knowing, on standard error.
pub(crate) fn note(text: impl Display) {
    let yellow = Style::new().fg_color(Some(AnsiColor::Yellow.into()));
    say(format_args!("{yellow}note:{yellow:#} {text}"));
}

/// Prints results, on standard output.
pub(crate) fn print(text: impl Display) -> anyhow::Result<()> {
    writeln!(anstream::stdout().lock(), "{text}").map_err(unprinted)
}

/// Results that could not be printed: where to, and why.
pub(crate) fn unprinted(error: impl Into<anyhow::Error>) -> anyhow::Error {
    let error = error.into();
    let reason = match stdout_error(&error) {
        Some(io::ErrorKind::StorageFull) => "the disk is full".to_owned(),
        _ => error.to_string(),
    };
    error.context(format!("standard output: {reason}"))
}

/// Whether the reader of standard output has gone away, as `head` does: no error.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    stdout_error(error) == Some(io::ErrorKind::BrokenPipe)
}

/// The kind of an error of standard output.
fn stdout_error(error: &anyhow::Error) -> Option<io::ErrorKind> {
    let mut kinds = error.chain().filter_map(|cause| {
        let csv = cause.downcast_ref::<csv::Error>();
        let in_csv = csv.and_then(|error| match error.kind() {
            csv::ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        });
        cause.downcast_ref::<io::Error>().map(io::Error::kind).or(in_csv)
    });
    kinds.next()
}

/// A verdict in its colour.
pub(crate) fn verdict(verdict: Verdict) -> String {
    let color = match verdict {
        Verdict::Normal => AnsiColor::Green,
        Verdict::Anomaly => AnsiColor::Red,
        Verdict::Idle | Verdict::Handled | Verdict::Remounted | Verdict::Settling => {
            AnsiColor::Yellow
        }
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    format!("{style}{verdict}{style:#}")
}

/// A score or threshold as short as reads back equal in the arithmetic of the model.
pub(crate) fn exact(precision: Precision, value: f64) -> String {
    match precision {
        Precision::F32 => (value as f32).to_string(),
        Precision::F64 => value.to_string(),
    }
}

/// The threshold of a model and its rule, for people to read.
pub(crate) fn threshold(limit: &Threshold) -> String {
    match limit.rule {
        Rule::None => "none".to_owned(),
        Rule::Given(_) => format!("{} (given)", rounded(limit.value)),
        rule => format!("{} ({rule})", rounded(limit.value)),
    }
}

/// Says that a model has only scores, where that is so.
pub(crate) fn note_threshold(model: &Model) {
    if model.threshold().rule == Rule::None {
        note(
            "the model has no threshold, so nothing is judged an anomaly: import or train it with \
             --threshold or with normal recordings",
        );
    }
}
