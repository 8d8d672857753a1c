//! Replays windows through the Rust core and the generated C, and says what both say.
//!
//! A line for each window of each model: its name, the bits of the score in Rust and in C, and of
//! both the verdict and the bits of the score that was decided on. Then the most instructions that a
//! window took: the score in Rust and in C, a whole judgement in C, feeding a window to it, and the
//! distance from the features alone; and the mean of the score in C.
#![no_std]
#![no_main]

mod count;

use core::ffi::CStr;
use core::hint::black_box;

use judder_core::{Error, Verdict, Watched};
use semihosting::io::Read;
use semihosting::process::ExitCode;
use semihosting::{eprintln, fs, println};

/// Numbers of a window: 128 readings of 3 axes.
const NUMBERS: usize = 384;

/// A generated model, in both languages.
trait Model: Sized {
    fn make() -> Result<Self, Error>;
    fn score(&mut self, window: &[f32]) -> Result<f32, Error>;
    fn judge(&mut self, window: &[f32]) -> Result<Watched<f32>, Error>;
    fn c_start();
    fn c_score(window: &[f32; NUMBERS]) -> Option<f32>;
    fn c_judge(window: &[f32; NUMBERS]) -> Option<[u32; 2]>;
    fn c_push(window: &[f32; NUMBERS]) -> i32;
    fn c_distance() -> f32;
}

macro_rules! model {
    ($name:ident, $start:ident, $score:ident, $judge:ident, $push:ident, $distance:ident) => {
        unsafe extern "C" {
            fn $start();
            fn $score(window: *const f32, score: *mut f32) -> i32;
            fn $judge(window: *const f32, said: *mut u32) -> i32;
            fn $push(window: *const f32) -> i32;
            fn $distance() -> f32;
        }
        impl Model for $name::Watcher {
            fn make() -> Result<Self, Error> {
                Self::new()
            }
            fn score(&mut self, window: &[f32]) -> Result<f32, Error> {
                self.score(window)
            }
            fn judge(&mut self, window: &[f32]) -> Result<Watched<f32>, Error> {
                self.judge(window)
            }
            // The C reads a whole window and writes what it is given room for; nothing else runs.
            fn c_start() {
                unsafe { $start() }
            }
            fn c_score(window: &[f32; NUMBERS]) -> Option<f32> {
                let mut score = 0.0;
                let status = unsafe { $score(window.as_ptr(), &mut score) };
                (status == 0).then_some(score)
            }
            fn c_judge(window: &[f32; NUMBERS]) -> Option<[u32; 2]> {
                let mut said = [0; 2];
                let status = unsafe { $judge(window.as_ptr(), said.as_mut_ptr()) };
                (status == 0).then_some(said)
            }
            fn c_push(window: &[f32; NUMBERS]) -> i32 {
                unsafe { $push(window.as_ptr()) }
            }
            fn c_distance() -> f32 {
                unsafe { $distance() }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/models.rs"));

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    count::start();
    let Ok(words) = semihosting::experimental::env::args::<1024>() else { fail("no arguments") };
    let Some(Ok(path)) = (&words).nth(1) else { fail("usage: replay FILE") };
    let mut name = [0; 1024];
    let Some(room) = name.get_mut(..path.len()) else { fail("the path is too long") };
    room.copy_from_slice(path.as_bytes());
    let Ok(path) = CStr::from_bytes_until_nul(&name) else { fail("the path is too long") };
    run_all(path);
    ExitCode::SUCCESS.exit_process()
}

fn run<M: Model>(name: &str, path: &CStr) {
    let Ok(mut file) = fs::File::open(path) else { fail("cannot open the windows") };
    let Ok(mut model) = M::make() else { fail("the model is not one") };
    M::c_start();
    let mut most = [0; 5];
    let (mut total, mut windows) = (0u64, 0u64);
    let mut bytes = [0; 4 * NUMBERS];
    while whole(&mut file, &mut bytes) {
        let mut window = [0.0; NUMBERS];
        for (number, bytes) in window.iter_mut().zip(bytes.as_chunks().0) {
            *number = f32::from_le_bytes(*bytes);
        }
        let window = black_box(&window);
        let (mut rust, mut c, mut judged) = (Ok(0.0), None, None);
        let counts = [
            count::instructions(|| rust = black_box(model.score(window))),
            count::instructions(|| c = black_box(M::c_score(window))),
            count::instructions(|| judged = black_box(M::c_judge(window))),
            count::instructions(|| {
                black_box(M::c_push(window));
            }),
            count::instructions(|| {
                black_box(M::c_distance());
            }),
        ];
        for (most, count) in most.iter_mut().zip(counts) {
            *most = count.max(*most);
        }
        total += u64::from(counts[1]);
        windows += 1;
        let watched = model.judge(window);
        let (Ok(rust), Some(c), Ok(watched), Some(judged)) = (rust, c, watched, judged) else {
            fail("a window has no score")
        };
        let verdict = match watched.verdict {
            Verdict::Normal => 0,
            Verdict::Anomaly => 1,
            Verdict::Idle => 2,
            Verdict::Handled => 3,
            Verdict::Remounted => 4,
            Verdict::Settling => 5,
        };
        let decision = watched.decision.unwrap_or(0.0).to_bits();
        println!(
            "{name} {:08x} {:08x} {verdict} {decision:08x} {} {:08x}",
            rust.to_bits(),
            c.to_bits(),
            judged[0],
            judged[1]
        );
    }
    let mean = total / windows.max(1);
    let [rust, c, judged, fed, distance] = most;
    println!("most {name} {rust} {c} {judged} {fed} {distance} {mean}");
}

/// Reads as many bytes, or says that there are no more.
fn whole(file: &mut fs::File, bytes: &mut [u8]) -> bool {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) | Err(_) => return false,
            Ok(count) => filled += count,
        }
    }
    true
}

fn fail(why: &str) -> ! {
    eprintln!("{why}");
    ExitCode::FAILURE.exit_process()
}
