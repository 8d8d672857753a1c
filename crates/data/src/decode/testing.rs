//! What tests of decoders have in common.

use std::path::Path;

use super::{Head, Table, Tables};
use crate::error::Problem;

/// The head of a table, and its columns.
pub(crate) type Found = (Head, Vec<Vec<f64>>);

/// All rows of a table, column by column, and its head.
pub(crate) fn all(mut table: Box<dyn Table>) -> Result<Found, Problem> {
    let mut columns = vec![Vec::new(); table.head().columns.len()];
    while let Some(block) = table.next() {
        let block = block?;
        assert!(block.len() > 0, "a block without rows");
        for (index, column) in columns.iter_mut().enumerate() {
            column.extend(block.axis(index));
        }
    }
    Ok((table.head().clone(), columns))
}

/// All tables of a file.
pub(crate) fn tables(mut tables: Box<dyn Tables>) -> Result<Vec<Found>, Problem> {
    let mut found = Vec::new();
    while let Some(table) = tables.next()? {
        found.push(all(table)?);
    }
    Ok(found)
}

/// Opens and reads a file that is cut at each place, and with each byte changed in some ways: none may panic, hang, or
/// take memory that the file does not warrant.
pub(crate) fn damaged(bytes: &[u8], open: impl Fn(&Path) -> Result<Box<dyn Tables>, Problem>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    let try_one = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let _ = open(&path).and_then(tables);
    };
    // A prime, so that long files are changed at places of all kinds.
    let step = if bytes.len() > 4000 { 17 } else { 1 };
    for at in (0..bytes.len()).step_by(step) {
        try_one(&bytes[..at]);
        for change in [0x01, 0x80, 0xff] {
            let mut changed = bytes.to_vec();
            changed[at] ^= change;
            try_one(&changed);
        }
    }
}
