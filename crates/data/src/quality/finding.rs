//! What a check says: how bad, of which kind, about which recordings, and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// How many files a finding names.
const NAMED: usize = 3;

/// How bad a finding is, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Info,
    /// Figures will suffer; look at the recordings.
    Warning,
    /// The recordings cannot be used as they are.
    Error,
}

/// What is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A file that is no recording.
    Unreadable,
    /// Another number of axes than the other recordings.
    AxesDiffer,
    /// Gravity more than twice or less than half that of the other recordings.
    MixedUnits,
    /// The same readings in two folders, that is, in two operating states.
    DuplicateAcross,
    /// The same readings twice in one folder.
    Duplicate,
    /// Stretches of a recording that stand in it before.
    Repeats,
    /// An axis whose readings are all equal.
    StuckAxis,
    /// Readings cut off at the sensor's full scale.
    Clipping,
    /// Too few readings to compute a feature from.
    ShortRecording,
    /// Another length than the other recordings.
    LengthDiffers,
    /// Another sample rate than the other recordings.
    RateDiffers,
    /// Time is missing between two readings of a file.
    Hole,
    /// Readings that are not evenly apart.
    Jitter,
    /// A time that tells no rate, or whose unit nothing names.
    TimeUnit,
    /// An axis that runs as a clock does.
    ClockAxis,
    /// The axes have other names than in the rest of the folder.
    NamesDiffer,
    /// The mean of an axis moved during the recording.
    Handled,
    /// The sensor points another way than in the rest of the folder.
    MixedOrientation,
    /// The first readings are offset against those that follow.
    SettlingReading,
    /// Gravity is not 1: the readings are in another unit than g.
    GravityUnit,
    /// Gravity is missing: the sensor is AC-coupled, or its mean was removed.
    NoGravity,
    /// Few distinct values, or a median absolute deviation of 0.
    CoarseSteps,
}

impl Kind {
    /// Its stable name, as in `--format json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::AxesDiffer => "axes-differ",
            Self::MixedUnits => "mixed-units",
            Self::DuplicateAcross => "duplicate-across-folders",
            Self::Duplicate => "duplicate",
            Self::Repeats => "repeats",
            Self::StuckAxis => "stuck-axis",
            Self::Clipping => "clipping",
            Self::ShortRecording => "short-recording",
            Self::LengthDiffers => "length-differs",
            Self::RateDiffers => "rate-differs",
            Self::Hole => "hole",
            Self::Jitter => "jitter",
            Self::TimeUnit => "time-unit",
            Self::ClockAxis => "clock-axis",
            Self::NamesDiffer => "names-differ",
            Self::Handled => "handled",
            Self::MixedOrientation => "mixed-orientation",
            Self::SettlingReading => "settling-reading",
            Self::GravityUnit => "gravity-unit",
            Self::NoGravity => "no-gravity",
            Self::CoarseSteps => "coarse-steps",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Something that is wrong with, or worth knowing of, the recordings of one folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub kind: Kind,
    /// The folder; `None` where it is about all of them.
    #[serde(serialize_with = "text_or_null")]
    pub folder: Option<PathBuf>,
    /// How many recordings it concerns.
    pub count: usize,
    /// The first of them, in path order.
    #[serde(serialize_with = "texts")]
    pub files: Vec<PathBuf>,
    /// One sentence: which recordings, what is wrong, what to do.
    pub message: String,
}

impl Finding {
    /// A finding about some of the `total` recordings of `folder`; none where `files` is empty.
    pub(super) fn about<'a>(
        (severity, kind): (Severity, Kind),
        (folder, total): (&Path, usize),
        files: impl IntoIterator<Item = &'a Path>,
        what: impl FnOnce() -> String,
    ) -> Option<Self> {
        let mut files = files.into_iter();
        let named: Vec<PathBuf> = files.by_ref().take(NAMED).map(Path::to_owned).collect();
        let more = files.count();
        if named.is_empty() {
            return None;
        }
        let count = named.len() + more;
        let who = if more > 0 && count == total {
            format!("all {total} recordings")
        } else {
            names(&named, more, folder)
        };
        let message = format!("{who}: {}", what());
        Some(Self { severity, kind, folder: Some(folder.to_owned()), count, files: named, message })
    }
}

/// `0001.csv, 0002.csv and 5 more`: the files as seen from their folder.
fn names(files: &[PathBuf], more: usize, folder: &Path) -> String {
    let mut names = String::new();
    for (at, file) in files.iter().enumerate() {
        names.push_str(match at {
            0 => "",
            _ if at + 1 == files.len() && more == 0 => " and ",
            _ => ", ",
        });
        let name = file.strip_prefix(folder).unwrap_or(file);
        names.push_str(&name.to_string_lossy());
    }
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    names
}

/// A path as text; bytes that are none are replaced.
pub(super) fn text<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

fn text_or_null<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => text(path, to),
        None => to.serialize_none(),
    }
}

fn texts<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().map(|path| path.to_string_lossy()))
}
