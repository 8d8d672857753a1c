//! Recordings from NumPy's files: every shape, and arrays that are no recordings.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Write};

use judder_data::{Problem, Recording, load, sources};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// An array file with any header, as NumPy's format 1.0 has it.
fn npy_with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len() + 1).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), b"\n", data].concat()
}

fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    npy_with_header(&header, data)
}

fn zipped(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The recordings of an archive, each with its name in it.
fn read_npz(bytes: &[u8]) -> Result<Vec<(String, Recording)>, Problem> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    fs::write(&path, bytes).unwrap();
    let read = sources(&path).unwrap()[0].read(&mut Vec::new()).map_err(|error| error.problem)?;
    let name = |path: &std::path::Path| {
        path.strip_prefix(folder.path().join("a.npz")).unwrap().to_str().unwrap().to_owned()
    };
    Ok(read.into_iter().map(|one| (name(&one.path), one.recording)).collect())
}

fn read(npy: &[u8]) -> Result<Vec<(String, Recording)>, String> {
    let zip = zipped(CompressionMethod::Stored, &[("run.npy", npy)]);
    read_npz(&zip).map_err(|problem| problem.to_string())
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// 0, 1, 2, ...
fn counting(count: u8) -> Vec<f64> {
    (0..count).map(f64::from).collect()
}

#[test]
fn one_dimension_is_one_axis() {
    let found = read(&npy("<f8", "False", "(4,)", &doubles(&counting(4)))).unwrap();
    assert_eq!((found[0].1.axes(), found[0].1.values()), (1, &counting(4)[..]));
}

#[test]
fn readings_by_axes_or_the_other_way() {
    // Ten readings of two axes, as NumPy has them and transposed.
    let rows = read(&npy("<f8", "False", "(10, 2)", &doubles(&counting(20)))).unwrap();
    let columns: Vec<f64> =
        (0..2).flat_map(|axis| (0..10).map(move |at| f64::from(2 * at + axis))).collect();
    assert_eq!(rows[0].1.values(), columns);
    let transposed = read(&npy("<f8", "False", "(2, 10)", &doubles(&columns))).unwrap();
    assert_eq!(transposed, rows);
    let fortran = read(&npy("<f8", "True", "(10, 2)", &doubles(&columns))).unwrap();
    assert_eq!(fortran, rows);
    let both = read(&npy("<f8", "True", "(2, 10)", &doubles(&counting(20)))).unwrap();
    assert_eq!(both, rows);
}

#[test]
fn three_dimensions_are_many_recordings() {
    // [recordings, readings, axes]: the number tells where it stands.
    let place = |recording: u8, at: u8, axis: u8| f64::from(100 * recording + 10 * axis + at);
    let each = |f: &dyn Fn(u8, u8, u8) -> f64, [a, b, c]: [u8; 3]| -> Vec<u8> {
        let all = (0..a).flat_map(|i| (0..b).flat_map(move |j| (0..c).map(move |k| (i, j, k))));
        doubles(&all.map(|(i, j, k)| f(i, j, k)).collect::<Vec<_>>())
    };
    let c_order = each(&place, [2, 9, 3]);
    let by_axis = each(&|recording, axis, at| place(recording, at, axis), [2, 3, 9]);
    let fortran = each(&|axis, at, recording| place(recording, at, axis), [3, 9, 2]);
    for (order, shape, data) in [
        ("False", "(2, 9, 3)", c_order),
        ("False", "(2, 3, 9)", by_axis),
        ("True", "(2, 9, 3)", fortran),
    ] {
        let found = read(&npy("<f8", order, shape, &data)).unwrap();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["run[0]", "run[1]"], "{order} {shape}");
        for (number, (_, recording)) in (0..).zip(&found) {
            assert_eq!((recording.axes(), recording.len()), (3, 9));
            let row: Vec<f64> = recording.rows().nth(4).unwrap().collect();
            let expected = [0, 1, 2].map(|axis| place(number, 4, axis));
            assert_eq!(row, expected, "{order} {shape}");
        }
    }
}

