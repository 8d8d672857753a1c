//! The driver, written once for both kinds of bus.

/// `driver!(I2c)` and `driver!(I2c, async await)`: the second has what the first has not.
macro_rules! driver {
    ($bus:path $(, $async:tt $await:tt)?) => {
        use crate::{
            Error, Interrupts, Lying, Model, Motion, Power, Range, Settings, Touched, register,
        };

        /// An MSA301 or MSA311 on a bus of its own or a share of one.
        #[derive(Debug)]
        pub struct Msa301<I2C> {
            bus: I2C,
            model: Model,
            settings: Settings,
        }

        impl<I2C: $bus> Msa301<I2C> {
            /// Looks whether the sensor is there, and sets it up.
            ///
            /// # Errors
            /// [`Error::WrongId`] where another chip answers, [`Error::Setting`] and [`Error::Bus`].
            pub $($async)? fn new(
                bus: I2C,
                model: Model,
                settings: &Settings,
            ) -> Result<Self, Error<I2C::Error>> {
                let mut new = Self { bus, model, settings: *settings };
                let found = new.part_id()$(.$await)??;
                if found != register::ID {
                    return Err(Error::WrongId { found });
                }
                new.apply(settings)$(.$await)??;
                Ok(new)
            }

            /// What the chip says it is.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn part_id(&mut self) -> Result<u8, Error<I2C::Error>> {
                self.read(register::PART_ID)$(.$await)?
            }

            /// Sets it up anew. Thresholds of interrupts are told in steps that depend on the range:
            /// after another range, set them again.
            ///
            /// # Errors
            /// [`Error::Setting`] before anything is written, and [`Error::Bus`], after which some
            /// registers may be written.
            pub $($async)? fn apply(
                &mut self,
                settings: &Settings,
            ) -> Result<(), Error<I2C::Error>> {
                for (register, value) in settings.registers(self.model)? {
                    self.write(register, value)$(.$await)??;
                }
                self.settings = *settings;
                Ok(())
            }

            /// The same settings with another power mode.
            ///
            /// # Errors
            /// As [`Msa301::apply`].
            pub $($async)? fn set_power(&mut self, power: Power) -> Result<(), Error<I2C::Error>> {
                let settings = self.settings.with_power(power);
                self.apply(&settings)$(.$await)?
            }

            /// What the registers of the sensor say.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn settings(&mut self) -> Result<Settings, Error<I2C::Error>> {
                let mut values = [0; Settings::READ.len()];
                for (value, register) in values.iter_mut().zip(Settings::READ) {
                    *value = self.read(register)$(.$await)??;
                }
                Ok(Settings::of_registers(values))
            }

            /// The newest reading in counts, x, y, z; a count is worth
            /// [`Range::g_of_a_count`].
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn counts(&mut self) -> Result<[i16; 3], Error<I2C::Error>> {
                let mut bytes = [0; 6];
                let (address, from) = (self.model.address(), [register::X_LOW]);
                self.bus
                    .write_read(address, &from, &mut bytes)
                    $(.$await)?
                    .map_err(Error::Bus)?;
                Ok(self.model.counts(bytes))
            }

            /// The newest reading in g, x, y, z.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn g(&mut self) -> Result<[f32; 3], Error<I2C::Error>> {
                let counts = self.counts()$(.$await)??;
                let unit = self.settings.range.g_of_a_count(self.model);
                Ok(counts.map(|count| f32::from(count) * unit))
            }

            /// Whether there is a reading that was not fetched. Only while the interrupt of new data
            /// is on.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn data_ready(&mut self) -> Result<bool, Error<I2C::Error>> {
                let value = self.read(register::DATA_INTERRUPT)$(.$await)??;
                Ok(value & register::NEW_DATA != 0)
            }

            /// Says what the sensor tells by itself; nothing else is told from then on.
            ///
            /// # Errors
            /// [`Error::Setting`] before anything is written, and [`Error::Bus`], after which some
            /// registers may be written.
            pub $($async)? fn set_interrupts(
                &mut self,
                interrupts: &Interrupts,
            ) -> Result<(), Error<I2C::Error>> {
                for (register, value) in interrupts.registers(self.settings.range)? {
                    self.write(register, value)$(.$await)??;
                }
                Ok(())
            }

            /// Ends the interrupts that are kept.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn clear_interrupts(&mut self) -> Result<(), Error<I2C::Error>> {
                let latch = self.read(register::INTERRUPT_LATCH)$(.$await)??;
                self.write(register::INTERRUPT_LATCH, latch | register::CLEAR)$(.$await)?
            }

            /// Which motion interrupts are there.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn motion(&mut self) -> Result<Motion, Error<I2C::Error>> {
                self.read(register::MOTION_INTERRUPT)$(.$await)?.map(Motion::of_register)
            }

            /// Where the last tap and the last motion began.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn touched(&mut self) -> Result<Touched, Error<I2C::Error>> {
                self.read(register::TAP_ACTIVE_STATUS)$(.$await)?.map(Touched::of_register)
            }

            /// How the sensor lies, and whether z looks down.
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn lying(&mut self) -> Result<(Lying, bool), Error<I2C::Error>> {
                self.read(register::ORIENTATION_STATUS)$(.$await)?.map(Lying::of_register)
            }

            /// Sets all registers to what they hold after power-on: the sensor is suspended then.
            /// Wait some milliseconds before [`Msa301::apply`].
            ///
            /// # Errors
            /// [`Error::Bus`].
            pub $($async)? fn reset(&mut self) -> Result<(), Error<I2C::Error>> {
                self.write(register::SOFT_RESET, register::RESET)$(.$await)?
            }

            /// The range that readings in g are computed with.
            pub fn range(&self) -> Range {
                self.settings.range
            }

            /// Gives the bus back.
            pub fn release(self) -> I2C {
                self.bus
            }

            $($async)? fn read(&mut self, register: u8) -> Result<u8, Error<I2C::Error>> {
                let mut value = [0];
                self.bus
                    .write_read(self.model.address(), &[register], &mut value)
                    $(.$await)?
                    .map_err(Error::Bus)?;
                let [value] = value;
                Ok(value)
            }

            $($async)? fn write(
                &mut self,
                register: u8,
                value: u8,
            ) -> Result<(), Error<I2C::Error>> {
                self.bus
                    .write(self.model.address(), &[register, value])
                    $(.$await)?
                    .map_err(Error::Bus)
            }
        }
    };
}

/// The driver for a bus that waits.
pub mod blocking {
    driver!(embedded_hal::i2c::I2c);
}

/// The driver for a bus that is awaited. A future that is dropped may leave some registers unwritten.
#[cfg(feature = "async")]
pub mod asynchronous {
    driver!(embedded_hal_async::i2c::I2c, async await);
}
