//! Recordings to judge: of the real fan where they are, else made.

use std::path::PathBuf;

/// Recordings of 3 axes in time order, axis by axis: healthy ones, then ones with a weight.
pub(crate) fn recordings(count: usize) -> Vec<Vec<f32>> {
    match std::env::var_os("JUDDER_DATA") {
        Some(folder) => real(&PathBuf::from(folder).join("ceiling-fan"), count),
        None => (0..count).map(|at| made(at as u32, 200)).collect(),
    }
}

fn real(folder: &std::path::Path, count: usize) -> Vec<Vec<f32>> {
    let states = [
        "fan_0_low_0_weight",
        "fan_0_low_1_weight",
        "fan_0_off_0_weight",
        "fan_0_low_0_weight-moving",
    ];
    let mut all = Vec::new();
    for state in states {
        let mut files: Vec<PathBuf> =
            folder.join(state).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|one| one == "csv"));
        files.sort();
        all.extend(files.into_iter().take(count / states.len()).map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let rows: Vec<Vec<f32>> = text
                .lines()
                .map(|line| line.split(',').map(|cell| cell.trim().parse().unwrap()).collect())
                .collect();
            (0..3).flat_map(|axis| rows.iter().map(|row| row[axis]).collect::<Vec<_>>()).collect()
        }));
    }
    assert!(all.len() >= count / 2, "{} recordings", all.len());
    all
}

/// Readings of a congruence on top of a wave, `length` of 3 axes.
pub(crate) fn made(seed: u32, length: usize) -> Vec<f32> {
    let mut chance = Chance(seed.wrapping_mul(2_654_435_761) | 1);
    let strange = if seed % 4 == 3 { 0.02 } else { 0.0 };
    let mut values = Vec::new();
    for axis in 0..3 {
        let gravity = if axis == 2 { 1.0 } else { 0.05 };
        for at in 0..length {
            let wave = (at as f32 * 0.31 * (axis + 1) as f32).sin() * (0.01 + strange);
            values.push(gravity + wave + (chance.next() - 0.5) * 0.02);
        }
    }
    values
}

/// Numbers from 0 to 1, the same each time.
pub(crate) struct Chance(pub(crate) u32);

impl Chance {
    pub(crate) fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0.rotate_left(16)
    }

    pub(crate) fn next(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }
}
