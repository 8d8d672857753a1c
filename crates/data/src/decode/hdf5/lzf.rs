//! The compression LZF, which h5py has.

/// Expands to at most so many bytes; none where the bytes are damaged.
pub(super) fn expand(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut all: Vec<u8> = Vec::new();
    let mut rest = bytes;
    while let Some((control, after)) = rest.split_first() {
        let control = usize::from(*control);
        rest = after;
        if control < 32 {
            // So many bytes as they are.
            let (plain, after) = rest.split_at_checked(control + 1)?;
            all.extend(plain);
            rest = after;
        } else {
            // Bytes that stood there before.
            let mut length = control >> 5;
            if length == 7 {
                let (more, after) = rest.split_first()?;
                length += usize::from(*more);
                rest = after;
            }
            let (low, after) = rest.split_first()?;
            rest = after;
            let back = ((control & 31) << 8) + usize::from(*low) + 1;
            let start = all.len().checked_sub(back)?;
            for at in start..start + length + 2 {
                all.push(*all.get(at)?);
            }
        }
        if all.len() > most {
            return None;
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn what_stood_before_is_repeated() {
        assert_eq!(expand(&[2, b'a', b'b', b'c', 0x20, 2], 99).unwrap(), b"abcabc");
        assert_eq!(expand(&[0, b'a', 0xe0, 1, 0], 99).unwrap(), b"aaaaaaaaaaa");
        assert_eq!(expand(&[0, b'a', 0xe0, 255, 0], 99), None);
        assert_eq!(expand(&[0, b'a', 0x20, 1], 99), None);
        assert_eq!(expand(&[5, b'a'], 99), None);
    }
}
