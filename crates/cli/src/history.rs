//! `judder history`: what a server keeps, looked at and copied.

use std::path::PathBuf;

use clap::Subcommand;
use judder_history::{Looking, Loss, Problem};
use judder_server::folder::{self, BackedUp, Doing, FolderError, Verified};

use crate::Done;
use crate::output::{counted, error, note, print, say};
use crate::progress::Progress;

/// Look whether what `judder serve` keeps is whole, or copy it; it may run meanwhile.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example, needs nothing:\n  judder serve -d kept -p 0 -t 1\n  \
                        judder history verify kept\n  judder history backup kept kept-copy")]
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
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let done = match &args.command {
        Command::Verify { folder } => verify(folder),
        Command::Backup { folder, to } => backup(folder, to),
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

fn verify(folder: &std::path::Path) -> anyhow::Result<Done> {
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

fn backup(folder: &std::path::Path, to: &std::path::Path) -> anyhow::Result<Done> {
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
