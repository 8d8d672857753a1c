//! `judder check`: what is wrong with recordings.

use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use judder_core::Unit;
use judder_data::quality::{Finding, Folder, Report, Severity, check};

use crate::Done;
use crate::files::{self, Files};
use crate::input::hertz;
use crate::output::{counted, print, rounded};
use crate::reading::Reading;

/// Look for what is wrong with recordings, before a model learns it.
///
/// Files that cannot be read, recordings that differ from the others, dead or clipping sensors,
/// copies, recordings during which the base was handled, changed mountings.
#[derive(clap::Args, Clone)]
#[command(
    after_help = "Example:\n  judder simulate --out fan --states low,low+moved\n  judder check fan"
)]
pub(crate) struct Args {
    /// Folders or files of recordings
    #[arg(required = true, value_name = "DATASET")]
    pub(crate) paths: Vec<PathBuf>,
    /// Sample rate in Hz, whatever the recordings say [default: as they say]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(crate) format: Format,
    /// End with exit code 3 where there is an error or a warning
    #[arg(long)]
    pub(crate) fail_on_finding: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// To be read by people
    Table,
    /// One JSON object
    Json,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let all = files::all(&args.paths, &args.files.options(args.rate, args.unit)?)?;
    if matches!(args.format, Format::Table) {
        files::say_of(&all);
    }
    let mut reading = Reading::of(&all, "reading", false);
    let report = check(&all, |source, bytes| reading.read(source, bytes));
    reading.ended();
    match args.format {
        Format::Json => print(serde_json::to_string_pretty(&report)?)?,
        Format::Table => print(lines(&report))?,
    }
    let bad = report.worst().is_some_and(|worst| worst >= Severity::Warning);
    Ok(if bad && args.fail_on_finding { Done::Found } else { Done::Well })
}

/// Each folder with what was found in it, then what concerns several.
fn lines(report: &Report) -> String {
    let mut lines = Vec::new();
    for folder in &report.folders {
        lines.push(summary(folder));
        let of_folder = |finding: &&Finding| finding.folder.as_ref() == Some(&folder.path);
        lines.extend(report.findings.iter().filter(of_folder).map(described));
    }
    let listed = |path: &PathBuf| report.folders.iter().any(|folder| folder.path == *path);
    let others = |finding: &&Finding| !finding.folder.as_ref().is_some_and(listed);
    lines.extend(report.findings.iter().filter(others).map(described));
    if report.findings.is_empty() {
        lines.push("nothing wrong was found".to_owned());
    }
    lines.join("\n")
}

fn summary(folder: &Folder) -> String {
    let length = match (folder.shortest, folder.longest) {
        (shortest, longest) if shortest == longest => counted(longest, "reading"),
        (shortest, longest) => format!("{shortest} to {longest} readings"),
    };
    let axes = if folder.axes == 1 { "1 axis".to_owned() } else { format!("{} axes", folder.axes) };
    let rate = folder.rate_hz.map_or_else(String::new, |rate| format!(", {} Hz", rounded(rate)));
    let gravity = folder.gravity.map_or_else(String::new, |g| format!(", gravity {}", rounded(g)));
    let bold = Style::new().bold();
    format!(
        "{bold}{}{bold:#}: {} of {length}, {axes}{rate}{gravity}",
        folder.path.display(),
        counted(folder.recordings, "recording"),
    )
}

fn described(finding: &Finding) -> String {
    let (word, color) = match finding.severity {
        Severity::Error => ("error", AnsiColor::Red),
        Severity::Warning => ("warning", AnsiColor::Yellow),
        Severity::Info => ("info", AnsiColor::Cyan),
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    format!("  {style}{word:<8}{style:#}{}: {}", finding.kind, finding.message)
}
