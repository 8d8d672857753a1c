//! What the numbers of a time column tell: the rate, and what a hole is.

/// The fewest readings from which a column without a name is taken for a time.
const FEWEST: usize = 8;

/// Of so many readings one may go back, where a column is to be a time by its numbers.
const MAY_GO_BACK: usize = 50;

/// A step of so many usual ones is a hole: three readings or more lack.
const HOLE: f64 = 4.0;

/// Fewer changes of a time that is coarser than the readings are looked at one by one.
const FEW_CHANGES: usize = 8;

/// So many times of each half bound a rate.
const MOST_BOUNDS: usize = 256;

/// The ends of counters, beyond which they begin at 0 again: of 16 and 32 bits, and a day in s.
const ENDS: [f64; 3] = [65_536.0, 4_294_967_296.0, 86_400.0];

/// The rates that a time since 1970 may tell in a guessed unit, in Hz.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.5..=200_000.0;

/// The rates of most accelerometers: of whole numbers that unit is taken in which the rate is one of these, if it is one
/// unit alone.
const USUAL: std::ops::Range<f64> = 10.0..49_000.0;

/// This century in days of a spreadsheet.
const DAYS: std::ops::Range<f64> = 36_526.0..73_000.0;

/// The units of times, in s.
const UNITS: [f64; 4] = [1.0, 1e-3, 1e-6, 1e-9];

/// A time, as the first readings show it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    /// The length of its unit in s, where that is known.
    pub(super) unit: Option<f64>,
    /// The rate of readings in a unit of it, where it is fine or long enough to tell.
    pub(super) per_unit: Option<f64>,
    /// Whether nothing names its unit, which was taken for the likeliest.
    pub(super) is_guessed: bool,
    /// Whether it counts from 1970.
    pub(super) since_1970: bool,
    /// A usual step between two times that differ.
    usual: f64,
    /// Where it begins at 0 again.
    end: Option<f64>,
    /// The share of steps that are far from the usual one; 0 where times are coarser than the readings.
    pub(super) jitter: f64,
    first: f64,
}

/// What lies between two readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    On,
    /// So many units of time are missing; or the time went back.
    Hole(f64),
}

impl Clock {
    /// Of the first readings; `unit` is the length in s of one of its units, where its name says that.
    pub(super) fn of(values: &[f64], unit: Option<f64>, since_1970: bool) -> Option<Self> {
        let first = values.iter().copied().find(|value| value.is_finite())?;
        let mut clock = Self {
            unit,
            per_unit: None,
            is_guessed: false,
            since_1970,
            usual: f64::INFINITY,
            end: None,
            jitter: 0.0,
            first,
        };
        let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut up: Vec<f64> = steps.iter().copied().filter(|&step| step > 0.0).collect();
        up.sort_by(f64::total_cmp);
        let Some(&usual) = up.get(up.len() * 9 / 10) else { return Some(clock) };
        clock.usual = usual;
        clock.end = ENDS.into_iter().find(|&end| steps.iter().any(|&step| clock.is_end(step, end)));
        let is_whole = values.iter().all(|value| value.fract() == 0.0);
        let is_coarse = up.len() * 10 < steps.len() * 9;
        clock.per_unit = clock.rate(values, is_whole, is_coarse);
        // Readings that are counted say nothing of time.
        let counts = steps.iter().all(|&step| step == 1.0);
        clock.guess_unit(is_whole, counts);
        if !is_coarse {
            let middle = up.get(up.len() / 2).copied().unwrap_or(usual);
            // Whole numbers are off by one.
            let slack = if is_whole { 1.0 } else { 0.0 };
            let is_far = |step: &&f64| {
                (**step - middle).abs() > (0.5 * middle).max(slack) && **step <= HOLE * usual
            };
            clock.jitter = steps.iter().filter(is_far).count() as f64 / steps.len() as f64;
        }
        Some(clock)
    }

    /// Where the counter that is told ends, for a step back.
    fn is_end(&self, step: f64, end: f64) -> bool {
        step < 0.0 && step + end >= 0.0 && step + end <= HOLE * self.usual
    }

