//! Why a page could not be made.

use std::path::PathBuf;

use judder_data::DataError;

use crate::chart::MOST_SERIES;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A path could not be read.
    #[error("{0}")]
    Data(#[from] DataError),
    /// There is no recording to show.
    #[error("none of the recordings can be shown; the first reason: {0}")]
    Nothing(String),
    /// A folder was given as normal and as anomalous.
    #[error("{}: is given as normal and as anomalous; give it as one of them", .0.display())]
    Both(PathBuf),
    /// There are more states than can be told apart.
    #[error(
        "{0} folders of recordings are too many for one page, which shows {MOST_SERIES} at the most; give fewer"
    )]
    TooMany(usize),
    /// A picture could not be drawn.
    #[error("a picture cannot be drawn: {0}")]
    Picture(#[from] png::EncodingError),
}
