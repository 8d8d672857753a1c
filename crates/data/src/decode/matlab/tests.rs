use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;
use crate::decode::Head;
use crate::decode::testing::{Found, damaged, tables as all};

/// An element: its type, and its bytes.
fn element(kind: u32, bytes: &[u8]) -> Vec<u8> {
    let mut element = kind.to_le_bytes().to_vec();
    element.extend((bytes.len() as u32).to_le_bytes());
    element.extend(bytes);
    element.resize(element.len().next_multiple_of(8), 0);
    element
}

/// One of at most four bytes.
fn small(kind: u16, bytes: &[u8]) -> Vec<u8> {
    let mut element = kind.to_le_bytes().to_vec();
    element.extend((bytes.len() as u16).to_le_bytes());
    element.extend(bytes);
    element.resize(8, 0);
    element
}

fn array(class: u32, dimensions: &[i32], name: &str, content: &[Vec<u8>]) -> Vec<u8> {
    let flags = [class.to_le_bytes(), [0; 4]].concat();
    let dimensions: Vec<u8> = dimensions.iter().flat_map(|n| n.to_le_bytes()).collect();
    let start = [element(6, &flags), element(5, &dimensions), element(1, name.as_bytes())];
    element(MATRIX, &[start.concat(), content.concat()].concat())
}

const MATRIX: u32 = element::MATRIX;

fn doubles(dimensions: &[i32], name: &str, numbers: &[f64]) -> Vec<u8> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    array(6, dimensions, name, &[element(9, &bytes)])
}

fn deflated(element: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(element).unwrap();
    let bytes = encoder.finish().unwrap();
    [&15u32.to_le_bytes()[..], &(bytes.len() as u32).to_le_bytes(), &bytes].concat()
}

fn file(variables: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend([0, 1, b'I', b'M']);
    bytes.extend(variables.concat());
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Found>, Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    open(file.path()).and_then(all)
}

fn ramp(count: usize) -> Vec<f64> {
    (0..count).map(|i| i as f64 * 0.25 - 1.0).collect()
}

fn column_names(head: &Head) -> Vec<&str> {
    head.columns.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn arrays_are_tables_with_the_rate_beside_them() {
    let numbers = ramp(60);
    let variables = [doubles(&[20, 3], "acc", &numbers), doubles(&[1, 1], "fs", &[12_000.0])];
    let deflated: Vec<Vec<u8>> = variables.iter().map(|one| deflated(one)).collect();
    for bytes in [file(&variables), file(&deflated)] {
        assert!(is(&bytes));
        let found = read(&bytes).unwrap();
        let [(head, columns)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((head.rate_hz, &head.name), (Some(12_000.0), &None));
        assert_eq!(column_names(head), ["acc 1", "acc 2", "acc 3"]);
        assert_eq!(columns.concat(), numbers);
    }
}

#[test]
fn numbers_of_few_bytes_stand_in_their_tag() {
    let short = array(10, &[1, 2], "few", &[small(3, &[1, 0, 0xff, 0xff])]);
    let found = read(&file(&[short])).unwrap();
    assert_eq!(found[0].1, [[1.0, -1.0]]);
}

#[test]
fn fields_of_a_structure_are_columns_and_those_inside_too() {
    let inner = array(
        2,
        &[1, 1],
        "",
        &[
            small(5, &8u32.to_le_bytes()),
            element(1, b"deep\0\0\0\0"),
            doubles(&[3, 1], "", &ramp(3)),
        ],
    );
    let fields = [
        small(5, &8u32.to_le_bytes()),
        element(1, b"motor\0\0\0gear\0\0\0\0in\0\0\0\0\0\0fs\0\0\0\0\0\0"),
        doubles(&[4, 1], "", &ramp(4)),
        doubles(&[1, 4], "", &ramp(4)),
        inner,
        doubles(&[1, 1], "", &[50.0]),
    ];
    let found = read(&file(&[array(2, &[1, 1], "s", &fields)])).unwrap();
    let [(outer, columns), (inner, _)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(outer.name.as_deref(), Some("s"));
    assert_eq!(column_names(outer), ["motor", "gear"]);
    assert_eq!(columns.len(), 2);
    assert_eq!(inner.name.as_deref(), Some("s/in/deep"));
    assert_eq!((outer.rate_hz, inner.rate_hz), (Some(50.0), Some(50.0)));
}

#[test]
fn cells_are_numbered() {
    let cells = [doubles(&[5, 1], "", &ramp(5)), doubles(&[6, 1], "", &ramp(6))];
    let found = read(&file(&[array(1, &[1, 2], "runs", &cells)])).unwrap();
    let names: Vec<_> = found.iter().map(|(head, _)| head.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["runs[0]", "runs[1]"]);
}

#[test]
fn a_rate_that_may_be_a_shafts_gives_way() {
    let one = |name: &str, number: f64| doubles(&[1, 1], name, &[number]);
    let variables = [one("rate", 25.0), one("sr", 97_656.0), doubles(&[9, 1], "gs", &ramp(9))];
    assert_eq!(read(&file(&variables)).unwrap()[0].0.rate_hz, Some(97_656.0));
    let variables = [one("rate", 25.0), doubles(&[9, 1], "gs", &ramp(9))];
    assert_eq!(read(&file(&variables)).unwrap()[0].0.rate_hz, Some(25.0));
}

#[test]
fn a_file_without_readings_says_what_it_holds() {
    let reason = |bytes: &[u8]| read(bytes).map(|_| ()).unwrap_err().to_string();
    let text = array(4, &[1, 2], "note", &[small(16, b"hi")]);
    assert!(reason(&file(&[text])).contains("but `note` (text)"));
    assert!(reason(&file(&[])).contains("no array of readings;"));
    assert!(reason(b"old").contains("version 4"));
    let long = doubles(&[1000, 1], "x", &ramp(1000));
    assert!(reason(&file(&[long])[..4000]).contains("cut short"));
    let claims = doubles(&[i32::MAX, i32::MAX], "x", &[1.0]);
    assert!(reason(&file(&[claims])).contains("damaged"));
}

#[test]
fn damaged_files_are_read_or_refused() {
    let fields =
        [small(5, &4u32.to_le_bytes()), element(1, b"abc\0de\0\0"), doubles(&[3, 1], "", &ramp(3))];
    let structure =
        array(2, &[1, 1], "s", &[&fields[..], &[doubles(&[2, 1], "", &[0.0; 2])]].concat());
    let cells = array(1, &[1, 1], "c", &[doubles(&[2, 2], "", &ramp(4))]);
    let bytes = file(&[structure, cells, deflated(&doubles(&[5, 2], "x", &ramp(10)))]);
    damaged(&bytes, open);
}
