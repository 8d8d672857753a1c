//! Units in which values have a few digits before the point.

/// A unit, and how many of it a value in the base unit is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    pub(crate) each: f64,
}

const G: [Unit; 3] =
    [Unit { name: "g", each: 1.0 }, Unit { name: "mg", each: 1e3 }, Unit { name: "µg", each: 1e6 }];
const G_SQUARED: [Unit; 3] = [
    Unit { name: "g²", each: 1.0 },
    Unit { name: "mg²", each: 1e6 },
    Unit { name: "µg²", each: 1e12 },
];
const SECONDS: [Unit; 3] =
    [Unit { name: "s", each: 1.0 }, Unit { name: "ms", each: 1e3 }, Unit { name: "µs", each: 1e6 }];
const HERTZ: [Unit; 2] = [Unit { name: "kHz", each: 1e-3 }, Unit { name: "Hz", each: 1.0 }];

impl Unit {
    /// Of acceleration whose largest magnitude is this, in g.
    pub(crate) fn of_g(largest: f64) -> Self {
        fitting(&G, largest, 0.5)
    }

    /// Of its square.
    pub(crate) fn of_g_squared(largest: f64) -> Self {
        fitting(&G_SQUARED, largest, 0.5)
    }

    /// Of time, in s.
    pub(crate) fn of_seconds(largest: f64) -> Self {
        fitting(&SECONDS, largest, 0.5)
    }

    /// Of frequency, in Hz.
    pub(crate) fn of_hertz(largest: f64) -> Self {
        if largest >= 2000.0 { HERTZ[0] } else { HERTZ[1] }
    }
}

/// The first in which the value is not below `least`; the last where there is none.
fn fitting(units: &[Unit; 3], largest: f64, least: f64) -> Unit {
    units.iter().find(|unit| largest.abs() * unit.each >= least).copied().unwrap_or(match largest {
        0.0 => units[0],
        _ => units[2],
    })
}
