//! Settings, bit by bit, and those that there are not.

use msa301::blocking::Msa301;
use msa301::{
    Bandwidth, Error, Model, Polarity, Power, Range, Rate, Resolution, SettingError, Settings,
};

use crate::chip::Chip;

fn applied(settings: &Settings) -> Chip {
    let chip = Chip::new(0x26);
    Msa301::new(chip.clone(), Model::Msa301, settings).unwrap();
    chip
}

const RATES: [(Rate, u8); 11] = [
    (Rate::Hz1, 0b0000),
    (Rate::Hz1_95, 0b0001),
    (Rate::Hz3_9, 0b0010),
    (Rate::Hz7_81, 0b0011),
    (Rate::Hz15_63, 0b0100),
    (Rate::Hz31_25, 0b0101),
    (Rate::Hz62_5, 0b0110),
    (Rate::Hz125, 0b0111),
    (Rate::Hz250, 0b1000),
    (Rate::Hz500, 0b1001),
    (Rate::Hz1000, 0b1010),
];

const BANDS: [(Bandwidth, u8); 9] = [
    (Bandwidth::Hz1_95, 0b0010),
    (Bandwidth::Hz3_9, 0b0011),
    (Bandwidth::Hz7_81, 0b0100),
    (Bandwidth::Hz15_63, 0b0101),
    (Bandwidth::Hz31_25, 0b0110),
    (Bandwidth::Hz62_5, 0b0111),
    (Bandwidth::Hz125, 0b1000),
    (Bandwidth::Hz250, 0b1001),
    (Bandwidth::Hz500, 0b1010),
];

#[test]
fn low_noise_is_the_smallest_range_and_all_bits() {
    let chip = applied(&Settings::low_noise());
    assert_eq!([0x0F, 0x10, 0x12].map(|at| chip.get(at)), [0, 0b1000, 0]);
    assert_eq!(chip.get(0x11) >> 6, 0b00, "normal power");
    assert_eq!([0x38, 0x39, 0x3A].map(|at| chip.get(at)), [0; 3]);
}

#[test]
fn every_rate_has_its_field_and_its_power_modes() {
    for (rate, field) in RATES {
        let modes = [Power::Normal, Power::Low(Bandwidth::Hz62_5), Power::Suspended];
        for (at, power) in modes.into_iter().enumerate() {
            let settings = Settings::low_noise().with_rate(rate).with_power(power);
            let chip = Chip::new(0x26);
            let new = Msa301::new(chip.clone(), Model::Msa301, &settings);
            let there = match at {
                0 => rate.hz() > 2.0,
                1 => rate.hz() < 300.0,
                _ => true,
            };
            if there {
                assert!(new.is_ok(), "{rate:?} {power:?}");
                assert_eq!(chip.get(0x10), field);
            } else {
                let error = Error::Setting(SettingError::Rate { rate, power });
                assert_eq!(new.unwrap_err(), error);
                assert_eq!(chip.seen().len(), 1, "nothing but the id is looked at");
            }
        }
    }
}

#[test]
fn every_bandwidth_range_and_resolution_has_its_field() {
    for (band, field) in BANDS {
        let chip = applied(&Settings::low_noise().with_power(Power::Low(band)));
        assert_eq!(chip.get(0x11), 0b0100_0000 | (field << 1), "{band:?}");
    }
    let ranges = [(Range::G2, 0), (Range::G4, 1), (Range::G8, 2), (Range::G16, 3)];
    let resolutions = [
        (Resolution::Full, 0),
        (Resolution::Bits12, 1),
        (Resolution::Bits10, 2),
        (Resolution::Bits8, 3),
    ];
    for (range, low) in ranges {
        for (resolution, high) in resolutions {
            let chip = applied(&Settings { range, resolution, ..Settings::low_noise() });
            assert_eq!(chip.get(0x0F), (high << 2) | low);
        }
    }
}

#[test]
fn axes_polarity_and_offsets_have_their_bits() {
    let bits = [[true, false, false], [false, true, false], [false, false, true]];
    for (off, field) in bits.into_iter().zip([0b1000_0000, 0b0100_0000, 0b0010_0000]) {
        let chip = applied(&Settings { off, ..Settings::low_noise() });
        assert_eq!(chip.get(0x10), field | 0b1000);
    }
    for at in 0..4 {
        let on = |bit| bit == at;
        let polarity = Polarity { x: on(3), y: on(2), z: on(1), swap: on(0) };
        let chip = applied(&Settings { polarity, ..Settings::low_noise() });
        assert_eq!(chip.get(0x12), 1 << at);
    }
    let chip = applied(&Settings { offset: [1, -1, -128], ..Settings::low_noise() });
    assert_eq!([0x38, 0x39, 0x3A].map(|at| chip.get(at)), [0x01, 0xFF, 0x80]);
}

/// What was written is read again.
#[test]
fn settings_come_back() {
    let mut all = Vec::new();
    for (rate, _) in &RATES[2..9] {
        for (band, _) in BANDS {
            all.push(Settings {
                range: Range::G8,
                resolution: Resolution::Bits10,
                rate: *rate,
                power: Power::Low(band),
                off: [false, true, false],
                polarity: Polarity { x: true, y: false, z: true, swap: false },
                offset: [-3, 0, 127],
            });
        }
    }
    all.push(Settings::low_noise());
    all.push(Settings::low_noise().with_power(Power::Suspended).with_rate(Rate::Hz1));
    for settings in all {
        let chip = Chip::new(0x26);
        let mut sensor = Msa301::new(chip, Model::Msa301, &settings).unwrap();
        assert_eq!(sensor.settings().unwrap(), settings);
    }
}

#[test]
fn after_power_on_it_is_suspended_and_quick() {
    let chip = Chip::new(0x26);
    let mut sensor = Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise()).unwrap();
    sensor.reset().unwrap();
    let settings = sensor.settings().unwrap();
    assert_eq!((settings.power, settings.rate), (Power::Suspended, Rate::Hz1000));
    // The other way that sources write it.
    chip.set(0x11, 0b1000_0000);
    assert_eq!(sensor.settings().unwrap().power, Power::Suspended);
}

#[test]
fn an_msa311_has_one_resolution() {
    let settings = Settings { resolution: Resolution::Bits12, ..Settings::low_noise() };
    let error = Msa301::new(Chip::new(0x62), Model::Msa311, &settings).unwrap_err();
    assert_eq!(error, Error::Setting(SettingError::Resolution));
}
