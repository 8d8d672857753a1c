//! Texts as elements of an array.

use npyz::{Endianness, TypeChar, TypeStr};

/// How an element is a text.
pub(crate) enum Encoding {
    /// Bytes of UTF-8, or of what is a part of it: NumPy's `bytes`.
    Bytes,
    /// Four bytes for each character, the most significant ones first or last: NumPy's `str`.
    Big,
    Little,
}

impl Encoding {
    /// The encoding of a type, where it is one of texts.
    pub(crate) fn of(kind: &TypeStr) -> Option<Self> {
        match (kind.type_char(), kind.endianness()) {
            (TypeChar::ByteStr, _) => Some(Self::Bytes),
            (TypeChar::UnicodeStr, Endianness::Big) => Some(Self::Big),
            (TypeChar::UnicodeStr, _) => Some(Self::Little),
            _ => None,
        }
    }

    /// The text of an element; what is left of its room is zeros, which NumPy does not count.
    pub(crate) fn read(self, element: &[u8]) -> Option<String> {
        let number = match self {
            Self::Bytes => {
                let end = element.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                return element
                    .get(..end)
                    .and_then(|text| str::from_utf8(text).ok())
                    .map(str::to_owned);
            }
            Self::Big => u32::from_be_bytes,
            Self::Little => u32::from_le_bytes,
        };
        let (characters, rest) = element.as_chunks::<4>();
        let text: Option<String> =
            characters.iter().map(|&bytes| char::from_u32(number(bytes))).collect();
        text.filter(|_| rest.is_empty()).map(|text| text.trim_end_matches('\0').to_owned())
    }
}

/// The bytes of a `.npy` file of one text: NumPy's `str`, without a dimension.
pub(crate) fn npy(text: &str) -> Vec<u8> {
    let characters: Vec<u32> = text.chars().map(u32::from).collect();
    // NumPy has no text of no characters; it counts no zeros at the end.
    let length = characters.len().max(1);
    let about = format!("{{'descr': '<U{length}', 'fortran_order': False, 'shape': (), }}");
    // The numbers begin at a multiple of 64, a line before them.
    let width = (10 + about.len() + 1).next_multiple_of(64) - 11;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((width as u16 + 1).to_le_bytes());
    bytes.extend(format!("{about:width$}\n").into_bytes());
    bytes.extend(characters.iter().flat_map(|c| c.to_le_bytes()));
    bytes.resize(11 + width + 4 * length, 0);
    bytes
}
