//! Each target for a bounded number of inputs.

use judder_fuzz::{corpus, run, targets};

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
    npz from npz;
    npy from npy;
    sidecar from sidecars;
    model from models;
    metadata from metadata;
    model_archive from model_archives;
    model_array from model_arrays;
    tflite from tflite;
    feature_set from feature_sets;
    windows from windows;
}
