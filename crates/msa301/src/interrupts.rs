//! What the sensor tells by itself.

use crate::{Range, SettingError, register};

/// Axes, each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    /// x
    pub x: bool,
    /// y
    pub y: bool,
    /// z
    pub z: bool,
}

impl Axes {
    /// All three.
    pub const ALL: Self = Self { x: true, y: true, z: true };
}

/// How long the second tap of two may take to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapWindow {
    /// 50 ms
    Ms50,
    /// 100 ms
    Ms100,
    /// 150 ms
    Ms150,
    /// 200 ms
    Ms200,
    /// 250 ms
    Ms250,
    /// 375 ms
    Ms375,
    /// 500 ms
    Ms500,
    /// 700 ms
    Ms700,
}

/// A knock on the sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// One knock is told.
    pub single: bool,
    /// Two knocks are told.
    pub double: bool,
    /// How hard, in g: up to 31 / 32 of the range.
    pub threshold: f32,
    /// How long the second of two may take.
    pub window: TapWindow,
    /// Whether it must be quiet after a knock for 20 ms; else for 30 ms.
    pub short_quiet: bool,
    /// Whether a knock may last 70 ms; else 50 ms.
    pub long_shock: bool,
}

impl Default for Tap {
    /// One knock of 0.625 g, as after power-on at ±2 g.
    fn default() -> Self {
        let window = TapWindow::Ms250;
        let (single, double) = (true, false);
        Self { single, double, threshold: 0.625, window, short_quiet: false, long_shock: false }
    }
}

/// A reading that differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Active {
    /// In which axes.
    pub axes: Axes,
    /// By how much, in g: up to 255 / 512 of the range.
    pub threshold: f32,
    /// For how many ms, 1 to 4.
    pub duration: u8,
}

impl Default for Active {
    /// 78 mg in any axis for 1 ms, as after power-on at ±2 g.
    fn default() -> Self {
        Self { axes: Axes::ALL, threshold: 0.078_125, duration: 1 }
    }
}

/// What must be small for a fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FallMode {
    /// Each axis.
    Each,
    /// The sum of all.
    Sum,
}

/// No gravity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Freefall {
    /// What must be small.
    pub mode: FallMode,
    /// How small, in g: up to 1.99.
    pub threshold: f32,
    /// How much more ends it, in g: 0 to 0.375.
    pub hysteresis: f32,
    /// For how many ms, 2 to 512.
    pub duration: u16,
}

impl Default for Freefall {
    /// Below 0.375 g for 20 ms, as after power-on.
    fn default() -> Self {
        Self { mode: FallMode::Each, threshold: 0.375, hysteresis: 0.125, duration: 20 }
    }
}

/// Where portrait becomes landscape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symmetry {
    /// At equal angles.
    Symmetric,
    /// Portrait is wide.
    High,
    /// Landscape is wide.
    Low,
}

/// When the orientation is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// Never.
    None,
    /// While z is large.
    Z,
    /// While z is large, or something moves by more than 0.2 g.
    ZOrSlope,
}

/// Lying in another way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// Where portrait becomes landscape.
    pub symmetry: Symmetry,
    /// When it is not told.
    pub blocking: Blocking,
    /// How far past the border, in g: 0 to 0.4375.
    pub hysteresis: f32,
    /// From where on z is large, in g: 0 to 0.9375.
    pub z_blocking: f32,
}

impl Default for Orientation {
    /// As after power-on.
    fn default() -> Self {
        let (symmetry, blocking) = (Symmetry::Symmetric, Blocking::ZOrSlope);
        Self { symmetry, blocking, hysteresis: 0.0625, z_blocking: 0.5 }
    }
}

/// How the pin is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pin {
    /// Pulled down or left alone, rather than driven.
    pub open_drain: bool,
    /// High for an interrupt, rather than low.
    pub active_high: bool,
}

/// How long an interrupt stays. That of new data never stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latch {
    /// As long as its reason.
    #[default]
    No,
    /// 1 ms
    Ms1,
    /// 2 ms
    Ms2,
    /// 25 ms
    Ms25,
    /// 50 ms
    Ms50,
    /// 100 ms
    Ms100,
    /// 250 ms
    Ms250,
    /// 500 ms
    Ms500,
    /// 1 s
    S1,
    /// 2 s
    S2,
    /// 4 s
    S4,
    /// 8 s
    S8,
    /// Until it is cleared.
    Kept,
}

impl Latch {
    const fn field(self) -> u8 {
        match self {
            Self::No => 0b0000,
            Self::Ms250 => 0b0001,
            Self::Ms500 => 0b0010,
            Self::S1 => 0b0011,
            Self::S2 => 0b0100,
            Self::S4 => 0b0101,
            Self::S8 => 0b0110,
            Self::Kept => 0b0111,
            Self::Ms1 => 0b1010,
            Self::Ms2 => 0b1011,
            Self::Ms25 => 0b1100,
            Self::Ms50 => 0b1101,
            Self::Ms100 => 0b1110,
        }
    }
}

/// What the sensor tells by itself; without [`Interrupts::pin`] in its registers only.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interrupts {
    /// A new reading.
    pub new_data: bool,
    /// Knocks.
    pub tap: Option<Tap>,
    /// Motion.
    pub active: Option<Active>,
    /// Falls.
    pub freefall: Option<Freefall>,
    /// Orientation.
    pub orientation: Option<Orientation>,
    /// The pin on which all of them show.
    pub pin: Option<Pin>,
    /// How long they stay.
    pub latch: Latch,
}

