//! Readings in as few bytes as give them back exactly: counts of a sensor in two bytes each, where they
//! are that, else floats.

/// What a count may be the fraction of: steps of sensors, and of those who print few decimals.
const DIVISORS: [f32; 10] =
    [256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 100.0, 1000.0, 10_000.0];

/// Says that floats follow; otherwise the first byte is the place of the divisor in [`DIVISORS`].
const FLOATS: u8 = 0xFF;

/// Writes readings to `to`, which is cleared first.
pub(crate) fn pack(readings: &[f32], to: &mut Vec<u8>) {
    to.clear();
    for (at, divisor) in (0..).zip(DIVISORS) {
        if counts(readings, divisor, to) {
            to[0] = at;
            return;
        }
    }
    to.clear();
    to.push(FLOATS);
    to.extend(readings.iter().flat_map(|reading| reading.to_le_bytes()));
}

/// The readings that were written; None where that is damaged.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Vec<f32>> {
    let (kind, rest) = bytes.split_first()?;
    if *kind == FLOATS {
        let (floats, rest) = rest.as_chunks::<4>();
        return rest
            .is_empty()
            .then(|| floats.iter().map(|float| f32::from_le_bytes(*float)).collect());
    }
    let divisor = *DIVISORS.get(usize::from(*kind))?;
    let (counts, rest) = rest.as_chunks::<2>();
    let reading = |count: &[u8; 2]| f32::from(i16::from_le_bytes(*count)) / divisor;
    rest.is_empty().then(|| counts.iter().map(reading).collect())
}

/// Writes readings as counts behind a byte that is the caller's; false where one of them would not come
/// back with the same bits.
fn counts(readings: &[f32], divisor: f32, to: &mut Vec<u8>) -> bool {
    to.clear();
    to.push(0);
    to.reserve(2 * readings.len());
    for reading in readings {
        // What has no place in it is cut off, and noticed.
        let count = (reading * divisor).round_ties_even() as i16;
        if (f32::from(count) / divisor).to_bits() != reading.to_bits() {
            return false;
        }
        to.extend(count.to_le_bytes());
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DIVISORS, pack, unpack};

    fn packed(readings: &[f32]) -> Vec<u8> {
        let mut to = vec![7];
        pack(readings, &mut to);
        to
    }

    fn bits(readings: &[f32]) -> Vec<u32> {
        readings.iter().map(|reading| reading.to_bits()).collect()
    }

    proptest! {
        #[test]
        fn any_floats_come_back(readings: Vec<u32>) {
            let readings: Vec<f32> = readings.into_iter().map(f32::from_bits).collect();
            let back = unpack(&packed(&readings)).unwrap();
            prop_assert_eq!(bits(&back), bits(&readings));
        }

        #[test]
        fn counts_take_two_bytes_and_come_back(
            counts in proptest::collection::vec(any::<i16>(), 1..50),
            divisor in 0..DIVISORS.len(),
        ) {
            let readings: Vec<f32> =
                counts.iter().map(|count| f32::from(*count) / DIVISORS[divisor]).collect();
            let packed = packed(&readings);
            prop_assert_eq!(packed.len(), 1 + 2 * counts.len());
            prop_assert_eq!(bits(&unpack(&packed).unwrap()), bits(&readings));
        }

        #[test]
        fn damage_is_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn a_zero_below_zero_stays_one() {
        let back = unpack(&packed(&[-0.0, 0.25])).unwrap();
        assert_eq!(bits(&back), bits(&[-0.0, 0.25]));
    }
}
