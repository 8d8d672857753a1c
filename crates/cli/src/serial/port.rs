//! A serial port: which one, how it is opened, and what comes over it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use serial2::{KeepSettings, SerialPort};

/// What boards are mostly set to.
const BAUD: u32 = 115_200;

/// How long one read waits, so that the end of the program is seen.
const PATIENCE: Duration = Duration::from_millis(200);

/// After so long it is said that nothing comes.
const QUIET: Duration = Duration::from_secs(10);

/// How long after a port was lost, or was not there, it is opened again.
const AGAIN: Duration = Duration::from_secs(1);

/// A port and its baud rate, as `/dev/ttyUSB0@115200`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    pub(super) path: PathBuf,
    pub(super) baud: u32,
}

impl FromStr for Port {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, baud) = match text.rsplit_once('@') {
            Some((path, baud)) => {
                let rate = baud.parse().ok().filter(|&rate: &u32| rate > 0);
                (path, rate.ok_or_else(|| format!("{baud:?} is no baud rate; one is 115200, say"))?)
            }
            None => (text, BAUD),
        };
        if path.is_empty() {
            return Err("the port is missing, as /dev/ttyUSB0".to_owned());
        }
        Ok(Self { path: path.into(), baud })
    }
}

/// What is heard of a port.
#[derive(Debug)]
pub(super) enum Heard {
    /// These bytes came, after nothing had come for `silent`.
    Bytes { bytes: Vec<u8>, at: Instant, silent: Duration },
    /// Nothing came for long.
    Quiet,
    /// The port is gone.
    Lost(String),
    /// It is there again.
    Back,
}

impl Port {
    /// What it is called.
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Opens it for nobody else.
    pub(super) fn open(&self) -> anyhow::Result<SerialPort> {
        let Self { path, baud } = self;
        let at = path.display();
        let mut port = SerialPort::open(path, KeepSettings).map_err(|error| self.why(&error))?;
        let mut set = || -> io::Result<()> {
            let mut settings = port.get_configuration()?;
            settings.set_raw();
            settings.set_baud_rate(*baud)?;
            port.set_configuration(&settings)
        };
        set().map_err(|error| {
            anyhow!(
                "{at}: the port refuses {baud} baud ({error}); give another rate, as {at}@115200"
            )
        })?;
        port.set_read_timeout(PATIENCE).map_err(|error| self.why(&error))?;
        #[cfg(unix)]
        rustix::termios::ioctl_tiocexcl(&port).map_err(|error| self.why(&error.into()))?;
        Ok(port)
    }

    /// Why it cannot be opened, and what to do.
    fn why(&self, error: &io::Error) -> anyhow::Error {
        let at = self.path.display();
        match error.kind() {
            ErrorKind::NotFound => anyhow!("{at}: no such port; {}", those_there()),
            ErrorKind::PermissionDenied => anyhow!(
                "{at}: permission denied; add yourself to the group dialout (sudo usermod -aG dialout $USER), and log in anew"
            ),
            ErrorKind::ResourceBusy => {
                anyhow!("{at}: is open in another program, a serial monitor say; close it there")
            }
            _ if is_no_terminal(error) => anyhow!("{at}: is no serial port; {}", those_there()),
            _ => anyhow!("{at}: cannot be opened: {error}; plug it in anew"),
        }
    }

    /// Hears it until `stop` is set or nobody wants to know. `open` is opened already.
    pub(super) fn hear(
        &self,
        open: SerialPort,
        stop: &AtomicBool,
        mut tell: impl FnMut(Heard) -> bool,
    ) {
        let mut open = Some(open);
        let is_stopped = || stop.load(Ordering::Relaxed);
        while !is_stopped() {
            let Some(port) = open.take() else {
                // It may be there again under its name, or not yet.
                let until = Instant::now() + AGAIN;
                while !is_stopped() && Instant::now() < until {
                    thread::sleep(PATIENCE.min(until.saturating_duration_since(Instant::now())));
                }
                open = self.open().ok();
                if open.is_some() && !tell(Heard::Back) {
                    return;
                }
                continue;
            };
            let lost = read(&port, stop, &mut tell);
            if let Some(reason) = lost
                && !tell(Heard::Lost(reason))
            {
                return;
            }
        }
    }
}

/// Reads until the port is lost, and says why; None where it is to end.
fn read(
    port: &SerialPort,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Heard) -> bool,
) -> Option<String> {
    let mut buffer = [0; 4096];
    let mut silent = Duration::ZERO;
    let mut is_said = false;
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let read = port.read(&mut buffer);
        let at = Instant::now();
        // The time in here alone: what came while others held it up was not late.
        silent += at.saturating_duration_since(began);
        let heard = match read {
            Ok(0) => return Some("it was unplugged, or the board ended the line".to_owned()),
            Ok(length) => {
                is_said = false;
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                Heard::Bytes { bytes, at, silent: std::mem::take(&mut silent) }
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                if is_said || silent < QUIET {
                    continue;
                }
                is_said = true;
                Heard::Quiet
            }
            Err(error) => return Some(lost(&error)),
        };
        if !tell(heard) {
            return None;
        }
    }
    None
}

/// Gives what is heard, with the number of its port.
pub(super) fn to(sender: SyncSender<(usize, Heard)>, number: usize) -> impl FnMut(Heard) -> bool {
    move |heard| sender.send((number, heard)).is_ok()
}

fn lost(error: &io::Error) -> String {
    // What the system says of a device that is gone.
    const GONE: [i32; 3] = [5, 6, 19];
    match error.raw_os_error() {
        Some(number) if GONE.contains(&number) => "it was unplugged".to_owned(),
        _ => error.to_string(),
    }
}

/// What the system says of a file that is none.
fn is_no_terminal(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(25 | 22 | 21))
}

/// The ports that there are, in words.
fn those_there() -> String {
    let there = ports();
    match there.is_empty() {
        true => "none is there: plug the board in".to_owned(),
        false => format!("there are {}", there.join(", ")),
    }
}

#[cfg(unix)]
fn ports() -> Vec<String> {
    let inside = |folder: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(Path::new(folder)).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let mut ports = inside("/dev/serial/by-id");
    let is_port = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ["ttyUSB", "ttyACM", "cu.usb"].iter().any(|begin| name.starts_with(begin))
    };
    ports.extend(inside("/dev").into_iter().filter(is_port));
    ports.iter().map(|path| path.display().to_string()).collect()
}

#[cfg(not(unix))]
fn ports() -> Vec<String> {
    let ports = SerialPort::available_ports().unwrap_or_default();
    ports.iter().map(|path| path.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_may_have_its_baud_rate_behind_it() {
        let port = |text: &str| text.parse::<Port>().map(|port| (port.path, port.baud));
        assert_eq!(port("/dev/ttyUSB0"), Ok(("/dev/ttyUSB0".into(), 115_200)));
        assert_eq!(port("/dev/ttyACM1@9600"), Ok(("/dev/ttyACM1".into(), 9600)));
        for wrong in ["", "@9600", "/dev/ttyUSB0@", "/dev/ttyUSB0@fast", "/dev/ttyUSB0@0"] {
            assert!(port(wrong).is_err(), "{wrong}");
        }
    }
}
