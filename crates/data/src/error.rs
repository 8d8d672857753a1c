//! What is wrong with a recording or a dataset, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A recording or a folder that could not be read or written: which one, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct DataError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

impl DataError {
    /// A problem with a file or folder.
    pub fn new(path: impl Into<PathBuf>, problem: impl Into<Problem>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    /// Whether there is no room on the disk; later there may be.
    pub fn is_full(&self) -> bool {
        matches!(&self.problem, Problem::Io(error) if error.kind() == io::ErrorKind::StorageFull)
    }

    /// Turns a problem into an error about `path`.
    pub(crate) fn at<P: Into<Problem>>(path: &Path) -> impl FnOnce(P) -> Self + '_ {
        move |problem| Self::new(path, problem)
    }
}

/// What is wrong with a file or folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The operating system refused.
    #[error("{}", io_reason(.0))]
    Io(#[from] io::Error),
    /// A line of a text file is not a reading.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from 1, header and blank lines included.
        line: u64,
        /// What is wrong with it.
        what: LineProblem,
    },
    /// It is not what it was when it was read before.
    #[error("has changed since it was read a moment ago; run it again when nothing writes to it")]
    Changed,
    /// There is no reading in the file.
    #[error("holds no readings; a recording has one line of numbers for each reading: x, y, z")]
    NoReadings,
    /// The file is not text.
    #[error(
        "is not a text file (byte {byte:#04x} in line {line}), nor of a format that is known; export the readings as \
         CSV, Parquet or .npz"
    )]
    Binary {
        /// The first byte that text does not have.
        byte: u8,
        /// The line it stands in.
        line: u64,
    },
    /// A compressed file has more numbers than are read at once.
    #[error(
        "expands to more numbers than are read at once; decompress it, and cut it into recordings"
    )]
    Expands,
    /// There are more columns of readings than a recording has axes.
    #[error(
        "has {columns} columns of readings ({names}); a recording has 1 to 8 axes: choose them (--columns 1,2,3)"
    )]
    Columns {
        /// How many there are, without a time column.
        columns: usize,
        /// What they are called.
        names: String,
    },
    /// There is no column of the name that was given.
    #[error("has no column `{name}`; its columns are: {columns}")]
    NoColumn {
        /// The name, or the number.
        name: String,
        /// What there is.
        columns: String,
    },
    /// No column can be an axis.
    #[error(
        "holds no column of readings; its columns are: {columns}; choose some (--columns 1,2,3)"
    )]
    NoNumbers {
        /// What there is.
        columns: String,
    },
    /// A column is named as an acceleration, and holds no numbers.
    #[error("{}", lost(.column, .word))]
    Lost {
        /// Its name.
        column: String,
        /// What it holds instead; empty where there is nothing.
        word: String,
    },
    /// More readings are to be left out than there are.
    #[error("has {readings} readings, all of which --skip-first leaves out")]
    SkipsAll {
        /// How many there are.
        readings: u64,
    },
    /// A column that was chosen for an axis holds words.
    #[error("column `{column}` holds words, and cannot be an axis; choose others (--columns)")]
    Words {
        /// Its name.
        column: String,
    },
    /// The columns of accelerations are not all of one unit.
    #[error("{}", units(.column, .other, *.names_one))]
    Units {
        /// The name of a column with a unit.
        column: String,
        /// The name of a column with another unit, or with none.
        other: String,
        /// Whether that one names a unit.
        names_one: bool,
    },
    /// A folder holds no recordings.
    #[error(
        "holds no recordings: no file of text (.csv, .txt and more), NumPy, WAV, Parquet, Arrow, HDF5, MATLAB, TDMS, JSON \
         or Excel by its ending"
    )]
    NoRecordings,
    /// A folder stands where a file should.
    #[error("is a folder; a recording is a file")]
    IsFolder,
    /// An .npz or .npy file is damaged.
    #[error("is not a readable NumPy file: {0}")]
    Npz(String),
    /// An array of a NumPy file is not a recording.
    #[error(
        "array `{array}` {what}; a recording is an array of numbers [readings, axes] or \
             [recordings, readings, axes]"
    )]
    Array {
        /// Its name in the file.
        array: String,
        /// What is wrong with it.
        what: String,
    },
    /// A file is of a format that is not read.
    #[error("this is a file of the format {format}, which is not read; {way}")]
    Unread {
        /// What people call it.
        format: &'static str,
        /// One way out.
        way: &'static str,
    },
    /// A file of a format that is read is damaged, or holds what is not read.
    #[error("is not a readable {format} file: {reason}")]
    Format {
        /// The format, as people call it.
        format: &'static str,
        /// What is wrong with it, and what to do where that is known.
        reason: String,
    },
    /// A number of a column is missing, or not finite.
    #[error("{}", not_finite(*.row, *.column, .name))]
    NotFinite {
        /// The row, counted from 1.
        row: u64,
        /// The column, counted from 1.
        column: usize,
        /// The name of the column; empty where it has none.
        name: String,
    },
    /// The numbers of a line that is a recording are not those of so many axes.
    #[error(
        "line {line}: {found} numbers are not those of {expected} axes, one after the other; say how many axes there \
         are (--axes)"
    )]
    Signal {
        /// Counted from 1.
        line: u64,
        /// How many numbers it has.
        found: usize,
        /// How many axes there are.
        expected: usize,
    },
    /// A file does not hold the recording that a path names.
    #[error("holds no recording `{name}`, but {found}")]
    NotWithin {
        /// The name.
        name: String,
        /// What it holds.
        found: String,
    },
    /// Rows of several sensors come through a pipe.
    #[error(
        "holds rows of several sensors (column {column}), which are read one by one: write it to a file first"
    )]
    Interleaved {
        /// The column that tells them apart, counted from 1.
        column: usize,
    },
    /// A table of intervals is damaged.
    #[error("line {line}: {what}; each line has start, end and label")]
    Intervals {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The list beside the recordings is damaged.
    #[error("line {line}: {reason}; each line is a JSON object with at least \"file\"")]
    Sidecar {
        /// Counted from 1.
        line: usize,
        /// What the JSON reader says.
        reason: String,
    },
    /// A folder that must be new holds something already.
    #[error("is not empty; choose another folder, or empty this one")]
    NotEmpty,
    /// A folder that recordings are added to is open already, in this process or another.
    #[error(
        "is in use: another judder adds recordings to it; stop that one, or choose another folder"
    )]
    InUse,
}