    /// What lies between two times.
    pub(super) fn step(&self, before: f64, after: f64) -> Step {
        let step = self.difference(before, after);
        if step > HOLE * self.usual || -step > self.usual { Step::Hole(step) } else { Step::On }
    }

    /// From one time to another, across the end of a counter.
    pub(super) fn difference(&self, before: f64, after: f64) -> f64 {
        let step = after - before;
        match self.end {
            Some(end) if self.is_end(step, end) => step + end,
            _ => step,
        }
    }

    /// Readings in a unit of time: by the steps that are no holes.
    fn rate(&self, values: &[f64], is_whole: bool, is_coarse: bool) -> Option<f64> {
        // From one hole to the next, as times without the ends of counters.
        let mut stretches: Vec<Vec<f64>> = Vec::new();
        let mut before = None;
        for &value in values.iter().filter(|value| value.is_finite()) {
            match before.map(|before| (self.step(before, value), self.difference(before, value))) {
                Some((Step::On, step)) => {
                    let last = stretches.last_mut()?;
                    let time = last.last().copied().unwrap_or(0.0) + step;
                    last.push(time);
                }
                _ => stretches.push(vec![0.0]),
            }
            before = Some(value);
        }
        let all = |of: fn(&[f64]) -> (f64, f64)| {
            let sums = stretches.iter().map(|stretch| of(stretch));
            let (readings, time) = sums.fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
            Some(readings / time).filter(|rate| rate.is_finite() && *rate > 0.0)
        };
        let changes = |stretch: &Vec<f64>| stretch.windows(2).filter(|w| w[1] > w[0]).count();
        let changes: usize = stretches.iter().map(changes).sum();
        match () {
            () if is_coarse && changes < FEW_CHANGES => all(between_changes),
            () if is_whole && values.len() >= 2 * FEWEST => {
                all(|times| by_rounding(times).unwrap_or_else(|| by_line(times)))
            }
            () if is_coarse => all(by_line),
            () => all(by_ends),
        }
    }

    /// The unit, where its name does not say it: that of a time since 1970 that gives a rate there is, or s where
    /// readings are less than one apart, as no accelerometer is slower than 1 Hz; of whole numbers the one in which the
    /// rate is usual.
    fn guess_unit(&mut self, is_whole: bool, counts: bool) {
        let Some(per_unit) = self.per_unit.filter(|_| self.unit.is_none()) else {
            self.since_1970 |= self.unit.is_some_and(|unit| is_epoch(self.first * unit));
            return;
        };
        let since = UNITS
            .into_iter()
            .find(|unit| is_epoch(self.first * unit) && PLAUSIBLE.contains(&(per_unit / unit)));
        self.since_1970 |= since.is_some();
        let usual = || {
            let mut usual = UNITS.into_iter().filter(|unit| USUAL.contains(&(per_unit / unit)));
            usual.next().filter(|_| usual.next().is_none())
        };
        // Days since 1900, as spreadsheets count them.
        let is_day = !is_whole && DAYS.contains(&self.first) && per_unit > *PLAUSIBLE.end();
        self.unit = match since {
            Some(unit) => Some(unit),
            None if is_day => Some(86_400.0),
            None if !is_whole => (per_unit > 1.0).then_some(1.0),
            None if counts => None,
            None => usual(),
        };
        self.is_guessed = since.is_none() && is_whole && self.unit.is_some();
    }

    /// The sample rate in Hz.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        // Decimal times are not exact: a millionth of a Hz is.
        let rate = self.per_unit? / self.unit?;
        Some((rate * 1e6).round() / 1e6).filter(|rate| rate.is_finite() && *rate > 0.0)
    }

    /// When the first reading was taken, in s since 1970.
    pub(super) fn taken(&self) -> Option<f64> {
        self.since_1970.then(|| self.first * self.unit.unwrap_or(1.0)).filter(|&s| is_epoch(s))
    }

    /// Whether it grows by 1 a reading.
    pub(super) fn counts(&self) -> bool {
        self.per_unit == Some(1.0)
    }

    /// How far a step is, in units.
    pub(super) fn usual_step(&self) -> f64 {
        self.per_unit.map_or(self.usual, f64::recip)
    }
}

