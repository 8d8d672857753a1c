//! Each target for a bounded number of inputs.

use judder_fuzz::{corpus, foreign, recordings, run, targets};

/// An archive of either kind of model.
#[test]
fn network_archive() {
    run("network_archive", targets::model_archive, &corpus::network_archives());
}

macro_rules! fuzz {
    ($($from:ident :: $name:ident from $corpus:ident;)*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name), $from::$name, &corpus::$corpus());
        }
    )*};
}

fuzz! {
    targets::text from text;
    targets::pieces from text;
    targets::npz from npz;
    targets::npy from npy;
    targets::sidecar from sidecars;
    targets::model from models;
    targets::metadata from metadata;
    targets::model_archive from model_archives;
    targets::model_array from model_arrays;
    targets::tflite from tflite;
    targets::network_array from network_weights;
    targets::onnx from onnx;
    targets::keras from keras;
    targets::feature_set from feature_sets;
    targets::posted_json from posted_json;
    targets::posted_binary from posted_binary;
    targets::windows from windows;
    foreign::keras_config from keras_configs;
    foreign::keras_weights from keras_weights;
    foreign::onnx_beside from onnx_beside;
    foreign::normalization from normalizations;
    foreign::onnx_mixture from onnx_mixtures;
    foreign::tflite_quantised from tflite_quantised;
    recordings::forms from forms;
    recordings::intervals from intervals;
    recordings::arrays from arrays;
    recordings::wav from wav;
    recordings::matlab from matlab;
    recordings::hdf5 from hdf5;
    recordings::tdms from tdms;
    recordings::parquet from parquet;
    recordings::arrow from arrow;
    recordings::uff from uff;
    recordings::json from json;
    recordings::cbor from cbor;
    recordings::zst from zst;
    recordings::xlsx from xlsx;
    recordings::sheet from sheet;
}
