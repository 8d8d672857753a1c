//! What the sensor noticed.

/// Which motion interrupts are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Motion {
    /// The sensor lies in another way.
    pub orientation: bool,
    /// It was tapped.
    pub tap: bool,
    /// It was tapped twice.
    pub double_tap: bool,
    /// It was moved.
    pub active: bool,
    /// It falls.
    pub freefall: bool,
}

impl Motion {
    pub(crate) const fn of_register(value: u8) -> Self {
        Self {
            orientation: value & (1 << 6) != 0,
            tap: value & (1 << 5) != 0,
            double_tap: value & (1 << 4) != 0,
            active: value & (1 << 2) != 0,
            freefall: value & 1 != 0,
        }
    }
}

/// An axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// x
    X,
    /// y
    Y,
    /// z
    Z,
}

/// Where something was noticed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// The axis; none where nothing was noticed.
    pub axis: Option<Axis>,
    /// Whether it was against the direction of the axis.
    pub negative: bool,
}

impl First {
    /// Four bits: the sign, x, y, z.
    const fn of_bits(bits: u8) -> Self {
        let axis = match bits & 0b111 {
            0 => None,
            bits if bits & 0b100 != 0 => Some(Axis::X),
            bits if bits & 0b010 != 0 => Some(Axis::Y),
            _ => Some(Axis::Z),
        };
        Self { axis, negative: bits & 0b1000 != 0 }
    }
}

/// Where the last tap and the last motion began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touched {
    /// The tap.
    pub tap: First,
    /// The motion.
    pub active: First,
}

impl Touched {
    pub(crate) const fn of_register(value: u8) -> Self {
        Self { tap: First::of_bits(value >> 4), active: First::of_bits(value & 0b1111) }
    }
}

/// How the sensor lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lying {
    /// Portrait, upright
    Upright,
    /// Portrait, upside down
    UpsideDown,
    /// Landscape, to the left
    Left,
    /// Landscape, to the right
    Right,
}

impl Lying {
    /// How it lies, and whether z looks down.
    pub(crate) const fn of_register(value: u8) -> (Self, bool) {
        let lying = match (value >> 4) & 0b11 {
            0 => Self::Upright,
            1 => Self::UpsideDown,
            2 => Self::Left,
            _ => Self::Right,
        };
        (lying, value & (1 << 6) != 0)
    }
}
