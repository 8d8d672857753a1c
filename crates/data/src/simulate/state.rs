//! What the simulated fan is doing: speed, coin, base; and the names of it.

use std::fmt;
use std::str::FromStr;

/// The setting of the fan's speed switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speed {
    /// The motor has no current and the rotor stands still.
    Off,
    /// About 1.1 turns a second.
    Low,
    /// About 1.7 turns a second.
    Medium,
    /// About 2.1 turns a second.
    High,
}

impl Speed {
    /// Every setting, slowest first.
    pub const ALL: [Self; 4] = [Self::Off, Self::Low, Self::Medium, Self::High];

    /// The short name, as a command line takes it: `off`, `low`, `medium` or `high`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The name within the folder names of the reference, which shortens `medium` to `med`.
    fn folder_name(self) -> &'static str {
        match self {
            Self::Medium => "med",
            other => other.name(),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An operating state of the fan: one folder of a dataset.
///
/// Its [`Display`](fmt::Display) is the short name that [`FromStr`] takes back: the speed, then
/// `+coin` and `+moved` where they hold.
///
/// # Examples
/// ```
/// use judder_data::simulate::{Speed, State};
///
/// let state: State = "medium+coin".parse()?;
/// assert_eq!(state, State { speed: Speed::Medium, coin: true, moved: false });
/// assert_eq!(state.folder_name(0), "fan_0_med_1_weight");
/// # Ok::<(), judder_data::simulate::UnknownState>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The setting of the speed switch.
    pub speed: Speed,
    /// Whether a coin is taped to the rotor, which is the anomaly to be found.
    pub coin: bool,
    /// Whether the base is put in another place now and then, between and during recordings.
    pub moved: bool,
}

impl State {
    /// Every state: 4 speeds, with and without a coin, base still or moved.
    pub const ALL: [Self; 16] = {
        let mut all = [Self { speed: Speed::Off, coin: false, moved: false }; 16];
        let mut at = 0;
        while at < all.len() {
            all[at] = Self { speed: Speed::ALL[at / 4], coin: at % 2 == 1, moved: at / 2 % 2 == 1 };
            at += 1;
        }
        all
    };

    /// The eight states that the reference recorded of its fan.
    pub const REFERENCE: [Self; 8] = [
        Self { speed: Speed::Off, coin: false, moved: false },
        Self { speed: Speed::Low, coin: false, moved: false },
        Self { speed: Speed::Low, coin: false, moved: true },
        Self { speed: Speed::Low, coin: true, moved: false },
        Self { speed: Speed::Medium, coin: false, moved: false },
        Self { speed: Speed::Medium, coin: true, moved: false },
        Self { speed: Speed::High, coin: false, moved: false },
        Self { speed: Speed::High, coin: true, moved: false },
    ];

    /// The name of the state's folder, as the reference names its own: `fan_0_low_0_weight`,
    /// `fan_0_med_1_weight`, `fan_0_low_0_weight-moving`. `fan` is the number of the fan.
    pub fn folder_name(self, fan: u32) -> String {
        let speed = self.speed.folder_name();
        let coins = u8::from(self.coin);
        let moving = if self.moved { "-moving" } else { "" };
        format!("fan_{fan}_{speed}_{coins}_weight{moving}")
    }

    /// A number of its own, by which what is drawn for it differs from that of the others.
    pub(super) fn group(self) -> u64 {
        u64::from(self.coin) | u64::from(self.moved) << 1 | (self.speed as u64) << 2
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coin = if self.coin { "+coin" } else { "" };
        let moved = if self.moved { "+moved" } else { "" };
        write!(formatter, "{}{coin}{moved}", self.speed)
    }
}

/// A name that stands for no state of the simulated fan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` is no state of the fan: say off, low, medium or high, then +coin or +moved or both, \
     as in low+coin"
)]
pub struct UnknownState {
    /// The name as it was given.
    pub name: String,
}

impl FromStr for State {
    type Err = UnknownState;

    /// Reads a short name such as `low`, `low+coin` or `high+moved+coin`; `med` is `medium` too.
    ///
    /// # Errors
    /// [`UnknownState`] for any other name, and for one that says the same thing twice.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownState { name: name.to_owned() };
        let mut words = name.split('+');
        let speed = words.next().unwrap_or_default();
        let speed = Speed::ALL
            .into_iter()
            .find(|known| known.name() == speed || known.folder_name() == speed)
            .ok_or_else(unknown)?;
        let mut state = Self { speed, coin: false, moved: false };
        for word in words {
            let flag = match word {
                "coin" => &mut state.coin,
                "moved" => &mut state.moved,
                _ => return Err(unknown()),
            };
            if std::mem::replace(flag, true) {
                return Err(unknown());
            }
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_states_are_different_and_their_names_read_back() {
        for (at, state) in State::ALL.into_iter().enumerate() {
            assert!(!State::ALL[..at].contains(&state));
            assert_eq!(state.to_string().parse(), Ok(state));
        }
        assert!(State::REFERENCE.iter().all(|state| State::ALL.contains(state)));
    }

    #[test]
    fn folders_are_named_as_the_reference_names_its_own() {
        let named = State::REFERENCE.map(|state| state.folder_name(0));
        assert_eq!(
            named,
            [
                "fan_0_off_0_weight",
                "fan_0_low_0_weight",
                "fan_0_low_0_weight-moving",
                "fan_0_low_1_weight",
                "fan_0_med_0_weight",
                "fan_0_med_1_weight",
                "fan_0_high_0_weight",
                "fan_0_high_1_weight",
            ]
        );
    }

    #[test]
    fn a_name_that_is_no_state_is_refused() {
        for name in ["", "fast", "low+", "low+coin+coin", "coin", "Low", "low +coin"] {
            let error = name.parse::<State>().unwrap_err();
            assert_eq!(error.name, name);
        }
        assert_eq!("med".parse::<State>().map(|state| state.speed), Ok(Speed::Medium));
    }
}
