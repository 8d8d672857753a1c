//! `judder info`: what a model, a recording, a folder of them or a history holds.

mod history;
mod model;
mod recordings;

use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::ValueEnum;
use judder_core::Unit;
use judder_server::folder::{HISTORY, overview};
use serde_json::{Map, Value};

use crate::Done;
use crate::files::Files;
use crate::input::hertz;
use crate::output::{print, rounded};

/// Say what a model, a recording, a folder of recordings, or what a server keeps holds.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low\n  judder info fan\n  \
                  judder train --normal fan -o fan.model.json\n  judder info fan.model.json")]
pub(crate) struct Args {
    /// A model (.json), a file or folder of recordings, or the folder of a server
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Sample rate in Hz, whatever the recordings say [default: as they say]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Lines to be read by people
    Text,
    /// One JSON object
    Json,
}

/// What is known of something, in order, each with its name.
#[derive(Debug, Default)]
struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    /// Adds one, unless nothing is known.
    fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = value.into();
        let is_nothing = match &value {
            Value::Null => true,
            Value::Array(all) => all.is_empty(),
            _ => false,
        };
        if !is_nothing {
            self.0.push((name, value));
        }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let path = args.path.as_path();
    let is_ending = |ending: &str| path.extension().is_some_and(|found| found == ending);
    let folder = match path.file_name() {
        Some(name) if name == HISTORY => path.parent(),
        _ => Some(path),
    };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let kept = if folder.is_dir() { overview(folder)? } else { None };
    let files = args.files.options(args.rate, args.unit)?;
    let facts = match kept {
        Some(kept) => history::facts(folder, &kept)?,
        None if is_ending("json") => match model::facts(path) {
            Ok(facts) => facts,
            // Recordings may be JSON, too.
            Err(no_model) if path.to_string_lossy().ends_with(".model.json") => {
                return Err(no_model);
            }
            Err(_) => recordings::facts(path, &files)?,
        },
        None => recordings::facts(path, &files)?,
    };
    match args.format {
        Format::Json => {
            let all: Map<String, Value> =
                facts.0.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            print(serde_json::to_string_pretty(&all)?)?;
        }
        Format::Text => print(lines(path, &facts))?,
    }
    Ok(Done::Well)
}

/// The path, and a line for each fact.
fn lines(path: &Path, facts: &Facts) -> String {
    let bold = Style::new().bold();
    let mut lines = vec![format!("{bold}{}{bold:#}", path.display())];
    let widest = facts.0.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, value) in &facts.0 {
        lines.push(format!("  {:<widest$}  {}", name.replace('_', " "), words(value)));
    }
    lines.join("\n")
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (None, Some(number)) => rounded(number),
            _ => number.to_string(),
        },
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// From the least to the most, which may be one.
fn span<T: PartialEq + Into<Value>>(ends: Option<(T, T)>) -> Value {
    match ends {
        None => Value::Null,
        Some((least, most)) if least == most => least.into(),
        Some((least, most)) => vec![least.into(), most.into()].into(),
    }
}
