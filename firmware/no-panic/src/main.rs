//! A program that links only if nothing it calls of judder-core can panic.
//!
//! Its panic handler calls a function that exists nowhere. Where the optimiser can show that no
//! input leads to a panic, the handler is dropped with that call; a panic that is left does not
//! link. All inputs are opaque, so a call is proved for every value, not for the one given here.
#![no_std]
#![no_main]

mod entry_points;

use core::panic::PanicInfo;

/// Where a chip would start.
// Only an exported symbol is kept by the linker; the name stands in no other library.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    entry_points::call_all();
    #[cfg(feature = "planted-panic")]
    entry_points::planted_panic();
    loop {}
}

#[cfg(not(feature = "show-panics"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // The one foreign function: it is never linked, so it is never called.
    #[allow(unsafe_code)]
    unsafe extern "C" {
        safe fn judder_core_may_panic() -> !;
    }
    judder_core_may_panic()
}

#[cfg(feature = "show-panics")]
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // A location that is looked at stays in the program.
    core::hint::black_box(info.location());
    loop {}
}
