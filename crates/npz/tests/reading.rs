//! Arrays from NumPy's files: every type and order of numbers, and every kind of damage.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};

use judder_npz::{Array, Defect, Error, read_npy, read_npz};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const SPACE: usize = 64 << 20;

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

/// One array, as it is read alone; in an archive it is read alike.
fn read(npy: &[u8]) -> Result<Array, Defect> {
    let alone = read_npy(npy, SPACE).unwrap();
    let zip = zipped(CompressionMethod::Stored, &[("run.npy", npy)]);
    // As text, in which one NaN is like another.
    let in_archive = format!("{:?}", read_npz(Cursor::new(zip), SPACE).unwrap());
    assert_eq!(in_archive, format!("{:?}", [("run", &alone)]));
    alone
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// 0, 1, 2, ...
fn counting(count: u8) -> Vec<f64> {
    (0..count).map(f64::from).collect()
}

#[test]
fn every_type_of_number_in_both_byte_orders() {
    macro_rules! bytes {
        ($type:ty, $to:ident) => {
            [1, -2, 3, 4, -5, 6].iter().flat_map(|&x| (x as $type).$to()).collect::<Vec<u8>>()
        };
    }
    for (descr, data) in [
        ("<f8", bytes!(f64, to_le_bytes)),
        (">f8", bytes!(f64, to_be_bytes)),
        ("<f4", bytes!(f32, to_le_bytes)),
        (">f4", bytes!(f32, to_be_bytes)),
        ("<i2", bytes!(i16, to_le_bytes)),
        (">i2", bytes!(i16, to_be_bytes)),
        ("<i4", bytes!(i32, to_le_bytes)),
        (">i4", bytes!(i32, to_be_bytes)),
        ("<i8", bytes!(i64, to_le_bytes)),
        (">i8", bytes!(i64, to_be_bytes)),
    ] {
        let array = read(&npy(descr, "False", "(3, 2)", &data)).unwrap();
        assert_eq!(array.shape(), [3, 2], "{descr}");
        assert_eq!(array.values(), [1.0, -2.0, 3.0, 4.0, -5.0, 6.0], "{descr}");
    }
}

#[test]
fn bytes_are_numbers() {
    for descr in ["|u1", "<u1", ">u1"] {
        let array = read(&npy(descr, "False", "(4,)", &[0, 1, 127, 255])).unwrap();
        assert_eq!((array.shape(), array.values()), (&[4][..], &[0.0, 1.0, 127.0, 255.0][..]));
    }
}

#[test]
fn every_shape_and_both_orders() {
    // In C order the numbers count up; in Fortran order the first index varies fastest.
    for shape in [&[][..], &[1], &[7], &[0], &[3, 4], &[1, 6], &[0, 5], &[2, 3, 4], &[2, 1, 3, 2]] {
        let count = shape.iter().product::<usize>();
        let values = counting(u8::try_from(count).unwrap());
        let text = format!("({})", shape.iter().map(|n| format!("{n},")).collect::<String>());
        let array = read(&npy("<f8", "False", &text, &doubles(&values))).unwrap();
        assert_eq!((array.shape(), array.values()), (shape, &values[..]));

        let mut fortran = vec![0.0; count];
        for (at, &value) in values.iter().enumerate() {
            let (mut rest, mut stride, mut to) = (at, count, 0);
            for &n in shape.iter().rev() {
                stride /= n;
                to += rest % n * stride;
                rest /= n;
            }
            fortran[to] = value;
        }
        let array = read(&npy("<f8", "True", &text, &doubles(&fortran))).unwrap();
        assert_eq!((array.shape(), array.values()), (shape, &values[..]), "Fortran");
    }
}

#[test]
fn numbers_that_are_no_measurement_are_numbers() {
    let odd = [f64::NAN, f64::INFINITY, -0.0, 5e-324, f64::MAX];
    let array = read(&npy("<f8", "False", "(5,)", &doubles(&odd))).unwrap();
    let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(array.values()), bits(&odd));
}

