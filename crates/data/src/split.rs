//! Splitting recordings into parts: shuffled by a seed, in time order, by folder.

use std::ops::Range;
use std::path::Path;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The numbers `0..count` in an order that depends on the seed alone.
pub fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order
}

/// `count` things in time order cut into `parts` contiguous blocks of nearly equal size.
///
/// Neighbours in time resemble each other more than others do, so what is learnt from one block is
/// judged honestly only by another.
pub fn blocks(count: usize, parts: usize) -> Vec<Range<usize>> {
    let parts = parts.clamp(1, count.max(1));
    (0..parts).map(|part| count * part / parts..count * (part + 1) / parts).collect()
}

/// Cuts things in an order into consecutive parts of these shares; the last takes the rest.
///
/// As the reference does, each share is rounded down: 60/20/20 of 299 are 179, 59 and 61.
pub fn shares<'o>(order: &'o [usize], shares: &[f64]) -> Vec<&'o [usize]> {
    let mut rest = order;
    let mut parts = Vec::with_capacity(shares.len() + 1);
    for share in shares {
        let size = (order.len() as f64 * share.clamp(0.0, 1.0)) as usize;
        let (part, after) = rest.split_at(size.min(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// For paths in path order: each folder and the run of recordings in it.
pub fn folders<'p, P: AsRef<Path> + 'p>(paths: &'p [P]) -> Vec<(&'p Path, Range<usize>)> {
    let mut runs: Vec<(&Path, Range<usize>)> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let folder = path.as_ref().parent().unwrap_or(Path::new(""));
        match runs.last_mut() {
            Some((of, run)) if *of == folder => run.end = at + 1,
            _ => runs.push((folder, at..at + 1)),
        }
    }
    runs
}
