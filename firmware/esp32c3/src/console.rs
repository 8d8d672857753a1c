//! Lines that come over USB.

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use embedded_io_async::Read;
use esp_hal::Async;
use esp_hal::usb::usb_serial_jtag::UsbSerialJtagRx;
use esp_println::println;

const LONGEST: usize = 96;

/// A line without its end.
pub struct Line {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Line {
    pub fn text(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

pub static LINES: Channel<CriticalSectionRawMutex, Line, 4> = Channel::new();

#[embassy_executor::task]
pub async fn listen(mut from: UsbSerialJtagRx<'static, Async>) {
    let mut line = Line { bytes: [0; LONGEST], length: 0 };
    let mut some = [0; 32];
    loop {
        let Ok(count) = from.read(&mut some).await;
        for &byte in some.get(..count).unwrap_or_default() {
            if byte != b'\r' && byte != b'\n' {
                match line.bytes.get_mut(line.length) {
                    Some(place) => *place = byte,
                    None => println!("a line has {LONGEST} bytes at most"),
                }
                line.length = LONGEST.min(line.length + 1);
            } else if line.length > 0 {
                LINES.send(line).await;
                line = Line { bytes: [0; LONGEST], length: 0 };
            }
        }
    }
}
