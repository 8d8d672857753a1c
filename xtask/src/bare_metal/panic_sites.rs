//! Where a linked 32-bit program may panic, read from the locations it keeps for its messages.

use std::collections::BTreeSet;

use anyhow::Result;
use object::{Object, ObjectSection};

const WORD: usize = 4;

/// `file:line:column` of every `core::panic::Location` in a little-endian ELF file.
///
/// The layout is the compiler's own business, so this serves messages, never verdicts.
pub(super) fn panic_sites(program: &[u8]) -> Result<BTreeSet<String>> {
    let program = object::File::parse(program)?;
    let sections: Vec<(usize, &[u8])> = program
        .sections()
        .filter(|section| section.address() != 0)
        .filter_map(|section| {
            Some((usize::try_from(section.address()).ok()?, section.data().ok()?))
        })
        .collect();
    Ok(sections.iter().flat_map(|(_, data)| locations(data, &sections)).collect())
}

/// A location is four words: address and length of the file's name, then line and column.
fn locations(data: &[u8], sections: &[(usize, &[u8])]) -> Vec<String> {
    let (words, _) = data.as_chunks::<WORD>();
    let words: Vec<usize> = words.iter().map(|w| u32::from_le_bytes(*w) as usize).collect();
    let location = |window: &[usize]| match *window {
        [address, length, line @ 1..100_000, column @ 1..1_000] => {
            let name = text(address, length, sections)?;
            name.ends_with(".rs").then(|| format!("{name}:{line}:{column}"))
        }
        _ => None,
    };
    words.windows(4).filter_map(location).collect()
}

fn text<'a>(address: usize, length: usize, sections: &[(usize, &'a [u8])]) -> Option<&'a str> {
    sections.iter().find_map(|(start, data)| {
        let from = address.checked_sub(*start)?;
        std::str::from_utf8(data.get(from..from.checked_add(length)?)?).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(words: &[u32], text: &str) -> Vec<u8> {
        let words = words.iter().flat_map(|word| word.to_le_bytes());
        words.chain(text.bytes()).collect()
    }

    #[test]
    fn a_location_is_found_between_other_words() {
        let data = section(&[7, 0x1018, 9, 41, 5, 0], "src/a.rs!src/median.rs");
        let data = [&data[..24], b"src/mad.rs"].concat();
        let sections = [(0x1000, data.as_slice())];
        assert_eq!(locations(&data, &sections), Vec::<String>::new());
        let data = section(&[7, 0x1018, 10, 41, 5, 0], "src/mad.rs");
        let sections = [(0x1000, data.as_slice())];
        assert_eq!(locations(&data, &sections), ["src/mad.rs:41:5"]);
    }

    #[test]
    fn words_that_point_nowhere_or_at_other_text_are_passed_over() {
        let data = section(&[0xffff_ffff, 0xffff_ffff, 1, 1, 0x1018, 10, 1, 1], "src/mad.rs");
        assert_eq!(locations(&data, &[(0x1000, data.as_slice())]), Vec::<String>::new());
    }
}
