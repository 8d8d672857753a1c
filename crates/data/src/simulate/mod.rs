//! The simulated fan.
