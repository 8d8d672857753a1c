//! When windows are, and how long anomalies last.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use judder_core::Verdict;
use judder_model::Model;
use judder_train::Begins;

use crate::output::{counted, say};

/// The most stretches that are told.
const MOST_TOLD: usize = 20;

/// When a window is.
pub(crate) struct When {
    /// The first reading of it in its recording.
    pub(crate) start: usize,
    pub(crate) begins: Begins,
    /// Whether no other window came with it.
    pub(crate) alone: bool,
}

impl When {
    /// The seconds from the first reading of the file, to a µs.
    pub(crate) fn seconds(&self) -> f64 {
        (self.begins.seconds(self.start) * 1e6).round() / 1e6
    }

    /// Whether its recording is no longer than it, as far as is known.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone && self.start == 0 && self.begins.start_s == 0.0
    }

    /// The time since the beginning of the file.
    pub(crate) fn clock(&self) -> String {
        clock(self.begins.seconds(self.start))
    }

    /// When its first reading was taken, as RFC 3339.
    pub(crate) fn time(&self) -> Option<String> {
        self.begins.time(self.start).filter(|&time| time > SystemTime::UNIX_EPOCH).map(rfc_3339)
    }
}

fn rfc_3339(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

/// `01:12:03`, and tenths where they count.
fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let clock = format!("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    if tenth == 0 { clock } else { format!("{clock}.{tenth}") }
}

/// `40 s`, `2 min 5 s`.
fn length(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{} s", (seconds * 10.0).round() / 10.0),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole / 60 % 60),
    }
}

/// Stretches of anomalies in recordings of several windows.
pub(crate) struct Lasting {
    /// The readings of a window.
    window: usize,
    stretches: Vec<Stretch>,
    /// Those beyond the most that are told.
    more: usize,
    /// Windows of the recording so far.
    path: PathBuf,
    windows: usize,
    /// Where the last window was an anomaly, whether it is in a stretch that is told.
    on: Option<bool>,
}

struct Stretch {
    path: PathBuf,
    /// In s from the beginning of the file.
    from: f64,
    until: f64,
    /// When it began, where that is known.
    time: Option<String>,
    windows: usize,
    /// Whether it is all of the recording that there is.
    is_whole: bool,
}

impl Lasting {
    pub(crate) fn of(model: &Model) -> Self {
        let window = model.binding().window;
        let (stretches, path) = (Vec::new(), PathBuf::new());
        Self { window, stretches, more: 0, path, windows: 0, on: None }
    }

    /// Takes the next window.
    pub(crate) fn take(
        &mut self,
        path: &Path,
        (start, begins): (usize, &Begins),
        verdict: Verdict,
    ) {
        if self.path != path {
            (self.path, self.windows, self.on) = (path.to_owned(), 0, None);
        }
        self.windows += 1;
        if let Some(last) = self.stretches.last_mut().filter(|last| last.path == self.path) {
            last.is_whole = false;
        }
        let is_anomaly = verdict == Verdict::Anomaly;
        let until = begins.seconds(start + self.window);
        self.on = match (is_anomaly, self.on) {
            (false, _) => None,
            (true, Some(true)) => {
                if let Some(last) = self.stretches.last_mut() {
                    (last.until, last.windows) = (until, last.windows + 1);
                }
                Some(true)
            }
            (true, Some(false)) => Some(false),
            (true, None) => {
                // Of recordings of one window each the rows say all.
                self.stretches.retain(|one| !one.is_whole);
                let is_told = self.stretches.len() < MOST_TOLD;
                if is_told {
                    self.stretches.push(Stretch {
                        path: self.path.clone(),
                        from: begins.seconds(start),
                        until,
                        time: begins.time(start).map(rfc_3339),
                        windows: 1,
                        is_whole: self.windows == 1 && begins.start_s == 0.0,
                    });
                } else {
                    self.more += 1;
                }
                Some(is_told)
            }
        };
    }

    /// Says when there were anomalies in recordings of several windows.
    pub(crate) fn say(self) {
        for one in self.stretches.iter().filter(|one| !one.is_whole) {
            let at = one.time.as_ref().map(|time| format!(" ({time})")).unwrap_or_default();
            say(format_args!(
                "{}: anomaly from {} for {}{at}, {}",
                one.path.display(),
                clock(one.from),
                length(one.until - one.from),
                counted(one.windows, "window"),
            ));
        }
        if self.more > 0 {
            say(format_args!("and {} more", self.more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_write_them() {
        assert_eq!(clock(4323.0), "01:12:03");
        assert_eq!(clock(0.54), "00:00:00.5");
        assert_eq!(clock(100.0 * 3600.0), "100:00:00");
        assert_eq!(length(0.54), "0.5 s");
        assert_eq!(length(40.0), "40 s");
        assert_eq!(length(125.0), "2 min 5 s");
        assert_eq!(length(7260.0), "2 h 1 min");
    }
}
