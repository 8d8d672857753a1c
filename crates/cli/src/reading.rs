//! How far files are read: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use judder_data::Source;

use crate::output::{counted, say};
use crate::progress::{EVERY, FIRST_LINE, PATIENCE, in_words};

/// Counts the bytes that are read of some files.
pub(crate) struct Reading<'s> {
    sources: &'s [Source],
    /// What is done with them, as `scoring`.
    phase: &'static str,
    is_terminal: bool,
    bar: ProgressBar,
    since: Instant,
    next_line: Duration,
    /// The length of each file, and of all; looked up when something is shown.
    lengths: Option<(Vec<u64>, u64)>,
    /// Files that are read to the end,
    files: usize,
    /// their bytes, once the lengths are known,
    whole: u64,
    /// and those of the file that is being read.
    part: u64,
}

impl<'s> Reading<'s> {
    /// Of these files. Where the results themselves are shown on the terminal they say how far it is, and the
    /// bar is left out.
    pub(crate) fn of(sources: &'s [Source], phase: &'static str, rows_shown: bool) -> Self {
        let is_terminal = stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self {
            sources,
            phase,
            is_terminal: is_terminal && !rows_shown,
            bar,
            since: Instant::now(),
            next_line: if is_terminal { Duration::MAX } else { FIRST_LINE },
            lengths: None,
            files: 0,
            whole: 0,
            part: 0,
        }
    }

    /// So many bytes of a file are read, or all.
    pub(crate) fn read(&mut self, source: usize, bytes: Option<u64>) {
        match bytes {
            Some(bytes) => self.part = bytes,
            None => {
                (self.files, self.part) = (source + 1, 0);
                if let Some((lengths, _)) = &self.lengths {
                    self.whole += lengths.get(source).copied().unwrap_or(0);
                }
            }
        }
        let elapsed = self.since.elapsed();
        if self.is_terminal && elapsed > PATIENCE {
            self.show();
        } else if elapsed > self.next_line {
            self.next_line = elapsed.saturating_add(EVERY);
            say(self.line(elapsed));
        }
    }

    /// All is read, and this follows.
    pub(crate) fn ended(self) {
        self.bar.finish_and_clear();
    }

    /// Bytes that are read, and those of all files; of pipes nobody knows.
    fn bytes(&mut self) -> (u64, u64) {
        if self.lengths.is_none() {
            let length = |source: &Source| source.path().metadata().map_or(0, |of| of.len());
            let lengths: Vec<u64> = self.sources.iter().map(length).collect();
            let all = lengths.iter().sum();
            self.whole = lengths.iter().take(self.files).sum();
            self.lengths = Some((lengths, all));
        }
        let all = self.lengths.as_ref().map_or(0, |(_, all)| *all);
        (self.whole + self.part, all)
    }

    fn show(&mut self) {
        let (done, all) = self.bytes();
        if self.bar.is_hidden() {
            let known = if all > 0 {
                "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left"
            } else {
                "{msg} {spinner} {bytes}"
            };
            if let Ok(style) = ProgressStyle::with_template(known) {
                self.bar.set_style(style);
            }
            self.bar.set_message(self.phase);
            if all > 0 {
                self.bar.set_length(all);
            }
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(done);
    }

    /// `scoring: 1.2 GiB of 2.8 GiB, 2 of 3 files, 43 %, about 2 min left`.
    fn line(&mut self, elapsed: Duration) -> String {
        let (done, all) = self.bytes();
        let phase = self.phase;
        if all == 0 {
            return format!("{phase}: {} read", HumanBytes(done));
        }
        let of = (self.files, self.sources.len());
        let files = match of {
            (_, 1) => String::new(),
            (files, all) => format!(", {files} of {}", counted(all, "file")),
        };
        let share = (done as f64 / all as f64).min(1.0);
        let left = match share > 0.0 {
            true => format!(", about {} left", in_words(elapsed.mul_f64(1.0 / share - 1.0))),
            false => String::new(),
        };
        let percent = (100.0 * share).floor();
        format!("{phase}: {} of {}{files}, {percent} %{left}", HumanBytes(done), HumanBytes(all))
    }
}

#[cfg(test)]
mod tests {
    use judder_data::sources;

    use super::*;

    #[test]
    fn a_line_says_how_much_is_read_and_how_long_it_takes() -> Result<(), judder_data::DataError> {
        let Ok(folder) = tempfile::tempdir() else { return Ok(()) };
        for (name, length) in [("1.csv", 3 << 20), ("2.csv", 1 << 20)] {
            let written = std::fs::write(folder.path().join(name), vec![b'1'; length]);
            assert!(written.is_ok());
        }
        let sources = sources(folder.path())?;
        let mut reading = Reading::of(&sources, "scoring", false);
        let minute = Duration::from_secs(60);
        reading.read(0, Some(1 << 20));
        let expected = "scoring: 1.00 MiB of 4.00 MiB, 0 of 2 files, 25 %, about 3 min left";
        assert_eq!(reading.line(minute), expected);
        reading.read(0, None);
        reading.read(1, Some(1 << 18));
        let expected = "scoring: 3.25 MiB of 4.00 MiB, 1 of 2 files, 81 %, about 13 s left";
        assert_eq!(reading.line(minute), expected);
        reading.read(1, None);
        let expected = "scoring: 4.00 MiB of 4.00 MiB, 2 of 2 files, 100 %, about 0 s left";
        assert_eq!(reading.line(minute), expected);
        Ok(())
    }
}
