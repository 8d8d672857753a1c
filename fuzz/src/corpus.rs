//! What inputs are mutated from: small good files of every kind, made here.

use std::io::{Cursor, Write};

use judder_core::{Activation, Feature, FeatureSet, GravityAxes};
use judder_model::{
    Autoencoder, Binding, DetectorKind, Figure, Gaussian, Layer, Learning, LongRun, Metadata,
    Mixture, Model, Mounted, Neighbours, Network, Normal, NormalState, Precision, Profile,
    Provenance, Rule, Scaling, Takes, Threshold, Turned, Watching, to_npz,
};

pub use crate::wire_corpus::{posted_binary, posted_json};

pub use crate::foreign_corpus::{
    keras_configs, keras_weights, normalizations, onnx_beside, onnx_mixtures, tflite_quantised,
};

pub use crate::recording_corpus::{arrays, forms, hdf5, intervals, matlab, parquet, tdms, wav};

pub use crate::table_corpus::{arrow, cbor, json, sheet, uff, xlsx, zst};

pub use crate::network_corpus::{keras, network_archives, network_weights, onnx, tflite};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Recordings as text.
pub fn text() -> Vec<Vec<u8>> {
    let rows = |delimiter: &str, end: &str| -> String {
        let row = |at: u32| {
            let number = |axis: u32| (f64::from(at * 7 % 5 + axis) / 2048.0).to_string();
            (0..3).map(number).collect::<Vec<_>>().join(delimiter) + end
        };
        (0..20).map(row).collect()
    };
    let timed: String = (0..12).map(|at| format!("{},0.5,{}\n", 5 * at, at % 3)).collect();
    [
        rows(", ", "\n"),
        rows("\t", "\r\n"),
        rows(";", "\n").replace('.', ","),
        rows(" ", "\n").replace('.', ","),
        "x, y, z\n".to_owned() + &rows(", ", "\n"),
        "x [m/s\u{b2}], ay (m/s^2), z_ms2\n".to_owned() + &rows(", ", "\n"),
        "x [counts:16393.44], (counts:16393.44), z [counts:16393.44]\n".to_owned()
            + &rows(", ", "\n"),
        "\u{feff}# comment\n\n\"time [ms]\",\"x\",\"y\"\n".to_owned() + &timed,
        timed,
        "\"0.5\",\"1\"\n\"1e-3\",\"-2.5E+4\"\n".to_owned(),
        "0.5\n1\n-1.5\n".to_owned(),
        String::new(),
    ]
    .map(String::into_bytes)
    .to_vec()
}

/// Archives of arrays, as NumPy writes them.
pub fn npz() -> Vec<Vec<u8>> {
    let floats: Vec<u8> = (0..24u8).flat_map(|x| (f64::from(x) / 8.0).to_le_bytes()).collect();
    let integers: Vec<u8> = (0..24i16).flat_map(i16::to_be_bytes).collect();
    let rows = array("<f8", "False", "(8, 3)", &floats);
    let many = array(">i2", "True", "(2, 4, 3)", &integers);
    let flat = array("<f8", "False", "(24,)", &floats);
    [
        archive(CompressionMethod::Stored, &[("rows.npy", &rows)]),
        archive(CompressionMethod::Stored, &[("many.npy", &many), ("flat.npy", &flat)]),
        archive(CompressionMethod::Deflated, &[("rows.npy", &rows), ("many.npy", &many)]),
    ]
    .to_vec()
}

/// Single arrays.
pub fn npy() -> Vec<Vec<u8>> {
    let integers: Vec<u8> = (0..24i32).flat_map(i32::to_le_bytes).collect();
    let table = "[('x', '<i4'), ('y', '<i4', (2, 2))]";
    [
        array("<i4", "False", "(8, 3)", &integers),
        array("<f4", "True", "(2, 4, 3)", &integers),
        array(">f8", "False", "(12,)", &integers),
        array("|O", "False", "(2, 2)", b"\x80\x03]q\x00"),
        header(
            &format!("{{'descr': {table}, 'fortran_order': False, 'shape': (4,), }}"),
            &integers,
        ),
    ]
    .to_vec()
}