#[test]
fn names_are_those_that_numpy_shows() {
    let array = npy("<f8", "False", "(1,)", &doubles(&[1.0]));
    let names = ["a.npy", "b.npy.npy", "c", "../d e.npy", ".npy", "ä\n.npy"];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let zip = zipped(method, &names.map(|name| (name, &array[..])));
        let found = read_npz(Cursor::new(zip), SPACE).unwrap();
        let found: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, ["a", "b.npy", "c", "../d e", "", "ä\n"]);
    }
}

#[test]
fn what_is_wrong_with_one_array_leaves_the_others() {
    let good = npy("<f8", "False", "(1,)", &doubles(&[1.0]));
    let object = npy("|O", "False", "(2, 2)", b"\x80\x03]q\x00\x80\x03]q\x00");
    let entries: [(&str, &[u8]); 3] = [("a.npy", &good), ("b.npy", &object), ("c.npy", &good)];
    let found = read_npz(Cursor::new(zipped(CompressionMethod::Stored, &entries)), SPACE).unwrap();
    assert_eq!(
        found.iter().map(|(_, array)| array.is_ok()).collect::<Vec<_>>(),
        [true, false, true]
    );
}

#[test]
fn arrays_of_other_types() {
    let eight = doubles(&counting(8));
    for kind in ["|O", "<u2", "<c8", "<U4", "|b1", "<f2", "<u4", "|i1", "<M8[s]"] {
        let error = read(&npy(kind, "False", "(2, 2)", &eight)).unwrap_err().to_string();
        assert_eq!(error, format!("holds {kind}; f8, f4, i2, i4, i8 and u1 are read"));
    }
    let table = "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (8,), }";
    assert_eq!(read(&npy_with_header(table, &eight)), Err(Defect::Table));
    let short = read(&npy("<f8", "False", "(3, 3)", &eight)).unwrap_err();
    assert_eq!(short, Defect::TooFew { shape: vec![3, 3] });
    assert_eq!(short.to_string(), "has the shape [3, 3], but not so many numbers");
}

/// Headers at which the library that reads them overflows, or its stack or memory does.
#[test]
fn headers_that_claim_too_much() {
    let huge = format!("({}, {})", u64::MAX, u64::MAX);
    let nested = format!("{}8{}", "(".repeat(4000), ")".repeat(4000));
    let digits = format!("({},)", "9".repeat(5000));
    for shape in [
        huge.as_str(),
        "(18446744073709551615, 8)",
        "(4294967296, 4294967296, 0)",
        "(0, 4294967296, 4294967296)",
        "(1099511627776, 3)",
        &nested,
        &digits,
        "(-1, 3)",
        "(1.5, 3)",
        "(True, 3)",
        "('3', 3)",
        "((3,), 3)",
        "8",
        "None",
        "(3, 3",
    ] {
        for order in ["True", "False"] {
            let array = npy("<f8", order, shape, &doubles(&counting(9)));
            let mut found = None;
            let allocated = allocation_counter::measure(|| found = Some(read(&array)));
            let Some(Err(error)) = found else { panic!("{shape:.40} was read") };
            assert!(error.to_string().len() < 400, "{error}");
            assert!(allocated.bytes_max < 1 << 20, "{} bytes for {error}", allocated.bytes_max);
        }
    }
}

