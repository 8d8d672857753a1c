//! The two sensors, and what their counts are worth.

/// Which sensor it is. The part id does not tell: it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// 14 bits.
    Msa301,
    /// 12 bits.
    Msa311,
}

impl Model {
    /// The I2C address, 7 bits. It cannot be changed.
    pub const fn address(self) -> u8 {
        match self {
            Self::Msa301 => 0x26,
            Self::Msa311 => 0x62,
        }
    }

    /// The bits of a count.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Msa301 => 14,
            Self::Msa311 => 12,
        }
    }

    /// The counts in six bytes of the data registers.
    pub(crate) fn counts(self, bytes: [u8; 6]) -> [i16; 3] {
        let [x0, x1, y0, y1, z0, z1] = bytes;
        [[x0, x1], [y0, y1], [z0, z1]].map(|two| i16::from_le_bytes(two) >> (16 - self.bits()))
    }
}

/// The largest acceleration that is measured, in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Range {
    /// ±2 g
    #[default]
    G2,
    /// ±4 g
    G4,
    /// ±8 g
    G8,
    /// ±16 g
    G16,
}

impl Range {
    /// In g.
    pub const fn g(self) -> f32 {
        match self {
            Self::G2 => 2.0,
            Self::G4 => 4.0,
            Self::G8 => 8.0,
            Self::G16 => 16.0,
        }
    }

    /// What one count is worth in g, exactly: a power of two.
    pub const fn g_of_a_count(self, model: Model) -> f32 {
        self.g() / (1_u32 << (model.bits() - 1)) as f32
    }

    pub(crate) const fn field(self) -> u8 {
        match self {
            Self::G2 => 0b00,
            Self::G4 => 0b01,
            Self::G8 => 0b10,
            Self::G16 => 0b11,
        }
    }

    pub(crate) const fn of_field(field: u8) -> Self {
        match field & 0b11 {
            0b00 => Self::G2,
            0b01 => Self::G4,
            0b10 => Self::G8,
            _ => Self::G16,
        }
    }
}
