//! What judder makes of a file, beside what its tool makes of it.

use judder_core::{Dense, Score};
use judder_model::{ForeignGaussians, ForeignModel, Gaussian, Network, read_foreign};

use crate::fixture::Fixture;

#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The largest difference, of the largest output or 1.
    Apart { largest: f64, absolute: f64 },
    /// The largest difference, in steps of the outputs.
    Steps(f64),
    /// The message.
    Refused(String),
}

/// What a file is read as, and how far off that is.
pub(crate) fn outcome(fixture: &Fixture) -> Outcome {
    let read = match read_foreign(&fixture.path) {
        Ok(read) => read,
        Err(problem) => return Outcome::Refused(problem.to_string()),
    };
    let given = |inputs: &Vec<f64>| match &read {
        ForeignModel::Network(foreign) => run(&foreign.network, inputs),
        ForeignModel::Gaussians(foreign) => vec![distance(foreign, inputs)],
    };
    let (mut apart, mut largest) = (0.0f64, 1.0f64);
    for (inputs, expected) in fixture.inputs().iter().zip(&fixture.outputs()) {
        let found = given(inputs);
        assert_eq!(found.len(), expected.len(), "{}", fixture.name());
        for (found, expected) in found.iter().zip(expected) {
            apart = apart.max((found - expected).abs());
            largest = largest.max(expected.abs());
        }
    }
    match fixture.step {
        Some(step) => Outcome::Steps(apart / step),
        None => Outcome::Apart { largest: apart / largest, absolute: apart },
    }
}

/// What a network gives, in double precision.
pub(crate) fn run(network: &Network, inputs: &[f64]) -> Vec<f64> {
    network.layers().iter().fold(inputs.to_vec(), |inputs, layer| {
        let dense = Dense::new(layer.weights(), layer.bias(), layer.activation()).unwrap();
        let mut outputs = vec![0.0; layer.outputs()];
        dense.run(&inputs, &mut outputs).unwrap();
        outputs
    })
}

/// The squared distance of a row from the nearest of some Gaussians.
fn distance(foreign: &ForeignGaussians, inputs: &[f64]) -> f64 {
    let distance = |one: &Gaussian| {
        let whitening = one.whitening();
        let blocks = one.blocks();
        let core = judder_core::Mahalanobis::in_blocks(one.mean(), blocks, whitening).unwrap();
        let mut workspace = vec![0.0; core.workspace()];
        Score::score(&core, inputs, &mut workspace).unwrap()
    };
    foreign.modes.iter().map(distance).fold(f64::INFINITY, f64::min)
}
