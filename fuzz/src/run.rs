//! Feeding a target until it fails, or inputs or time run out.

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::mutate::mutated;

/// Reads some bytes, and panics where something is wrong.
pub type Target = fn(&[u8]);

/// The most inputs where nothing else is said; a second or two in a debug build.
const INPUTS: usize = 100_000;

const SECONDS: u64 = 5;

/// The most bytes that a target may hold at a time, beyond its input.
const MOST_BYTES: u64 = 64 << 20;

/// Feeds `target` with the corpus as it is, then with inputs mutated from it.
///
/// # Panics
/// Where the target does, or takes more than 64 MiB. The input is then in a file of the
/// temporary folder, and its name and the seed are printed.
#[allow(clippy::panic, reason = "a failure has to fail the test")]
pub fn run(name: &str, target: Target, corpus: &[Vec<u8>]) {
    if let Some(path) = env::var_os("JUDDER_FUZZ_INPUT") {
        match fs::read(&path) {
            Ok(input) => return target(&input),
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
    let seconds = number("JUDDER_FUZZ_SECONDS");
    let inputs = if seconds.is_some() { usize::MAX } else { INPUTS };
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(SECONDS));
    let seed = number("JUDDER_FUZZ_SEED").unwrap_or(1);
    for input in corpus {
        feed(name, target, input, seed);
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..inputs {
        if Instant::now() >= end {
            break;
        }
        feed(name, target, &mutated(corpus, &mut random), seed);
    }
}

#[allow(clippy::panic, clippy::print_stderr, reason = "a failure has to fail the test, and tell")]
fn feed(name: &str, target: Target, input: &[u8], seed: u64) {
    let mut outcome = Ok(());
    let allocated = allocation_counter::measure(|| {
        outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    });
    if outcome.is_ok() && allocated.bytes_max <= MOST_BYTES {
        return;
    }
    let path = keep(name, input);
    eprintln!(
        "target {name} failed with seed {seed}; replay with JUDDER_FUZZ_INPUT={}",
        path.display()
    );
    match outcome {
        Err(panic) => resume_unwind(panic),
        Ok(()) => panic!("{} bytes were allocated at a time", allocated.bytes_max),
    }
}

/// Writes an input to the temporary folder, under a name that depends on it.
#[allow(clippy::print_stderr, reason = "the failure itself is told either way")]
fn keep(name: &str, input: &[u8]) -> PathBuf {
    // FNV-1a, 64 bits.
    let hash = input.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let path = env::temp_dir().join(format!("judder-fuzz-{name}-{hash:016x}"));
    if let Err(error) = fs::write(&path, input) {
        eprintln!("{}: {error}; the input is {input:?}", path.display());
    }
    path
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