/// Lists beside recordings.
pub fn sidecars() -> Vec<Vec<u8>> {
    [
        r#"{"file":"0000.csv"}"#,
        r#"{"file":"0000.csv","unit":"counts:0.5"}"#,
        "{\"file\":\"0000.csv\",\"device\":\"a\",\"label\":\"low\",\"rate_hz\":199.8}\n\n\
         {\"file\":\"0001.csv\",\"time\":\"2026-01-01T00:00:00Z\",\"sequence\":7,\"source\":\"http\"}\n",
        r#"{"file":"\u00e4.csv","rate_hz":1e300,"other":[1,{"a":null}]}"#,
        "",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Model files, in both precisions, with few fields and with all.
pub fn models() -> Vec<Vec<u8>> {
    let normal = vec![Normal { path: "fan/<b>Ä</b>\n".to_owned(), recordings: 40, windows: 120 }];
    let full = Provenance {
        origin: "judder train".to_owned(),
        normal,
        data_sha256: Some("9877b9b239cd6a92".to_owned()),
        before: Some("0".repeat(64)),
        shrinkage: Some(("ledoit-wolf".to_owned(), 0.25)),
        learning: Some(Learning { epochs: 89, loss: 0.25, explained: 0.75, starts: 4, refused: 1 }),
        seed: Some(7),
        seen: "7c29bef0".to_owned(),
    };
    let figure = Figure {
        split: "time-ordered".to_owned(),
        normal_windows: 120,
        false_alarms: 1,
        anomaly_windows: 60,
        missed: 2,
        auc: Some(0.875),
    };
    let limit =
        |rule, false_alarm_rate| Threshold { value: 11.5, rule, false_alarm_rate, windows: 9 };
    let all = Feature::ALL.map(|feature| feature.to_string()).join("+");
    let by_distance = |n| gaussian(n).map(DetectorKind::Mahalanobis);
    let by_modes = |n| mixture(n).map(DetectorKind::Mixture);
    let by_rows = |n| neighbours(n).map(DetectorKind::Neighbours);
    let by_network = |takes| move |n| network(n, takes).map(DetectorKind::Autoencoder);
    let (given, conformal) = (limit(Rule::Given(11.5), None), limit(Rule::Conformal, Some(0.01)));
    let none = Provenance::default;
    let models = [
        model(("mad", 1), Precision::F32, by_distance, given.clone(), none()),
        model(("log-mad+correlation", 3), Precision::F64, by_distance, conformal.clone(), full),
        model((&all, 2), Precision::F32, by_distance, limit(Rule::MeanPlusSd(3.0), None), none()),
        model(
            ("mad+std", 2),
            Precision::F32,
            by_network(Takes::Standardised),
            conformal.clone(),
            none(),
        ),
        model(("log-mad", 3), Precision::F64, by_network(Takes::Features), given.clone(), none()),
        model(("mad", 3), Precision::F32, by_modes, conformal.clone(), none()).and_then(watched),
        model(("mad+correlation", 2), Precision::F64, by_modes, given.clone(), none()),
        model(("mad", 2), Precision::F32, by_rows, conformal, none()).and_then(watched),
        model(("std", 1), Precision::F64, by_rows, given, none()),
    ];
    let models = models.into_iter().flatten().filter_map(profiled);
    let models = models.map(|model| model.with_figures(vec![figure.clone()]));
    models.map(|model| model.to_json()).collect()
}

/// A model that knows what vibration is normal, where it is of three axes.
fn profiled(model: Model) -> Option<Model> {
    let (bands, axes) = (2, model.binding().axes);
    let count = Profile::features(bands).ok()?.count(axes).ok()?;
    let state = NormalState { median: vec![-6.5; count], spread: vec![0.25; count] };
    let profile = Profile { bands, states: vec![state; model.detector().states()] };
    model.with_profile((axes == 3).then_some(profile)).ok()
}

/// What exported networks say of themselves.
pub fn metadata() -> Vec<Vec<u8>> {
    let models = models().into_iter().filter_map(|bytes| Model::from_json(&bytes).ok());
    let both = models.flat_map(|model| {
        [Takes::Features, Takes::Standardised].map(|takes| Metadata::of(&model, takes))
    });
    both.flatten().map(|metadata| metadata.to_json().into_bytes()).collect()
}

/// A model of a detector for as many features as there are.
fn model(
    (features, axes): (&str, usize),
    precision: Precision,
    detector: impl Fn(usize) -> Option<DetectorKind>,
    threshold: Threshold,
    provenance: Provenance,
) -> Option<Model> {
    let features: FeatureSet = features.parse().ok()?;
    let detector = detector(features.count(axes).ok()?)?;
    let binding = Binding { axes, window: 16, hop: 8, rate_hz: 200.0 };
    Model::new(binding, precision, features, detector, threshold, provenance).ok()
}

/// Features in units that differ, of which some vary together: in blocks of three.
fn gaussian(n: usize) -> Option<Gaussian> {
    let sd = |row: usize| 10f64.powi(row as i32 % 5 - 3);
    let element = |at: usize| {
        let (row, column) = (at / n, at % n);
        let shared = if row == column { 1.0 } else { 0.5 };
        if row / 3 == column / 3 { shared * sd(row) * sd(column) } else { 0.0 }
    };
    Gaussian::new(vec![0.125; n], (0..n * n).map(element).collect()).ok()
}

/// The same twice, apart.
fn mixture(n: usize) -> Option<Mixture> {
    let one = gaussian(n)?;
    let other = Gaussian::new(vec![-2.5; n], one.covariance()).ok()?;
    Mixture::new(vec![one, other]).ok()
}

/// Three rows, of which the two nearest count.
fn neighbours(n: usize) -> Option<Neighbours> {
    let rows = (0..3 * n).map(|at| (at * 5 % 7) as f64 / 8.0 - 0.5).collect();
    Neighbours::new(vec![0.25; n], rows, 2).ok()
}

/// The same model, with all there is to say of how it watches.
fn watched(model: Model) -> Option<Model> {
    let axes = model.binding().axes;
    let (seen, seeing) =
        if axes > 3 { (GravityAxes::Three([0, 1, 2]), 3) } else { (GravityAxes::All, axes) };
    let gravity: Vec<f64> = (0..seeing).map(|axis| axis as f64 - 0.25).collect();
    let turned = gravity.iter().map(|x| -x).collect();
    let mounting = |gravity| Mounted { gravity, moved: 8.0, same: 2.5 };
    let watching = Watching {
        average: 3,
        votes: 2,
        of: 4,
        clear: 0.75,
        gravity: seen,
        handled: None,
        handled_above: Some(0.03125),
        idle_below: Some(0.002),
        settle: 30,
        turned: Some(Turned::Degrees(8.0)),
        mounting: vec![mounting(gravity), mounting(turned)],
        strong_above: Some(0.5),
        drift: Some(LongRun { above: 1.5, over: 64 }),
    };
    model.with_watching(watching).ok()
}

/// Layers that are narrow in their middle, with the activations of format version 2 or with every one.
fn network(n: usize, takes: Takes) -> Option<Autoencoder> {
    let layer = |inputs: usize, outputs: usize, activation| {
        let weights = (0..inputs * outputs).map(|at| (at * 5 % 9) as f64 / 8.0 - 0.5).collect();
        Layer::new(weights, vec![0.125; outputs], activation).ok()
    };
    let mut layers = vec![layer(n, 3, Activation::Tanh)?, layer(3, 2, Activation::Relu)?];
    if takes == Takes::Features {
        for activation in Activation::ALL {
            layers.push(layer(2, 2, activation)?);
        }
    }
    layers.push(layer(2, n, Activation::Linear)?);
    let scaling = Scaling { mean: vec![0.5; n], sd: vec![0.25; n] };
    Autoencoder::new(Network::new(layers).ok()?, takes, scaling).ok()
}

/// Models as archives.
pub fn model_archives() -> Vec<Vec<u8>> {
    let written = [1, 3, 8].map(|n| gaussian(n).and_then(|gaussian| to_npz(&gaussian).ok()));
    let mut archives: Vec<Vec<u8>> = written.into_iter().flatten().collect();
    for covariance in model_arrays() {
        let entries = [("model_mu.npy", &model_mean()[..]), ("model_cov.npy", &covariance)];
        archives.push(archive(CompressionMethod::Deflated, &entries));
    }
    archives
}

/// Covariances of three features.
pub fn model_arrays() -> Vec<Vec<u8>> {
    let values = [4.0f32, 1.0, 0.5, 1.0, 4.0, -1.0, 0.5, -1.0, 4.0];
    let wide: Vec<u8> = values.iter().flat_map(|&x| f64::from(x).to_le_bytes()).collect();
    let narrow: Vec<u8> = values.iter().flat_map(|x| x.to_be_bytes()).collect();
    vec![
        array("<f8", "False", "(3, 3)", &wide),
        array("<f8", "True", "(3, 3)", &wide),
        array(">f4", "False", "(3, 3)", &narrow),
    ]
}

/// The mean that goes with [`model_arrays`].
pub(crate) fn model_mean() -> Vec<u8> {
    array("<f8", "False", "(3,)", &[0.5f64, 0.25, 2.0].map(f64::to_le_bytes).concat())
}

/// Names of feature sets.
pub fn feature_sets() -> Vec<Vec<u8>> {
    let names = Feature::ALL.map(|feature| feature.to_string());
    let mut sets: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
    sets.push(names.join("+").into_bytes());
    sets.push(b"log-mad + correlation".to_vec());
    sets.extend(["bands", "bands:0", "total-bands:32", "bands:08", "mad:3"].map(Vec::from));
    sets
}

/// Windows as [`windows`](crate::targets::windows) takes them: which features, axes, and f32 bits.
pub fn windows() -> Vec<Vec<u8>> {
    let window = |choice: [u8; 3], axes: u8, f: &dyn Fn(u8) -> f32| {
        let values = (0..axes * 16).flat_map(|at| f(at).to_le_bytes());
        choice.into_iter().chain([axes - 1]).chain(values).collect::<Vec<u8>>()
    };
    let mut windows = vec![
        window([0xFF, 3, 0x7F], 3, &|at| f32::from(at % 7 * 5 % 7) / 2048.0),
        window([1, 0, 0], 1, &|at| if at == 5 { 1.0 } else { 0.25 }),
        window([2, 2, 2], 8, &|at| if at % 2 == 0 { f32::MAX } else { -f32::MAX }),
        window([0, 0, 0x7F], 8, &|at| f32::from(at % 11 * 3 % 11) / 2048.0),
        window([0, 0, 1], 1, &|at| if at == 0 { f32::MIN_POSITIVE } else { 0.0 }),
        window([0, 2, 0], 2, &|at| f32::from_bits(u32::from(at))),
    ];
    for bits in [0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x7F80_0001, 0x8000_0000, 1] {
        windows.push(window([0xFF, 3, 0], 2, &|at| f32::from_bits(bits ^ u32::from(at > 8))));
    }
    windows
}

/// An array file of NumPy's format 1.0.
pub(crate) fn array(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    header(&text, data)
}

fn header(text: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len() + 1).unwrap_or(u16::MAX).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), b"\n", data].concat()
}

