//! The addresses of the registers.

/// Soft reset; write only.
pub const SOFT_RESET: u8 = 0x00;
/// The part id; read only, as all up to [`ORIENTATION_STATUS`].
pub const PART_ID: u8 = 0x01;
/// The low byte of x; five more bytes follow.
pub const X_LOW: u8 = 0x02;
/// Which motion interrupts are there.
pub const MOTION_INTERRUPT: u8 = 0x09;
/// Whether a reading is new.
pub const DATA_INTERRUPT: u8 = 0x0A;
/// Which axis was tapped or active first.
pub const TAP_ACTIVE_STATUS: u8 = 0x0B;
/// How the sensor lies.
pub const ORIENTATION_STATUS: u8 = 0x0C;
/// Resolution and range.
pub const RANGE: u8 = 0x0F;
/// Axes and output data rate.
pub const DATA_RATE: u8 = 0x10;
/// Power mode and bandwidth.
pub const POWER: u8 = 0x11;
/// Polarity of the axes.
pub const SWAP_POLARITY: u8 = 0x12;
/// Interrupts that are on.
pub const INTERRUPT_SET_0: u8 = 0x16;
/// Further interrupts that are on.
pub const INTERRUPT_SET_1: u8 = 0x17;
/// Interrupts that show on the pin.
pub const INTERRUPT_MAP_0: u8 = 0x19;
/// Further interrupts that show on the pin.
pub const INTERRUPT_MAP_1: u8 = 0x1A;
/// How the pin is driven.
pub const INTERRUPT_PIN: u8 = 0x20;
/// How long an interrupt stays.
pub const INTERRUPT_LATCH: u8 = 0x21;
/// How long a fall is.
pub const FREEFALL_DURATION: u8 = 0x22;
/// Below what it is one.
pub const FREEFALL_THRESHOLD: u8 = 0x23;
/// Its mode and hysteresis.
pub const FREEFALL_HYSTERESIS: u8 = 0x24;
/// How long a slope must last.
pub const ACTIVE_DURATION: u8 = 0x27;
/// How steep it must be.
pub const ACTIVE_THRESHOLD: u8 = 0x28;
/// The times of a tap.
pub const TAP_DURATION: u8 = 0x2A;
/// How hard it must be.
pub const TAP_THRESHOLD: u8 = 0x2B;
/// How the orientation is told.
pub const ORIENTATION: u8 = 0x2C;
/// When z keeps it from being told.
pub const Z_BLOCKING: u8 = 0x2D;
/// The offset of x; those of y and z follow.
pub const OFFSET_X: u8 = 0x38;
/// The offset of y.
pub const OFFSET_Y: u8 = 0x39;
/// The offset of z.
pub const OFFSET_Z: u8 = 0x3A;

/// What [`PART_ID`] holds.
pub const ID: u8 = 0x13;
/// What is written to [`SOFT_RESET`].
pub const RESET: u8 = 0b0010_0100;
/// The bit of [`DATA_INTERRUPT`] that a new reading sets.
pub const NEW_DATA: u8 = 0b0000_0001;
/// The bit of [`INTERRUPT_LATCH`] that clears latched interrupts.
pub const CLEAR: u8 = 0b1000_0000;
