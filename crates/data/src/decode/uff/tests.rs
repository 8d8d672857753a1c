use std::io::Write;

use super::*;
use crate::decode::testing::{Found, damaged, tables as all};

/// The lines before the numbers: precision, points, step (0 where it is uneven), what it is of, direction.
fn header(
    precision: i32,
    points: usize,
    step: f64,
    (kind, abscissa): (i32, i32),
    axis: i32,
) -> String {
    let even = i32::from(step > 0.0);
    // As Fortran and C write it: two digits of the exponent.
    let exponent = if step > 0.0 { step.log10().floor() as i32 } else { 0 };
    let step = step / 10f64.powi(exponent);
    let sign = if exponent < 0 { '-' } else { '+' };
    let step = format!("{step:.5}E{sign}{:02}", exponent.abs());
    let unit =
        |kind: i32, unit: &str| format!("{kind:10}    0    0    0 {:<20} {unit:<20}\n", "NONE");
    [
        "run 7\nNONE\nNONE\nNONE\nNONE\n".to_owned(),
        format!(
            "{kind:5}         0    0         0 NONE      {:10}{axis:4} NONE      {:10}{:4}\n",
            5, 0, 0
        ),
        format!(
            "{precision:10}{points:10}{even:10}{:>13}{step:>13}{:>13}\n",
            "0.00000E+00", "0.00000E+00"
        ),
        unit(abscissa, "s") + &unit(12, "m/s^2") + &unit(0, "NONE") + &unit(0, "NONE"),
    ]
    .concat()
}

const TIME: (i32, i32) = (1, 17);

fn dataset(header: &str, numbers: &str) -> Vec<u8> {
    format!("    -1\n    58\n{header}{numbers}\n    -1\n").into_bytes()
}

fn binary(header: &str, numbers: &[u8], order: u32) -> Vec<u8> {
    let first =
        format!("    -1\n    58b{order:6}{:6}{:12}{:12}     0     0\n", 2, 11, numbers.len());
    [first.as_bytes(), header.as_bytes(), numbers, b"    -1\n"].concat()
}

fn read(bytes: &[u8]) -> Result<Vec<Found>, Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    open(file.path()).and_then(all)
}

#[test]
fn functions_of_the_same_points_are_columns() {
    let other = b"    -1\n   151\nsomething else\n    -1\n".to_vec();
    let first =
        dataset(&header(2, 3, 1.66667e-4, TIME, 1), "-1.00000e+100-2.00000e+100  3.00000e+00");
    let second = dataset(&header(4, 3, 1.66667e-4, TIME, -3), " 4.0D+00 5.0D+00\n 6.0D+00");
    let bytes = [other, first, second].concat();
    assert!(is(&bytes));
    let found = read(&bytes).unwrap();
    let [(head, columns)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(columns, &[[-1e100, -2e100, 3.0], [4.0, 5.0, 6.0]]);
    let names: Vec<&str> = head.columns.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["node 5 x", "node 5 -z"]);
    assert_eq!(head.columns[0].unit.as_deref(), Some("m/s^2"));
    // Six digits of a step say 5999.988 Hz.
    assert_eq!(head.rate_hz, Some(6000.0));
}

#[test]
fn binary_numbers_are_read_in_both_orders_and_as_long_as_they_are() {
    let big: Vec<u8> = [1.5f32, -2.0].into_iter().flat_map(f32::to_be_bytes).collect();
    let long: Vec<u8> = [0.1f64, 0.2].into_iter().flat_map(f64::to_le_bytes).collect();
    let bytes = [
        binary(&header(2, 2, 0.5, TIME, 1), &big, 2),
        binary(&header(2, 2, 0.5, TIME, 2), &long, 1),
    ];
    let found = read(&bytes.concat()).unwrap();
    assert_eq!(found[0].1, [[1.5, -2.0], [0.1, 0.2]]);
    assert_eq!(found[0].0.rate_hz, Some(2.0));
}

#[test]
fn uneven_points_have_their_times_beside_them() {
    let bytes = dataset(&header(2, 2, 0.0, TIME, 1), " 0.0 5.0 0.1 6.0");
    let (head, columns) = read(&bytes).unwrap().remove(0);
    assert_eq!(columns, [[0.0, 0.1], [5.0, 6.0]]);
    assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: false }));
    assert_eq!(head.rate_hz, None);
}

#[test]
fn uneven_functions_of_the_same_points_are_columns() {
    let text = |axis: i32, numbers: &str| dataset(&header(2, 2, 0.0, TIME, axis), numbers);
    let bytes =
        [text(1, " 0.0 5.0 0.1 6.0"), text(2, " 0.0 7.0 0.1 8.0"), text(3, " 0.0 7.0 0.2 8.0")];
    let found = read(&bytes.concat()).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].1, [[0.0, 0.1], [5.0, 6.0], [7.0, 8.0]]);
    assert_eq!(found[1].1, [[0.0, 0.2], [7.0, 8.0]]);
    // The points are not counted in the header.
    let of = |axis: i32, numbers: &[f64]| {
        let bytes: Vec<u8> = numbers.iter().copied().flat_map(f64::to_le_bytes).collect();
        let whole = binary(&header(4, 2, 0.0, TIME, axis), &bytes, 1);
        let (said, counted) = (format!("{:12}     0", 32), format!("{:12}     0", 16));
        let at = whole.windows(said.len()).position(|part| part == said.as_bytes()).unwrap();
        [&whole[..at], counted.as_bytes(), &whole[at + said.len()..]].concat()
    };
    let bytes = [of(1, &[0.0, 5.0, 0.1, 6.0]), of(2, &[0.0, 7.0, 0.1, 8.0])];
    let found = read(&bytes.concat()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1, [[0.0, 0.1], [5.0, 6.0], [7.0, 8.0]]);
}

#[test]
fn functions_of_other_lengths_are_other_tables_and_spectra_are_none() {
    let long = dataset(&header(2, 3, 0.5, TIME, 1), " 1.0 2.0 3.0");
    let short = dataset(&header(2, 2, 0.5, TIME, 1), " 1.0 2.0");
    let spectrum = dataset(&header(2, 2, 0.5, (2, 18), 1), " 1.0 2.0");
    let found = read(&[long, spectrum.clone(), short].concat()).unwrap();
    let names: Vec<_> = found.iter().map(|(head, _)| head.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["1 run 7", "2 run 7"]);
    let reason = |bytes: &[u8]| read(bytes).map(|_| ()).unwrap_err().to_string();
    assert!(reason(&spectrum).contains("spectra"));
    assert!(reason(b"    -1\n   151\n    -1\n").contains("no dataset 58"));
    let few = dataset(&header(2, 3, 0.5, TIME, 1), " 1.0 2.0");
    assert!(reason(&few).contains("fewer numbers"));
    let many = dataset(&header(2, 999_999_999, 0.5, TIME, 1), " 1.0 2.0");
    assert!(reason(&many).contains("cut short"));
}

#[test]
fn a_column_of_numbers_is_no_such_file() {
    assert!(!is(b"-1\n58\n3\n") && !is(b"    -1\nabc"));
}

#[test]
fn damaged_files_are_read_or_refused() {
    let numbers: Vec<u8> = [0.1f64, 0.2].into_iter().flat_map(f64::to_le_bytes).collect();
    let bytes = [
        dataset(&header(2, 3, 0.5, TIME, 1), "-1.00000e+100-2.00000e+100  3.00000e+00"),
        binary(&header(4, 2, 0.5, TIME, 2), &numbers, 1),
    ];
    damaged(&bytes.concat(), open);
}
