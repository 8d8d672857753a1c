//! Knowing a recording again by its content.

use judder_data::Recording;
use sha2::{Digest, Sha256};

/// Of a recording of at most so many numbers they are hashed axis by axis, as judder did from the beginning; of a longer one,
/// which is never in memory as a whole, reading by reading.
const SHORT: usize = 1 << 17;

/// The SHA-256 of a recording's shape and values.
pub(crate) fn fingerprint(recording: &Recording) -> [u8; 32] {
    if recording.values().len() > SHORT {
        let mut printer = Printer::default();
        printer.add(recording, 0);
        return printer.finish().unwrap_or_default();
    }
    let mut bytes = Vec::with_capacity(8 * (2 + recording.values().len()));
    bytes.extend((recording.axes() as u64).to_le_bytes());
    bytes.extend((recording.len() as u64).to_le_bytes());
    recording.values().iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    Sha256::digest(&bytes).into()
}

/// The fingerprint of a recording that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct Printer {
    /// The readings so far, row by row, as long as they are few.
    rows: Vec<f64>,
    axes: usize,
    len: usize,
    hash: Option<Sha256>,
}

impl Printer {
    /// Adds the next piece, so many of whose readings stood in the one before.
    pub(crate) fn add(&mut self, piece: &Recording, fresh: usize) {
        self.axes = piece.axes();
        self.len += piece.len().saturating_sub(fresh);
        self.rows.extend(piece.rows().skip(fresh).flatten());
        if self.hash.is_some() || self.rows.len() > SHORT {
            let hash = self.hash.get_or_insert_default();
            let bytes: Vec<u8> = self.rows.drain(..).flat_map(f64::to_le_bytes).collect();
            hash.update(&bytes);
        }
    }

    /// That of all that was added, if anything was.
    pub(crate) fn finish(self) -> Option<[u8; 32]> {
        let Self { rows, axes, len, hash } = self;
        if let Some(mut hash) = hash {
            hash.update((axes as u64).to_le_bytes());
            hash.update((len as u64).to_le_bytes());
            return Some(hash.finalize().into());
        }
        let values = (0..axes).flat_map(|axis| rows.iter().skip(axis).step_by(axes).copied());
        Recording::from_axes(axes, len, values.collect()).map(|whole| fingerprint(&whole))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// However a recording comes in pieces, and however long it is, it is known again.
    #[test]
    fn pieces_have_the_fingerprint_of_the_whole() {
        for len in [7, 100, 70_000] {
            let reading = |axis: usize, at: usize| (at * (axis + 2)) as f64;
            let of = |rows: std::ops::Range<usize>| {
                let values = (0..2).flat_map(|axis| rows.clone().map(move |at| reading(axis, at)));
                Recording::from_axes(2, rows.len(), values.collect()).unwrap()
            };
            let mut printer = Printer::default();
            printer.add(&of(0..5), 0);
            printer.add(&of(3..6), 2);
            printer.add(&of(6..len), 0);
            assert_eq!(printer.finish(), Some(fingerprint(&of(0..len))), "{len}");
        }
        assert_eq!(Printer::default().finish(), None);
    }
}
