//! How a structure answers a steady force: a mode of vibration, and phasors.

/// Amplitude and phase of a steady tone: `re + i·im` stands for `re·cos θ − im·sin θ`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Phasor {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Phasor {
    /// The phasor of an amplitude and a phase in turns.
    pub(super) fn polar(amplitude: f64, turns: f64) -> Self {
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * turns);
        Self { re: amplitude * cosine, im: amplitude * sine }
    }

    pub(super) fn scaled(self, by: f64) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    pub(super) fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    #[cfg(test)]
    pub(super) fn amplitude(self) -> f64 {
        libm::hypot(self.re, self.im)
    }
}

/// One mode of vibration: a mass on a spring and a damper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mode {
    /// The undamped natural frequency, in Hz.
    pub(super) natural_hz: f64,
    /// The share of critical damping, ζ.
    pub(super) damping: f64,
}

impl Mode {
    /// The acceleration for a force of unit amplitude per mass at `hz`, once it is steady:
    /// `r² / (1 − r² + 2iζr)` with `r = hz / natural_hz`, sign turned so that it is +1 far above
    /// the resonance, where the mass moves as if it were free (Den Hartog, *Mechanical
    /// Vibrations*, 1956, section 2.11).
    ///
    /// The speed of a fan changes little within one ring of any of its modes, so that the steady
    /// answer is used throughout.
    pub(super) fn acceleration(self, hz: f64) -> Phasor {
        let r = hz / self.natural_hz;
        let (re, im) = (r * r - 1.0, -2.0 * self.damping * r);
        let square = re * re + im * im;
        Phasor { re: re / square, im: -im / square }.scaled(r * r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODE: Mode = Mode { natural_hz: 10.0, damping: 0.05 };

    #[test]
    fn a_mode_is_stiff_below_its_resonance_sharp_at_it_and_free_above() {
        assert!((MODE.acceleration(0.1).amplitude() - 1e-4).abs() < 1e-6);
        assert!((MODE.acceleration(10.0).amplitude() - 10.0).abs() < 1e-9);
        let free = MODE.acceleration(1000.0);
        assert!((free.re - 1.0).abs() < 1e-3 && free.im.abs() < 1e-2);
    }

    #[test]
    fn the_phase_turns_by_a_quarter_at_the_resonance() {
        let resonant = MODE.acceleration(10.0);
        assert!(resonant.re.abs() < 1e-9 && resonant.im > 0.0);
    }
}
