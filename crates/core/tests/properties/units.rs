//! Units of readings, their names, and the gravity that tells them.

use judder_core::{Error, Unit, gravity};
use proptest::prelude::*;

fn unit(name: &str) -> Unit {
    name.parse().unwrap()
}

/// How many of each are 1 g: standard gravity is 9.80665 m/s² (CGPM 1901).
#[test]
fn so_many_are_1_g() {
    for (name, per_g) in [
        ("g", 1.0),
        ("mg", 1000.0),
        ("m/s2", 9.80665),
        ("counts:256", 256.0),
        ("counts:16393.44", 16393.44),
        ("counts:0.1", 0.1),
    ] {
        assert_eq!(unit(name).per_g(), per_g);
        assert_eq!(unit(name).to_string(), name);
    }
    assert_eq!(unit("counts:0256.0"), unit("counts:256"));
}

#[test]
fn other_names_are_refused() {
    for name in [
        "",
        "G",
        "kg",
        "mg ",
        "m/s^2",
        "counts",
        "counts:",
        "counts:0",
        "counts:-1",
        "counts:+1",
        "counts:.5",
        "counts:5.",
        "counts:1e3",
        "counts:nan",
        "counts:inf",
        "counts:1.2.3",
        "counts:1234567890123456",
    ] {
        assert_eq!(name.parse::<Unit>(), Err(Error::UnknownUnit), "{name}");
    }
}

#[test]
fn gravity_tells_the_unit_within_15_percent() {
    for (reads, whole, found) in [
        (1.0, false, Some("g")),
        (0.851, false, Some("g")),
        (1.149, false, Some("g")),
        (0.84, false, None),
        (1.16, true, None),
        (9.81, false, Some("m/s2")),
        (11.2, false, Some("m/s2")),
        (11.4, false, None),
        (981.0, true, Some("mg")),
        (16_384.0, true, Some("counts:16384")),
        (15_000.0, true, Some("counts:16384")),
        (16_384.0, false, None),
        (8.0, true, Some("counts:8")),
        (0.0, true, None),
        (f64::NAN, true, None),
        (f64::INFINITY, true, None),
    ] {
        assert_eq!(Unit::of_gravity(reads, whole), found.map(unit), "{reads}");
    }
}

#[test]
fn a_mean_is_gravity_of_three_axes_out_of_the_vibration() {
    assert_eq!(gravity(&[2.0, 3.0, 6.0], 35.0), Some(7.0));
    assert_eq!(gravity(&[2.0, 3.0, 6.0], 35.1), None);
    assert_eq!(gravity(&[0.0; 3], 0.0), None);
    assert_eq!(gravity(&[1.0; 2], 0.0), None);
    assert_eq!(gravity(&[1.0; 6], 0.0), None);
    assert_eq!(gravity(&[f64::NAN, 1.0, 1.0], 0.0), None);
}

proptest! {
    /// A name is read as the standard library reads its number, and written so that it reads back.
    #[test]
    fn counts_are_read_exactly(whole in 0u32..1_000_000, digits in 1usize..9, fraction in any::<u32>()) {
        let fraction = format!("{fraction:09}");
        let number = format!("{whole}.{}", &fraction[..digits]);
        let expected: f64 = number.parse().unwrap();
        prop_assume!(expected > 0.0);
        let read = unit(&format!("counts:{number}"));
        prop_assert_eq!(read.per_g().to_bits(), expected.to_bits());
        prop_assert_eq!(unit(&read.to_string()), read);
    }

    /// What gravity tells is the unit itself, however the sensor is turned.
    #[test]
    fn a_unit_is_told_by_its_gravity(which in 0usize..5, off in 0.86f64..1.14) {
        let named = unit(["g", "mg", "m/s2", "counts:256", "counts:4096"][which]);
        prop_assert_eq!(Unit::of_gravity(off * named.per_g(), true), Some(named));
    }

    #[test]
    fn there_and_back_is_the_same(value in -1e6f64..1e6, from in 0usize..4, to in 0usize..4) {
        let names = ["g", "mg", "m/s2", "counts:16393.44"];
        let (from, to) = (unit(names[from]), unit(names[to]));
        let there = from.in_unit(to, value);
        prop_assert!((there * from.per_g() - value * to.per_g()).abs() <= 1e-12 * (value * to.per_g()).abs());
        let back = to.in_unit(from, there);
        prop_assert!((back - value).abs() <= 1e-14 * value.abs());
        prop_assert_eq!(from.in_unit(from, value).to_bits(), value.to_bits());
    }

    /// A decimal that is written in mg reads as in g, but for the last bit.
    #[test]
    fn readings_in_g_and_mg_are_the_same(steps in -400_000i32..400_000) {
        let g: f64 = f64::from(steps) / 1e5;
        let mg: f64 = format!("{:.2}", f64::from(steps) / 1e2).parse().unwrap();
        let read = Unit::MILLI_G.in_unit(Unit::G, mg);
        prop_assert!((read - g).abs() <= f64::EPSILON * g.abs());
    }
}
