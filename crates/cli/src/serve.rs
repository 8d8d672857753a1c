//! `judder serve`: score what boards post, and watch.

use std::path::PathBuf;
use std::sync::Arc;

use judder_data::{FolderLock, Sync};
use judder_history::{History, Sync as HistorySync};
use judder_server::folder::{HISTORY, MODELS};
use judder_server::{
    About, Command, Deciding, LogLine, RetentionView, Setup, Shelf, SystemClock, Told, Webhook,
};

use crate::Done;
use crate::config::{Flags, Settings, Watching};
use crate::output::{counted, say};
use crate::serving::{Lasting, Opened, Place};
use crate::start::configured;
use crate::system;

/// Score what boards post, watch over time, and show it on a live page.
///
/// Each device is scored with its model, DEVICE=MODEL, or with the first one that names no device. Models whose
/// windows are judged one by one raise an alarm by votes. With --dir, what was seen is kept there: scores,
/// readings and alerts in history.db, sessions in folders of their labels, models that are sent in models/.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example, on any free port, ends after 2 s:\n  \
                  judder simulate --out fan --states low --recordings 100\n  \
                  judder train --normal fan/fan_0_low_0_weight -o fan.model.json\n  \
                  judder serve fan.model.json -p 0 -t 2")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    pub(crate) flags: Flags,
    #[command(flatten)]
    pub(crate) lasting: Lasting,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let Some(settings) = configured(&args.flags, Some(&args.watching))? else {
        return Ok(Done::Well);
    };
    let (flags, watching) = (args.flags.clone(), args.watching.clone());
    let read = Box::new(move || Settings::load(&flags, Some(&watching)));
    let place = Place { settings: &settings, seconds: args.lasting.time, read, beside: None };
    let took = place.serve(|metrics| open(&settings, metrics))?;
    say(format_args!("took {}", counted(took as usize, "recording")));
    Ok(Done::Well)
}

/// Opens what is kept, and reads the models.
pub(crate) fn open(
    settings: &Settings,
    metrics: Arc<judder_server::Metrics>,
) -> anyhow::Result<Opened> {
    let kept = settings.retention;
    let lock = settings.dir.as_deref().map(FolderLock::take).transpose()?;
    let history = match &settings.dir {
        Some(dir) => {
            let sync = if settings.durable { HistorySync::Disk } else { HistorySync::System };
            History::open(&dir.join(HISTORY), sync, kept)?
        }
        None => History::temporary()?,
    };
    let shelf = shelf(settings)?;
    let what = match &settings.dir {
        Some(dir) => format!("watching, and keeping what is seen in {}", dir.display()),
        None => "watching; nothing outlives the program without --dir".to_owned(),
    };
    let told = told(settings)?;
    let about = About {
        mode: "serve",
        folder: settings.dir.as_ref().map(|dir| dir.display().to_string()),
        retention: RetentionView {
            scores_days: kept.scores.as_secs_f64() / 86_400.0,
            readings_days: kept.readings.as_secs_f64() / 86_400.0,
            bytes: kept.bytes,
        },
        outlets: told.iter().map(|told| told.name.clone()).collect(),
    };
    let setup = Setup {
        history,
        recorded: true,
        root: None,
        label: None,
        folder: settings.dir.clone(),
        sync: if settings.durable { Sync::Disk } else { Sync::System },
        shelf,
        sessions_only: false,
        silent_after: settings.silent_after,
        unjudged_after: settings.unjudged_after,
        clock: Arc::new(SystemClock),
        most_devices: settings.most_devices,
        named: settings.named(),
        most_held: settings.limits.last(),
        turned: system::watched(),
        metrics,
    };
    Ok(Opened { setup, about, told, lock, what })
}

fn shelf(settings: &Settings) -> anyhow::Result<Shelf> {
    let folder: Option<PathBuf> = settings.dir.as_ref().map(|dir| dir.join(MODELS));
    let mut shelf = listed_in(settings, folder)?;
    shelf.add_kept()?;
    Ok(shelf)
}

/// The models of the configuration.
pub(crate) fn listed(settings: &Settings) -> anyhow::Result<Shelf> {
    listed_in(settings, None)
}

fn listed_in(settings: &Settings, folder: Option<PathBuf>) -> anyhow::Result<Shelf> {
    let deciding =
        Deciding { votes: settings.votes.votes, of: settings.votes.of, clear: settings.clear };
    let mut shelf = Shelf::new(deciding, folder);
    for path in &settings.models {
        shelf.add(path)?;
    }
    for (device, path) in &settings.assigned {
        let name = shelf.add_for_one(path)?;
        shelf.assign(device, Some(&name))?;
    }
    Ok(shelf)
}

/// Whom alerts are told: the log, and those of the configuration.
fn told(settings: &Settings) -> anyhow::Result<Vec<Told>> {
    let mut all = vec![Told { name: "log".to_owned(), kind: "log", outlet: Box::new(LogLine) }];
    for hook in &settings.webhooks {
        let secret = hook.secret.as_ref().map(|secret| secret.reveal());
        let outlet = Box::new(Webhook::new(&hook.url, secret)?);
        all.push(Told { name: hook.name.clone(), kind: "webhook", outlet });
    }
    for command in &settings.commands {
        let program = command.program.to_string_lossy();
        let outlet = Command::new(program, command.args.clone(), command.patience);
        let outlet = outlet.without(settings.secret_variables());
        let outlet = Box::new(outlet);
        all.push(Told { name: command.name.clone(), kind: "command", outlet });
    }
    Ok(all)
}
