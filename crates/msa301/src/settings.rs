//! How the sensor measures.

use crate::{Model, Range, SettingError, register};

/// Readings in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// 1 Hz, in low power only
    Hz1,
    /// 1.95 Hz, in low power only
    Hz1_95,
    /// 3.9 Hz
    Hz3_9,
    /// 7.81 Hz
    Hz7_81,
    /// 15.63 Hz
    Hz15_63,
    /// 31.25 Hz
    Hz31_25,
    /// 62.5 Hz
    Hz62_5,
    /// 125 Hz
    Hz125,
    /// 250 Hz
    Hz250,
    /// 500 Hz, not in low power
    Hz500,
    /// 1000 Hz, not in low power
    Hz1000,
}

impl Rate {
    const ALL: [Self; 11] = [
        Self::Hz1,
        Self::Hz1_95,
        Self::Hz3_9,
        Self::Hz7_81,
        Self::Hz15_63,
        Self::Hz31_25,
        Self::Hz62_5,
        Self::Hz125,
        Self::Hz250,
        Self::Hz500,
        Self::Hz1000,
    ];

    /// In Hz. In normal power, half of it is the bandwidth.
    pub const fn hz(self) -> f32 {
        match self {
            Self::Hz1 => 1.0,
            Self::Hz1_95 => 1.95,
            Self::Hz3_9 => 3.9,
            Self::Hz7_81 => 7.81,
            Self::Hz15_63 => 15.63,
            Self::Hz31_25 => 31.25,
            Self::Hz62_5 => 62.5,
            Self::Hz125 => 125.0,
            Self::Hz250 => 250.0,
            Self::Hz500 => 500.0,
            Self::Hz1000 => 1000.0,
        }
    }

    /// All values from 1010 on are 1000 Hz.
    fn of_field(field: u8) -> Self {
        Self::ALL.get(usize::from(field & 0b1111)).copied().unwrap_or(Self::Hz1000)
    }
}

/// The band that is measured in low power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bandwidth {
    /// 1.95 Hz
    Hz1_95,
    /// 3.9 Hz
    Hz3_9,
    /// 7.81 Hz
    Hz7_81,
    /// 15.63 Hz
    Hz15_63,
    /// 31.25 Hz
    Hz31_25,
    /// 62.5 Hz
    Hz62_5,
    /// 125 Hz
    Hz125,
    /// 250 Hz
    Hz250,
    /// 500 Hz
    Hz500,
}

impl Bandwidth {
    const ALL: [Self; 9] = [
        Self::Hz1_95,
        Self::Hz3_9,
        Self::Hz7_81,
        Self::Hz15_63,
        Self::Hz31_25,
        Self::Hz62_5,
        Self::Hz125,
        Self::Hz250,
        Self::Hz500,
    ];

    /// 0010 is 1.95 Hz, and so is everything below; 1010 is 500 Hz, and everything above.
    const fn field(self) -> u8 {
        self as u8 + 0b0010
    }

    fn of_field(field: u8) -> Self {
        let at = usize::from((field & 0b1111).saturating_sub(0b0010));
        Self::ALL.get(at).copied().unwrap_or(Self::Hz500)
    }
}

/// How much the sensor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It measures all the time.
    Normal,
    /// It sleeps between readings, with more noise.
    Low(Bandwidth),
    /// It measures nothing. Its registers stay.
    Suspended,
}

/// How many bits of a count are told. An MSA311 has 12, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resolution {
    /// All that the sensor has.
    #[default]
    Full,
    /// 12 bits
    Bits12,
    /// 10 bits
    Bits10,
    /// 8 bits
    Bits8,
}

impl Resolution {
    const ALL: [Self; 4] = [Self::Full, Self::Bits12, Self::Bits10, Self::Bits8];
}

/// Which axes are turned round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Polarity {
    /// -x for x
    pub x: bool,
    /// -y for y
    pub y: bool,
    /// -z for z
    pub z: bool,
    /// x for y, and y for x
    pub swap: bool,
}

