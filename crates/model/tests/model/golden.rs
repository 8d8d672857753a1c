//! A file that judder 0.1.0 wrote for a simulated fan. Every later judder reads it alike.

use judder_model::{Model, Scorer};

use super::samples::readings;

const FILE: &str = include_str!("../data/fan.model.json");

/// The bits of the `f32` scores of three windows; NumPy gives 133.27366, 115.11642 and 90.469798
/// in `f64`.
const SCORES: [u32; 3] = [1_124_419_083, 1_122_384_788, 1_119_154_306];

#[test]
fn the_first_version_is_read_for_ever() {
    let model = Model::from_json(FILE.as_bytes()).unwrap();
    let scored = Scorer::new(&model).score(&readings(3, 200), 3, Some(200.0)).unwrap();
    let bits: Vec<u32> = scored.iter().map(|window| (window.score as f32).to_bits()).collect();
    assert_eq!(bits, SCORES);
    for window in &scored {
        assert_eq!(f64::from(window.score as f32), window.score, "a score of f32, exactly");
    }
}

#[test]
fn what_was_written_first_is_written_still() {
    let model = Model::from_json(FILE.as_bytes()).unwrap();
    let of_today = concat!("\"judder\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let expected = FILE.replacen("\"judder\": \"0.1.0\"", of_today, 1);
    assert_eq!(String::from_utf8(model.to_json()).unwrap(), expected);
}
