//! Files of every format in which recordings come, read as somebody may say they are to be read.
#![allow(clippy::panic, clippy::expect_used, reason = "a target panics where something is wrong")]

use std::sync::Arc;

use judder_data::{Intervals, ReadOptions, sources};
use zip::CompressionMethod;

use crate::table_corpus::book;
use crate::targets::{check, check_message};

/// Reads a file of this name, whose first two bytes say how it is to be read.
fn read(input: &[u8], name: &str) {
    let Some((&[what, how], bytes)) = input.split_first_chunk() else { return };
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("the temporary folder takes a file");
    let source = sources(&path).expect("the file is there").remove(0);
    let source = source.with(&Arc::new(options(what, how)));
    match source.read(&mut Vec::new()) {
        Ok(recordings) => {
            for one in &recordings {
                check(&one.recording);
                let about = one.recording.about();
                about.into_iter().for_each(|about| {
                    assert!(about.said.len() < 4000, "{}", about.said);
                    assert!((0.0..=1.0).contains(&about.jitter), "{}", about.jitter);
                    assert!(about.names.is_empty() || about.names.len() == one.recording.axes());
                });
            }
        }
        Err(error) => check_message(&error.problem.to_string()),
    }
}

/// What is said of a file: with two zeros nothing.
fn options(what: u8, how: u8) -> ReadOptions {
    let mut options = ReadOptions::default();
    match what % 16 {
        8 => options.columns = vec!["2".to_owned()],
        9 => options.columns = vec!["x".to_owned(), "Y".to_owned()],
        10 => options.columns = vec!["1".to_owned(), "1".to_owned()],
        11 => options.time_column = Some("none".to_owned()),
        12 => options.time_column = Some("1".to_owned()),
        13 => options.label_column = Some("label".to_owned()),
        14 => options.label_column = Some("1".to_owned()),
        15 => {
            let intervals = "start,end,label\n0,0.01,low\n0.02,0.03,high\n";
            options.intervals = Intervals::parse(intervals).ok().map(Arc::new);
        }
        _ => {}
    }
    options.skip_first = [0, 0, 1, 50][usize::from(how % 4)];
    options.axes = [None, None, Some(3), Some(2)][usize::from(how >> 2 & 3)];
    options.axes_apart = how & 16 != 0;
    options.rate_hz = (how & 32 != 0).then_some(100.0);
    options.full_scale = (how & 64 != 0).then_some(4.0);
    options
}

macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident reads $file:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(input: &[u8]) {
            read(input, $file);
        }
    )*};
}

targets! {
    /// Text in the forms in which other programs write it.
    forms reads "one.csv";
    /// Arrays of NumPy, as people save them.
    arrays reads "one.npz";
    /// Sound.
    wav reads "one.wav";
    /// A file of MATLAB, of version 5.
    matlab reads "one.mat";
    /// HDF5.
    hdf5 reads "one.h5";
    /// TDMS.
    tdms reads "one.tdms";
    /// Parquet.
    parquet reads "one.parquet";
    /// Arrow.
    arrow reads "one.arrow";
    /// Universal files.
    uff reads "one.uff";
    /// JSON.
    json reads "one.json";
    /// CBOR.
    cbor reads "one.cbor";
    /// Text that is packed.
    zst reads "one.csv.zst";
    /// Sheets of Excel.
    xlsx reads "one.xlsx";
}

/// One sheet, whose checksum is right: damage to an archive seldom gets so far.
pub fn sheet(input: &[u8]) {
    let Some((how, sheet)) = input.split_at_checked(2) else { return };
    xlsx(&[how, &book(sheet, CompressionMethod::Stored)].concat());
}

/// A table of intervals of time.
pub fn intervals(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(problem) = Intervals::parse(text) {
        check_message(&problem.to_string());
    }
}