/// What is wrong with one line of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineProblem {
    /// It has another number of columns than the lines before.
    Columns {
        /// How many it has.
        found: usize,
        /// How many the first line of readings has.
        expected: usize,
    },
    /// A field is text.
    Text {
        /// The field, shortened.
        field: String,
        /// Its column, counted from 1.
        column: usize,
    },
    /// A field is infinite, not a number, or empty.
    NonFinite {
        /// The field, shortened.
        field: String,
        /// Its column, counted from 1.
        column: usize,
    },
    /// It is longer than any line of a recording.
    TooLong {
        /// The longest that is read, in bytes.
        limit: usize,
    },
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns { found, expected } => write!(
                f,
                "{found} column{} where the lines before have {expected}; \
                 complete the line, or remove it",
                if *found == 1 { "" } else { "s" }
            ),
            Self::Text { field, column } => {
                write!(f, "column {column}: `{field}` is not a number; remove the line")
            }
            Self::NonFinite { field, column } if field.is_empty() => {
                write!(f, "column {column} is empty; complete the line, or remove it")
            }
            Self::NonFinite { field, column } => {
                write!(f, "column {column}: `{field}` is not a finite number; remove the line")
            }
            Self::TooLong { limit } => {
                write!(f, "longer than {limit} bytes; a line holds the axes of one reading")
            }
        }
    }
}

/// What a column holds that should be an axis.
fn lost(column: &str, word: &str) -> String {
    let holds = match word {
        "" => "is empty".to_owned(),
        word => format!("holds `{word}`, which is no number"),
    };
    format!(
        "column `{column}` is an axis by its name, but {holds}; write it anew, or choose other columns (--columns)"
    )
}

/// Where a number is missing.
fn not_finite(row: u64, column: usize, name: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!(" `{}`", shown(name, 40)) };
    format!(
        "row {row}: column {column}{name} has no finite number; complete it, remove the row, or choose columns \
         (--columns)"
    )
}

/// In what two columns differ.
fn units(column: &str, other: &str, names_one: bool) -> String {
    if names_one {
        return format!("columns `{column}` and `{other}` are not of one unit; bring them to one");
    }
    format!(
        "column `{other}` names no unit, but `{column}` does; name that of all accelerations, or of \
         none"
    )
}

/// What a file says, fit to be shown: the first so many characters of it, on one line.
pub(crate) fn shown(text: &str, longest: usize) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().take(longest).map(printable).collect()
}

/// The reason of an I/O error without its number.
pub(crate) fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the disk is full: the quota is used up".to_owned(),
        io::ErrorKind::AlreadyExists => "is a file already; choose another name".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder, not a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk can only be read".to_owned(),
        _ => error.to_string(),
    }
}