#[test]
fn damaged_headers() {
    let good = npy("<f8", "False", "(1, 1)", &doubles(&[1.0]));
    assert!(read(&good).is_ok());
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "the first {length} bytes");
    }
    let mut claims_4_gib = good.clone();
    claims_4_gib.splice(6..10, [2, 0, 0xF0, 0xFF, 0xFF, 0xFF]);
    let unknown_version = [&b"\x93NUMPY\x09\x00"[..], &good[8..]].concat();
    let twice = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'shape': (2,), }";
    let escaped = "{'descr': '<f8', 'fortran_order': False, 'sh\\x61pe': (1,), }";
    let two_ways = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'sh\\x61pe': (4294967296, 4294967296), }";
    let (open, close) = ("(".repeat(4500), ")".repeat(4500));
    let nested = format!("{{'descr': {open}8{close}, 'fortran_order': False, 'shape': (1,), }}");
    for bytes in [
        claims_4_gib,
        npy_with_header(two_ways, &[0; 16]),
        npy_with_header(&nested, &[0; 16]),
        unknown_version,
        npy_with_header(twice, &[0; 16]),
        npy_with_header(escaped, &[0; 16]),
        npy_with_header("", &[]),
        npy_with_header("{'shape': (1,), }", &[0; 8]),
        npy("<f8", "Maybe", "(1,)", &[0; 8]),
        npy("nonsense", "False", "(1,)", &[0; 8]),
        npy("<f99999999999999999999999", "False", "(1,)", &[0; 8]),
    ] {
        let mut found = None;
        let allocated = allocation_counter::measure(|| found = Some(read(&bytes)));
        let Some(Err(error)) = found else { panic!("{bytes:?} was read") };
        assert!(allocated.bytes_max < 1 << 20, "{} bytes for {error}", allocated.bytes_max);
    }
}

/// Zeros shrink to a thousandth, and integers grow to f64: neither escapes the bound.
#[test]
fn no_archive_takes_more_space_than_given() {
    let integers: Vec<u8> = (0..1000i16).flat_map(i16::to_le_bytes).collect();
    let array = npy("<i2", "False", "(1000,)", &integers);
    let entries = ["a.npy", "b.npy", "c.npy"].map(|name| (name, &array[..]));
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let file = zipped(method, &entries);
        assert_eq!(read_npz(Cursor::new(&file), 24_000).unwrap().len(), 3);
        for space in [0, array.len() - 1, 7_999, 8_000, 16_000, 23_999] {
            let error = read_npz(Cursor::new(&file), space).unwrap_err();
            assert!(matches!(error, Error::Space { limit } if limit == space), "{space}: {error}");
            assert_eq!(error.to_string(), format!("it holds more than {space} bytes of numbers"));
        }
    }
    assert!(read_npy(&array[..], 8_000).unwrap().is_ok());
    assert!(matches!(read_npy(&array[..], 7_999), Err(Error::Space { .. })));
    let mib = Error::Space { limit: 384 << 20 };
    assert_eq!(mib.to_string(), "it holds more than 384 MiB of numbers");
}

/// A zip of a few kilobytes may hold gigabytes.
#[test]
fn what_is_packed_tightly_is_not_unpacked_beyond_the_bound() {
    let array = npy("<f8", "False", "(8388608,)", &vec![0; 64 << 20]);
    let zip = zipped(CompressionMethod::Deflated, &[("zeros.npy", &array)]);
    assert!(zip.len() < 1 << 18);
    let mut found = None;
    let allocated = allocation_counter::measure(|| {
        found = Some(read_npz(Cursor::new(&zip), 1 << 20));
    });
    assert!(matches!(found, Some(Err(Error::Space { .. }))), "{found:?}");
    assert!(allocated.bytes_max < 8 << 20, "{} bytes", allocated.bytes_max);
}

#[test]
fn damaged_archives() {
    let array = npy("<f8", "False", "(50, 3)", &doubles(&[0.25; 150]));
    let zip = zipped(CompressionMethod::Deflated, &[("run.npy", &array)]);
    assert!(read_npz(Cursor::new(&zip), SPACE).unwrap()[0].1.is_ok());
    for length in 0..zip.len() {
        let error = read_npz(Cursor::new(&zip[..length]), SPACE).unwrap_err();
        assert!(matches!(error, Error::Archive(_)), "the first {length} bytes: {error}");
    }
    // Damage inside the compressed numbers.
    let mut bitten = zip;
    bitten[100] ^= 0x55;
    assert!(read_npz(Cursor::new(bitten), SPACE).is_err());
    let empty = zipped(CompressionMethod::Stored, &[]);
    assert_eq!(read_npz(Cursor::new(empty), SPACE).unwrap(), []);
}
