//! What the sensor tells by itself, bit by bit.

use msa301::blocking::Msa301;
use msa301::{
    Active, Axes, Axis, Blocking, Error, FallMode, First, Freefall, Interrupts, Latch, Lying,
    Model, Motion, Orientation, Pin, Range, SettingError, Settings, Symmetry, Tap, TapWindow,
};

use crate::chip::Chip;

fn sensor(range: Range) -> (Chip, Msa301<Chip>) {
    let chip = Chip::new(0x26);
    let settings = Settings::low_noise().with_range(range);
    let sensor = Msa301::new(chip.clone(), Model::Msa301, &settings).unwrap();
    chip.seen();
    (chip, sensor)
}

/// The registers of interrupts after these were set.
fn set(range: Range, interrupts: &Interrupts) -> impl Fn(u8) -> u8 + use<> {
    let (chip, mut sensor) = sensor(range);
    sensor.set_interrupts(interrupts).unwrap();
    move |register| chip.get(register)
}

/// Nothing on: what power-on leaves, but for a pin that is low when it tells.
#[test]
fn nothing_on_is_as_after_power_on() {
    let fresh = Chip::new(0x26);
    for range in [Range::G2, Range::G4, Range::G8, Range::G16] {
        let get = set(range, &Interrupts::default());
        for register in (0x16..=0x2D).filter(|at| crate::chip::table().contains(at)) {
            let expected = if register == 0x20 { 0 } else { fresh.get(register) };
            assert_eq!(get(register), expected, "{register:#04x}");
        }
    }
}

#[test]
fn the_defaults_of_each_are_those_of_power_on() {
    let fresh = Chip::new(0x26);
    let get = set(
        Range::G2,
        &Interrupts {
            tap: Some(Tap::default()),
            active: Some(Active::default()),
            freefall: Some(Freefall::default()),
            orientation: Some(Orientation::default()),
            ..Interrupts::default()
        },
    );
    for register in (0x22..=0x2D).filter(|at| crate::chip::table().contains(at)) {
        assert_eq!(get(register), fresh.get(register), "{register:#04x}");
    }
    assert_eq!([get(0x16), get(0x17), get(0x19), get(0x1A)], [0b0110_0111, 0b0000_1000, 0, 0]);
}

#[test]
fn each_by_itself_is_on_and_on_the_pin() {
    let pin = Some(Pin { open_drain: true, active_high: true });
    let with = |interrupts: Interrupts| {
        let get = set(Range::G2, &Interrupts { pin, ..interrupts });
        assert_eq!(get(0x20), 0b11);
        [get(0x16), get(0x17), get(0x19), get(0x1A)]
    };
    let none = Interrupts::default();
    assert_eq!(with(none), [0, 0, 0, 0]);
    assert_eq!(with(Interrupts { new_data: true, ..none }), [0, 0b1_0000, 0, 1]);
    let freefall = Some(Freefall::default());
    assert_eq!(with(Interrupts { freefall, ..none }), [0, 0b1000, 1, 0]);
    let orientation = Some(Orientation::default());
    assert_eq!(with(Interrupts { orientation, ..none }), [1 << 6, 0, 1 << 6, 0]);
    for (single, double, bits) in [(true, false, 0b10), (false, true, 0b01), (true, true, 0b11)] {
        let tap = Some(Tap { single, double, ..Tap::default() });
        assert_eq!(with(Interrupts { tap, ..none }), [bits << 4, 0, bits << 4, 0]);
    }
    for bits in 1..8 {
        let axes = Axes { x: bits & 1 != 0, y: bits & 2 != 0, z: bits & 4 != 0 };
        let active = Some(Active { axes, ..Active::default() });
        assert_eq!(with(Interrupts { active, ..none }), [bits, 0, 1 << 2, 0]);
    }
}

