//! `judder history`: what a server keeps, looked at, copied and written for others.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Subcommand;
use judder_history::{Looking, Loss, Problem};
use judder_server::folder::{
    self, BackedUp, Doing, Exported, FolderError, Format, Verified, Wanted,
};

use crate::Done;
use crate::output::{counted, error, note, print, say};
use crate::progress::Progress;

/// Look whether what `judder serve` keeps is whole, copy it, or write it for other programs; it may run meanwhile.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example, needs nothing:\n  judder serve -d kept -p 0 -t 1\n  \
                        judder history verify kept\n  judder history backup kept kept-copy\n  \
                        judder history export kept exported")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone)]
enum Command {
    /// Look at all that is kept: tables, checksums of recordings, the log, what waits, labelled recordings, models
    ///
    /// Nothing is written. It ends with 0 where all is whole, with 3 where something is damaged or gone, and with 1 where
    /// it cannot be looked at.
    Verify {
        /// The folder that the server keeps it in
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Copy all that is kept, to a folder that a server can be started on
    ///
    /// All that was acknowledged when it begins is in the copy, which has its name only once it is whole and on the disk. It
    /// ends with 3 where something was gone or damaged before: that is named, and the rest is copied; of tables that are
    /// damaged no copy is made.
    /// The token, sessions of browsers and which session runs are not copied.
    Backup {
        /// The folder that the server keeps it in
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The folder to be made
        #[arg(value_name = "TO")]
        to: PathBuf,
    },
    /// Write recordings with their readings, scores and verdicts to files that other programs read
    ///
    /// They are read from the folder of a server, which may run, or from folders of recordings. The folder to be made has
    /// its name only once all is in it; meanwhile a copy of the history is beside it. All numbers are those that are kept.
    ///
    /// csv: a folder DEVICE/0000.csv ... with recording.jsonl for each device, which `train` and all others read.
    /// parquet: recordings.parquet with a row for each recording: device, start, sequence, time (UTC), rate_hz, unit, model,
    /// score (the highest), threshold, verdict (the worst), label, axes, and readings, a list of axes that are lists of
    /// numbers. npz: DEVICE.npz with an array [readings, axes] for each recording, and nothing besides.
    ///
    /// It ends with 3 where something was damaged or gone: that is named, and the rest is written.
    Export {
        /// The folder that a server keeps what it sees in, or recordings
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// The folder to be made
        #[arg(value_name = "TO")]
        to: PathBuf,
        #[command(flatten)]
        which: Which,
    },
}

/// Which recordings, and how they are written.
#[derive(clap::Args, Clone)]
struct Which {
    /// Only recordings of these devices
    #[arg(long, value_name = "NAME")]
    device: Vec<String>,
    /// Only recordings from this time on: 2026-01-31T12:00:00Z, or "2 h" ago
    #[arg(long, value_parser = time, value_name = "TIME")]
    from: Option<i64>,
    /// Only recordings until this time: 2026-01-31T12:00:00Z, or "2 h" ago
    #[arg(long = "to", value_parser = time, value_name = "TIME")]
    to_time: Option<i64>,
    /// Only recordings of this state
    #[arg(long, value_name = "STATE")]
    label: Option<String>,
    /// How they are written
    #[arg(long, value_enum, default_value_t = Written::Csv, value_name = "FORMAT")]
    format: Written,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Written {
    /// Folders of recordings
    Csv,
    /// One file with a row for each recording
    Parquet,
    /// Arrays of NumPy
    Npz,
}

/// A time, in milliseconds since 1970: as it is, or as how long ago.
fn time(text: &str) -> Result<i64, String> {
    let time = match humantime::parse_duration(text) {
        Ok(ago) => SystemTime::now().checked_sub(ago),
        Err(_) => humantime::parse_rfc3339_weak(text).ok(),
    };
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let millis = since.map(|since: Duration| i64::try_from(since.as_millis()));
    millis.and_then(Result::ok).ok_or_else(|| {
        "it is a time in UTC, as 2026-01-31T12:00:00Z, or how long ago, as \"2 h\"".to_owned()
    })
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let done = match &args.command {
        Command::Verify { folder } => verify(folder),
        Command::Backup { folder, to } => backup(folder, to),
        Command::Export { folder, to, which } => export(folder, to, which),
    };
    match done {
        Err(failed) if is_damage(&failed) => {
            error(&failed);
            Ok(Done::Found)
        }
        done => done,
    }
}

/// Whether something is damaged, and nothing else was in the way.
fn is_damage(failed: &anyhow::Error) -> bool {
    match failed.downcast_ref() {
        Some(FolderError::Damaged(_)) => true,
        Some(FolderError::History(error)) => {
            matches!(
                error.problem,
                Problem::Damaged(_) | Problem::Altered(_) | Problem::Emptied { .. }
            )
        }
        _ => false,
    }
}

fn verify(folder: &Path) -> anyhow::Result<Done> {
    let mut shown = Shown::default();
    let found = folder::verify(folder, |doing| shown.show(doing))?;
    drop(shown);
    let Verified { history, labels, recordings, models, unreadable, .. } = &found;
    print(format_args!(
        "{}, of version {}: {}, {} ({} with readings), {}, {}; {} not in the tables yet",
        folder::HISTORY,
        history.version,
        counted(history.devices as usize, "device"),
        counted(history.recordings as usize, "recording"),
        history.readings,
        counted(history.windows as usize, "window"),
        counted(history.alerts as usize, "alert"),
        counted(history.waiting as usize, "recording"),
    ))?;
    if *labels > 0 {
        print(format_args!(
            "labelled recordings: {} in {}",
            recordings,
            counted(*labels, "folder")
        ))?;
    }
    if *models > 0 {
        print(format_args!("models: {models}"))?;
    }
    if history.unproven > 0 {
        note(format_args!(
            "{} have no checksum: an earlier judder kept them, and of their numbers only the form was looked at",
            counted(history.unproven as usize, "recording")
        ));
    }
    for torn in &history.torn {
        note(format_args!(
            "{torn}: its end is not whole: a server was killed before it said that it was kept, or the file was cut"
        ));
    }
    if history.losses.contains(&Loss::Mark) {
        note(Loss::Mark);
    }
    if found.is_whole() {
        print("whole")?;
        return Ok(Done::Well);
    }
    for damage in &history.damages {
        print(format_args!("damaged: {}", folder::line(damage)))?;
    }
    if history.more_damages {
        print("damaged: more than these")?;
    }
    for loss in history.losses.iter().filter(|loss| loss.is_known()) {
        print(format_args!("gone: {loss}"))?;
    }
    for file in unreadable {
        print(format_args!("damaged: {file}"))?;
    }
    say(
        "What is damaged is never given out as what was kept, and the rest is. Look at the disk, and go back to a backup \
         if there is one; docs/history.md says how.",
    );
    Ok(Done::Found)
}

fn backup(folder: &Path, to: &Path) -> anyhow::Result<Done> {
    let mut shown = Shown::default();
    let done = folder::backup(folder, to, |doing| shown.show(doing))?;
    drop(shown);
    let BackedUp { copy, files, missing, .. } = &done;
    let (recordings, to) = (counted(copy.history.recordings as usize, "recording"), to.display());
    let files = counted(*files as usize, "file");
    let copied =
        format!("copied {recordings} and {files} of labelled recordings and models to {to}");
    if done.is_whole() {
        say(format_args!("{copied}, and it is whole"));
        return Ok(Done::Well);
    }
    for file in &missing.damaged {
        print(format_args!(
            "damaged: {}: some of the recordings that wait in it; the others are in the copy",
            file.display()
        ))?;
    }
    for loss in &missing.losses {
        print(format_args!("gone: {loss}"))?;
    }
    for file in &copy.unreadable {
        print(format_args!("damaged, and copied as it is: {file}"))?;
    }
    say(format_args!("{copied}; what is said above is not in it, or cannot be read"));
    Ok(Done::Found)
}

fn export(folder: &Path, to: &Path, which: &Which) -> anyhow::Result<Done> {
    let format = match which.format {
        Written::Csv => Format::Csv,
        Written::Parquet => Format::Parquet,
        Written::Npz => Format::Npz,
    };
    let wanted = Wanted {
        devices: which.device.clone(),
        from: which.from,
        to: which.to_time,
        label: which.label.clone(),
        format,
    };
    let mut shown = Shown::default();
    let done = folder::export(folder, to, &wanted, |doing| shown.show(doing))?;
    drop(shown);
    let Exported { recordings, bare, damaged, first_damage, missing, .. } = &done;
    let bare = *bare as usize;
    match format {
        _ if bare == 0 => {}
        Format::Parquet => note(format_args!(
            "the readings of {} are not kept any more; what is known of them is there",
            counted(bare, "recording")
        )),
        _ => note(format_args!(
            "the readings of {} are not kept any more; --format parquet has what is known of them",
            counted(bare, "recording")
        )),
    }
    for file in &missing.damaged {
        print(format_args!("damaged: {}: some of the recordings that wait in it", file.display()))?;
    }
    for loss in &missing.losses {
        print(format_args!("gone: {loss}"))?;
    }
    if let Some(first) = first_damage {
        print(format_args!("damaged: {}: {first}", counted(*damaged as usize, "recording")))?;
    }
    say(format_args!("wrote {} to {}", counted(*recordings as usize, "recording"), to.display()));
    let is_whole = missing.damaged.is_empty() && missing.losses.is_empty() && *damaged == 0;
    Ok(if is_whole { Done::Well } else { Done::Found })
}

/// What is shown of long work.
#[derive(Default)]
struct Shown {
    /// What is counted, how much of it was, and its bar.
    bar: Option<(&'static str, u64, Progress)>,
}

impl Shown {
    fn show(&mut self, doing: Doing) {
        let (things, done, of) = match doing {
            Doing::Copying { done, of } => ("pages", done, of),
            Doing::Files { done, of } => ("files", done, of),
            Doing::Looking(Looking::Recordings { done, of }) => ("recordings", done, of),
            _ => {
                self.bar = None;
                return;
            }
        };
        let (_, shown, bar) = match &mut self.bar {
            Some(bar) if bar.0 == things => bar,
            _ => self.bar.insert((things, 0, Progress::of(things, of as usize))),
        };
        bar.advance_by(done.saturating_sub(*shown));
        *shown = done;
    }
}
