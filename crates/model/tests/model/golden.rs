//! Files that judder 0.1.0 wrote: every later judder reads them alike.

use judder_model::{Model, Scorer};

use super::samples::readings;

struct Golden {
    file: &'static str,
    /// The bits of the `f32` scores of three windows.
    scores: [u32; 3],
    /// What NumPy gives for them in `f64`.
    by_numpy: [f64; 3],
}

const GOLDEN: [Golden; 2] = [
    // Trained on a simulated fan.
    Golden {
        file: include_str!("../data/fan.model.json"),
        scores: [1_124_419_083, 1_122_384_788, 1_119_154_306],
        by_numpy: [133.27366, 115.11642, 90.469798],
    },
    // A network of random numbers, with the means and standard deviations of that fan.
    Golden {
        file: include_str!("../data/autoencoder.model.json"),
        scores: [1_106_245_493, 1_102_672_881, 1_100_985_511],
        by_numpy: [29.995839, 23.181619, 19.963218],
    },
];

#[test]
fn the_first_version_is_read_for_ever() {
    for Golden { file, scores, by_numpy } in GOLDEN {
        let model = Model::from_json(file.as_bytes()).unwrap();
        let scored = Scorer::new(&model).score(&readings(3, 200), 3, Some(200.0)).unwrap();
        let bits: Vec<u32> = scored.iter().map(|window| (window.score as f32).to_bits()).collect();
        assert_eq!(bits, scores);
        for (window, by_numpy) in scored.iter().zip(by_numpy) {
            assert_eq!(f64::from(window.score as f32), window.score, "a score of f32, exactly");
            // f32 has seven digits; means of fifty standard deviations cost two of them.
            let off = (window.score / by_numpy - 1.0).abs();
            assert!(off < 1e-5, "{} where NumPy gives {by_numpy}", window.score);
        }
    }
}

/// With all activations; NumPy and SciPy give the expected.
#[test]
fn a_file_of_the_third_version_is_read_and_written() {
    let file = include_str!("../data/activations.model.json");
    let by_numpy = [21.938_362_38, 18.266_851_06, 14.228_689_38];
    let model = Model::from_json(file.as_bytes()).unwrap();
    let scored = Scorer::new(&model).score(&readings(3, 200), 3, Some(200.0)).unwrap();
    assert_eq!(scored.len(), by_numpy.len());
    for (window, by_numpy) in scored.iter().zip(by_numpy) {
        let off: f64 = window.score / by_numpy - 1.0;
        assert!(off.abs() < 1e-5, "{} where NumPy gives {by_numpy}", window.score);
    }
    let of_today = concat!("\"judder\": \"", env!("CARGO_PKG_VERSION"), "\"");
    let expected = file.replacen("\"judder\": \"0.2.0\"", of_today, 1);
    assert_eq!(String::from_utf8(model.to_json()).unwrap(), expected);
}

#[test]
fn what_was_written_first_is_written_still_in_the_version_of_today() {
    for Golden { file, .. } in GOLDEN {
        let model = Model::from_json(file.as_bytes()).unwrap();
        let of_today = concat!("\"judder\": \"", env!("CARGO_PKG_VERSION"), "\"");
        let expected = file.replacen("\"judder\": \"0.1.0\"", of_today, 1);
        let expected = expected.replacen("\"version\": 1", "\"version\": 2", 1);
        assert_eq!(String::from_utf8(model.to_json()).unwrap(), expected);
    }
}