#[test]
fn thresholds_are_in_steps_of_the_range() {
    for (range, g) in [(Range::G2, 2.0), (Range::G4, 4.0), (Range::G8, 8.0), (Range::G16, 16.0)] {
        for (steps, tap_steps) in [(0_u8, 0_u8), (1, 1), (100, 17), (255, 31)] {
            let threshold = f32::from(steps) * g / 512.0;
            let active = Some(Active { threshold, ..Active::default() });
            let threshold = f32::from(tap_steps) * g / 32.0;
            let tap = Some(Tap { threshold, ..Tap::default() });
            let get = set(range, &Interrupts { active, tap, ..Interrupts::default() });
            assert_eq!((get(0x28), get(0x2B)), (steps, tap_steps), "{range:?}");
        }
    }
}

#[test]
fn times_and_modes_have_their_bits() {
    let with = |tap| set(Range::G2, &Interrupts { tap: Some(tap), ..Interrupts::default() })(0x2A);
    let windows = [
        TapWindow::Ms50,
        TapWindow::Ms100,
        TapWindow::Ms150,
        TapWindow::Ms200,
        TapWindow::Ms250,
        TapWindow::Ms375,
        TapWindow::Ms500,
        TapWindow::Ms700,
    ];
    for (field, window) in (0..).zip(windows) {
        assert_eq!(with(Tap { window, ..Tap::default() }), field);
    }
    let tap = Tap { window: TapWindow::Ms50, ..Tap::default() };
    assert_eq!(with(Tap { short_quiet: true, ..tap }), 0b1000_0000);
    assert_eq!(with(Tap { long_shock: true, ..tap }), 0b0100_0000);

    for duration in 1..=4 {
        let active = Some(Active { duration, ..Active::default() });
        let get = set(Range::G2, &Interrupts { active, ..Interrupts::default() });
        assert_eq!(get(0x27), duration - 1);
    }
    for (duration, field) in [(2, 0), (4, 1), (20, 9), (512, 255)] {
        let fall = Freefall { duration, hysteresis: 0.375, mode: FallMode::Sum, threshold: 0.5 };
        let freefall = Some(fall);
        let get = set(Range::G2, &Interrupts { freefall, ..Interrupts::default() });
        assert_eq!([get(0x22), get(0x23), get(0x24)], [field, 64, 0b111]);
    }
    let symmetries = [Symmetry::Symmetric, Symmetry::High, Symmetry::Low];
    let blockings = [Blocking::None, Blocking::Z, Blocking::ZOrSlope];
    for (mode, symmetry) in (0..).zip(symmetries) {
        for (block, blocking) in (0..).zip(blockings) {
            let one = Orientation { symmetry, blocking, hysteresis: 0.4375, z_blocking: 0.9375 };
            let orientation = Some(one);
            let get = set(Range::G2, &Interrupts { orientation, ..Interrupts::default() });
            assert_eq!([get(0x2C), get(0x2D)], [(7 << 4) | (block << 2) | mode, 15]);
        }
    }
}

#[test]
fn latches_have_their_field_and_are_cleared() {
    let latches = [
        (Latch::No, 0b0000),
        (Latch::Ms250, 0b0001),
        (Latch::Ms500, 0b0010),
        (Latch::S1, 0b0011),
        (Latch::S2, 0b0100),
        (Latch::S4, 0b0101),
        (Latch::S8, 0b0110),
        (Latch::Kept, 0b0111),
        (Latch::Ms1, 0b1010),
        (Latch::Ms2, 0b1011),
        (Latch::Ms25, 0b1100),
        (Latch::Ms50, 0b1101),
        (Latch::Ms100, 0b1110),
    ];
    for (latch, field) in latches {
        let (chip, mut sensor) = sensor(Range::G2);
        sensor.set_interrupts(&Interrupts { latch, ..Interrupts::default() }).unwrap();
        assert_eq!(chip.get(0x21), field);
        sensor.clear_interrupts().unwrap();
        assert_eq!(chip.get(0x21), 0b1000_0000 | field);
    }
}

