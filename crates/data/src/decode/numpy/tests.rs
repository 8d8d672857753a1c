use std::io::Write;
use std::path::Path;

use judder_npz::Numbers::{F8, U1};

use super::*;
use crate::decode::Head;
use crate::decode::testing::{Found, damaged, tables as all};

fn ramp(count: usize) -> Vec<f64> {
    (0..count).map(|i| i as f64 * 0.5 - 3.0).collect()
}

fn npz(arrays: &[(&str, &[usize], judder_npz::Numbers<'_>)]) -> Vec<u8> {
    judder_npz::write_npz(arrays).unwrap()
}

fn in_file<T>(bytes: &[u8], ending: &str, with: impl Fn(&Path) -> T) -> T {
    let mut file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
    file.write_all(bytes).unwrap();
    with(file.path())
}

fn read(bytes: &[u8]) -> Result<Vec<Found>, Problem> {
    in_file(bytes, ".npz", |path| open(path).and_then(all))
}

fn names(found: &[Found]) -> Vec<(String, Vec<String>)> {
    let columns = |head: &Head| head.columns.iter().map(|one| one.name.clone()).collect();
    let name = |head: &Head| head.name.clone().unwrap_or_default();
    found.iter().map(|(head, _)| (name(head), columns(head))).collect()
}

/// Everything that an array was until now, it still is: names, order, numbers.
#[test]
fn recordings_are_those_of_the_whole_file() {
    let numbers = ramp(600 * 3 * 4);
    let of = |count: usize| F8(&numbers[..count]);
    let bytes = npz(&[
        ("normal", &[600], of(600)),
        ("anomaly", &[600], of(600)),
        ("wide", &[3, 400], of(1200)),
        ("tall", &[400, 3], of(1200)),
        ("both", &[3, 8], of(24)),
        ("many", &[4, 600, 3], of(7200)),
        ("turned", &[4, 3, 600], of(7200)),
        ("bytes", &[5], U1(&[1, 2, 3, 4, 255])),
    ]);
    let found = read(&bytes).unwrap();
    let arrays = judder_npz::read_npz(std::io::Cursor::new(bytes), 1 << 20).unwrap();
    let known: Vec<Known> =
        arrays.into_iter().flat_map(|(name, array)| recordings(&name, &array.unwrap())).collect();
    assert_eq!(found.len(), known.len());
    for ((head, columns), (name, axes)) in found.iter().zip(&known) {
        assert_eq!(head.name.as_ref(), Some(name));
        assert_eq!(columns, axes, "{name}");
    }
}

/// A recording by its name, axis by axis.
type Known = (String, Vec<Vec<f64>>);

/// The recordings of an array: `[readings]`, `[readings, axes]`, `[axes, readings]`, or several of these.
fn recordings(name: &str, array: &judder_npz::Array) -> Vec<Known> {
    let of = |values: &[f64], rows: usize, columns: usize| -> Vec<Vec<f64>> {
        let is_by_axis = columns > 8;
        let (axes, len) = if is_by_axis { (rows, columns) } else { (columns, rows) };
        let at = |axis: usize, row: usize| {
            if is_by_axis { values[axis * len + row] } else { values[row * axes + axis] }
        };
        (0..axes).map(|axis| (0..len).map(|row| at(axis, row)).collect()).collect()
    };
    match *array.shape() {
        [len] => vec![(name.to_owned(), of(array.values(), len, 1))],
        [rows, columns] => vec![(name.to_owned(), of(array.values(), rows, columns))],
        [count, rows, columns] => (0..count)
            .map(|at| {
                let one = &array.values()[at * rows * columns..(at + 1) * rows * columns];
                (format!("{name}[{at}]"), of(one, rows, columns))
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn arrays_named_after_axes_are_one_recording() {
    let numbers = ramp(20);
    let one = |from: usize| F8(&numbers[from..from + 4]);
    let found = read(&npz(&[
        ("t", &[4], one(0)),
        ("x", &[4], one(4)),
        ("y", &[4], one(8)),
        ("z", &[4], one(12)),
        ("fs", &[], F8(&[1000.0])),
    ]));
    let found = found.unwrap();
    assert_eq!(names(&found), [("".into(), ["t", "x", "y", "z"].map(String::from).to_vec())]);
    assert_eq!(found[0].0.rate_hz, Some(1000.0));
    assert_eq!(found[0].1[3], &numbers[12..16]);
}

#[test]
fn a_time_stands_beside_each_array_of_its_length() {
    let numbers = ramp(12);
    let of = |count: usize| F8(&numbers[..count]);
    let found = read(&npz(&[
        ("time", &[4], of(4)),
        ("motor", &[4], of(4)),
        ("board", &[4, 3], of(12)),
        ("other", &[5], of(5)),
        ("dt", &[1], F8(&[0.25])),
    ]));
    let found = found.unwrap();
    let known = [
        ("motor", vec!["time", "motor"]),
        ("board", vec!["time", "board 1", "board 2", "board 3"]),
        ("other", vec!["other"]),
    ];
    let known = known.map(|(name, columns)| {
        (name.to_owned(), columns.into_iter().map(String::from).collect::<Vec<_>>())
    });
    assert_eq!(names(&found), known);
    assert!(found.iter().all(|(head, _)| head.rate_hz == Some(4.0)));
}

/// Names that end like a time, as those of a well-known data set of bearings do.
#[test]
fn times_beside_nothing_are_readings() {
    let numbers = ramp(4);
    let found = read(&npz(&[
        ("X097_DE_time", &[4, 1], F8(&numbers)),
        ("X097_FE_time", &[4, 1], F8(&numbers)),
        ("X097RPM", &[1, 1], F8(&[1796.0])),
    ]));
    let named = |name: &str| (name.to_owned(), vec![name.to_owned()]);
    assert_eq!(names(&found.unwrap()), [named("X097_DE_time"), named("X097_FE_time")]);
}

#[test]
fn what_is_no_recording_is_told() {
    let reason = |bytes: &[u8]| read(bytes).map(|_| ()).unwrap_err().to_string();
    let numbers = ramp(400);
    let file = npz(&[("square", &[20, 20], F8(&numbers))]);
    assert!(reason(&file).contains("array `square` has the shape [20, 20]"));
    assert!(reason(&npz(&[("none", &[0, 3], F8(&[]))])).contains("`none` is empty"));
    assert!(reason(&npz(&[])).contains("no readings"));
    assert!(reason(b"PK").contains("NumPy"));
}

#[test]
fn a_number_that_is_none_is_told_as_an_element() {
    let numbers = ramp(240);
    for (shape, element) in [([2, 40, 3], 120 + 3 * 5 + 1), ([2, 3, 40], 120 + 40 + 5)] {
        in_file(&npz(&[("many", &shape, F8(&numbers))]), ".npz", |path| {
            let mut tables = open(path).unwrap();
            tables.next().unwrap();
            let table = tables.next().unwrap().unwrap();
            let said = table.wrong(1, 5).to_string();
            assert!(said.contains(&format!("at element {element};")), "{said}");
        });
    }
}

/// Blocks, kept columns, and axes that are read side by side.
#[test]
fn long_arrays_come_in_blocks() {
    let len = 700_000;
    let numbers = ramp(len * 2);
    for shape in [[len, 2], [2, len]] {
        in_file(&npz(&[("long", &shape, F8(&numbers))]), ".npz", |path| {
            let mut table = open(path).unwrap().next().unwrap().unwrap();
            table.keep(&[1]);
            let mut column = Vec::new();
            while let Some(block) = table.next() {
                let block = block.unwrap();
                assert!(block.len() <= 1 << 16);
                column.extend_from_slice(block.axis(0));
            }
            let by_rows = shape[0] == len;
            let known = |i: usize| if by_rows { 2 * i + 1 } else { len + i };
            assert_eq!(column.len(), len);
            assert!(column.iter().enumerate().all(|(i, number)| *number == numbers[known(i)]));
            assert!(table.read() >= (len * 8) as u64);
        });
    }
}

/// A file of one array whose first index varies fastest.
fn fortran(shape: &str, numbers: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    npy("<f8", "True", shape, &bytes)
}

fn npy(kind: &str, is_fortran: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
    let header =
        format!("{{'descr': '{kind}', 'fortran_order': {is_fortran}, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(numbers);
    bytes
}

#[test]
fn integers_of_any_width_are_numbers() {
    let read = |kind: &str, bytes: &[u8]| {
        let file = npy(kind, "False", "(2,)", bytes);
        in_file(&file, ".npy", |path| all(open(path).unwrap()).unwrap().remove(0).1.remove(0))
    };
    assert_eq!(read("|i1", &[0xff, 1]), [-1.0, 1.0]);
    assert_eq!(read("|b1", &[0, 1]), [0.0, 1.0]);
    assert_eq!(read("<u2", &[0xff, 0xff, 1, 0]), [65_535.0, 1.0]);
    assert_eq!(read(">u2", &[0xff, 0xfe, 0, 1]), [65_534.0, 1.0]);
    assert_eq!(read("<u4", &[0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0]), [4_294_967_295.0, 1.0]);
    let both = [1u64 << 63, 1].map(u64::to_le_bytes).concat();
    assert_eq!(read("<u8", &both), [2f64.powi(63), 1.0]);
}

/// Fields of a structured array; `|V1` is what NumPy fills up with.
const FIELDS: &str = "('when', '<M8[ms]'), ('x', '>f4'), ('', '|V1'), ('note', '<U1'), ('pair', '<i2', (2,)), ('n', '<u2')";

fn structured(rows: usize) -> Vec<u8> {
    let row = |row: usize| {
        let (x, n) = (row as f32 * 0.5, row as u16);
        let parts: [&[u8]; 6] = [
            &(row as i64 * 250).to_le_bytes(),
            &x.to_be_bytes(),
            &[7],
            &[b'a', 0, 0, 0],
            &[1, 0, 2, 0],
            &n.to_le_bytes(),
        ];
        parts.concat()
    };
    let numbers: Vec<u8> = (0..rows).flat_map(row).collect();
    let header = format!("{{'descr': [{FIELDS}], 'fortran_order': False, 'shape': ({rows},), }}\n");
    let start: [&[u8]; 4] =
        [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes(), header.as_bytes(), &numbers];
    start.concat()
}

#[test]
fn fields_of_a_structured_array_are_columns() {
    let rows = 70_000;
    let found = in_file(&structured(rows), ".npy", |path| open(path).and_then(all)).unwrap();
    let [(head, columns)] = &found[..] else { panic!("{} tables", found.len()) };
    let names: Vec<&str> = head.columns.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["when", "x", "n"]);
    assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: true }));
    assert!(matches!(head.columns[1].kind, Kind::Numbers));
    let expected = |of: &dyn Fn(usize) -> f64| (0..rows).map(of).collect::<Vec<_>>();
    assert_eq!(columns[0], expected(&|row| row as f64 * 0.25));
    assert_eq!(columns[1], expected(&|row| row as f64 * 0.5));
    assert_eq!(columns[2], expected(&|row| f64::from(row as u16)));
    let wide = structured(2);
    let wide = wide.strip_suffix(&[0]).unwrap();
    let error = in_file(wide, ".npy", |path| open(path).map(|_| ())).unwrap_err();
    assert!(error.to_string().contains("not so many numbers"), "{error}");
}

#[test]
fn an_archive_of_texts_says_so() {
    let error = read(&npz(&[("note", &[], judder_npz::Numbers::Text("door open"))]));
    let error = error.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("no array of numbers: note is text"), "{error}");
}

#[test]
fn a_text_beside_arrays_is_a_label_or_passed_over() {
    let text = |name: &str| {
        npz(&[(name, &[], judder_npz::Numbers::Text("worn")), ("x", &[3], F8(&[1.0, 2.0, 3.0]))])
    };
    assert_eq!(read(&text("label")).unwrap()[0].0.label.as_deref(), Some("worn"));
    let found = read(&text("note")).unwrap();
    assert_eq!((&found[0].0.label, found[0].1.len()), (&None, 1));
}

#[test]
fn arrays_in_the_order_of_fortran_are_turned() {
    let numbers = ramp(24);
    for shape in ["(8, 3)", "(3, 8)", "(2, 4, 3)", "(24,)", "(1, 8, 3)"] {
        let bytes = fortran(shape, &numbers);
        assert!(is(&bytes));
        in_file(&bytes, ".npy", |path| {
            let found = all(open(path).unwrap()).unwrap();
            let array = judder_npz::read_npy(std::io::Cursor::new(&bytes), 1 << 20).unwrap();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let known = recordings(stem, &array.unwrap());
            assert_eq!(found.len(), known.len());
            for ((head, columns), (name, axes)) in found.iter().zip(&known) {
                assert_eq!(head.name.as_ref(), Some(name));
                assert_eq!(columns, axes, "{shape}");
            }
        });
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    damaged(&structured(3), |path| {
        // An array by itself is told by its name.
        let named = path.with_extension("npy");
        std::fs::copy(path, &named)?;
        open(&named)
    });
    let numbers = ramp(12);
    let file = npz(&[("t", &[3], F8(&numbers[..3])), ("x", &[3, 4], F8(&numbers))]);
    damaged(&file, open);
    damaged(&fortran("(4, 3)", &numbers), |path| {
        let renamed = path.with_extension("npy");
        std::fs::rename(path, &renamed).unwrap();
        open(&renamed)
    });
}