/// How the sensor measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The largest acceleration.
    pub range: Range,
    /// The bits of a count.
    pub resolution: Resolution,
    /// Readings in a second.
    pub rate: Rate,
    /// How much the sensor does.
    pub power: Power,
    /// Axes that are not measured: x, y, z.
    pub off: [bool; 3],
    /// Which axes are turned round.
    pub polarity: Polarity,
    /// What is added to each axis by the sensor, in steps of 3.9 mg.
    pub offset: [i8; 3],
}

impl Settings {
    /// What is least noisy: the smallest range, all bits, normal power and 250 Hz, which is a band of
    /// 125 Hz. Choose a larger range where a machine shakes by more than 1 g beside gravity.
    pub const fn low_noise() -> Self {
        Self {
            range: Range::G2,
            resolution: Resolution::Full,
            rate: Rate::Hz250,
            power: Power::Normal,
            off: [false; 3],
            polarity: Polarity { x: false, y: false, z: false, swap: false },
            offset: [0; 3],
        }
    }

    /// The same with another range.
    pub const fn with_range(self, range: Range) -> Self {
        Self { range, ..self }
    }

    /// The same with another rate.
    pub const fn with_rate(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    /// The same with another power mode.
    pub const fn with_power(self, power: Power) -> Self {
        Self { power, ..self }
    }

    /// What is written where.
    pub(crate) fn registers(&self, model: Model) -> Result<[(u8, u8); 7], SettingError> {
        let Self { range, resolution, rate, power, off, polarity, offset } = *self;
        let fits = match power {
            Power::Normal => !matches!(rate, Rate::Hz1 | Rate::Hz1_95),
            Power::Low(_) => !matches!(rate, Rate::Hz500 | Rate::Hz1000),
            Power::Suspended => true,
        };
        if !fits {
            return Err(SettingError::Rate { rate, power });
        }
        if model == Model::Msa311 && resolution != Resolution::Full {
            return Err(SettingError::Resolution);
        }
        let [x, y, z] = off.map(u8::from);
        let power = match power {
            Power::Normal => Bandwidth::Hz500.field() << 1,
            Power::Low(bandwidth) => (0b01 << 6) | (bandwidth.field() << 1),
            Power::Suspended => (0b11 << 6) | (Bandwidth::Hz500.field() << 1),
        };
        let turned = [polarity.x, polarity.y, polarity.z, polarity.swap];
        let [offset_x, offset_y, offset_z] = offset.map(i8::cast_unsigned);
        Ok([
            (register::POWER, power),
            (register::DATA_RATE, (x << 7) | (y << 6) | (z << 5) | rate as u8),
            (register::RANGE, ((resolution as u8) << 2) | range.field()),
            (
                register::SWAP_POLARITY,
                turned.iter().fold(0, |bits, &on| (bits << 1) | u8::from(on)),
            ),
            (register::OFFSET_X, offset_x),
            (register::OFFSET_Y, offset_y),
            (register::OFFSET_Z, offset_z),
        ])
    }

    /// The registers that [`Settings::of_registers`] reads.
    pub(crate) const READ: [u8; 7] = [
        register::POWER,
        register::DATA_RATE,
        register::RANGE,
        register::SWAP_POLARITY,
        register::OFFSET_X,
        register::OFFSET_Y,
        register::OFFSET_Z,
    ];

    /// What the registers [`Settings::READ`] say.
    pub(crate) fn of_registers(values: [u8; 7]) -> Self {
        let [power, rate, range, turned, x, y, z] = values;
        let bit = |value: u8, at: u8| value & (1 << at) != 0;
        Self {
            range: Range::of_field(range),
            resolution: Resolution::ALL
                .get(usize::from((range >> 2) & 0b11))
                .copied()
                .unwrap_or_default(),
            rate: Rate::of_field(rate),
            power: match power >> 6 {
                0b00 => Power::Normal,
                0b01 => Power::Low(Bandwidth::of_field(power >> 1)),
                _ => Power::Suspended,
            },
            off: [7, 6, 5].map(|at| bit(rate, at)),
            polarity: Polarity {
                x: bit(turned, 3),
                y: bit(turned, 2),
                z: bit(turned, 1),
                swap: bit(turned, 0),
            },
            offset: [x, y, z].map(u8::cast_signed),
        }
    }
}
