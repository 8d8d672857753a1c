//! Each target for a bounded number of inputs.

use judder_fuzz::{corpus, run, targets};

/// An archive of either kind of model.
#[test]
fn network_archive() {
    run("network_archive", targets::model_archive, &corpus::network_archives());
}

macro_rules! fuzz {
    ($($name:ident from $corpus:ident;)*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name), targets::$name, &corpus::$corpus());
        }
    )*};
}

fuzz! {
    text from text;
    pieces from text;
    npz from npz;
    npy from npy;
    sidecar from sidecars;
    model from models;
    metadata from metadata;
    model_archive from model_archives;
    model_array from model_arrays;
    tflite from tflite;
    network_array from network_weights;
    onnx from onnx;
    keras from keras;
    feature_set from feature_sets;
    posted_json from posted_json;
    posted_binary from posted_binary;
    windows from windows;
}
