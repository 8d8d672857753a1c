//! Knowing a recording again by its content.

use judder_data::Recording;
use sha2::{Digest, Sha256};

/// The SHA-256 of a recording's shape and values.
pub(crate) fn fingerprint(recording: &Recording) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((recording.axes() as u64).to_le_bytes());
    hash.update((recording.len() as u64).to_le_bytes());
    for value in recording.values() {
        hash.update(value.to_le_bytes());
    }
    hash.finalize().into()
}

/// The SHA-256 of fingerprints in order, in hexadecimal.
pub(crate) fn of_all<'f>(fingerprints: impl Iterator<Item = &'f [u8; 32]>) -> String {
    let mut hash = Sha256::new();
    fingerprints.for_each(|one| hash.update(one));
    hex(&hash.finalize())
}

/// What a model remembers of a recording: the first 32 bits.
pub(crate) fn short(fingerprint: &[u8; 32]) -> String {
    hex(&fingerprint[..4])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
