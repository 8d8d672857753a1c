//! What is other than usual in the vibration of one recording.

use super::super::AXES;
use super::super::chance::Chance;
use super::super::machine::HARMONICS;

/// How much slower the rotor turns for each dB by which the motor has more to do, as a share.
const SLOWER: f64 = 0.008;

/// Factors on what the machine makes; 1 is the usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Change {
    /// On the amplitude of the hum at 2, 4 and 6 times the mains frequency.
    pub(in super::super) hum: [f64; HARMONICS],
    /// On the amplitude of what shaft and blades make.
    pub(in super::super) hub: f64,
    /// On that of what the air makes besides.
    pub(in super::super) air: f64,
    /// On the turns a second.
    pub(in super::super) turning: f64,
    /// On what each axis of the sensor is moved by hum, shaft and blades.
    pub(in super::super) axes: [f64; AXES],
}

impl Change {
    /// All is as usual.
    pub(in super::super) const NONE: Self =
        Self { hum: [1.0; HARMONICS], hub: 1.0, air: 1.0, turning: 1.0, axes: [1.0; AXES] };

    /// A motor that has more to do: the hum is louder by so many dB, its multiples by a share of that between -1 and 1,
    /// which is drawn, and the rotor turns slower.
    pub(super) fn of_motor(decibels: f64, mut chance: Chance) -> Self {
        let shares = [1.0, chance.between(-1.0, 1.0), chance.between(-1.0, 1.0)];
        let turning = (1.0 - SLOWER * decibels).max(0.0);
        Self { hum: shares.map(|share| amplitude(share * decibels)), turning, ..Self::NONE }
    }

    /// A sensor that sits otherwise: each axis is moved more or less by up to so many dB, which is drawn, as it is pressed on
    /// otherwise.
    pub(super) fn of_seat(decibels: f64, mut chance: Chance) -> Self {
        let axes = [0; AXES].map(|_| amplitude(decibels * chance.between(-1.0, 1.0)));
        Self { axes, ..Self::NONE }
    }

    /// Both at once.
    pub(super) fn and(self, other: Self) -> Self {
        let (mut hum, mut axes) = (self.hum, self.axes);
        axes.iter_mut().zip(other.axes).for_each(|(one, other)| *one *= other);
        hum.iter_mut().zip(other.hum).for_each(|(one, other)| *one *= other);
        Self {
            hum,
            hub: self.hub * other.hub,
            air: self.air * other.air,
            turning: self.turning * other.turning,
            axes,
        }
    }
}

/// The factor on an amplitude of a level in dB.
pub(super) fn amplitude(decibels: f64) -> f64 {
    libm::pow(10.0, decibels / 20.0)
}