impl Interrupts {
    /// What is written where: what is on comes last. What is off gets what it has after power-on.
    pub(crate) fn registers(&self, range: Range) -> Result<[(u8, u8); 15], SettingError> {
        let (tap, tap_durations, tap_threshold) = tap(self.tap.as_ref(), range)?;
        let (active, active_duration, active_threshold) = active(self.active.as_ref(), range)?;
        let fall = self.freefall.unwrap_or_default();
        let orientation = self.orientation.unwrap_or_default();
        let pin = self.pin.unwrap_or_default();
        let mapped = |on: bool| u8::from(on && self.pin.is_some());
        let (turned, moved) = (self.orientation.is_some(), self.active.is_some());
        let map = (mapped(turned) << 6)
            | if self.pin.is_some() { tap } else { 0 }
            | (mapped(moved) << 2)
            | mapped(self.freefall.is_some());
        let fall_duration = steps("freefall duration", fall.duration.into(), 2.0, 1, 256)? - 1;
        let fall_threshold = byte("freefall threshold", fall.threshold, 1.0 / 128.0, 255)?;
        let fall_hysteresis = byte("freefall hysteresis", fall.hysteresis, 0.125, 3)?;
        let hysteresis = byte("orientation hysteresis", orientation.hysteresis, 0.0625, 7)?;
        let told =
            (hysteresis << 4) | ((orientation.blocking as u8) << 2) | orientation.symmetry as u8;
        Ok([
            (register::INTERRUPT_PIN, (u8::from(pin.open_drain) << 1) | u8::from(pin.active_high)),
            (register::INTERRUPT_LATCH, self.latch.field()),
            (register::FREEFALL_DURATION, fall_duration as u8),
            (register::FREEFALL_THRESHOLD, fall_threshold),
            (register::FREEFALL_HYSTERESIS, ((fall.mode as u8) << 2) | fall_hysteresis),
            (register::ACTIVE_DURATION, active_duration),
            (register::ACTIVE_THRESHOLD, active_threshold),
            (register::TAP_DURATION, tap_durations),
            (register::TAP_THRESHOLD, tap_threshold),
            (register::ORIENTATION, told),
            (register::Z_BLOCKING, byte("z blocking", orientation.z_blocking, 0.0625, 15)?),
            (register::INTERRUPT_MAP_0, map),
            (register::INTERRUPT_MAP_1, mapped(self.new_data)),
            (register::INTERRUPT_SET_0, (u8::from(turned) << 6) | tap | active),
            (
                register::INTERRUPT_SET_1,
                (u8::from(self.new_data) << 4) | (u8::from(self.freefall.is_some()) << 3),
            ),
        ])
    }
}

/// What is on, the durations and the threshold.
fn tap(tap: Option<&Tap>, range: Range) -> Result<(u8, u8, u8), SettingError> {
    // What is off has a threshold that every range holds.
    let off = Tap { single: false, threshold: range.g() * 10.0 / 32.0, ..Tap::default() };
    let one = tap.copied().unwrap_or(off);
    if tap.is_some() && !(one.single || one.double) {
        return Err(SettingError::NoSource { what: "tap" });
    }
    let threshold = byte("tap threshold", one.threshold, range.g() / 32.0, 31)?;
    let durations =
        (u8::from(one.short_quiet) << 7) | (u8::from(one.long_shock) << 6) | one.window as u8;
    Ok(((u8::from(one.single) << 5) | (u8::from(one.double) << 4), durations, threshold))
}

/// What is on, the duration and the threshold.
fn active(active: Option<&Active>, range: Range) -> Result<(u8, u8, u8), SettingError> {
    let none = Axes { x: false, y: false, z: false };
    let off = Active { axes: none, threshold: range.g() * 20.0 / 512.0, duration: 1 };
    let one = active.copied().unwrap_or(off);
    if active.is_some() && one.axes == none {
        return Err(SettingError::NoSource { what: "active" });
    }
    let threshold = byte("active threshold", one.threshold, range.g() / 512.0, 255)?;
    let duration = steps("active duration", one.duration.into(), 1.0, 1, 4)? - 1;
    let Axes { x, y, z } = one.axes;
    let on = (u8::from(z) << 2) | (u8::from(y) << 1) | u8::from(x);
    Ok((on, duration as u8, threshold))
}

/// The nearest number of steps, from 0 to `most`.
fn byte(what: &'static str, value: f32, step: f32, most: u8) -> Result<u8, SettingError> {
    steps(what, value, step, 0, most.into()).map(|steps| steps as u8)
}

/// The nearest number of steps.
fn steps(
    what: &'static str,
    found: f32,
    step: f32,
    least: u16,
    most: u16,
) -> Result<u16, SettingError> {
    let steps = found / step + 0.5;
    // Half a step beside the ends is already another number.
    if steps >= f32::from(least) && steps < f32::from(most) + 1.0 && found >= 0.0 {
        return Ok(steps as u16);
    }
    let (least, most) = (f32::from(least) * step, f32::from(most) * step);
    Err(SettingError::OutOfRange { what, found, least, most })
}