/// Whether so many seconds after 1970 are in this century.
fn is_epoch(seconds: f64) -> bool {
    (9.4e8..4.1e9).contains(&seconds)
}

/// Readings, and the time that they take, from the first to the last.
fn by_ends(times: &[f64]) -> (f64, f64) {
    ((times.len() - 1) as f64, times.last().copied().unwrap_or(0.0))
}

/// The same, from the first change of the time to the last.
fn between_changes(times: &[f64]) -> (f64, f64) {
    let changes = || times.windows(2).enumerate().filter(|(_, w)| w[1] > w[0]);
    let (Some((first, _)), Some((last, _))) = (changes().next(), changes().next_back()) else {
        return (0.0, 0.0);
    };
    ((last - first) as f64, times[last + 1] - times[first + 1])
}

/// The same of whole numbers that are those of even times, rounded down: each pair of them bounds the time of a reading
/// from above and from below. None where no even times give these numbers.
fn by_rounding(times: &[f64]) -> Option<(f64, f64)> {
    let n = times.len();
    let part = (n / 2).div_ceil(MOST_BOUNDS).max(1);
    let (mut low, mut high) = (0.0f64, f64::INFINITY);
    for early in (0..n / 2).step_by(part) {
        for late in (n / 2..n).rev().step_by(part) {
            let (step, readings) = (times[late] - times[early], (late - early) as f64);
            low = low.max((step - 1.0) / readings);
            high = high.min((step + 1.0) / readings);
        }
    }
    // A time that is a whole number itself may be written as the one below.
    (low <= high * (1.0 + 1e-9) && high.is_finite())
        .then(|| ((n - 1) as f64, (low + high) / 2.0 * (n - 1) as f64))
}

/// The same, as a straight line through all times says it: what each is rounded by is evened out.
fn by_line(times: &[f64]) -> (f64, f64) {
    let n = times.len() as f64;
    let (middle, mean) = ((n - 1.0) / 2.0, times.iter().sum::<f64>() / n);
    let products = times.iter().enumerate().map(|(at, time)| (at as f64 - middle) * (time - mean));
    let squares = n * (n * n - 1.0) / 12.0;
    let slope = products.sum::<f64>() / squares;
    if slope.is_finite() { (n - 1.0, slope * (n - 1.0)) } else { (0.0, 0.0) }
}

/// Whether numbers go on as those of a time, but for one in twenty.
pub(super) fn runs_on(values: &[f64]) -> bool {
    let back = values.windows(2).filter(|pair| pair[1] < pair[0]).count();
    20 * back <= values.len()
}

/// Whether numbers run as a clock does: they are the same or grow in nearly all steps, and evenly.
pub(crate) fn is_like_a_time(values: &[f64]) -> bool {
    if values.len() < FEWEST {
        return false;
    }
    let may_go_back = values.len() / MAY_GO_BACK;
    let (mut back, mut up) = (0, Vec::new());
    for pair in values.windows(2) {
        let step = pair[1] - pair[0];
        back += usize::from(step < 0.0);
        if back > may_go_back {
            return false;
        }
        if step > 0.0 {
            up.push(step);
        }
    }
    if !values.iter().all(|value| value.is_finite()) {
        return false;
    }
    up.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (up.get(up.len() / 10), up.get(up.len() * 9 / 10)) else {
        return false;
    };
    if up.len() * 20 >= values.len() * 19 {
        // Up to nine missed readings in a row still look like a clock.
        let mean =
            up.iter().take(up.len() * 9 / 10 + 1).sum::<f64>() / (up.len() * 9 / 10 + 1) as f64;
        return high < 10.0 * mean;
    }
    is_even(values) && high <= 2.0 * low && (up.len() > 1 || is_whole_step(values, low))
}

fn is_whole_step(values: &[f64], step: f64) -> bool {
    step == 1.0 && values.iter().all(|value| value.fract() == 0.0)
}

