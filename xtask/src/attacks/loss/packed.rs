//! Readings as the tables have them, read without judder.

/// What the counts are the fraction of, by the place that the first byte names.
const DIVISORS: [f32; 10] =
    [256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 100.0, 1000.0, 10_000.0];
const FLOATS: u8 = 0xFF;
const BLOCKS: u8 = 0x40;
const BLOCK: usize = 32;

/// The readings in some bytes; none where they are damaged.
pub(super) fn readings(bytes: &[u8]) -> Option<Vec<f64>> {
    let (kind, rest) = bytes.split_first()?;
    if *kind == FLOATS {
        let (floats, _) = rest.as_chunks::<4>();
        return Some(floats.iter().map(|one| f64::from(f32::from_le_bytes(*one))).collect());
    }
    let divisor = *DIVISORS.get(usize::from(kind & !BLOCKS))?;
    let counts = match kind & BLOCKS {
        0 => rest.as_chunks::<2>().0.iter().map(|one| i16::from_le_bytes(*one)).collect(),
        _ => blocks(rest)?,
    };
    Some(counts.into_iter().map(|count: i16| f64::from(f32::from(count) / divisor)).collect())
}

/// Blocks of 32 counts: the least, the bits of what each is above it, and those bits, lowest first.
fn blocks(bytes: &[u8]) -> Option<Vec<i16>> {
    let (length, mut rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let mut counts = Vec::new();
    while counts.len() < length {
        let (head, behind) = rest.split_first_chunk::<3>()?;
        let (least, bits) = (i16::from_le_bytes([head[0], head[1]]), usize::from(head[2]));
        let here = BLOCK.min(length - counts.len());
        let (packed, behind) = behind.split_at_checked((here * bits).div_ceil(8))?;
        for at in 0..here {
            let bit = |one: usize| {
                let place = at * bits + one;
                i32::from(packed[place / 8] >> (place % 8) & 1) << one
            };
            let above: i32 = (0..bits).map(bit).sum();
            counts.push(i16::try_from(i32::from(least) + above).ok()?);
        }
        rest = behind;
    }
    rest.is_empty().then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn blocks_are_read_as_they_are_written_down() {
        // 0, 5 and 7 above -2, in three bits each: 0 | 5 << 3 | 7 << 6 = 0x1e8, in counts of 1 / 2048.
        let bytes = [BLOCKS_OF_2048, 3, 0, 0, 0, 0xFE, 0xFF, 3, 0xE8, 0x01];
        assert_eq!(readings(&bytes), Some([-2.0, 3.0, 5.0].map(|count| count / 2048.0).to_vec()));
        assert_eq!(readings(&bytes[..9]), None);
        // As they were written once, and floats.
        assert_eq!(readings(&[3, 0, 8, 0, 4]), Some(vec![1.0, 0.5]));
        assert_eq!(readings(&[super::FLOATS, 0, 0, 0x80, 0x3F]), Some(vec![1.0]));
    }

    const BLOCKS_OF_2048: u8 = super::BLOCKS | 3;
}
