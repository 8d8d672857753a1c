//! A file of which it is known what it holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;

use super::cells::Cells;
use super::damaged;
use super::leaf::{Leaf, Means, leaves};
use super::pages::Pages;
use super::said;
use super::source::Source;
use super::words::Cache;
use crate::decode::{Column, Kind, Words, beside};
use crate::error::{Problem, shown};

/// The most that is told of what a file holds or why it is none.
const REASON: usize = 160;

/// A file, and the columns of it that can be numbers.
pub(super) struct Opened {
    source: Arc<Source>,
    metadata: ParquetMetaData,
    pub(super) leaves: Vec<Leaf>,
}

impl Opened {
    /// # Errors
    /// What it holds cannot be known, or is no numbers.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let source = Arc::new(Source::open(path)?);
        if !source.is_whole()? {
            return Err(damaged(
                "it ends too early, or was not closed by what wrote it; bring it here anew",
            ));
        }
        let metadata = ParquetMetaDataReader::new()
            .parse_and_finish(source.as_ref())
            .map_err(|error| damaged(why(error)))?;
        let schema = metadata.file_metadata().schema_descr();
        let mut leaves = leaves(schema);
        for leaf in leaves.iter_mut().filter(|leaf| leaf.means == Means::Words) {
            leaf.is_unread = metadata.row_groups().iter().any(|group| {
                let chunk = group.columns().get(leaf.place);
                chunk.is_some_and(|chunk| chunk.encodings().any(is_of_differences))
            });
        }
        said::tell(metadata.file_metadata(), &mut leaves);
        if !leaves.iter().any(|leaf| leaf.means == Means::Numbers) {
            let names: Vec<String> =
                schema.columns().iter().map(|one| one.path().string()).collect();
            let held =
                if names.is_empty() { "none".to_owned() } else { shown(&names.join(", "), REASON) };
            return Err(damaged(format!(
                "no column holds numbers (there is {held}); write the readings as columns, or as lists, of numbers"
            )));
        }
        Ok(Self { source, metadata, leaves })
    }

    pub(super) fn read(&self) -> u64 {
        self.source.read()
    }

    /// The rows of a row group; none after the last.
    pub(super) fn rows(&self, group: usize) -> Option<u64> {
        self.metadata
            .row_groups()
            .get(group)
            .map(|one| u64::try_from(one.num_rows()).unwrap_or_default())
    }

    /// The rate in what is said of the file as a whole.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        let said = self.metadata.file_metadata().key_value_metadata()?;
        said.iter().find_map(|one| beside::rate(&one.key, one.value.as_ref()?.trim().parse().ok()?))
    }

    /// The values of a column in a row group, from its first row.
    ///
    /// # Errors
    /// They are not where the file says.
    pub(super) fn cells(
        &self,
        group: usize,
        leaf: &Leaf,
        words: &Arc<Cache>,
    ) -> Result<Cells, Problem> {
        let chunk = self.chunk(group, leaf).ok_or_else(|| {
            damaged(format!(
                "column `{}` is nowhere in row group {}",
                shown(&leaf.name, 40),
                group + 1
            ))
        })?;
        let rows = self.rows(group).and_then(|rows| usize::try_from(rows).ok()).unwrap_or_default();
        let column = self.metadata.file_metadata().schema_descr().column(leaf.place);
        let pages = SerializedPageReader::new(Arc::clone(&self.source), chunk, rows, None)
            .map_err(|error| in_column(leaf, error))?;
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let pages = Pages::new(pages, &column, Arc::clone(&left));
        Ok(Cells::new(leaf, column, Box::new(pages), Arc::clone(words), left))
    }

    /// What is known of a column in a row group, if it can be where it says.
    fn chunk(
        &self,
        group: usize,
        leaf: &Leaf,
    ) -> Option<&parquet::file::metadata::ColumnChunkMetaData> {
        let group: &RowGroupMetaData = self.metadata.row_groups().get(group)?;
        let chunk = group.columns().get(leaf.place)?;
        let is_somewhere =
            chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset()) >= 0
                && chunk.compressed_size() >= 0;
        is_somewhere.then_some(chunk)
    }
}

/// Whether texts that are written so are not read.
pub(super) fn is_of_differences(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)
}

/// Why such texts are not read.
pub(super) const DIFFERENCES: &str =
    "its texts are written as differences, which is not read; write them with a dictionary";

/// The words of a column, if it has them.
pub(super) fn cache(column: &Column) -> Arc<Cache> {
    let words = match &column.kind {
        Kind::Words(words) => words.clone(),
        _ => Words::default(),
    };
    Arc::new(Cache::new(words))
}

/// Why a column cannot be read.
pub(super) fn in_column(leaf: &Leaf, error: ParquetError) -> Problem {
    damaged(format!("column `{}`: {}", shown(&leaf.name, 40), why(error)))
}

/// What is wrong, without the words before it.
fn why(error: ParquetError) -> String {
    let reason = match error {
        ParquetError::General(reason) => reason,
        ParquetError::NYI(reason) => format!("it is written in a way that is not read: {reason}"),
        ParquetError::EOF(reason) => format!("it ends too early ({reason})"),
        ParquetError::External(error) => error.to_string(),
        other => other.to_string(),
    };
    shown(&reason, REASON)
}
