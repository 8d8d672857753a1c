//! How files are read, where what is found in them is not what is meant.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use judder_core::Unit;
use judder_data::{Intervals, ReadOptions, Source, sources, understood};

use crate::input::counts;
use crate::output::{counted, note};

/// The most lines that say how files are understood.
const MOST_LINES: usize = 8;

/// What people say of their files.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Files")]
pub(crate) struct Files {
    /// The columns that are the axes, by name or by number from 1 on, as accX,accY,accZ or 2,3,4 [default: found]
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    columns: Vec<String>,
    /// The column of the time of each reading, or none [default: found]
    #[arg(long, value_name = "COLUMN")]
    time_column: Option<String>,
    /// The column that names the operating state: rows of one label become recordings of their own, which FILE/LABEL
    /// names
    #[arg(long, value_name = "COLUMN")]
    label_column: Option<String>,
    /// A table with the columns start, end and label (and file, where there are several) that says when which
    /// operating state was: in seconds from the beginning of a file, or as points in time
    #[arg(long, conflicts_with = "label_column", value_name = "FILE")]
    intervals: Option<PathBuf>,
    /// Leave out the first N readings of each recording, as where a sensor settles
    #[arg(long, default_value_t = 0, value_parser = counts(0..=1 << 24), hide_default_value = true, value_name = "N")]
    skip_first: usize,
    /// What full scale of audio is in the unit of the readings, as 16 where 16 g fill it
    #[arg(long, value_parser = scale, allow_negative_numbers = true, value_name = "X")]
    full_scale: Option<f64>,
    /// How many axes there are in texts of which each line is a recording [default: found]
    #[arg(long, value_parser = counts(1..=judder_data::MAX_AXES), value_name = "N")]
    axes: Option<usize>,
    /// In such a line all numbers of an axis come before those of the next, not one of each in turn
    #[arg(long, requires = "axes")]
    axes_apart: bool,
}

fn scale(text: &str) -> Result<f64, &'static str> {
    let scale = crate::input::number(text).filter(|&scale| scale > 0.0);
    scale.ok_or("a full scale is a number above 0")
}

impl Files {
    /// How files are read whose rate and unit are given, if they are.
    pub(crate) fn options(
        &self,
        rate_hz: Option<f64>,
        unit: Option<Unit>,
    ) -> anyhow::Result<Arc<ReadOptions>> {
        let intervals = self.intervals.as_deref().map(Intervals::read).transpose()?;
        Ok(Arc::new(ReadOptions {
            columns: self.columns.clone(),
            time_column: self.time_column.clone(),
            label_column: self.label_column.clone(),
            intervals: intervals.map(Arc::new),
            rate_hz,
            unit,
            skip_first: self.skip_first,
            full_scale: self.full_scale,
            axes: self.axes,
            axes_apart: self.axes_apart,
        }))
    }
}

/// The sources at some paths, to be read so.
pub(crate) fn all(paths: &[PathBuf], options: &Arc<ReadOptions>) -> anyhow::Result<Vec<Source>> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(sources(path)?.into_iter().map(|one| one.with(options)));
    }
    Ok(all)
}

/// Says of each folder how its files are understood, by the first of them.
pub(crate) fn tell(paths: &[PathBuf], options: &Arc<ReadOptions>) -> anyhow::Result<()> {
    say_of(&all(paths, options)?);
    Ok(())
}

/// The same of sources.
pub(crate) fn say_of(sources: &[Source]) {
    let mut lines: Vec<(PathBuf, usize, String)> = Vec::new();
    for (folder, said) in understood(sources) {
        match lines.iter_mut().find(|(_, _, line)| *line == said) {
            Some((_, more, _)) => *more += 1,
            None => lines.push((folder, 0, said)),
        }
    }
    for (folder, more, said) in lines.iter().take(MOST_LINES) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let more = match more {
            0 => String::new(),
            more => format!(" and {}", counted(*more, "other folder")),
        };
        note(format_args!("{}{more}: {said}", folder.display()));
    }
    if let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        note(format_args!("and {} otherwise", counted(more, "folder")));
    }
}
