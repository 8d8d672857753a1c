//! What is normal by what the board learnt itself, where it did.

use judder_core::{Error, Learning, Step};

/// What a window came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// It was learnt from, or the threshold is chosen from it.
    Learning,
    /// It was the last of these: what is learnt is to be kept.
    Learnt,
    /// It was judged.
    Judged {
        /// Its score.
        score: f32,
        /// Whether there is an alarm.
        alarm: bool,
    },
}

/// What tells a baseline of these features and windows from that of others: axes, readings of a window,
/// and readings from one to the next. FNV-1a.
pub const fn tag(features: &str, shape: [usize; 3]) -> u32 {
    let mut hash = 0x811C_9DC5_u32;
    let mut bytes = features.as_bytes();
    while let [byte, rest @ ..] = bytes {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        bytes = rest;
    }
    let mut shape: &[usize] = &shape;
    while let [number, rest @ ..] = shape {
        hash = (hash ^ *number as u32).wrapping_mul(0x0100_0193);
        shape = rest;
    }
    hash
}

/// A baseline of the board's own, and the last verdicts by it: two of three raise an alarm, three that
/// are normal end it.
#[derive(Debug)]
pub struct Own<B> {
    /// What learns.
    pub learning: Learning<B, f32>,
    counts: bool,
    above: u8,
    alarm: bool,
}

impl<B: AsRef<[f32]> + AsMut<[f32]>> Own<B> {
    /// A board that has learnt nothing yet, and goes by its model.
    pub fn new(learning: Learning<B, f32>) -> Self {
        Self { learning, counts: false, above: 0, alarm: false }
    }

    /// Whether what is learnt here counts, rather than the model.
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// Learns anew, from the next window on.
    pub fn learn(&mut self) {
        self.learning.restart();
        (self.counts, self.above, self.alarm) = (true, 0, false);
    }

    /// Goes by the model again.
    pub fn forget(&mut self) {
        self.learn();
        self.counts = false;
    }

    /// Takes over what was learnt before; `false` where the bytes are not that.
    pub fn load(&mut self, tag: u32, bytes: &[u8]) -> bool {
        self.counts = self.learning.load(tag, bytes).is_ok();
        self.counts
    }

    /// Takes the features of the next window.
    ///
    /// # Errors
    /// Those of [`Learning::next`]: the window counts for nothing.
    pub fn next(&mut self, features: &[f32]) -> Result<Said, Error> {
        let judged = match self.learning.next(features)? {
            Step::Learnt { .. } | Step::Calibrated { left: 1.. } => return Ok(Said::Learning),
            Step::Calibrated { left: 0 } => return Ok(Said::Learnt),
            Step::Judged(judged) => judged,
        };
        let is_above = judged.verdict == judder_core::Verdict::Anomaly;
        self.above = (self.above << 1 | u8::from(is_above)) & 0b111;
        self.alarm = if self.alarm { self.above != 0 } else { self.above.count_ones() >= 2 };
        Ok(Said::Judged { score: judged.score, alarm: self.alarm })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops")]
mod tests {
    extern crate std;
    use super::*;
    use judder_core::{FeatureSet, Plan, baseline_len, learning_len};
    use std::vec;
    use std::vec::Vec;

    fn own() -> Own<Vec<f32>> {
        let set: FeatureSet = "mad".parse().unwrap();
        let plan = Plan::new(20, 20, 0.1).unwrap();
        let memory = vec![0.0; learning_len(3, plan.kept())];
        let learning = Learning::new(memory, set, 3, plan);
        Own::new(learning.unwrap())
    }

    fn usual(at: u32) -> [f32; 3] {
        [1, 7, 13].map(|by| 1e-3 * (10 + (by * at * at) % 11) as f32)
    }

    const STRANGE: [f32; 3] = [5e-2, 1e-3, 5e-2];

    #[test]
    fn it_learns_then_two_of_three_raise_an_alarm_and_three_end_it() {
        let mut own = own();
        assert!(!own.counts());
        own.learn();
        let said: Vec<_> = (0..40).map(|at| own.next(&usual(at))).collect();
        assert!(said[..39].iter().all(|said| *said == Ok(Said::Learning)), "{said:?}");
        assert_eq!(said[39], Ok(Said::Learnt));
        let mut alarms = Vec::new();
        for window in [1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1] {
            let features = if window == 1 { STRANGE } else { usual(3) };
            let said = own.next(&features);
            alarms.push(u8::from(matches!(said, Ok(Said::Judged { alarm: true, .. }))));
        }
        assert_eq!(alarms, [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1]);
    }

    #[test]
    fn a_tag_tells_features_and_windows_apart() {
        let tags = [
            tag("mad", [3, 128, 128]),
            tag("mad", [3, 128, 64]),
            tag("mad", [3, 64, 128]),
            tag("std", [3, 128, 128]),
        ];
        for (at, one) in tags.iter().enumerate() {
            assert!(!tags[..at].contains(one), "{tags:?}");
        }
    }

    #[test]
    fn what_was_learnt_outlives_a_restart() {
        let mut own = own();
        own.learn();
        assert!((0..40).all(|at| own.next(&usual(at)).is_ok()));
        let mut flash = [0; baseline_len::<f32>(3)];
        let baseline = own.learning.baseline().and_then(|one| one.write(7, &mut flash).ok());
        assert!(baseline.is_some());
        let mut again = self::own();
        assert!(!again.load(8, &flash) && !again.counts(), "it is of another model");
        assert!(again.load(7, &flash) && again.counts());
        assert_eq!(again.next(&STRANGE), own.next(&STRANGE));
        again.forget();
        assert!(!again.counts());
    }
}
