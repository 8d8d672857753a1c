//! The pages of a column, of which those are held back that the reader of values cannot bear.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::serialized_reader::SerializedPageReader;

use super::source::Source;

/// Pages that are looked at before they are taken apart.
pub(super) struct Pages {
    pages: SerializedPageReader<Source>,
    /// The bytes of a value in a dictionary at least, and of one in a page if all have as many.
    width: usize,
    has_dictionary: bool,
    /// How many values may yet be read.
    left: Arc<AtomicU64>,
}

impl Pages {
    pub(super) fn new(
        pages: SerializedPageReader<Source>,
        physical: Type,
        length: i32,
        left: Arc<AtomicU64>,
    ) -> Self {
        let width = match physical {
            Type::BOOLEAN => 0,
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(length).unwrap_or_default(),
        };
        Self { pages, width, has_dictionary: false, left }
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                let most = buf.len().checked_div(self.width).unwrap_or_default();
                if *num_values as usize > most {
                    return Err(damaged("a dictionary has fewer values than it says"));
                }
                if std::mem::replace(&mut self.has_dictionary, true) {
                    return Err(damaged("it has two dictionaries"));
                }
                Ok(())
            }
            Page::DataPage { num_values, encoding, .. }
            | Page::DataPageV2 { num_values, encoding, .. } => {
                let is_by_dictionary =
                    matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY);
                if is_by_dictionary && !self.has_dictionary {
                    return Err(damaged("its dictionary is missing"));
                }
                let values = u64::from(*num_values);
                self.left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                        left.checked_sub(values)
                    })
                    .map(|_| ())
                    .map_err(|_| damaged("a row has more numbers than are read at once"))
            }
        }
    }
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
