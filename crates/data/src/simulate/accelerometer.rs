//! The accelerometer: an MSA301 at its ±4 g range, read faster or slower than it converts.

/// One step of the output, in g: ±4 g in 14 bits.
pub(super) const STEP: f64 = 1.0 / 2048.0;

/// The codes of a 14-bit converter.
const CODES: std::ops::RangeInclusive<f64> = -8192.0..=8191.0;

/// The conversions a second that the part is set to when it is left as it starts.
const NOMINAL_HZ: f64 = 500.0;

/// How fast the part really runs. The recordings of the real fan have their 120 Hz hum not only at
/// the 80 Hz it folds to, but at 80 Hz ± every multiple of 14 Hz, with the sizes that a signal held
/// at 414 Hz and read at 200 Hz must have: the part's clock is 17 % slow.
const CLOCK: f64 = 0.828;

/// How much later than the axis before each axis is converted, as a share of a conversion.
const AXIS_LAG: f64 = 0.075;

/// By how much z rises while a conversion is held, in g: a sawtooth that the real part shows at the
/// 14 Hz by which reading and converting drift past each other.
const Z_DROOP: f64 = 5.3e-3;

/// The standard deviation of the noise of each axis, in g.
const NOISE: [f64; 3] = [1.33e-3, 1.5e-3, 3.0e-3];

/// What z reads too low when the first reading comes, in g, and how fast that passes, in s: almost
/// all of it before the second reading at 200 Hz.
const SETTLING: [(f64, f64); 2] = [(10.0e-3, 2.2e-3), (0.55e-3, 0.2)];

/// One accelerometer during one recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Accelerometer {
    /// Conversions a second.
    conversion_hz: f64,
    /// How far its clock is ahead of the reader's when the recording begins, in conversions.
    phase: f64,
}

/// The conversion that a reading gets to see.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    /// How long before the reading it was made, in s.
    pub(super) age: f64,
    /// The same as a share of the time between conversions, in `[0, 1)`.
    share: f64,
}

impl Accelerometer {
    /// A part that is read `rate_hz` times a second; `clock` is how far its clock runs from the
    /// usual, as a ratio, and `phase` where in a conversion the first reading falls, in `[0, 1)`.
    ///
    /// The real part would give the same conversion twice if it were read faster than it converts:
    /// a part with twice the conversions, or twice that, takes its place above 250 Hz.
    pub(super) fn new(rate_hz: f64, clock: f64, phase: f64) -> Self {
        let mut nominal = NOMINAL_HZ;
        while nominal < 2.0 * rate_hz && nominal.is_finite() {
            nominal *= 2.0;
        }
        Self { conversion_hz: nominal * CLOCK * clock, phase }
    }

    /// The conversion of `axis` that a reading at `time`, in s, gets.
    pub(super) fn held(&self, axis: usize, time: f64) -> Held {
        let clock = time * self.conversion_hz + self.phase - AXIS_LAG * axis as f64;
        let share = clock - libm::floor(clock);
        Held { age: share / self.conversion_hz, share }
    }

    /// The standard deviation of the noise of `axis`, in g.
    pub(super) fn noise(axis: usize) -> f64 {
        NOISE.get(axis).copied().unwrap_or_default()
    }

    /// What the part answers for an acceleration and its noise, in g, at `time`, in s.
    pub(super) fn read(acceleration: f64, axis: usize, held: Held, time: f64) -> f64 {
        let error = if axis == 2 { Z_DROOP * (held.share - 0.5) - unsettled(time) } else { 0.0 };
        quantised(acceleration + error)
    }
}

/// What z still lacks, in g, `time` seconds after the first reading.
fn unsettled(time: f64) -> f64 {
    SETTLING.iter().map(|(size, seconds)| size * libm::exp(-time / seconds)).sum()
}

/// The nearest value that the part can say, in g: a multiple of 1/2048 g within ±4 g.
fn quantised(acceleration: f64) -> f64 {
    libm::rint(acceleration / STEP).clamp(*CODES.start(), *CODES.end()) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_whole_steps_within_the_range() {
        assert_eq!(quantised(0.3 * STEP), 0.0);
        assert_eq!(quantised(-7.6 * STEP), -8.0 * STEP);
        assert_eq!(quantised(9.0), 4.0 - STEP);
        assert_eq!(quantised(-9.0), -4.0);
    }

    #[test]
    fn the_first_reading_of_z_is_10_5_mg_low() {
        assert!((unsettled(0.0) - 10.5e-3).abs() < 0.1e-3);
        assert!(unsettled(0.005) < 1.6e-3);
        assert!(unsettled(0.5) < 0.1e-3);
    }

    #[test]
    fn a_reading_sees_the_last_conversion() {
        let part = Accelerometer::new(200.0, 1.0, 0.25);
        let mut last = f64::NEG_INFINITY;
        for row in 0..1000 {
            let time = f64::from(row) / 200.0;
            let held = part.held(0, time);
            assert!((0.0..1.0).contains(&held.share));
            let made = time - held.age;
            let conversions = made * part.conversion_hz + part.phase;
            assert!((conversions - libm::rint(conversions)).abs() < 1e-6);
            assert!(made > last);
            last = made;
        }
    }

    #[test]
    fn no_conversion_is_read_twice_at_any_rate() {
        for rate in [50.0, 200.0, 250.0, 1000.0, 20_000.0] {
            assert!(Accelerometer::new(rate, 1.0, 0.0).conversion_hz > rate);
        }
    }
}
