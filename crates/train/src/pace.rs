//! False alarms of a day: how many windows there are to be judged in one.

use judder_model::Binding;

/// Seconds in a day.
const DAY: f64 = 86_400.0;

/// How many windows are judged in a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// One every so many seconds: recordings follow each other without a gap.
    Gapless(f64),
    /// So many a day: recordings come now and then.
    PerDay(f64),
}

impl Pace {
    /// That of a model's data: so many windows a day as are given, else one each hop.
    pub fn of(binding: Binding, windows_per_day: Option<f64>) -> Self {
        let seconds = binding.hop as f64 / binding.rate_hz;
        windows_per_day.map_or(Self::Gapless(seconds), Self::PerDay)
    }

    /// Windows in a day.
    pub fn windows_per_day(self) -> f64 {
        match self {
            Self::Gapless(seconds) => DAY / seconds,
            Self::PerDay(windows) => windows,
        }
    }

    /// The days in which so many windows come.
    pub fn days(self, windows: usize) -> f64 {
        windows as f64 / self.windows_per_day()
    }

    /// The false-alarm rate that gives so many false alarms a day on average.
    ///
    /// # Errors
    /// A sentence, where there are not as many windows in a day.
    pub fn rate(self, alarms_per_day: f64) -> Result<f64, String> {
        let rate = match self {
            Self::Gapless(seconds) => alarms_per_day * seconds / DAY,
            Self::PerDay(windows) => alarms_per_day / windows,
        };
        if rate > 0.0 && rate < 1.0 {
            return Ok(rate);
        }
        let windows = self.windows_per_day();
        let come = match self {
            Self::Gapless(seconds) => format!("a window every {seconds} s gives {windows} a day"),
            Self::PerDay(_) => format!("there are {windows} windows a day (--windows-per-day)"),
        };
        Err(format!(
            "{come}, so the false alarms a day (--false-alarms-per-day) lie between 0 and \
             {windows}, not at {alarms_per_day}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: Binding = Binding { axes: 3, window: 256, hop: 100, rate_hz: 200.0 };

    #[test]
    fn a_window_comes_each_hop_unless_it_is_told() {
        assert_eq!(Pace::of(BINDING, None).windows_per_day(), 172_800.0);
        assert_eq!(Pace::of(BINDING, None).days(86_400), 0.5);
        assert_eq!(Pace::of(BINDING, Some(1440.0)).days(2880), 2.0);
    }

    #[test]
    fn alarms_a_day_are_a_share_of_the_windows_of_a_day() {
        assert_eq!(Pace::of(BINDING, None).rate(1728.0), Ok(0.01));
        assert_eq!(Pace::of(BINDING, Some(1440.0)).rate(144.0), Ok(0.1));
        for alarms in [172_800.0, 1e300, 0.0, -1.0, f64::NAN] {
            let why = Pace::of(BINDING, None).rate(alarms).err();
            assert!(why.is_some_and(|why| why.contains("every 0.5 s gives 172800 a day")));
        }
        let why = Pace::of(BINDING, Some(1440.0)).rate(1440.0).err();
        assert!(why.is_some_and(|why| why.contains("there are 1440 windows a day")));
    }
}
