//! The features of windows of 3 axes, by the core of a release. Reads as `spectra.py`, and prints as it does.
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

const AXES: usize = 3;
const ROUNDS: usize = 9;

fn main() {
    let mut words = std::env::args().skip(1);
    let length: usize = words.next().unwrap().parse().unwrap();
    let set: judder_core::FeatureSet = words.next().unwrap().parse().unwrap();
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).unwrap();
    let numbers: Vec<f32> =
        bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect();
    let mut values = vec![0.0; set.count(AXES).unwrap()];
    let mut keys = vec![0; length];
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        for window in numbers.chunks_exact(AXES * length) {
            let window = judder_core::Readings::new(black_box(window), AXES, length).unwrap();
            black_box(set.extract(&window, &mut keys, &mut values).unwrap());
        }
        let windows = numbers.len() / (AXES * length);
        println!("{}", start.elapsed().as_nanos() as f64 / windows as f64);
    }
}
