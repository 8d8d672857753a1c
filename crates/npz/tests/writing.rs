//! Archives that are written, read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use judder_npz::Numbers::{F8, U1};
use judder_npz::{Error, Numbers, read_npz, write_npz};
use proptest::prelude::*;

/// A name, a shape, and the bits of the numbers that fill it.
type Named = (String, Vec<usize>, Vec<u64>);

fn arrays() -> impl Strategy<Value = Vec<Named>> {
    let shape = proptest::collection::vec(0usize..5, 0..4);
    let array = shape.prop_flat_map(|shape| {
        let bits = proptest::collection::vec(any::<u64>(), shape.iter().product::<usize>());
        ("[a-zäß_ /.]{0,12}", Just(shape), bits)
    });
    proptest::collection::vec(array, 0..4).prop_map(|mut arrays: Vec<Named>| {
        for (at, (name, ..)) in arrays.iter_mut().enumerate() {
            name.insert_str(0, &at.to_string());
        }
        arrays
    })
}

fn written(arrays: &[Named]) -> Vec<u8> {
    let values: Vec<Vec<f64>> = arrays
        .iter()
        .map(|(_, _, bits)| bits.iter().map(|&b| f64::from_bits(b)).collect())
        .collect();
    let borrowed: Vec<(&str, &[usize], Numbers<'_>)> =
        arrays.iter().zip(&values).map(|((n, s, _), v)| (n.as_str(), &s[..], F8(v))).collect();
    write_npz(&borrowed).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_is_read_bit_for_bit(arrays in arrays()) {
        let file = written(&arrays);
        prop_assert_eq!(&file, &written(&arrays), "equal arrays give equal bytes");
        let found = read_npz(Cursor::new(file), 1 << 20).unwrap();
        let found: Vec<Named> = found
            .into_iter()
            .map(|(name, array)| {
                let array = array.unwrap();
                let bits = array.values().iter().map(|x| x.to_bits()).collect();
                (name, array.shape().to_vec(), bits)
            })
            .collect();
        prop_assert_eq!(found, arrays);
    }
}

#[test]
fn every_byte_is_read_again() {
    let all: Vec<u8> = (0..=255).collect();
    let file = write_npz(&[("all", &[16, 16], U1(&all)), ("none", &[0], U1(&[]))]).unwrap();
    let found = read_npz(Cursor::new(&file), 1 << 20).unwrap();
    let [(_, Ok(found)), (_, Ok(none))] = &found[..] else { unreachable!("{found:?}") };
    let expected: Vec<f64> = all.iter().map(|&x| f64::from(x)).collect();
    assert_eq!((found.shape(), found.values()), (&[16, 16][..], &expected[..]));
    assert_eq!((none.shape(), none.values()), (&[0][..], &[][..]));
    assert!(file.windows(all.len()).any(|bytes| bytes == all), "a byte for each");
}

#[test]
fn the_bytes_hold_no_time_and_are_not_compressed() {
    let file = write_npz(&[("a", &[2], F8(&[1.0, -2.0]))]).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
    let entry = zip.by_index(0).unwrap();
    assert_eq!(entry.name().unwrap(), "a.npy");
    assert_eq!(entry.compression(), zip::CompressionMethod::Stored);
    assert_eq!(entry.last_modified(), Some(zip::DateTime::default()));
    let numbers: Vec<u8> = [1.0f64, -2.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    assert!(file.windows(numbers.len()).any(|bytes| bytes == numbers));
}

#[test]
fn what_cannot_be_written_is_said() {
    let error = write_npz(&[("a\nb", &[3], F8(&[1.0, 2.0]))]).unwrap_err();
    assert!(matches!(error, Error::Shape { found: 2, .. }));
    assert_eq!(error.to_string(), "array `a b` has 2 numbers, and another shape");
    assert!(write_npz(&[("a", &[usize::MAX, 2], F8(&[1.0]))]).is_err());
    // A text has no dimension.
    assert!(write_npz(&[("a", &[1], Numbers::Text("b"))]).is_err());
    let twice: [(&str, &[usize], Numbers<'_>); 2] =
        [("a", &[1], F8(&[1.0])), ("a", &[1], F8(&[2.0]))];
    assert!(matches!(write_npz(&twice), Err(Error::Archive(_))));
    let long = "a".repeat(70_000);
    assert!(matches!(write_npz(&[(&long, &[1], F8(&[1.0]))]), Err(Error::Archive(_))));
}
