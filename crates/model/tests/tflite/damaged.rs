//! Damaged files give an error or a network, in bounded memory.

use judder_model::{FormatError, from_tflite, to_tflite};

use crate::networks::with_metadata;

fn file() -> Vec<u8> {
    let (network, metadata) = with_metadata();
    to_tflite(&network, Some(&metadata)).unwrap()
}

/// Reads it, looks at the message, and says whether there was a network.
fn check(bytes: &[u8], what: &dyn Fn() -> String) -> bool {
    let mut read = None;
    let allocated = allocation_counter::measure(|| read = Some(from_tflite(bytes)));
    let most = 64 * bytes.len() as u64 + (1 << 20);
    assert!(allocated.bytes_max < most, "{}: {} bytes", what(), allocated.bytes_max);
    match read.unwrap() {
        Ok(foreign) => {
            let written = to_tflite(&foreign.network, foreign.metadata.as_ref()).unwrap();
            assert_eq!(from_tflite(&written).unwrap().network, foreign.network, "{}", what());
            true
        }
        Err(error) => {
            let message = error.to_string();
            let fit = message.len() < 1_000 && !message.contains(char::is_control);
            assert!(fit, "{}: {message}", what());
            false
        }
    }
}

#[test]
fn a_part_of_a_file_is_refused() {
    let file = file();
    assert!(check(&file, &|| "all of it".to_owned()));
    for length in 0..file.len() {
        let error = from_tflite(&file[..length]).unwrap_err();
        assert!(matches!(error, FormatError::Broken { .. }), "{length}: {error}");
        check(&file[..length], &|| format!("{length} bytes"));
    }
}

#[test]
fn every_byte_may_be_wrong() {
    let file = file();
    let mut networks = 0;
    for at in 0..file.len() {
        for byte in [0x00, 0xFF, !file[at], file[at] ^ 1, file[at].wrapping_add(4)] {
            let mut damaged = file.clone();
            damaged[at] = byte;
            networks += usize::from(check(&damaged, &|| format!("byte {at} is {byte}")));
        }
    }
    // The numbers themselves may be any.
    assert!(networks > 100 && networks < 4 * file.len(), "{networks} of {}", file.len());
}

/// Lengths, offsets and tables that lead back.
#[test]
fn every_number_may_be_wrong() {
    let file = file();
    for at in (0..file.len() - 4).step_by(2) {
        let back = (at as u32).wrapping_neg();
        for number in [1, 4, 0x7FFF_FFFF, 0x8000_0000, u32::MAX, u32::MAX / 4, back] {
            let mut damaged = file.clone();
            damaged[at..at + 4].copy_from_slice(&number.to_le_bytes());
            check(&damaged, &|| format!("the number at {at} is {number}"));
        }
    }
}
