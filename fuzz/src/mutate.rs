//! Inputs mutated from those of a corpus.

use rand::{Rng, RngExt};

/// The longest input.
const LONGEST: usize = 1 << 16;

/// Numbers, and pieces of the formats read, at which readers go wrong.
const EDGES: [&[u8]; 40] = [
    b"0",
    b"-0",
    b"-1",
    b"1e308",
    b"1e309",
    b"-1e400",
    b"5e-324",
    b"1e-400",
    b"0.1e",
    b"nan",
    b"inf",
    b"-Infinity",
    b"null",
    b"2147483648",
    b"4294967295",
    b"4294967296",
    b"9007199254740993",
    b"9223372036854775807",
    b"18446744073709551615",
    b"18446744073709551616",
    b"99999999999999999999999999999999999999",
    b"0.00000000000000000000000000000000000001",
    b"\n",
    b"\r\n",
    b",",
    b";",
    b"\t",
    b"|",
    b" ",
    b"\"",
    b"#",
    b"+",
    b"((((((((",
    b"[[[[[[[[",
    b"{\"",
    b"\\u0000",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\x00\x00\x00\x00",
    b"\xFF\xFF\xFF\xFF",
];

/// One input of the corpus, damaged in one to eight ways.
pub fn mutated(corpus: &[Vec<u8>], random: &mut impl Rng) -> Vec<u8> {
    let pick =
        |random: &mut _| corpus.get(below(corpus.len(), random)).cloned().unwrap_or_default();
    let mut bytes = pick(random);
    for _ in 0..random.random_range(1..=8) {
        match random.random_range(0..9) {
            0 => flip_bit(&mut bytes, random),
            1 => set_byte(&mut bytes, random),
            2 => insert(&mut bytes, &[random.random::<u8>()], random),
            3 => delete(&mut bytes, random),
            4 => copy_block(&mut bytes, random),
            5 => insert(&mut bytes, EDGES[below(EDGES.len(), random)], random),
            6 => replace_number(&mut bytes, random),
            7 => bytes.truncate(below(bytes.len() + 1, random)),
            _ => splice(&mut bytes, &pick(random), random),
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

fn below(end: usize, random: &mut impl Rng) -> usize {
    random.random_range(0..end.max(1))
}

fn flip_bit(bytes: &mut [u8], random: &mut impl Rng) {
    let (at, bit) = (below(bytes.len(), random), random.random_range(0..8));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1u8 << bit;
    }
}

fn set_byte(bytes: &mut [u8], random: &mut impl Rng) {
    let at = below(bytes.len(), random);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = random.random();
    }
}

fn insert(bytes: &mut Vec<u8>, piece: &[u8], random: &mut impl Rng) {
    let at = below(bytes.len() + 1, random);
    bytes.splice(at..at, piece.iter().copied());
}

/// A short run, or a long one.
fn block(bytes: &[u8], random: &mut impl Rng) -> std::ops::Range<usize> {
    let from = below(bytes.len(), random);
    let longest = if random.random() { 8 } else { bytes.len() };
    from..(from + below(longest, random) + 1).min(bytes.len())
}

fn delete(bytes: &mut Vec<u8>, random: &mut impl Rng) {
    let block = block(bytes, random);
    bytes.drain(block);
}

fn copy_block(bytes: &mut Vec<u8>, random: &mut impl Rng) {
    let copy = bytes[block(bytes, random)].to_vec();
    insert(bytes, &copy, random);
}

/// Puts an edge in the place of a run of digits.
fn replace_number(bytes: &mut Vec<u8>, random: &mut impl Rng) {
    let start = below(bytes.len(), random);
    let Some(from) = bytes.iter().skip(start).position(u8::is_ascii_digit).map(|at| at + start)
    else {
        return;
    };
    let digits = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let edge = EDGES[below(EDGES.len(), random)];
    bytes.splice(from..from + digits, edge.iter().copied());
}

/// The front of one input and the back of another.
fn splice(bytes: &mut Vec<u8>, other: &[u8], random: &mut impl Rng) {
    bytes.truncate(below(bytes.len() + 1, random));
    bytes.extend_from_slice(&other[below(other.len() + 1, random)..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn inputs(seed: u64, corpus: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..500).map(|_| mutated(corpus, &mut random)).collect()
    }

    #[test]
    fn inputs_depend_on_the_seed_alone() {
        let corpus = [b"1, 2, 3\n".to_vec(), b"x;y\n".to_vec()];
        assert_eq!(inputs(7, &corpus), inputs(7, &corpus));
        assert_ne!(inputs(7, &corpus), inputs(8, &corpus));
    }

    #[test]
    fn nothing_is_mutated_too() {
        assert!(inputs(1, &[]).iter().any(|input| !input.is_empty()));
        assert!(inputs(1, &[Vec::new()]).iter().all(|input| input.len() <= LONGEST));
    }
}