/// Whether about as many readings share each time.
fn is_even(values: &[f64]) -> bool {
    let runs: Vec<usize> = values.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    let inner = runs.get(1..runs.len().saturating_sub(1)).unwrap_or_default();
    let (least, most) = (inner.iter().min(), inner.iter().max());
    match (least, most) {
        (Some(least), Some(most)) => *most <= 2 * least + 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(values: &[f64], unit: Option<f64>) -> Clock {
        Clock::of(values, unit, false).unwrap()
    }

    #[test]
    fn whole_milliseconds_tell_the_rate() {
        for rate in [119.0, 150.0, 400.0, 666.0, 800.0, 1600.0] {
            let mut all: Vec<f64> = (0..40)
                .map(|file| {
                    let time = |k: u32| {
                        (1000.0 * (f64::from(k) / rate + 1.2345 * f64::from(file))).floor()
                    };
                    clock(&(0..200).map(time).collect::<Vec<_>>(), Some(1e-3)).rate_hz().unwrap()
                })
                .collect();
            all.sort_by(f64::total_cmp);
            let off = |found: f64| (found / rate - 1.0).abs();
            // Times of one file at 666 Hz may be those of 666.7 Hz, too: all of them tell.
            let each = if rate == 666.0 { 1.1e-3 } else { 1e-3 };
            assert!(off(all[0]) < each && off(all[39]) < each, "{rate}: {} to {}", all[0], all[39]);
            assert!(off(all[20]) < 1e-3, "{rate}: {}", all[20]);
        }
    }

    #[test]
    fn packets_seconds_and_ends_tell_it_too() {
        let packets: Vec<f64> = (0..200).map(|k| 1.487_33e12 + f64::from(k / 3) * 30.0).collect();
        let found = clock(&packets, None);
        assert!((found.rate_hz().unwrap() - 100.0).abs() < 0.1, "{found:?}");
        assert!(found.since_1970);
        let seconds: Vec<f64> = (0..700).map(|k| (f64::from(k) / 200.0 + 7.3).floor()).collect();
        assert_eq!(clock(&seconds, Some(1.0)).rate_hz(), Some(200.0));
        let few: Vec<f64> = (0..150).map(|k| (f64::from(k) / 200.0 + 0.5).floor()).collect();
        assert_eq!(clock(&few, Some(1.0)).rate_hz(), None);
        let ends: Vec<f64> =
            (0..200).map(|k| (4_294_900_000.0 + f64::from(k) * 1250.0) % 4_294_967_296.0).collect();
        let found = clock(&ends, Some(1e-6));
        assert_eq!(found.rate_hz(), Some(800.0));
        assert!(ends.windows(2).all(|w| found.step(w[0], w[1]) == Step::On));
    }

    #[test]
    fn holes_are_left_out_of_the_rate() {
        let time = |k: u32| f64::from(k) / 3200.0 + if k < 100 { 0.0 } else { 0.004 };
        let times: Vec<f64> = (0..200).map(time).collect();
        let found = clock(&times, None);
        assert!((found.rate_hz().unwrap() - 3200.0).abs() < 0.01, "{found:?}");
        let holes: Vec<usize> =
            (1..200).filter(|&k| found.step(times[k - 1], times[k]) != Step::On).collect();
        assert_eq!(holes, [100]);
        assert!(found.jitter == 0.0);
        let back = |k: u32| 1.7e9 + f64::from(k) / 200.0 - if k < 100 { 0.0 } else { 0.25 };
        let back: Vec<f64> = (0..200).map(back).collect();
        let found = clock(&back, None);
        assert!((found.rate_hz().unwrap() - 200.0).abs() < 0.01, "{found:?}");
        assert!(matches!(found.step(back[99], back[100]), Step::Hole(_)));
    }

    #[test]
    fn what_is_no_time() {
        let noise: Vec<f64> = (0..200).map(|k| (f64::from(k) * 0.7).sin()).collect();
        assert!(!is_like_a_time(&noise));
        assert!(!is_like_a_time(&[1.0; 200]));
        let warming: Vec<f64> =
            (0..200).map(|k| 21.0 + (f64::from(k) / 60.0).powi(2).floor() / 10.0).collect();
        assert!(!is_like_a_time(&warming));
        assert!(!is_like_a_time(&[1.0, 2.0, 3.0]));
        let counted: Vec<f64> = (0..20).map(f64::from).collect();
        assert!(is_like_a_time(&counted));
    }
}
