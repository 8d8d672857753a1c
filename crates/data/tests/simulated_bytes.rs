//! The simulated fan stays the machine that it was: what was promised of detectors on it was promised of these
//! very bytes.

#![allow(clippy::unwrap_used, reason = "what a test asks for must be there")]

use judder_data::Recording;
use judder_data::simulate::Fan;
use judder_data::store::write_folder;

/// FNV-1a of all bytes.
fn digest(bytes: &[u8], before: u64) -> u64 {
    bytes.iter().fold(before, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Digests of the files that `judder simulate` of version 0.1.0 writes, one behind the other.
#[test]
fn recordings_have_the_bytes_of_version_0_1_0() {
    for (state, seed, from, count, expected) in [
        ("low", 0, 0, 40, 0xbced_71d9_e579_bd08),
        ("low+coin", 0, 0, 40, 0xd6aa_a5aa_e985_e8d1),
        ("medium", 0, 0, 40, 0xcd3b_2b4d_a8a6_6fc4),
        ("high+moved", 0, 0, 40, 0xf570_b31f_c8a7_7866),
        ("low", 7, 1500, 10, 0x5775_61b2_a7fa_3c7b),
    ] {
        let (fan, state) = (Fan::new(seed), state.parse().unwrap());
        let recordings: Vec<Recording> =
            (from..from + count).map(|at| fan.recording(state, at, 200.0, 200).unwrap()).collect();
        let folder = tempfile::tempdir().unwrap();
        let written = write_folder(folder.path(), &recordings, |_, entry| entry).unwrap();
        let found = written
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, path| digest(&std::fs::read(path).unwrap(), hash));
        assert_eq!(found, expected, "{state} of seed {seed}");
    }
}
