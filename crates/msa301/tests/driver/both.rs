//! The two drivers do the same, and together they reach every register.

use msa301::{Active, Axes, Freefall, Interrupts, Model, Orientation, Settings, Tap};
use msa301::{asynchronous, blocking};

use crate::chip::{Access, Awaited, Chip, table, wait_for};

fn everything() -> Interrupts {
    Interrupts {
        new_data: true,
        tap: Some(Tap::default()),
        active: Some(Active { axes: Axes::ALL, ..Active::default() }),
        freefall: Some(Freefall::default()),
        orientation: Some(Orientation::default()),
        ..Interrupts::default()
    }
}

/// Calls all there is, of either driver; what is awaited stands behind.
macro_rules! call_all {
    ($driver:expr $(, $await:tt)?) => {{
        let mut sensor = $driver;
        sensor.set_interrupts(&everything())$(.$await)?.unwrap();
        let told = (
            sensor.part_id()$(.$await)?.unwrap(),
            sensor.settings()$(.$await)?.unwrap(),
            sensor.counts()$(.$await)?.unwrap(),
            sensor.g()$(.$await)?.unwrap(),
            sensor.data_ready()$(.$await)?.unwrap(),
            sensor.motion()$(.$await)?.unwrap(),
            sensor.touched()$(.$await)?.unwrap(),
            sensor.lying()$(.$await)?.unwrap(),
            sensor.range(),
        );
        sensor.clear_interrupts()$(.$await)?.unwrap();
        sensor.set_power(msa301::Power::Suspended)$(.$await)?.unwrap();
        sensor.reset()$(.$await)?.unwrap();
        let _ = sensor.release();
        told
    }};
}

#[test]
fn both_do_the_same_and_reach_every_register() {
    let settings = Settings::low_noise();
    let filled = || {
        let chip = Chip::new(0x26);
        // Another value in each, so that a register for another shows.
        for (value, register) in (0x21..).zip(0x02..=0x0C) {
            chip.set(register, value);
        }
        chip
    };
    let (waits, awaited) = (filled(), filled());
    let first = call_all!(blocking::Msa301::new(waits.clone(), Model::Msa301, &settings).unwrap());
    let second = wait_for(async {
        let bus = Awaited(awaited.clone());
        let sensor = asynchronous::Msa301::new(bus, Model::Msa301, &settings).await.unwrap();
        call_all!(sensor, await)
    });
    assert_eq!(first, second);
    let seen = waits.seen();
    assert_eq!(seen, awaited.seen());

    let mut reached: Vec<u8> = seen
        .iter()
        .map(|access| match *access {
            Access::Read(register) | Access::Write(register, _) => register,
        })
        .collect();
    reached.sort_unstable();
    reached.dedup();
    assert_eq!(reached, table());
}
