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
        ForeignModel::Gaussians(found) => Ok(found.modes[0].clone()),
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
    // What stands in an array that nobody asked for does not matter, nor how large it is.
    let large = npy("<f8", "False", "(1000000,)", &[0; 8_000_000]);
    for third in [&mean[..], b"not an array", b"", &large] {
        let entries = [("model_mu", &mean[..]), ("model_cov", &covariance), ("scores", third)];
        let found = judder_model::from_npz(Cursor::new(archive(Stored, &entries))).unwrap();
        let ForeignModel::Gaussians(found) = found else { panic!("{found:?}") };
        assert_eq!(
            (found.threshold, &found.ignored[..]),
            (None, &["the array `scores`".to_owned()][..])
        );
        assert_eq!(found.modes[0].mean(), MEAN);
    }
    // A threshold is one number.
    let threshold = |shape: &str, values: &[f64]| {
        let third = npy("<f8", "False", shape, &doubles(values));
        let entries = [("model_mu", &mean[..]), ("model_cov", &covariance), ("threshold", &third)];
        judder_model::from_npz(Cursor::new(archive(Stored, &entries)))
    };
    for shape in ["()", "(1,)"] {
        let found = threshold(shape, &[16.25]).unwrap();
        let ForeignModel::Gaussians(found) = found else { panic!("{found:?}") };
        assert_eq!((found.threshold, found.ignored.len()), (Some(16.25), 0));
    }
    for (shape, values, message) in [
        ("(3,)", &MEAN[..], "array `threshold` has the shape [3], and a threshold is one number"),
        ("()", &[f64::NAN], "array `threshold` is NaN, and a threshold is a number above 0"),
        ("()", &[0.0], "array `threshold` is 0, and a threshold is a number above 0"),
    ] {
        assert_eq!(threshold(shape, values).unwrap_err().to_string(), message);
    }
    let long = "w\u{1b}[31m\n".repeat(1_000);
    let error = error(&[(long.as_str(), &mean[..])]);
    assert!(error.len() < 500 && !error.contains(char::is_control), "{error}");
    let entries = [("model_mu", &mean[..]), ("model_cov", &covariance), (&long, &mean)];
    let found = judder_model::from_npz(Cursor::new(archive(Stored, &entries))).unwrap();
    let ForeignModel::Gaussians(found) = found else { panic!("{found:?}") };
    assert!(found.ignored[0].len() < 100 && !found.ignored[0].contains(char::is_control));
}

#[test]
fn wrong_shapes_and_numbers_are_named() {
    let (mean, covariance) = good();
    let nine = doubles(&COVARIANCE);
    for (mean, covariance, message) in [
        (
            &npy("<f8", "False", "(1, 3, 3)", &nine),
            &covariance,
            "array `model_mu` has the shape [1, 3, 3], not one row, nor one for each of 64 modes at most",
        ),
        (
            &mean,
            &mean,
            "array `model_cov` has the shape [3], but `model_mu` has 3 numbers; of scikit-learn's mixtures judder takes \
             covariance_type=\"full\" and \"tied\"",
        ),
        (
            &mean,
            &npy("<f8", "False", "(9, 1)", &nine),
            "array `model_cov` has the shape [9, 1], but `model_mu` has 3 numbers",
        ),
        (
            &npy("<f8", "False", "()", &nine),
            &covariance,
            "array `model_mu` has the shape [], not one row, nor one for each of 64 modes at most",
        ),
        (
            &npy("<f8", "False", "(0,)", &[]),
            &npy("<f8", "False", "(0, 0)", &[]),
            "array `model_mu` has no numbers",
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

/// As scikit-learn has the parts of a mixture, and one row as a matrix.
#[test]
fn means_and_covariances_of_several_are_read() {
    let two = [MEAN, MEAN.map(|x| x + 1.0)].concat();
    let both = [COVARIANCE, COVARIANCE.map(|x| 2.0 * x)].concat();
    let read = |mean: &[f64], shape: &str, covariance: &[f64], other: &str| {
        let mean = npy("<f8", "False", shape, &doubles(mean));
        let covariance = npy("<f8", "False", other, &doubles(covariance));
        let entries = [("model_mu", &mean[..]), ("model_cov", &covariance)];
        match judder_model::from_npz(Cursor::new(archive(Stored, &entries))) {
            Ok(ForeignModel::Gaussians(found)) => Ok(found.modes),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    };
    let one = read(&MEAN, "(1, 3)", &COVARIANCE, "(3, 3)").unwrap();
    assert_eq!(one, read(&MEAN, "(3,)", &COVARIANCE, "(3, 3)").unwrap());
    assert_eq!(one, read(&MEAN, "(1, 3)", &COVARIANCE, "(1, 3, 3)").unwrap());
    let full = read(&two, "(2, 3)", &both, "(2, 3, 3)").unwrap();
    assert_eq!((full[0].clone(), full.len()), (one[0].clone(), 2));
    assert_eq!(full[1].mean(), &two[3..]);
    assert_eq!(full[1].covariance(), &both[9..]);
    let tied = read(&two, "(2, 3)", &COVARIANCE, "(3, 3)").unwrap();
    assert_eq!((tied[0].clone(), tied[1].covariance()), (one[0].clone(), COVARIANCE.to_vec()));
    // Variances alone, as of covariance_type "diag".
    let error = read(&two, "(2, 3)", &two, "(2, 3)").unwrap_err();
    assert!(
        error.contains(
            "has the shape [2, 3], but `model_mu` has 2 rows of 3 numbers; of scikit-learn's"
        ),
        "{error}"
    );
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
