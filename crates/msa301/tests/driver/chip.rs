//! A sensor that is only a map of registers, on a bus that may fail.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use embedded_hal::i2c::{self, ErrorKind, ErrorType, Operation};

/// What went over the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// A register was read.
    Read(u8),
    /// A register was written.
    Write(u8, u8),
}

/// The sensor, and what was done to it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) address: u8,
    pub(crate) registers: BTreeMap<u8, u8>,
    pub(crate) seen: Vec<Access>,
    /// So many transfers succeed; all of them where there is none.
    pub(crate) left: Option<usize>,
}

/// A share of the bus to one sensor.
#[derive(Debug, Clone)]
pub(crate) struct Chip(Rc<RefCell<State>>);

/// The bus does not carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody answers at this address.
    Nobody(u8),
    /// The line is broken.
    Broken,
}

impl i2c::Error for Fault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for Chip {
    type Error = Fault;
}

/// What the registers hold after power-on; every register that there is.
const POWER_ON: [(u8, u8); 36] = [
    (0x00, 0x00),
    (0x01, 0x13),
    (0x02, 0x00),
    (0x03, 0x00),
    (0x04, 0x00),
    (0x05, 0x00),
    (0x06, 0x00),
    (0x07, 0x00),
    (0x09, 0x00),
    (0x0A, 0x00),
    (0x0B, 0x00),
    (0x0C, 0x00),
    (0x0F, 0x00),
    (0x10, 0x0F),
    (0x11, 0xDE),
    (0x12, 0x00),
    (0x16, 0x00),
    (0x17, 0x00),
    (0x19, 0x00),
    (0x1A, 0x00),
    (0x20, 0x01),
    (0x21, 0x00),
    (0x22, 0x09),
    (0x23, 0x30),
    (0x24, 0x01),
    (0x27, 0x00),
    (0x28, 0x14),
    (0x2A, 0x04),
    (0x2B, 0x0A),
    (0x2C, 0x18),
    (0x2D, 0x08),
    (0x38, 0x00),
    (0x39, 0x00),
    (0x3A, 0x00),
    // Two that drivers never touch.
    (0x08, 0x00),
    (0x0D, 0x00),
];

/// The addresses of the datasheet's table.
pub(crate) fn table() -> Vec<u8> {
    POWER_ON[..34].iter().map(|(register, _)| *register).collect()
}

impl Chip {
    pub(crate) fn new(address: u8) -> Self {
        let registers = POWER_ON.into();
        Self(Rc::new(RefCell::new(State { address, registers, seen: Vec::new(), left: None })))
    }

    /// Puts a value into a register, as the sensor itself would.
    pub(crate) fn set(&self, register: u8, value: u8) {
        self.0.borrow_mut().registers.insert(register, value);
    }

    pub(crate) fn get(&self, register: u8) -> u8 {
        self.0.borrow().registers[&register]
    }

    /// What was done since the last time.
    pub(crate) fn seen(&self) -> Vec<Access> {
        std::mem::take(&mut self.0.borrow_mut().seen)
    }

    /// The bus breaks after so many transfers.
    pub(crate) fn break_after(&self, transfers: usize) {
        self.0.borrow_mut().left = Some(transfers);
    }

    fn transfer(&self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Fault> {
        let mut state = self.0.borrow_mut();
        if address != state.address {
            return Err(Fault::Nobody(address));
        }
        if let Some(left) = &mut state.left {
            *left = left.checked_sub(1).ok_or(Fault::Broken)?;
        }
        let mut pointer = None;
        for operation in operations {
            match operation {
                Operation::Write([register]) => pointer = Some(*register),
                Operation::Write([register, value]) => {
                    assert!(
                        *register == 0 || *register > 0x0C,
                        "register {register:#04x} is read only"
                    );
                    assert!(state.registers.contains_key(register), "no register {register:#04x}");
                    state.seen.push(Access::Write(*register, *value));
                    state.registers.insert(*register, *value);
                    if *register == 0 && *value & 0b0010_0100 == 0b0010_0100 {
                        state.registers = POWER_ON.into();
                    }
                }
                Operation::Write(other) => panic!("{other:?} is no write of a register"),
                Operation::Read(bytes) => {
                    let from = pointer.expect("a register is chosen before it is read");
                    for (register, byte) in (from..).zip(bytes.iter_mut()) {
                        assert_ne!(register, 0, "the soft reset is write only");
                        state.seen.push(Access::Read(register));
                        *byte = state.registers[&register];
                    }
                }
            }
        }
        Ok(())
    }
}

impl embedded_hal::i2c::I2c for Chip {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Self::Error> {
        self.transfer(address, operations)
    }
}

/// The same bus, awaited: each transfer has to be polled twice.
#[derive(Debug, Clone)]
pub(crate) struct Awaited(pub(crate) Chip);

impl ErrorType for Awaited {
    type Error = Fault;
}

impl embedded_hal_async::i2c::I2c for Awaited {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Self::Error> {
        once_pending().await;
        self.0.transfer(address, operations)
    }
}

/// Is not ready the first time.
async fn once_pending() {
    let mut asked = false;
    core::future::poll_fn(move |context| {
        if std::mem::replace(&mut asked, true) {
            return core::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        core::task::Poll::Pending
    })
    .await;
}

/// Polls a future until it is ready.
pub(crate) fn wait_for<F: Future>(future: F) -> F::Output {
    let mut future = core::pin::pin!(future);
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    loop {
        if let core::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
