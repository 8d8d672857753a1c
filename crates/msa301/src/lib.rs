//! A driver of the MSA301 and MSA311 accelerometers on I2C: `no_std`, without allocation, for
//! embedded-hal 1.0, and with the feature `async` for embedded-hal-async 1.0.
//!
//! [`blocking::Msa301`] and `asynchronous::Msa301`, with the feature `async`, are one driver for two kinds of bus.
//!
//! # Examples
//! ```
//! use msa301::{Interrupts, Model, Settings, blocking::Msa301};
//!
//! fn sample<I: embedded_hal::i2c::I2c>(bus: I) -> Result<(), msa301::Error<I::Error>> {
//!     let mut sensor = Msa301::new(bus, Model::Msa301, &Settings::low_noise())?;
//!     sensor.set_interrupts(&Interrupts { new_data: true, ..Interrupts::default() })?;
//!     while !sensor.data_ready()? {}
//!     let [x, y, z] = sensor.g()?;
//!     let length = x * x + y * y + z * z;
//!     assert!(length > 0.8, "gravity is about 1 g");
//!     Ok(())
//! }
//! ```
//!
//! # Registers, and where they are from
//! Addresses and fields are those of the MSA301 datasheet V1.0 and the MSA311 datasheet V1.1 of
//! MEMSensing Microsystems, as Linux (`drivers/iio/accel/msa311.c`), Adafruit's and others' public
//! drivers agree on them. None of this was run on hardware here: the tests stand on a map of the
//! registers.
//!
//! | at | register | is |
//! |---|---|---|
//! | `00` | soft reset | bits 2 (I2C) and 5 (SPI) start it |
//! | `01` | part id | `13` of both |
//! | `02`-`07` | x, y, z | low byte first, 14 bits (MSA311: 12), left aligned |
//! | `09` | motion interrupt | orientation 6, tap 5, double tap 4, active 2, freefall 0 |
//! | `0A` | data interrupt | new data 0 |
//! | `0B` | tap and active status | sign and axis of each |
//! | `0C` | orientation status | z 6, x and y 5-4 |
//! | `0F` | range | resolution 3-2 (MSA301 only), range 1-0 |
//! | `10` | data rate | axes off 7-5, rate 3-0 |
//! | `11` | power, bandwidth | mode 7-6, bandwidth in low power 4-1 |
//! | `12` | swap, polarity | x 3, y 2, z 1, swap x and y 0 |
//! | `16` `17` | interrupts on | as `09`, each axis by itself; new data 4, freefall 3 |
//! | `19` `1A` | interrupts on the pin | as `09`; new data 0 |
//! | `20` `21` | pin, latch | open drain 1, active high 0; reset 7, how long 3-0 |
//! | `22`-`24` | freefall | duration, threshold, mode 2 and hysteresis 1-0 |
//! | `27` `28` | active | duration 1-0, threshold |
//! | `2A` `2B` | tap | quiet 7, shock 6, duration 2-0; threshold 4-0 |
//! | `2C` `2D` | orientation | hysteresis 6-4, blocking 3-2, mode 1-0; z blocking 3-0 |
//! | `38`-`3A` | offsets | 3.9 mg a step |
//!
//! Sources differ in one place: suspending is mode `10` to Adafruit, `11` to Linux. This driver
//! writes `11`, which is also what register `11` holds after power-on (`DE`), and reads both.
//!
//! # No FIFO
//! Neither register map has a FIFO: the chip keeps one reading, and a reading that is not fetched
//! before the next is lost. Two ways lead to a fixed rate:
//! - *By the sensor's clock.* Wait for [`Msa301::data_ready`](blocking::Msa301::data_ready), or the
//!   interrupt of new data, and fetch each reading once. The rates are 250 Hz, 500 Hz, ...; the
//!   sensor's oscillator is off by some percent, so measure it.
//! - *By a timer of the chip*, as at 200 Hz: choose a faster [`Rate`], and fetch what is newest. A
//!   reading is then up to `1 / rate` old, which is jitter: 1 ms at [`Rate::Hz1000`], against 4 ms at
//!   [`Rate::Hz250`], whose narrower band lets less noise through.
#![no_std]

mod driver;
mod error;
mod interrupts;
mod model;
pub mod register;
mod settings;
mod status;

pub use driver::blocking;

#[cfg(feature = "async")]
pub use driver::asynchronous;
pub use error::{Error, SettingError};
pub use interrupts::{
    Active, Axes, Blocking, FallMode, Freefall, Interrupts, Latch, Orientation, Pin, Symmetry, Tap,
    TapWindow,
};
pub use model::{Model, Range};
pub use settings::{Bandwidth, Polarity, Power, Rate, Resolution, Settings};
pub use status::{Axis, First, Lying, Motion, Touched};
