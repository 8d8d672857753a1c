use std::io::Write;

use hdf5_pure::{AttrValue, FileBuilder};

use super::*;
use crate::decode::testing::{Found, damaged, tables as all};

fn ramp(count: usize) -> Vec<f64> {
    (0..count).map(|i| (i % 1000) as f64 * 0.5 - 3.0).collect()
}

fn read(bytes: &[u8]) -> Result<Vec<Found>, Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    open(file.path()).and_then(all)
}

fn built(build: impl FnOnce(&mut FileBuilder)) -> Vec<u8> {
    let mut builder = FileBuilder::new();
    build(&mut builder);
    builder.finish().unwrap()
}

fn column_names(head: &crate::decode::Head) -> Vec<&str> {
    head.columns.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn datasets_of_a_folder_are_columns_with_what_is_said_of_it() {
    let numbers = ramp(40);
    let bytes = built(|file| {
        file.set_attr("sampling_rate", AttrValue::F64(400.0));
        let mut folder = file.create_group("board");
        folder.set_attr("label", AttrValue::String("worn".into()));
        for axis in ["x", "y"] {
            let dataset = folder.create_dataset(axis).with_f64_data(&numbers);
            dataset.set_attr("unit", AttrValue::AsciiString("mg".into()));
        }
        file.add_group(folder.finish());
    });
    assert!(is(&bytes));
    let found = read(&bytes).unwrap();
    let [(head, columns)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((head.rate_hz, head.label.as_deref()), (Some(400.0), Some("worn")));
    assert_eq!(column_names(head), ["x", "y"]);
    assert!(head.columns.iter().all(|one| one.unit.as_deref() == Some("mg")));
    assert_eq!(columns, &[numbers.clone(), numbers]);
}

#[test]
fn chunks_are_put_together_however_they_lie() {
    let numbers = ramp(600);
    for shape in [[200u64, 3], [3, 200]] {
        for chunk in [[50, 3], [7, 2], [2, 7], [1, 64], [300, 3]] {
            let bytes = built(|file| {
                let dataset = file.create_dataset("acc").with_f64_data(&numbers);
                dataset.with_shape(&shape).with_chunks(&chunk).with_shuffle().with_deflate(5);
            });
            let found = read(&bytes).unwrap();
            let columns = &found[0].1;
            let is_tall = shape[0] > shape[1];
            for (axis, column) in columns.iter().enumerate() {
                let known = |i: usize| if is_tall { 3 * i + axis } else { 200 * axis + i };
                assert_eq!(column.len(), 200);
                let is_same = column.iter().enumerate().all(|(i, one)| *one == numbers[known(i)]);
                assert!(is_same, "{shape:?} {chunk:?} {axis}");
            }
        }
    }
}

#[test]
fn a_file_without_readings_or_an_end_is_refused() {
    let reason = |bytes: &[u8]| read(bytes).map(|_| ()).unwrap_err().to_string();
    assert!(reason(&built(|_| {})).contains("no dataset of readings"));
    let bytes = built(|file| {
        file.create_dataset("x").with_f64_data(&ramp(1000));
    });
    assert!(reason(&bytes[..bytes.len() - 100]).contains("cut short"));
}

#[test]
fn damaged_files_are_read_or_refused() {
    let bytes = built(|file| {
        file.set_attr("fs", AttrValue::F64(1.0));
        let dataset = file.create_dataset("a").with_f64_data(&ramp(60));
        dataset.with_shape(&[20, 3]).with_chunks(&[8, 3]).with_deflate(1);
        file.create_dataset("b").with_f64_data(&ramp(20));
    });
    damaged(&bytes, open);
}