/// What is out of range is told with its ends, and nothing is written.
#[test]
fn what_is_out_of_range_is_refused() {
    let none = Interrupts::default();
    let tap = |threshold| Interrupts { tap: Some(Tap { threshold, ..Tap::default() }), ..none };
    let active = |threshold, duration| {
        let axes = Axes::ALL;
        Interrupts { active: Some(Active { axes, threshold, duration }), ..none }
    };
    let fall = |threshold, hysteresis, duration| {
        let mode = FallMode::Each;
        Interrupts { freefall: Some(Freefall { mode, threshold, hysteresis, duration }), ..none }
    };
    let turned = |hysteresis, z_blocking| {
        let one = Orientation { hysteresis, z_blocking, ..Orientation::default() };
        Interrupts { orientation: Some(one), ..none }
    };
    let cases = [
        (tap(2.0), "tap threshold"),
        (tap(-0.01), "tap threshold"),
        (tap(f32::NAN), "tap threshold"),
        (active(1.0, 1), "active threshold"),
        (active(f32::INFINITY, 1), "active threshold"),
        (active(0.1, 0), "active duration"),
        (active(0.1, 5), "active duration"),
        (fall(2.0, 0.0, 20), "freefall threshold"),
        (fall(0.3, 0.5, 20), "freefall hysteresis"),
        (fall(0.3, 0.0, 0), "freefall duration"),
        (fall(0.3, 0.0, 513), "freefall duration"),
        (turned(0.5, 0.5), "orientation hysteresis"),
        (turned(0.0, 1.0), "z blocking"),
    ];
    for (interrupts, name) in cases {
        let (chip, mut sensor) = sensor(Range::G2);
        let error = sensor.set_interrupts(&interrupts).unwrap_err();
        let Error::Setting(SettingError::OutOfRange { what, least, most, .. }) = error else {
            panic!("{name}: {error}");
        };
        assert_eq!(what, name);
        assert!(least < most && error.to_string().contains(name), "{error}");
        assert_eq!(chip.seen(), [], "{name}");
    }
    for (interrupts, what) in [
        (
            Interrupts {
                tap: Some(Tap { single: false, double: false, ..Tap::default() }),
                ..none
            },
            "tap",
        ),
        (
            Interrupts {
                active: Some(Active {
                    axes: Axes { x: false, y: false, z: false },
                    ..Active::default()
                }),
                ..none
            },
            "active",
        ),
    ] {
        let (chip, mut sensor) = sensor(Range::G2);
        let error = sensor.set_interrupts(&interrupts).unwrap_err();
        assert_eq!(error, Error::Setting(SettingError::NoSource { what }));
        assert_eq!(chip.seen(), []);
    }
}

#[test]
fn what_was_noticed_is_told() {
    let (chip, mut sensor) = sensor(Range::G2);
    let none = Motion::default();
    assert_eq!(sensor.motion().unwrap(), none);
    for (bit, expected) in [
        (6, Motion { orientation: true, ..none }),
        (5, Motion { tap: true, ..none }),
        (4, Motion { double_tap: true, ..none }),
        (2, Motion { active: true, ..none }),
        (0, Motion { freefall: true, ..none }),
    ] {
        chip.set(0x09, 1 << bit);
        assert_eq!(sensor.motion().unwrap(), expected);
    }
    chip.set(0x0B, 0b1010_0001);
    let touched = sensor.touched().unwrap();
    assert_eq!(touched.tap, First { axis: Some(Axis::Y), negative: true });
    assert_eq!(touched.active, First { axis: Some(Axis::Z), negative: false });
    chip.set(0x0B, 0b0100_0000);
    assert_eq!(sensor.touched().unwrap().tap.axis, Some(Axis::X));
    assert_eq!(sensor.touched().unwrap().active, First { axis: None, negative: false });
    for (value, expected) in [
        (0b000_0000, (Lying::Upright, false)),
        (0b001_0000, (Lying::UpsideDown, false)),
        (0b010_0000, (Lying::Left, false)),
        (0b111_0000, (Lying::Right, true)),
    ] {
        chip.set(0x0C, value);
        assert_eq!(sensor.lying().unwrap(), expected);
    }
}
