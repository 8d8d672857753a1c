//! Mahalanobis models in NumPy's archives.

use std::io::{Cursor, Read, Seek, Write};

use judder_model::{ForeignModel, FormatError, Gaussian, to_npz};
use proptest::prelude::*;
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;

fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let length = u16::try_from(text.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), data].concat()
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn archive(method: zip::CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn from_npz(file: impl Read + Seek) -> Result<Gaussian, FormatError> {
    match judder_model::from_npz(file)? {
        ForeignModel::Mahalanobis(gaussian) => Ok(gaussian),
        ForeignModel::Network(found) => panic!("{found:?}"),
    }
}

fn read(mean: &[u8], covariance: &[u8]) -> Result<Gaussian, String> {
    let entries = [("model_mu", mean), ("model_cov", covariance)];
    from_npz(Cursor::new(archive(Stored, &entries))).map_err(|error| error.to_string())
}

/// A mean of 3 features, and the upper triangle of a covariance that is one.
const MEAN: [f64; 3] = [0.5, -0.25, 3.0];
const COVARIANCE: [f64; 9] = [2.0, 0.5, 0.25, 0.5, 3.0, -0.5, 0.25, -0.5, 4.0];

fn good() -> (Vec<u8>, Vec<u8>) {
    let mean = npy("<f8", "False", "(3,)", &doubles(&MEAN));
    (mean, npy("<f8", "False", "(3, 3)", &doubles(&COVARIANCE)))
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_bit_for_bit(
        mean in proptest::collection::vec(any::<f64>().prop_filter("finite", |x| x.is_finite()), 1..9),
        scales in proptest::collection::vec(1e-140..1e140f64, 8),
        correlation in -0.1..0.9f64,
    ) {
        let n = mean.len();
        let element = |at: usize| {
            let shared = if at / n == at % n { 1.0 } else { correlation };
            shared * (scales[at / n] * scales[at % n])
        };
        let gaussian = Gaussian::new(mean, (0..n * n).map(element).collect()).unwrap();
        let file = to_npz(&gaussian).unwrap();
        prop_assert_eq!(&file, &to_npz(&gaussian).unwrap());
        let read = from_npz(Cursor::new(file)).unwrap();
        prop_assert_eq!(bits(read.mean()), bits(gaussian.mean()));
        prop_assert_eq!(bits(&read.covariance()), bits(&gaussian.covariance()));
        prop_assert_eq!(bits(read.whitening()), bits(gaussian.whitening()));
    }
}

#[test]
fn blocks_are_written_whole_and_found_again() {
    let blocks = vec![vec![2.0, 0.5, 0.5, 3.0], vec![4.0]];
    let gaussian = Gaussian::of_blocks(MEAN.to_vec(), blocks).unwrap();
    let file = to_npz(&gaussian).unwrap();
    let (_, arrays) = (MEAN, judder_npz::read_npz(Cursor::new(&file), 1 << 20).unwrap());
    let (_, covariance) = arrays.into_iter().find(|(name, _)| name == "model_cov").unwrap();
    let covariance = covariance.unwrap();
    assert_eq!(covariance.shape(), [3, 3]);
    assert_eq!(covariance.into_values(), [2.0, 0.5, 0.0, 0.5, 3.0, 0.0, 0.0, 0.0, 4.0]);
    let read = from_npz(Cursor::new(file)).unwrap();
    assert_eq!(read.blocks(), [2, 1]);
    assert_eq!(read, gaussian);
}

#[test]
fn every_type_and_order_gives_the_same() {
    let (mean, covariance) = good();
    let expected = read(&mean, &covariance).unwrap();
    assert_eq!((expected.mean(), &expected.covariance()[..]), (&MEAN[..], &COVARIANCE[..]));
    let singles = |values: &[f64]| -> Vec<u8> {
        values.iter().flat_map(|&x| (x as f32).to_be_bytes()).collect()
    };
    for order in ["False", "True"] {
        let f4 = npy(">f4", order, "(3, 3)", &singles(&COVARIANCE));
        assert_eq!(read(&npy(">f4", order, "(3,)", &singles(&MEAN)), &f4).unwrap(), expected);
        let f8 = npy("<f8", order, "(3, 3)", &doubles(&COVARIANCE));
        assert_eq!(read(&mean, &f8).unwrap(), expected);
    }
    let packed = archive(Deflated, &[("model_cov", &covariance), ("model_mu", &mean)]);
    assert_eq!(from_npz(Cursor::new(packed)).unwrap(), expected);
}

#[test]
fn arrays_that_are_missing_or_too_many_are_named() {
    let (mean, covariance) = good();
    let error = |entries: &[(&str, &[u8])]| {
        from_npz(Cursor::new(archive(Stored, entries))).unwrap_err().to_string()
    };
    assert_eq!(
        error(&[("model_mu", &mean)]),
        "has no array `model_cov`; a Mahalanobis model has `model_mu` and `model_cov`, an \
         autoencoder `layer_0_weights` and so on, this file has no other"
    );
    let others = error(&[("mu", &mean), ("inv_cov", &covariance)]);
    assert!(
        others.contains("no array `model_mu`") && others.ends_with("has mu, inv_cov"),
        "{others}"
    );
    // What stands in an array that nobody asked for does not matter.
    for third in [&mean[..], b"not an array", b""] {
        assert_eq!(
            error(&[("model_mu", &mean), ("model_cov", &covariance), ("threshold", third)]),
            "has an array `threshold` that judder does not know; a Mahalanobis model has \
             `model_mu` and `model_cov` only, an autoencoder `judder` and each layer's weights, \
             bias and activation"
        );
    }
    let long = "w\u{1b}[31m\n".repeat(1_000);
    for entries in [
        &[(long.as_str(), &mean[..])][..],
        &[("model_mu", &mean), ("model_cov", &covariance), (&long, &mean)],
    ] {
        let error = error(entries);
        assert!(error.len() < 500 && !error.contains(char::is_control), "{error}");
    }
}

#[test]
fn wrong_shapes_and_numbers_are_named() {
    let (mean, covariance) = good();
    let nine = doubles(&COVARIANCE);
    for (mean, covariance, message) in [
        (&covariance, &covariance, "array `model_mu` has the shape [3, 3], not one row"),
        (&mean, &mean, "array `model_cov` has the shape [3], but `model_mu` has 3 numbers"),
        (
            &mean,
            &npy("<f8", "False", "(9, 1)", &nine),
            "array `model_cov` has the shape [9, 1], but `model_mu` has 3 numbers",
        ),
        (
            &npy("<f8", "False", "()", &nine),
            &covariance,
            "array `model_mu` has the shape [], not one row",
        ),
        (
            &npy("<f8", "False", "(0,)", &[]),
            &npy("<f8", "False", "(0, 0)", &[]),
            "array `model_cov` does not do: there are no features",
        ),
        (
            &mean,
            &npy("<f8", "False", "(3, 3)", &nine[8..]),
            "array `model_cov` has the shape [3, 3], but not so many numbers",
        ),
        (
            &mean,
            &npy("<c16", "False", "(3, 3)", &[0; 144]),
            "array `model_cov` holds <c16; f8, f4, i2, i4, i8 and u1 are read",
        ),
        (
            &npy("<f8", "False", "(3,)", &doubles(&[f64::NAN, 0.0, 0.0])),
            &covariance,
            "array `model_mu` has a number that is not finite",
        ),
        (
            &mean,
            &npy("<f8", "False", "(3, 3)", &doubles(&[1.0; 9])),
            "array `model_cov` does not do: the covariance is not positive definite at row 1: \
             feature 1 does not vary, or follows from the others",
        ),
    ] {
        assert_eq!(read(mean, covariance).unwrap_err(), message);
    }
}

/// Headers at which the library that reads them overflows, or its stack or memory does.
#[test]
fn hostile_headers_are_refused_in_bounded_memory() {
    let (mean, covariance) = good();
    let nested = format!("{}8{}", "(".repeat(4000), ")".repeat(4000));
    for shape in [
        "(18446744073709551615, 18446744073709551615)",
        "(4294967296, 4294967296)",
        "(4294967296, 4294967296, 0)",
        "(1099511627776, 3)",
        "(-1, 3)",
        "((3,), 3)",
        "None",
        nested.as_str(),
    ] {
        for order in ["False", "True"] {
            let hostile = npy("<f8", order, shape, &doubles(&COVARIANCE));
            for (mean, covariance, name) in
                [(&hostile, &covariance, "model_mu"), (&mean, &hostile, "model_cov")]
            {
                let file = archive(Stored, &[("model_mu", mean), ("model_cov", covariance)]);
                let mut found = None;
                let allocated =
                    allocation_counter::measure(|| found = Some(from_npz(Cursor::new(&file))));
                let Some(Err(FormatError::Array { array, .. })) = found else {
                    panic!("{shape:.40}: {found:?}")
                };
                assert_eq!(array, name);
                assert!(allocated.bytes_max < 1 << 20, "{} bytes", allocated.bytes_max);
            }
        }
    }
}

#[test]
fn archives_that_are_none_or_too_large() {
    let (mean, covariance) = good();
    let file = archive(Deflated, &[("model_mu", &mean), ("model_cov", &covariance)]);
    for length in 0..file.len() {
        let error = from_npz(Cursor::new(&file[..length])).unwrap_err().to_string();
        assert!(error.starts_with("is not a readable .npz file: "), "{length}: {error}");
    }
    let large = npy("<f8", "False", "(1000, 1000)", &vec![0; 8_000_000]);
    let file = archive(Deflated, &[("model_mu", &mean), ("model_cov", &large)]);
    let error = from_npz(Cursor::new(file)).unwrap_err().to_string();
    assert_eq!(error, "is not a readable .npz file: it holds more than 4 MiB of numbers");
}
