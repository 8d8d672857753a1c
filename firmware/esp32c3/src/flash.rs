//! What outlives a restart, in the partition `nvs` of the usual table: a sector for each thing.

use esp_hal::peripherals::FLASH;
use esp_println::println;
use esp_storage::FlashStorage;

/// The sectors.
pub enum Kept {
    Settings,
    Numbers,
    Baseline,
}

impl Kept {
    fn at(&self) -> u32 {
        match self {
            Self::Settings => 0x9000,
            Self::Numbers => 0xA000,
            Self::Baseline => 0xB000,
        }
    }
}

pub struct Flash(FlashStorage<'static>);

impl Flash {
    pub fn new(flash: FLASH<'static>) -> Self {
        Self(FlashStorage::new(flash))
    }

    /// Reads as many bytes; `false`, and said, where that fails.
    pub fn read(&mut self, kept: Kept, bytes: &mut [u8]) -> bool {
        let read = self.0.read(kept.at(), bytes);
        if let Err(error) = &read {
            println!("flash cannot be read: {error:?}");
        }
        read.is_ok()
    }

    /// Writes them; `false`, and said, where that fails.
    pub fn write(&mut self, kept: Kept, bytes: &[u8]) -> bool {
        let written = self.0.write(kept.at(), bytes);
        if let Err(error) = &written {
            println!("flash cannot be written: {error:?}");
        }
        written.is_ok()
    }
}
