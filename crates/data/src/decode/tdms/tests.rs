use std::io::Write;
use std::time::{Duration, SystemTime};

use super::*;
use crate::decode::testing::{Found, damaged, tables as all};

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

fn property(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [&text(name)[..], &kind.to_le_bytes(), value].concat()
}

/// An object: how many doubles it has in a chunk, or none, and properties.
fn object(path: &str, values: Option<u64>, properties: &[Vec<u8>]) -> Vec<u8> {
    let mut object = text(path);
    match values {
        Some(values) => {
            object.extend([20u32, 10, 1].map(u32::to_le_bytes).concat());
            object.extend(values.to_le_bytes());
        }
        None => object.extend([0xff; 4]),
    }
    object.extend((properties.len() as u32).to_le_bytes());
    object.extend(properties.concat());
    object
}

fn segment(flags: u32, objects: &[Vec<u8>], numbers: &[f64]) -> Vec<u8> {
    let mut metadata = Vec::new();
    if flags & 2 != 0 {
        metadata.extend((objects.len() as u32).to_le_bytes());
        metadata.extend(objects.concat());
    }
    let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let mut segment = b"TDSm".to_vec();
    segment.extend([flags, 4713].map(u32::to_le_bytes).concat());
    segment.extend(((metadata.len() + raw.len()) as u64).to_le_bytes());
    segment.extend((metadata.len() as u64).to_le_bytes());
    [segment, metadata, raw].concat()
}

fn read(bytes: &[u8]) -> Result<Vec<Found>, Problem> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    open(file.path()).and_then(all)
}

fn channels(properties: &[Vec<u8>]) -> Vec<Vec<u8>> {
    vec![
        object("/", None, &[]),
        object("/'Bob''s'", None, &[]),
        object("/'Bob''s'/'x'", Some(2), properties),
        object("/'Bob''s'/'y'", Some(2), &[]),
    ]
}

/// What a segment has: a description, a new list, numbers; and that they are interleaved.
const FIRST: u32 = 0b1110;
const NEXT: u32 = 0b1000;
const INTERLEAVED: u32 = 0b10_0000;

#[test]
fn channels_of_a_group_are_columns_over_segments_and_chunks() {
    // 2024 began 3_786_912_000 s after 1904.
    let time = [(1u64 << 63).to_le_bytes(), 3_786_912_000i64.to_le_bytes()].concat();
    let properties = [
        property("wf_increment", 10, &0.002f64.to_le_bytes()),
        property("wf_start_time", 0x44, &time),
        property("unit_string", 0x20, &text("g")),
    ];
    let bytes = [
        segment(FIRST, &channels(&properties), &[1.0, 2.0, 10.0, 20.0, 3.0, 4.0, 30.0, 40.0]),
        segment(NEXT, &[], &[5.0, 6.0, 50.0, 60.0]),
    ];
    let bytes = bytes.concat();
    assert!(is(&bytes));
    let found = read(&bytes).unwrap();
    let [(head, columns)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(columns[0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(columns[1], [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
    assert_eq!((head.rate_hz, &head.name), (Some(500.0), &None));
    let began = SystemTime::UNIX_EPOCH + Duration::from_millis(1_704_067_200_500);
    assert_eq!(head.taken, Some(began));
    assert_eq!((head.columns[0].name.as_str(), head.columns[0].unit.as_deref()), ("x", Some("g")));
}

#[test]
fn interleaved_numbers_are_taken_apart() {
    let numbers = [1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 4.0, 40.0];
    let bytes = segment(FIRST | INTERLEAVED, &channels(&[]), &numbers);
    assert_eq!(read(&bytes).unwrap()[0].1, [[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]);
}

#[test]
fn a_file_that_is_cut_has_what_there_is() {
    let mut bytes = segment(FIRST, &channels(&[]), &[1.0, 2.0, 10.0, 20.0, 3.0, 4.0, 30.0, 40.0]);
    bytes[12..20].fill(0xff);
    bytes.truncate(bytes.len() - 16);
    let found = read(&bytes).unwrap();
    let lengths: Vec<usize> = found.iter().map(|(_, columns)| columns[0].len()).collect();
    assert_eq!(lengths, [4, 2]);
}

#[test]
fn numbers_are_scaled_as_the_channel_says() {
    let number = |name: &str, number: f64| property(name, 10, &number.to_le_bytes());
    let scaled = |kind: &str| {
        let properties = [
            number("NI_Number_Of_Scales", 1.0),
            property("NI_Scaling_Status", 0x20, &text("unscaled")),
            property("NI_Scale[0]_Scale_Type", 0x20, &text(kind)),
            number("NI_Scale[0]_Linear_Slope", 2.0),
            number("NI_Scale[0]_Linear_Y_Intercept", 0.5),
        ];
        read(&segment(FIRST, &channels(&properties), &[1.0, 2.0, 3.0, 4.0]))
    };
    assert_eq!(scaled("Linear").unwrap()[0].1, [[2.5, 4.5], [3.0, 4.0]]);
    let reason = scaled("Thermistor").map(|_| ()).unwrap_err().to_string();
    assert!(reason.contains("channel `x` is scaled"), "{reason}");
}

#[test]
fn damaged_files_are_read_or_refused() {
    let properties = [property("wf_increment", 10, &0.5f64.to_le_bytes())];
    let bytes = [
        segment(FIRST, &channels(&properties), &[1.0, 2.0, 3.0, 4.0]),
        segment(NEXT | INTERLEAVED, &[], &[5.0, 6.0, 7.0, 8.0]),
    ];
    damaged(&bytes.concat(), open);
}
