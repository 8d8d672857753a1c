//! Watches a machine by an MSA301, on a Raspberry Pi Pico: a buzzer sounds while it is strange, and scores
//! are printed over USB. There is no WiFi: that of a Pico W needs firmware that is not free.
//!
//! What needs no chip is in `judder-board`, and is tested there. The model is the crate that
//! `judder export --to rust` wrote; see README.md in the folder above.
#![no_std]
#![no_main]

mod flash;
#[path = "../../shared/watching.rs"]
mod watching;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

use embassy_executor::Spawner;
use embassy_rp::bind_interrupts;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::i2c::{Config, I2c, InterruptHandler as BusInterrupt};
use embassy_rp::peripherals::{I2C0, USB};
use embassy_rp::usb::{Driver, InterruptHandler as UsbInterrupt};
use embassy_time::{Instant, Timer};
use judder_board::{Button, Schedule};
use log::info as println;
use msa301::asynchronous::Msa301;
use panic_halt as _;

use flash::Flash;
use model::RATE_HZ;
use watching::Watching;

bind_interrupts!(struct Interrupts {
    I2C0_IRQ => BusInterrupt<I2C0>;
    USBCTRL_IRQ => UsbInterrupt<USB>;
});

/// ±4 g; measured faster than is read, as the sensor has no FIFO and its newest reading is fetched.
const SENSOR: msa301::Settings = msa301::Settings {
    range: msa301::Range::G4,
    rate: msa301::Rate::Hz1000,
    ..msa301::Settings::low_noise()
};

#[embassy_executor::task]
async fn print(usb: Driver<'static, USB>) {
    embassy_usb_logger::run!(1024, log::LevelFilter::Info, usb);
}

#[embassy_executor::main]
async fn main(spawner: Spawner) -> ! {
    let chip = embassy_rp::init(Default::default());
    if let Ok(task) = print(Driver::new(chip.USB, Interrupts)) {
        spawner.spawn(task);
    }
    let mut flash = Flash::new(chip.FLASH);
    let mut lamp = Output::new(chip.PIN_16, Level::Low);
    let mut buzzer = Output::new(chip.PIN_17, Level::Low);
    let down = Input::new(chip.PIN_15, Pull::Up);
    let mut config = Config::default();
    config.frequency = 400_000;
    let mut bus = I2c::new_async(chip.I2C0, chip.PIN_5, chip.PIN_4, Interrupts, config);
    let mut watching = loop {
        match Watching::new() {
            Some(watching) => break watching,
            None => println!("the model is none"),
        }
        Timer::after_secs(5).await;
    };
    if down.is_low() {
        watching.forget(&mut flash);
    } else {
        watching.load(&mut flash);
    }

    let mut schedule = Schedule::new(RATE_HZ);
    let mut button = Button::default();
    loop {
        let sensor = Msa301::new(&mut bus, msa301::Model::Msa301, &SENSOR).await;
        let mut sensor = match sensor {
            Ok(sensor) => sensor,
            Err(error) => {
                println!("no MSA301: {error:?}; check SDA, SCL, 3V3 and GND");
                Timer::after_secs(1).await;
                continue;
            }
        };
        schedule.restart();
        loop {
            Timer::at(Instant::from_micros(schedule.due_us(Instant::now().as_micros()))).await;
            if !schedule.take(Instant::now().as_micros()) {
                watching.gap();
            }
            let Ok(reading) = sensor.g().await else {
                println!("the sensor does not answer");
                break;
            };
            let alarm = watching.push(reading, &mut flash);
            buzzer.set_level(alarm.into());
            lamp.set_level(alarm.into());
            if button.held(down.is_low(), Instant::now().as_millis()) {
                watching.learn();
            }
        }
        watching.gap();
    }
}
