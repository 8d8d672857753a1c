//! Readings in as few bytes as give them back: counts of a sensor, where they are that, with as many bits as they
//! take, else floats. All come back as they were, but a zero below zero, which many a sensor prints, as zero.

/// What a count may be the fraction of: steps of sensors, and of those who print few decimals.
const DIVISORS: [f32; 10] =
    [256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 100.0, 1000.0, 10_000.0];

/// Says that floats follow. Otherwise the first byte is the place of the divisor in [`DIVISORS`], where counts of
/// two bytes follow, as they were written once;
const FLOATS: u8 = 0xFF;
/// or that and this, where blocks of counts do.
const BLOCKS: u8 = 0x40;

/// Counts in a block: the smallest, in two bytes, the bits of what each is above it, and then those bits.
const BLOCK: usize = 32;

/// Readings `[axes, readings]`, axis by axis, as they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Packs readings: all come back as they are, but a zero below zero as zero. None are as if they were not kept.
    #[must_use]
    pub fn new(readings: &[f32]) -> Self {
        let mut to = Vec::new();
        if !readings.is_empty() {
            // As much as counts take mostly.
            to.reserve(readings.len() * size_of::<u16>());
            pack(readings, &mut to);
            // Some are held for long.
            to.shrink_to_fit();
        }
        Self(to)
    }

    /// The readings, as they were.
    #[must_use]
    pub fn readings(&self) -> Vec<f32> {
        // What was packed here is whole.
        unpack(&self.0).unwrap_or_default()
    }

    /// How many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Writes readings to `to`, which is cleared first.
