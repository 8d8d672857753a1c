//! What alarms that were seen tell of the rate that was asked for.

use crate::interval::share_interval;

/// Within what factor of the rate that was asked for alarms are as asked: a machine wanders.
pub const FACTOR: f64 = 2.0;

/// Alarms that must be expected before they can tell that there are as many as asked for: from 8 on, their interval
/// lies within a factor of 2.
const EXPECTED: f64 = 8.0;

/// What alarms that were seen tell of the rate that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// There are as many as asked for, to within [`FACTOR`].
    AsAsked,
    /// There are more: the threshold is too low for how the machine runs now, or something is wrong with it.
    More,
    /// There are fewer: the threshold is higher than it would have to be.
    Fewer,
    /// There are too few windows to tell.
    TooFew,
}

impl Told {
    /// Of so many alarms in so many windows, where a share `rate` of windows was asked for: by the 95 % interval of
    /// what was seen.
    pub fn of(alarms: usize, windows: usize, rate: f64) -> Self {
        let Some(seen) = share_interval(alarms, windows) else { return Self::TooFew };
        if seen.low >= rate / FACTOR && seen.high <= rate * FACTOR {
            Self::AsAsked
        } else if seen.low > rate {
            Self::More
        } else if seen.high < rate {
            Self::Fewer
        } else {
            Self::TooFew
        }
    }

    /// How many windows it takes to tell that alarms come at this rate.
    pub fn windows(rate: f64) -> usize {
        (EXPECTED / rate).ceil() as usize
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsAsked => "as-asked",
            Self::More => "more",
            Self::Fewer => "fewer",
            Self::TooFew => "too-few",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_at_the_rate_are_as_asked_once_there_are_enough_windows() {
        for rate in [1e-5, 1e-3, 0.01, 0.05, 0.2] {
            let windows = Told::windows(rate);
            let alarms = (windows as f64 * rate).round() as usize;
            assert_eq!(Told::of(alarms, windows, rate), Told::AsAsked, "{rate}");
            let half = windows / 2;
            assert_eq!(Told::of(alarms / 2, half, rate), Told::TooFew, "{rate}");
        }
    }

    /// An hour of windows a second, at 1 %: by SciPy's `binomtest(k, 3600).proportion_ci(method="wilson")`, 36 alarms lie
    /// in .72 to 1.38 %, 7 in .09 to .40 % and 75 in 1.67 to 2.60 %; 0 of 100 in 0 to 3.70 %, 0 of 400 in 0 to .95 %.
    #[test]
    fn an_hour_tells_three_times_too_many_or_too_few() {
        assert_eq!(Told::of(36, 3600, 0.01), Told::AsAsked);
        assert_eq!(Told::of(7, 3600, 0.01), Told::Fewer);
        assert_eq!(Told::of(75, 3600, 0.01), Told::More);
        assert_eq!(Told::of(0, 100, 0.01), Told::TooFew);
        assert_eq!(Told::of(0, 400, 0.01), Told::Fewer);
        assert_eq!(Told::of(0, 0, 0.01), Told::TooFew);
    }
}