/// A zip archive; empty where that cannot be made.
pub(crate) fn archive(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let write = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in entries {
            zip.start_file(*name, options)?;
            zip.write_all(bytes)?;
        }
        Ok(zip.finish()?.into_inner())
    };
    write().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A corpus of which nothing is read would find nothing.
    #[test]
    fn the_corpus_is_mostly_good() {
        let reads = |bytes: &Vec<u8>| {
            judder_data::read_text(Cursor::new(bytes.clone()), &mut Vec::new()).is_ok()
        };
        assert_eq!(text().iter().filter(|bytes| reads(bytes)).count(), text().len() - 1);
        let folder = tempfile::tempdir().unwrap();
        for bytes in npz() {
            let path = folder.path().join("one.npz");
            std::fs::write(&path, bytes).unwrap();
            let (recordings, errors) = judder_data::load(&path).unwrap();
            assert!(!recordings.is_empty() && errors.is_empty(), "{errors:?}");
        }
        for bytes in sidecars() {
            assert!(judder_data::parse_sidecar(std::str::from_utf8(&bytes).unwrap()).is_ok());
        }
        assert_eq!((posted_json().len(), posted_binary().len()), (8, 3));
        assert!(posted_json().iter().all(|bytes| judder_server::from_json(bytes).is_ok()));
        assert!(posted_binary().iter().all(|bytes| judder_server::from_binary(bytes).is_ok()));
        assert_eq!(models().len(), 9);
        assert!(models().iter().all(|bytes| Model::from_json(bytes).is_ok()));
        assert_eq!(metadata().len(), 4);
        assert!(metadata().iter().all(|bytes| Metadata::from_json(bytes).is_ok()));
        assert_eq!(model_archives().len(), 6);
        for bytes in model_archives() {
            assert!(judder_model::from_npz(Cursor::new(bytes)).is_ok());
        }
    }
}
