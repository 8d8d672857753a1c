//! What outlives a restart, in the last sector of flash.

use embassy_rp::Peri;
use embassy_rp::flash::{Blocking, ERASE_SIZE, Flash as Chip};
use embassy_rp::peripherals::FLASH;

use crate::println;

const SIZE: usize = 2 << 20;
const AT: u32 = (SIZE - ERASE_SIZE) as u32;

/// What is kept: there is one thing.
pub enum Kept {
    Baseline,
}

pub struct Flash(Chip<'static, FLASH, Blocking, SIZE>);

impl Flash {
    pub fn new(flash: Peri<'static, FLASH>) -> Self {
        Self(Chip::new_blocking(flash))
    }

    /// Reads as many bytes; `false`, and said, where that fails.
    pub fn read(&mut self, _: Kept, bytes: &mut [u8]) -> bool {
        let read = self.0.blocking_read(AT, bytes);
        if let Err(error) = &read {
            println!("flash cannot be read: {error:?}");
        }
        read.is_ok()
    }

    /// Writes them; `false`, and said, where that fails.
    pub fn write(&mut self, _: Kept, bytes: &[u8]) -> bool {
        let erased = self.0.blocking_erase(AT, AT + ERASE_SIZE as u32);
        let written = erased.and_then(|()| self.0.blocking_write(AT, bytes));
        if let Err(error) = &written {
            println!("flash cannot be written: {error:?}");
        }
        written.is_ok()
    }
}
