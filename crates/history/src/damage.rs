//! What is damaged in a history.

use std::fmt;

use crate::{RecordingId, UnixMillis};

/// Something in a history that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The recording, where it is one.
    pub recording: Option<RecordingId>,
    /// Its device, as far as that can be read.
    pub device: Option<String>,
    /// The number that the device gave it.
    pub sequence: Option<u64>,
    /// When it came.
    pub at: Option<UnixMillis>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// Readings have another checksum than they had.
    Readings,
    /// A row, a name in it or the windows have another checksum than they had.
    Row,
    /// Something cannot be read; why.
    Unreadable(String),
    /// The tables do not go together; what the database says of it.
    Tables(String),
    /// There are other numbers of rows than were counted.
    Counts {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        there: u64,
        /// How many were counted.
        counted: u64,
    },
    /// What is rolled up is not what the windows say: charts of long spans may be wrong, and no score is.
    Rollups {
        /// When the stretch begins that is rolled up otherwise.
        from: UnixMillis,
        /// How long it is, in milliseconds.
        long: u64,
    },
    /// A file beside the history is damaged; which, and how.
    Beside(String),
}

impl Damage {
    /// Of no recording.
    pub(crate) fn of(flaw: Flaw) -> Self {
        Self { recording: None, device: None, sequence: None, at: None, flaw }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readings => f.write_str("its readings are not what was kept"),
            Self::Row => f.write_str("what stands of it or of its windows is not what was kept"),
            Self::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Self::Tables(said) => write!(f, "the tables do not go together: {said}"),
            Self::Counts { what, there, counted } => {
                write!(f, "there are {there} {what}, and {counted} were counted")
            }
            Self::Rollups { from, long } => write!(
                f,
                "what charts of long spans are drawn from is not what the scores say, in the {} s from {from} ms since \
                 1970 on; the scores are as they were kept, and in a copy by `judder history backup` it is made anew",
                long / 1000
            ),
            Self::Beside(what) => f.write_str(what),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(recording) = self.recording {
            write!(f, "recording {recording}")?;
            match (&self.device, self.sequence) {
                (Some(device), Some(number)) => write!(f, " (device {device}, number {number})")?,
                (Some(device), None) => write!(f, " (device {device})")?,
                (None, _) => {}
            }
            f.write_str(": ")?;
        } else if let Some(device) = &self.device {
            write!(f, "device {device}: ")?;
        }
        self.flaw.fmt(f)
    }
}
