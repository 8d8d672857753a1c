//! What goes wrong is told, each thing in its own words.

use msa301::{Error, Interrupts, Model, Settings, asynchronous, blocking};

use crate::chip::{Access, Awaited, Chip, Fault, wait_for};

#[test]
fn another_chip_is_told_and_left_alone() {
    let chip = Chip::new(0x26);
    chip.set(0x01, 0xE5);
    let error = blocking::Msa301::new(chip.clone(), Model::Msa301, &Settings::low_noise());
    let error = error.unwrap_err();
    assert_eq!(error, Error::WrongId { found: 0xE5 });
    assert!(error.to_string().contains("0xe5"), "{error}");
    assert_eq!(chip.seen(), [Access::Read(0x01)]);
}

#[test]
fn nobody_at_the_address_is_an_error_of_the_bus() {
    let chip = Chip::new(0x62);
    let settings = Settings::low_noise();
    let error = blocking::Msa301::new(chip.clone(), Model::Msa301, &settings).unwrap_err();
    assert_eq!(error, Error::Bus(Fault::Nobody(0x26)));
    assert!(blocking::Msa301::new(chip, Model::Msa311, &settings).is_ok());
}

/// A bus that breaks after any number of transfers.
#[test]
fn a_broken_bus_is_told_wherever_it_breaks() {
    let settings = Settings::low_noise();
    // The id, seven settings, fifteen registers of interrupts, a reading.
    let transfers = 1 + 7 + 15 + 1;
    for left in 0..=transfers {
        let chip = Chip::new(0x26);
        chip.break_after(left);
        let waited = (|| {
            let mut sensor = blocking::Msa301::new(chip.clone(), Model::Msa301, &settings)?;
            sensor.set_interrupts(&Interrupts::default())?;
            sensor.counts().map(|_| ())
        })();
        let expected = if left < transfers { Err(Error::Bus(Fault::Broken)) } else { Ok(()) };
        assert_eq!(waited, expected, "after {left}");
        let chip = Awaited(Chip::new(0x26));
        chip.0.break_after(left);
        let awaited = wait_for(async {
            let mut sensor = asynchronous::Msa301::new(chip, Model::Msa301, &settings).await?;
            sensor.set_interrupts(&Interrupts::default()).await?;
            sensor.counts().await.map(|_| ())
        });
        assert_eq!(awaited, expected, "after {left}, awaited");
    }
}
