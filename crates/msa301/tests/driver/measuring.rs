//! Readings, in counts and in g.

use msa301::blocking::Msa301;
use msa301::{Interrupts, Model, Range, Settings};

use crate::chip::Chip;

/// Puts bytes into the data registers.
fn show(chip: &Chip, bytes: [u8; 6]) {
    for (register, byte) in (0x02..).zip(bytes) {
        chip.set(register, byte);
    }
}

#[test]
fn counts_are_left_aligned_and_signed() {
    // 1 g at ±2 g: 4096 of 8192 counts, times 4; -1 count; the most and the least.
    let bytes = [0x00, 0x40, 0xFC, 0xFF, 0x00, 0x80];
    let chip = Chip::new(0x26);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise()).unwrap();
    show(&chip, bytes);
    assert_eq!(sensor.counts().unwrap(), [4096, -1, -8192]);
    assert_eq!(sensor.g().unwrap(), [1.0, -1.0 / 4096.0, -2.0]);

    let chip = Chip::new(0x62);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa311, &Settings::low_noise()).unwrap();
    show(&chip, bytes);
    assert_eq!(sensor.counts().unwrap(), [1024, -1, -2048]);
    assert_eq!(sensor.g().unwrap(), [1.0, -1.0 / 1024.0, -2.0]);
}

/// The same bytes are twice as much in a range twice as large; the example's steps are 1/2048 g.
#[test]
fn g_follow_the_range() {
    let chip = Chip::new(0x26);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise()).unwrap();
    show(&chip, [0x04, 0x00, 0x00, 0x20, 0xFC, 0xDF]);
    for (range, step) in
        [(Range::G2, 4096.0), (Range::G4, 2048.0), (Range::G8, 1024.0), (Range::G16, 512.0)]
    {
        sensor.apply(&Settings::low_noise().with_range(range)).unwrap();
        assert_eq!(sensor.g().unwrap(), [1.0 / step, 2048.0 / step, -2049.0 / step]);
        assert_eq!(range.g_of_a_count(Model::Msa301), 1.0 / step);
        assert_eq!(sensor.range(), range);
    }
}

/// A range that is refused is not computed with.
#[test]
fn a_range_that_was_not_written_is_not_used() {
    let chip = Chip::new(0x26);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise()).unwrap();
    chip.break_after(2);
    assert!(sensor.apply(&Settings::low_noise().with_range(Range::G16)).is_err());
    assert_eq!(sensor.range(), Range::G2);
}

#[test]
fn a_new_reading_is_told() {
    let chip = Chip::new(0x26);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise()).unwrap();
    sensor.set_interrupts(&Interrupts { new_data: true, ..Interrupts::default() }).unwrap();
    assert_eq!(chip.get(0x17), 0b0001_0000);
    assert!(!sensor.data_ready().unwrap());
    chip.set(0x0A, 0b1111_1111);
    assert!(sensor.data_ready().unwrap());
    chip.set(0x0A, 0b1111_1110);
    assert!(!sensor.data_ready().unwrap());
}
