//! Windows in a row that are not judged: a machine of which nothing else comes is not watched.

use std::fmt::Write;
use std::time::{Duration, Instant};

use judder_history::{NewWindow, Verdict};

/// So many windows in a row are too many,
const WINDOWS: u32 = 20;
/// if they take so long: who mounts a sensor has it in hand for some seconds;
const LEAST: Duration = Duration::from_secs(60);
/// and so long is too long, whatever their number,
const LONG: Duration = Duration::from_secs(10 * 60);
/// if it is so many recordings. Another rate or mounting, say, has an alert of its own before.
const RECORDINGS: u32 = 5;

/// The verdicts that are none.
const EXCUSES: [Verdict; 3] = [Verdict::Handled, Verdict::Remounted, Verdict::Unfit];

/// Windows in a row that are not judged. A machine that stands still needs no judging: idle windows count for
/// nothing, and the time that they take is left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Unjudged {
    recordings: u32,
    /// By [`EXCUSES`].
    windows: [u32; EXCUSES.len()],
    /// Those that are above the threshold all the same.
    above: u32,
    lasted: Duration,
    last: Option<Instant>,
}

impl Unjudged {
    /// Takes the windows of a recording that comes now, and how many of those that are not judged are above the
    /// threshold. No gap counts for more than `most`.
    pub(super) fn take(&mut self, windows: &[NewWindow], above: u32, now: Instant, most: Duration) {
        let is = |one: &NewWindow| matches!(one.verdict, Verdict::Normal | Verdict::Anomaly);
        if windows.is_empty() || windows.iter().any(is) {
            *self = Self::default();
            return;
        }
        let mut any = false;
        for (count, excuse) in self.windows.iter_mut().zip(EXCUSES) {
            let more = windows.iter().filter(|one| one.verdict == excuse).count();
            any |= more > 0;
            *count = count.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        }
        if !any {
            self.last = None;
            return;
        }
        self.recordings = self.recordings.saturating_add(1);
        self.above = self.above.saturating_add(above);
        if let Some(last) = self.last {
            self.lasted += now.saturating_duration_since(last).min(most);
        }
        self.last = Some(now);
    }

    /// How many there are.
    pub(super) fn windows(&self) -> u32 {
        self.windows.iter().fold(0, |all, more| all.saturating_add(*more))
    }

    /// Whether it is time to say so; after how long, if that was asked for.
    pub(super) fn is_enough(&self, asked: Option<Duration>) -> bool {
        let long = self.recordings >= RECORDINGS && self.lasted >= asked.unwrap_or(LONG);
        long || asked.is_none() && self.windows() >= WINDOWS && self.lasted >= LEAST
    }

    /// Why nothing is judged, and what to do.
    pub(super) fn words(&self) -> String {
        let mut found: Vec<_> =
            EXCUSES.into_iter().zip(self.windows).filter(|one| one.1 > 0).collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.1));
        let mut words = String::new();
        for (at, (excuse, count)) in found.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let count = if found.len() > 1 { format!(" {count}") } else { String::new() };
            // Writing to a string cannot fail.
            let _ = write!(words, "{comma}{}{count}", excuse.as_str());
        }
        let lasted = match self.lasted.as_secs() {
            seconds @ 0..120 => format!("{seconds} s"),
            seconds => format!("{} min", seconds / 60),
        };
        let _ =
            write!(words, ": {} windows in a row, in {lasted}, were not judged", self.windows());
        if self.above > 0 {
            let _ = write!(words, "; {} of them are above the threshold", self.above);
        }
        let remedy = match found.first().map(|one| one.0) {
            Some(Verdict::Remounted) => "mount the sensor as it was, or train a new baseline",
            Some(Verdict::Unfit) => "see that it sends what the model was trained on",
            _ => "see that the sensor sits firmly; if it does, train a new baseline",
        };
        words + ": " + remedy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn window(verdict: Verdict) -> NewWindow {
        NewWindow { start: 0, score: None, decision: None, verdict }
    }

    /// Recordings of one window each, so far apart.
    fn after(verdicts: &[Verdict], every: Duration) -> Unjudged {
        let (mut row, mut now) = (Unjudged::default(), Instant::now());
        for verdict in verdicts {
            now += every;
            row.take(&[window(*verdict)], 1, now, Duration::MAX);
        }
        row
    }

    fn is_enough(verdicts: &[Verdict], seconds: u64) -> bool {
        after(verdicts, Duration::from_secs(seconds)).is_enough(None)
    }

    #[test]
    fn twenty_in_a_minute_or_five_in_ten() {
        use Verdict::{Anomaly, Handled, Idle, Normal, Remounted, Unfit};
        assert!(is_enough(&[Handled; 20], 4));
        assert!(!is_enough(&[Handled; 19], 4), "nineteen are not twenty");
        assert!(!is_enough(&[Handled; 60], 1), "59 s");
        assert!(is_enough(&[Handled; 61], 1));
        assert!(is_enough(&[Remounted; 5], 150));
        assert!(!is_enough(&[Remounted; 4], 600), "four recordings");
        assert!(is_enough(&[Handled, Remounted, Unfit].repeat(7), 4));
        for verdict in [Normal, Anomaly] {
            let ended = [[Handled; 19].as_slice(), &[verdict], &[Handled; 19]].concat();
            assert!(!is_enough(&ended, 4), "{verdict:?}");
        }
        // A machine that stands still is not judged, and need not be.
        assert!(!is_enough(&[Idle; 1000], 60));
        let seldom = [Handled, Idle, Idle].repeat(30);
        assert!(!is_enough(&seldom, 600), "time passes only between those that are not judged");
        let often = [Handled, Handled, Idle].repeat(10);
        assert!(is_enough(&often, 7));
    }

    #[test]
    fn what_was_asked_for_is_held() {
        let row = after(&[Verdict::Handled; 30], 10 * SECOND);
        assert!(row.is_enough(None) && row.is_enough(Some(290 * SECOND)));
        assert!(!row.is_enough(Some(291 * SECOND)));
    }

    #[test]
    fn a_board_that_was_off_was_not_unjudged_meanwhile() {
        let (mut row, mut now) = (Unjudged::default(), Instant::now());
        for _ in 0..10 {
            row.take(&[window(Verdict::Handled)], 0, now, 30 * SECOND);
            now += 3600 * SECOND;
        }
        assert!(!row.is_enough(None));
    }

    #[test]
    fn it_says_why_and_what_to_do() {
        let words = after(&[Verdict::Handled; 20], 4 * SECOND).words();
        assert_eq!(
            words,
            "handled: 20 windows in a row, in 76 s, were not judged; 20 of them are above the threshold: see that \
             the sensor sits firmly; if it does, train a new baseline"
        );
        let mixed = [[Verdict::Handled; 5].as_slice(), &[Verdict::Remounted; 9]].concat();
        let words = after(&mixed, 60 * SECOND).words();
        assert!(
            words.starts_with("remounted 9, handled 5: 14 windows in a row, in 13 min, "),
            "{words}"
        );
        assert!(words.ends_with("mount the sensor as it was, or train a new baseline"), "{words}");
    }
}
