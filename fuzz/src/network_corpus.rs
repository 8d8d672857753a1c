//! Networks in the formats of other programs: what fuzzing starts from.

use judder_core::Activation;
use judder_model::{
    Autoencoder, Binding, DetectorKind, Layer, Metadata, Model, Network, Precision, Provenance,
    Quantised, Rule, Scaling, Takes, Threshold, network_to_npz, to_onnx, to_tflite, to_tflite_int8,
};

use crate::corpus::array;
use crate::fixtures;

/// A network of three features for each activation, and what is said of it.
fn networks() -> Vec<(Network, Metadata)> {
    Activation::ALL.into_iter().filter_map(network).collect()
}

fn network(inner: Activation) -> Option<(Network, Metadata)> {
    let layer = |weights: usize, outputs: usize, activation| {
        let weights = (0..weights).map(|at| (at * 5 % 7) as f64 / 8.0 - 0.375).collect();
        Layer::new(weights, vec![0.125; outputs], activation).ok()
    };
    let network = Network::new(vec![layer(6, 2, inner)?, layer(6, 3, Activation::Linear)?]).ok()?;
    let scaling = Scaling { mean: vec![-5.0; 3], sd: vec![0.125; 3] };
    let autoencoder = Autoencoder::new(network.clone(), Takes::Standardised, scaling).ok()?;
    let model = Model::new(
        Binding { axes: 3, window: 16, hop: 8, rate_hz: 200.0 },
        Precision::F32,
        "log-mad".parse().ok()?,
        DetectorKind::Autoencoder(autoencoder),
        Threshold { value: 2.5, rule: Rule::Conformal, false_alarm_rate: Some(0.01), windows: 9 },
        Provenance::default(),
    );
    Some((network, Metadata::of(&model.ok()?, Takes::Standardised)?))
}

/// Each network as a file, with and without metadata.
fn written<E>(write: impl Fn(&Network, Option<&Metadata>) -> Result<Vec<u8>, E>) -> Vec<Vec<u8>> {
    let networks = networks();
    let files = networks.iter().flat_map(|(network, metadata)| {
        [None, Some(metadata)].map(|metadata| write(network, metadata).ok())
    });
    files.flatten().collect()
}

/// Networks as archives.
pub fn network_archives() -> Vec<Vec<u8>> {
    written(network_to_npz)
}

/// Networks as ONNX files, judder's and those of other tools.
pub fn onnx() -> Vec<Vec<u8>> {
    [written(to_onnx), fixtures::bytes(".onnx")].concat()
}

/// Networks as TensorFlow Lite files, judder's and those of other tools.
pub fn tflite() -> Vec<Vec<u8>> {
    let mut files = written(to_tflite);
    for (network, _) in networks() {
        let row = [0.5, -0.25, 1.0];
        let quantised = Quantised::new(&network, [&row[..]].into_iter()).ok();
        files.extend(quantised.and_then(|quantised| to_tflite_int8(&quantised, None).ok()));
    }
    files.extend(fixtures::bytes(".tflite"));
    files
}

/// Keras models, the first made here.
pub fn keras() -> Vec<Vec<u8>> {
    let saved = [".h5", ".keras"].into_iter().flat_map(fixtures::bytes);
    std::iter::once(crate::keras::model(3)).chain(saved).collect()
}

/// The characters of a text as NumPy has them.
fn wide(text: &str) -> Vec<u8> {
    text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()
}

/// The weights, bias and activation of a layer as arrays: as bytes, and as a text.
pub fn network_weights() -> Vec<Vec<u8>> {
    let four = [0.5f64, -1.0, 2.0, 0.25].map(f64::to_le_bytes).concat();
    vec![
        array("<f8", "False", "(2, 2)", &four),
        array("<f8", "False", "(2,)", &four[..16]),
        array("|u1", "False", "(4,)", b"tanh"),
        array("<U15", "False", "()", &wide("leaky_relu(0.2)")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of the library that writes HDF5 cannot claim so.
    #[test]
    fn a_keras_model_that_claims_too_much_is_refused_before_it_is_read() {
        for inputs in [1 << 14, 1 << 40, usize::MAX / 2, usize::MAX] {
            let error = judder_model::from_keras(&crate::keras::model(inputs)).unwrap_err();
            let found = error.to_string();
            assert!(found.ends_with("claims more numbers than the file holds"), "{found}");
        }
    }

    #[test]
    fn the_corpus_is_mostly_good() {
        let reads =
            |archive: &Vec<u8>| judder_model::from_npz(std::io::Cursor::new(archive)).is_ok();
        let archives = network_archives();
        assert!(archives.iter().filter(|archive| reads(archive)).count() >= 6);
        let share = |files: &[Vec<u8>], read: &dyn Fn(&[u8]) -> bool| {
            let good = files.iter().filter(|bytes| read(bytes)).count();
            assert!(files.len() > 20 && good > files.len() / 2, "{good} of {}", files.len());
        };
        share(&onnx(), &|bytes| judder_model::from_onnx(bytes).is_ok());
        share(&tflite(), &|bytes| judder_model::from_tflite(bytes).is_ok());
        share(&keras(), &|bytes| judder_model::from_keras(bytes).is_ok());
        let file = &keras()[0];
        let read = judder_model::from_keras(file).unwrap();
        assert_eq!(read.network.layers()[0].weights(), [0.5, 2.0, 1.0, -1.0, 0.25, -0.125]);
    }
}
