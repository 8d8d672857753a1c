//! `judder collect --serial`: keep what boards send over a wire.

mod device;
mod port;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use judder_data::Sync;
use judder_data::lines::Length;
use tokio::sync::oneshot::error::TryRecvError;

use crate::config::Settings;
use crate::output::{counted, say};
use crate::progress::Progress;
use crate::signals::Signals;
use crate::{Done, WrongUsage, input};
use device::{Device, Shared};
use port::Heard;
pub(crate) use port::Port;

/// So many pieces of up to 4 KiB wait while a disk is slow.
const WAITING: usize = 4096;

/// The longest recording, in seconds.
const LONGEST: f64 = 86_400.0;

/// Options for boards on a wire.
#[derive(clap::Args, Clone)]
#[command(next_help_heading = "Serial ports")]
pub(crate) struct Wire {
    /// Take lines of numbers from a serial port, as /dev/ttyUSB0@115200, instead of what is posted
    ///
    /// Each line is one reading, its axes with commas, tabs, blanks or ; between them, as 0.01,-0.02,0.98 or x:0.01,y:-0.02.
    /// A column that grows steadily is the time (µs, ms or s) or a count; without one the rate is that at which lines come.
    /// No recording goes across missing readings. Where the cable is pulled, it is tried again each second. With several
    /// ports each has a folder of its name in --dir.
    #[arg(long, value_name = "PORT[@BAUD]", conflicts_with = "sessions")]
    pub(crate) serial: Vec<Port>,
    /// Seconds in a recording from a serial port [default: 1]
    #[arg(
        long,
        requires = "serial",
        conflicts_with = "length",
        value_parser = seconds,
        allow_negative_numbers = true,
        value_name = "S"
    )]
    pub(crate) seconds: Option<f64>,
    /// Readings in a recording from a serial port, instead of --seconds
    #[arg(
        long,
        requires = "serial",
        value_parser = input::counts(1..=input::LONGEST),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) length: Option<usize>,
    /// Keep recordings that missing readings or the end cut short, too
    #[arg(long, requires = "serial")]
    pub(crate) short: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = input::number(text).filter(|&seconds| seconds > 0.0 && seconds <= LONGEST);
    seconds.ok_or_else(|| format!("it is a number of seconds above 0 and up to {LONGEST}"))
}

/// Keeps what comes until it is told to end, or for so many seconds if not 0.
pub(crate) fn run(
    args: &Wire,
    settings: &Settings,
    label: Option<String>,
    lasting: usize,
) -> anyhow::Result<Done> {
    let Some(dir) = &settings.dir else {
        let reason = "the folder to add recordings to is missing: give --dir DIR";
        return Err(anyhow!(WrongUsage(reason.to_owned())));
    };
    let names: BTreeSet<String> = args.serial.iter().map(Port::name).collect();
    if names.len() < args.serial.len() {
        let reason =
            "two ports of --serial have one name, and would share a folder: give each once";
        return Err(anyhow!(WrongUsage(reason.to_owned())));
    }
    let mut heard = Signals::hear()?.stopped;
    // First, so that nothing is made where nothing can come.
    let open = args.serial.iter().map(Port::open).collect::<anyhow::Result<Vec<_>>>()?;
    let began = Instant::now();
    let shared = Shared { label, unit: settings.unit, short: args.short, began };
    let sync = if settings.durable { Sync::Disk } else { Sync::System };
    let length = match args.length {
        Some(length) => Length::Readings(length),
        None => Length::Seconds(args.seconds.unwrap_or(1.0)),
    };
    let mut devices = Vec::new();
    for port in &args.serial {
        let folder = if args.serial.len() == 1 { dir.clone() } else { dir.join(port.name()) };
        devices.push(Device::new(port.clone(), &folder, sync, length, shared.clone())?);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = sync_channel(WAITING);
    for (number, (port, open)) in args.serial.iter().cloned().zip(open).enumerate() {
        let (stop, tell) = (Arc::clone(&stop), port::to(sender.clone(), number));
        thread::Builder::new().name(port.name()).spawn(move || port.hear(open, &stop, tell))?;
    }
    drop(sender);
    let mut is_over = || {
        let is_told = !matches!(heard.try_recv(), Err(TryRecvError::Empty));
        is_told || lasting > 0 && began.elapsed() >= Duration::from_secs(lasting as u64)
    };
    let taken = take(&receiver, &mut devices, &stop, &mut is_over);
    stop.store(true, Ordering::Relaxed);
    // What came before something failed is kept all the same, as far as that works.
    let ended: anyhow::Result<Vec<()>> = devices.iter_mut().map(Device::end).collect();
    taken.and(ended.map(|_| ()))?;
    let kept: u64 = devices.iter().map(Device::kept).sum();
    say(format_args!("kept {}", counted(kept as usize, "recording")));
    Ok(Done::Well)
}

/// Takes what is heard until it is over, and what was heard before that.
fn take(
    receiver: &Receiver<(usize, Heard)>,
    devices: &mut [Device],
    stop: &AtomicBool,
    is_over: &mut dyn FnMut() -> bool,
) -> anyhow::Result<()> {
    let progress = Progress::without_end("recordings kept:");
    let mut shown = 0;
    loop {
        match receiver.recv_timeout(Duration::from_millis(100)) {
            Ok((number, heard)) => {
                let Some(device) = devices.get_mut(number) else { continue };
                let before = device.kept();
                device.hear(heard)?;
                shown += device.kept() - before;
            }
            Err(RecvTimeoutError::Timeout) => {}
            // All ports are stopped.
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        progress.advance_by(std::mem::take(&mut shown));
        if is_over() {
            stop.store(true, Ordering::Relaxed);
        }
    }
}
