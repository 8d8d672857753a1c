//! What was imported, exported to each format and imported again.

use std::io::Cursor;

use judder_core::{Dense, Score};
use judder_model::{
    DetectorKind, ForeignModel, FormatError, Layer, Network, from_npz, from_onnx, from_tflite,
    mixture_to_npz, network_to_npz, read_foreign, to_npz, to_onnx, to_tflite,
};

use crate::fixture::fixtures;

/// The network with its numbers in single precision, which is all that some formats have.
fn singles(network: &Network) -> Network {
    let single = |values: &[f64]| values.iter().map(|&x| f64::from(x as f32)).collect();
    let layer = |one: &Layer| {
        Layer::new(single(one.weights()), single(one.bias()), one.activation()).unwrap()
    };
    Network::new(network.layers().iter().map(layer).collect()).unwrap()
}

/// The bits of the mean squared error of what a network gives back, in single precision.
fn scores(network: &Network, inputs: &[Vec<f64>]) -> Vec<u32> {
    let to = |values: &[f64]| values.iter().map(|&x| x as f32).collect::<Vec<_>>();
    let numbers: Vec<_> =
        network.layers().iter().map(|one| (to(one.weights()), to(one.bias()))).collect();
    let layers: Vec<_> = numbers
        .iter()
        .zip(network.layers())
        .map(|((weights, bias), one)| Dense::new(weights, bias, one.activation()).unwrap())
        .collect();
    let scale = vec![1.0; network.inputs()];
    let core = judder_core::Autoencoder::new(&layers, &scale).unwrap();
    let mut workspace = vec![0.0; Score::<f32>::workspace(&core)];
    inputs.iter().map(|row| core.score(&to(row), &mut workspace).unwrap().to_bits()).collect()
}

#[test]
fn a_network_is_the_same_by_way_of_every_format() {
    let (mut networks, mut compared) = (0, 0);
    for fixture in fixtures() {
        let Ok(ForeignModel::Network(foreign)) = read_foreign(&fixture.path) else { continue };
        let network = foreign.network;
        let single = singles(&network);
        type Read<'a> = Box<dyn Fn(&[u8]) -> Result<Network, FormatError> + 'a>;
        let npz: Read<'_> = Box::new(|bytes| match from_npz(Cursor::new(bytes))? {
            ForeignModel::Network(found) => Ok(found.network),
            other => panic!("{other:?}"),
        });
        let onnx: Read<'_> = Box::new(|bytes| from_onnx(bytes).map(|found| found.network));
        let tflite: Read<'_> = Box::new(|bytes| from_tflite(bytes).map(|found| found.network));
        for (name, written, read, expected) in [
            ("npz", network_to_npz(&network, None), npz, &network),
            ("onnx", to_onnx(&network, None), onnx, &single),
            ("tflite", to_tflite(&network, None), tflite, &single),
        ] {
            let what = format!("{} by way of {name}", fixture.name());
            let again = read(&written.unwrap()).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(&again, expected, "{what}");
            if network.inputs() == network.outputs() {
                let inputs = fixture.inputs();
                assert_eq!(scores(&again, &inputs), scores(&network, &inputs), "{what}");
                compared += 1;
            }
        }
        networks += 1;
    }
    assert!(networks >= 100 && compared >= 200, "{networks} networks, {compared} compared");
}

#[test]
fn gaussians_are_the_same_by_way_of_arrays() {
    let mut count = 0;
    for fixture in fixtures() {
        let Ok(ForeignModel::Gaussians(foreign)) = read_foreign(&fixture.path) else { continue };
        let file = match foreign.detector().unwrap() {
            DetectorKind::Mahalanobis(gaussian) => to_npz(&gaussian),
            DetectorKind::Mixture(mixture) => mixture_to_npz(&mixture),
            other => panic!("{other:?}"),
        };
        match from_npz(Cursor::new(file.unwrap())).unwrap() {
            ForeignModel::Gaussians(again) => {
                assert_eq!(
                    again.detector().unwrap(),
                    foreign.detector().unwrap(),
                    "{}",
                    fixture.name()
                );
            }
            other => panic!("{other:?}"),
        }
        count += 1;
    }
    assert!(count >= 10, "{count}");
}