fn pack(readings: &[f32], to: &mut Vec<u8>) {
    for (at, divisor) in (0..).zip(DIVISORS) {
        to.clear();
        to.push(BLOCKS | at);
        if blocks(readings, divisor, to) {
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
    let divisor = *DIVISORS.get(usize::from(kind & !BLOCKS))?;
    let reading = |count: i16| f32::from(count) / divisor;
    if kind & BLOCKS != 0 {
        return counts(rest).map(|counts| counts.into_iter().map(reading).collect());
    }
    let (counts, rest) = rest.as_chunks::<2>();
    let counts = counts.iter().map(|count| i16::from_le_bytes(*count));
    rest.is_empty().then(|| counts.map(reading).collect())
}

/// Writes readings as blocks of counts; false where one of them would not come back.
fn blocks(readings: &[f32], divisor: f32, to: &mut Vec<u8>) -> bool {
    to.extend((readings.len() as u32).to_le_bytes());
    let (whole, rest) = readings.as_chunks::<BLOCK>();
    for readings in whole {
        let Some(counts) = to_counts(readings, divisor) else { return false };
        write(&counts, BLOCK, to);
    }
    if let Some(first) = rest.first() {
        // The rest of the block is not written.
        let mut readings = [*first; BLOCK];
        readings[..rest.len()].copy_from_slice(rest);
        let Some(counts) = to_counts(&readings, divisor) else { return false };
        write(&counts, rest.len(), to);
    }
    true
}

/// 1.5 × 2²³: a float of this size has no fraction.
const ROUNDS: f32 = 12_582_912.0;

/// The counts of readings; None where one of them would not come back.
fn to_counts(readings: &[f32; BLOCK], divisor: f32) -> Option<[i16; BLOCK]> {
    // Rounds to a whole number, which the last bits are then. What has no place in them is cut off, and noticed.
    let counts = readings.map(|reading| (reading * divisor + ROUNDS).to_bits() as i16);
    let mut others = 0;
    for (count, reading) in counts.iter().zip(readings) {
        others |= u32::from(f32::from(*count) / divisor != *reading);
    }
    (others == 0).then_some(counts)
}

/// Writes the first counts of a block.
fn write(block: &[i16; BLOCK], length: usize, to: &mut Vec<u8>) {
    let least = block.iter().fold(i16::MAX, |least, count| least.min(*count));
    let most = block.iter().fold(i16::MIN, |most, count| most.max(*count));
    let bits = (u16::BITS - most.abs_diff(least).leading_zeros()) as usize;
    to.extend(least.to_le_bytes());
    to.push(bits as u8);
    let begin = to.len();
    let end = begin + (length * bits).div_ceil(8);
    // Eight take a whole number of bytes; what is written behind them is written over.
    to.resize(begin + BLOCK * bits / 8 + 16, 0);
    for (at, eight) in block.as_chunks::<8>().0.iter().enumerate() {
        let above = eight.map(|count| u64::from(count.wrapping_sub(least) as u16));
        let [a, b, c, d, e, f, g, h] = above;
        let low = a | b << bits | c << (2 * bits) | d << (3 * bits);
        let high = e | f << bits | g << (2 * bits) | h << (3 * bits);
        let held = u128::from(low) | u128::from(high) << (4 * bits);
        if let Some(bytes) = to.get_mut(begin + at * bits..).and_then(<[u8]>::first_chunk_mut) {
            *bytes = held.to_le_bytes();
        }
    }
    to.truncate(end);
}

/// Reads blocks; None where they are damaged.
fn counts(bytes: &[u8]) -> Option<Vec<i16>> {
    let (length, mut rest) = bytes.split_first_chunk()?;
    let mut left = u32::from_le_bytes(*length) as usize;
    // A block takes three bytes at least.
    let mut counts = Vec::with_capacity(left.min(rest.len() / 3 * BLOCK));
    while left > 0 {
        let (head, behind) = rest.split_first_chunk::<3>()?;
        let least = i16::from_le_bytes([head[0], head[1]]);
        let (bits, length) = (u32::from(head[2]), left.min(BLOCK));
        if bits > 16 {
            return None;
        }
        let (packed, behind) = behind.split_at_checked((length * bits as usize).div_ceil(8))?;
        let mut packed = packed.iter();
        let (mut held, mut count) = (0_u32, 0);
        for _ in 0..length {
            while count < bits {
                held |= u32::from(*packed.next()?) << count;
                count += 8;
            }
            let above = held & ((1 << bits) - 1);
            counts.push(least.wrapping_add(above as i16));
            (held, count) = (held >> bits, count - bits);
        }
        (left, rest) = (left - length, behind);
    }
    rest.is_empty().then_some(counts)
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
        fn counts_take_the_bits_that_they_need_and_come_back(
            least in -5000..5000_i16,
            width in 0..13_u32,
            counts in proptest::collection::vec(any::<u16>(), 1..150),
            divisor in 0..DIVISORS.len(),
        ) {
            let above = |count: &u16| (u32::from(*count) & ((1 << width) - 1)) as i16;
            let readings: Vec<f32> = counts
                .iter()
                .map(|count| f32::from(least + above(count)) / DIVISORS[divisor])
                .collect();
            let packed = packed(&readings);
            let blocks = counts.len().div_ceil(32);
            let most = 5 + 4 * blocks + (width as usize * counts.len()).div_ceil(8);
            prop_assert!(packed.len() <= most, "{} bytes", packed.len());
            prop_assert_eq!(bits(&unpack(&packed).unwrap()), bits(&readings));
        }

        #[test]
        fn counts_of_any_size_come_back(
            counts in proptest::collection::vec(any::<i16>(), 1..150),
            divisor in 0..DIVISORS.len(),
        ) {
            let readings: Vec<f32> =
                counts.iter().map(|count| f32::from(*count) / DIVISORS[divisor]).collect();
            prop_assert_eq!(bits(&unpack(&packed(&readings)).unwrap()), bits(&readings));
        }

        #[test]
        fn damage_is_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn counts_of_two_bytes_are_still_read() {
        let counts = [-32768_i16, -1, 0, 1, 32767];
        let bytes: Vec<u8> =
            [3].into_iter().chain(counts.iter().flat_map(|c| c.to_le_bytes())).collect();
        let expected = counts.map(|count| f32::from(count) / 2048.0);
        assert_eq!(unpack(&bytes).unwrap(), expected);
    }

    #[test]
    fn a_zero_below_zero_is_a_count() {
        let packed = packed(&[-0.0, 0.25]);
        assert!(packed.len() < 12, "{} bytes", packed.len());
        assert_eq!(unpack(&packed).unwrap(), [0.0, 0.25]);
    }
}
