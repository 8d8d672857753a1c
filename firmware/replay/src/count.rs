//! How many instructions something takes, exactly: they are not cycles.

/// The first timer of the mps2 machines: 32 bits, counting down, a tick every 40 ns.
#[cfg(target_arch = "arm")]
const TIMER: *mut u32 = 0x4000_0000 as *mut u32;

/// Starts the counter.
#[cfg(target_arch = "arm")]
pub(crate) fn start() {
    // Its registers: control, value, reload.
    unsafe {
        TIMER.add(2).write_volatile(u32::MAX);
        TIMER.add(1).write_volatile(u32::MAX);
        TIMER.write_volatile(1);
    }
}

#[cfg(target_arch = "arm")]
fn ticks() -> u64 {
    u64::from(u32::MAX - unsafe { TIMER.add(1).read_volatile() })
}

/// With `-icount shift=10` an instruction takes 1024 ns: so many ticks that where in one it begins, which the length
/// of the paths of this run decides, is rounded away.
#[cfg(target_arch = "arm")]
#[inline(never)]
pub(crate) fn instructions(run: impl FnOnce()) -> u32 {
    let before = ticks();
    run();
    // Between them the counter may have begun anew.
    let between = ticks().wrapping_sub(before) & u64::from(u32::MAX);
    ((between * 40 + 512) / 1024) as u32
}

/// It always runs.
#[cfg(target_arch = "riscv32")]
pub(crate) fn start() {}

/// With `-icount shift=0`, what the counter of retired instructions says.
#[cfg(target_arch = "riscv32")]
#[inline(never)]
pub(crate) fn instructions(run: impl FnOnce()) -> u32 {
    let before = riscv::register::minstret::read();
    run();
    (riscv::register::minstret::read() - before) as u32
}