#[test]
fn stored_and_deflated_archives_of_several_arrays() {
    let one = npy("<f8", "False", "(2, 1)", &doubles(&[1.0, 2.0]));
    let two = npy("<f8", "False", "(2, 1)", &doubles(&[3.0, 4.0]));
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let zip = zipped(method, &[("normal.npy", &one), ("anomaly.npy", &two)]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples.npz");
        fs::write(&path, zip).unwrap();
        let (read, errors) = load(&path).unwrap();
        assert!(errors.is_empty(), "{errors:?}");
        let paths: Vec<_> = read.iter().map(|located| located.path.clone()).collect();
        assert_eq!(paths, [path.join("normal"), path.join("anomaly")]);
        assert_eq!(read[1].recording.values(), [3.0, 4.0]);
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alone.npy"), one).unwrap();
    assert_eq!(load(folder.path()).unwrap().0[0].recording.values(), [1.0, 2.0]);
}

#[test]
fn no_name_in_an_archive_leads_elsewhere() {
    let array = npy("<f8", "False", "(2, 1)", &doubles(&[1.0, 2.0]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.npz");
    fs::write(&path, zipped(CompressionMethod::Stored, &[("/etc/run.npy", &array)])).unwrap();
    let (read, _) = load(&path).unwrap();
    assert!(read[0].path.starts_with(&path), "{:?}", read[0].path);
}

#[test]
fn arrays_that_are_no_recordings() {
    let eight = doubles(&counting(8));
    let advice = "; a recording is an array of numbers [readings, axes] or \
                  [recordings, readings, axes]";
    for (array, what) in [
        (npy("<f8", "False", "(0, 3)", &[]), "is empty"),
        (npy("<f8", "False", "(0,)", &[]), "is empty"),
        (npy("<f8", "False", "()", &eight), "has the shape []"),
        (npy("<f8", "False", "(1, 1, 1, 8)", &eight), "has the shape [1, 1, 1, 8]"),
        (
            npy("<f8", "False", "(2, 2)", &doubles(&[0.0, 1.0, f64::NAN, 2.0])),
            "has a number that is not finite, at element 2",
        ),
        (
            npy("<f4", "False", "(2,)", &[0, 0, 0x80, 0x7F, 0, 0, 0, 0]),
            "has a number that is not finite, at element 0",
        ),
        (npy("<f8", "False", "(3, 3)", &eight), "has the shape [3, 3], but not so many numbers"),
        (
            npy("|O", "False", "(2, 2)", b"\x80\x03]q\x00"),
            "holds |O; f8, f4, i2, i4, i8 and u1 are read",
        ),
        (npy("<c8", "False", "(4, 2)", &eight), "holds <c8; f8, f4, i2, i4, i8 and u1 are read"),
    ] {
        assert_eq!(read(&array).unwrap_err(), format!("array `run` {what}{advice}"));
    }
    let wide = read(&npy("<f8", "False", "(9, 9)", &doubles(&[0.0; 81]))).unwrap_err();
    assert!(wide.starts_with("has 9 columns of readings (run 1, run 2, "), "{wide}");
    let texts = read(&npy("<U4", "False", "(2, 2)", &doubles(&[0.0; 8]))).unwrap_err();
    assert!(texts.ends_with("it holds no array of numbers: run is text"), "{texts}");
    let table = |kind: &str| {
        format!("{{'descr': [('x', '{kind}')], 'fortran_order': False, 'shape': (8,), }}")
    };
    let error = read(&npy_with_header(&table("|O"), &eight)).unwrap_err();
    assert!(error.starts_with("array `run` is a table of named fields"), "{error}");
    assert!(read(&npy_with_header(&table("<f8"), &eight)).is_ok());
}

#[test]
fn damaged_archives() {
    let array = npy("<f8", "False", "(50, 3)", &doubles(&[0.25; 150]));
    let zip = zipped(CompressionMethod::Deflated, &[("run.npy", &array)]);
    for length in 0..zip.len() {
        assert!(read_npz(&zip[..length]).is_err(), "the first {length} bytes");
    }
    let empty = read_npz(&zipped(CompressionMethod::Stored, &[]));
    assert!(empty.unwrap_err().to_string().starts_with("holds no readings"));
    // Damage inside the compressed numbers.
    let mut bitten = zip.clone();
    bitten[100] ^= 0x55;
    assert!(read_npz(&bitten).is_err());
    let error = read_npz(b"x, y, z\n").unwrap_err().to_string();
    assert!(error.starts_with("is not a readable NumPy file: "), "{error}");
}
