//! Why a file of arrays cannot be read or written.

use std::io;

/// The longest reason of a library that is shown, in characters.
const LONGEST_REASON: usize = 200;

/// Why a file of arrays cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The archive is damaged, or none.
    #[error("{0}")]
    Archive(String),
    /// The numbers take more space than the caller allows.
    #[error("it holds more than {} of numbers", in_words(*.limit))]
    Space {
        /// The most bytes that are allowed.
        limit: usize,
    },
    /// The numbers to be written do not fill their shape.
    #[error("array `{name}` has {found} numbers, and another shape")]
    Shape {
        /// The name of the array.
        name: String,
        /// How many numbers there are.
        found: usize,
    },
}

impl Error {
    pub(crate) fn archive(reason: impl ToString) -> Self {
        Self::Archive(shown(&reason.to_string()))
    }
}

/// Why one array cannot be read. Follows the name of the array in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Defect {
    /// It is not what NumPy writes.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// Its header claims more numbers than there are.
    #[error("has the shape {}, but not so many numbers", shown(&format!("{shape:?}")))]
    TooFew {
        /// The shape that it claims.
        shape: Vec<usize>,
    },
    /// It is a structured array.
    #[error("is a table of named fields")]
    Table,
    /// It holds one text, `str` or `bytes` of NumPy's, which stands here: no number, but what is looked
    /// for where a word is expected.
    #[error("holds the text `{}`, not numbers", shown(.0))]
    Text(String),
    /// It holds several texts, `str` or `bytes`, as names are.
    #[error("holds {} texts, not numbers", .0.len())]
    Texts(Vec<String>),
    /// Its elements are of another type.
    #[error("holds {0}; f8, f4, i2, i4, i8 and u1 are read")]
    Type(String),
}

impl Defect {
    /// Of an array of one text, which may be none.
    pub(crate) fn of_text(text: Option<String>) -> Self {
        text.map_or_else(|| Self::damaged("its text is none"), Self::Text)
    }

    pub(crate) fn damaged(reason: impl ToString) -> Self {
        Self::Damaged(shown(&reason.to_string()))
    }
}

/// What a library or a file says, fit to be shown: not too long, and on one line.
pub(crate) fn shown(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().take(LONGEST_REASON).map(printable).collect()
}

fn in_words(bytes: usize) -> String {
    const MIB: usize = 1 << 20;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}
