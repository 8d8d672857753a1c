//! How far long work is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::say;

/// Work shorter than this shows nothing on a terminal,
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);

/// and none elsewhere that is shorter than this;
pub(crate) const FIRST_LINE: Duration = Duration::from_secs(10);

/// after that a line comes as seldom as this.
pub(crate) const EVERY: Duration = Duration::from_secs(30);

/// Counts the steps of one phase after the other.
pub(crate) struct Progress {
    is_terminal: bool,
    bar: ProgressBar,
    since: Instant,
    now: Mutex<Phase>,
}

/// What goes on.
struct Phase {
    name: &'static str,
    since: Instant,
    done: usize,
    of: usize,
    next_line: Duration,
}

impl Progress {
    /// Of work that says itself what it does.
    pub(crate) fn new() -> Self {
        let (since, bar) = (Instant::now(), ProgressBar::no_length());
        bar.set_draw_target(ProgressDrawTarget::hidden());
        let phase = Phase { name: "", since, done: 0, of: 0, next_line: FIRST_LINE };
        Self { is_terminal: stderr().is_terminal(), bar, since, now: Mutex::new(phase) }
    }

    /// Of one phase of so many steps; of unknown length for 0.
    pub(crate) fn of(phase: &'static str, steps: usize) -> Self {
        let all = Self::new();
        judder_data::Progress::begin(&all, phase, steps);
        all
    }

    /// Of a phase that goes on as long as the program: where there is no terminal nothing is said of it.
    pub(crate) fn without_end(phase: &'static str) -> Self {
        let all = Self::of(phase, 0);
        all.now.lock().unwrap_or_else(PoisonError::into_inner).next_line = Duration::MAX;
        all
    }

    /// So many more steps are done.
    pub(crate) fn advance_by(&self, count: u64) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.done += count as usize;
        let elapsed = self.since.elapsed();
        if self.is_terminal {
            if self.bar.is_hidden() && elapsed > PATIENCE {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            self.bar.set_position(now.done as u64);
        } else if elapsed > now.next_line {
            now.next_line = elapsed.saturating_add(EVERY);
            say(now.line(now.since.elapsed()));
        }
    }
}

impl judder_data::Progress for Progress {
    fn begin(&self, phase: &'static str, steps: usize) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        (now.name, now.since, now.done, now.of) = (phase, Instant::now(), 0, steps);
        let template = match steps {
            0 => "{msg} {spinner} {human_pos}",
            _ => "{msg} {wide_bar} {human_pos} of {human_len}, {percent} %, {eta} left",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.reset();
        self.bar.set_message(phase);
        if steps > 0 {
            self.bar.set_length(steps as u64);
        }
    }

    fn step(&self) {
        self.advance_by(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Phase {
    /// `fitting: 41 of 126, 32 %, about 2 min left`.
    fn line(&self, elapsed: Duration) -> String {
        let Self { name, done, of, .. } = *self;
        let done_of = HumanCount(done as u64);
        if of == 0 || done == 0 {
            return format!("{name}: {done_of}");
        }
        let share = (done as f64 / of as f64).min(1.0);
        let left = in_words(elapsed.mul_f64(1.0 / share - 1.0));
        let percent = (100.0 * share).floor();
        format!("{name}: {done_of} of {}, {percent} %, about {left} left", HumanCount(of as u64))
    }
}

/// `40 s`, `3 min`, `2.5 h`.
pub(crate) fn in_words(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..=99 => format!("{seconds} s"),
        seconds @ 100..=5999 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_goes_on_how_far_it_is_and_how_long_it_takes() {
        let since = Instant::now();
        let phase = |done, of| Phase { name: "fitting", since, done, of, next_line: FIRST_LINE };
        let line = |done, of| phase(done, of).line(Duration::from_secs(60));
        assert_eq!(line(42, 126), "fitting: 42 of 126, 33 %, about 2 min left");
        assert_eq!(line(1200, 0), "fitting: 1,200");
        assert_eq!(line(0, 5), "fitting: 0");
    }

    #[test]
    fn a_time_is_told_in_the_unit_that_it_needs() {
        let told = [7, 99, 100, 6000].map(|seconds| in_words(Duration::from_secs(seconds)));
        assert_eq!(told, ["7 s", "99 s", "2 min", "1.7 h"]);
    }
}
