//! Files made here: what is read of them, and what is said of the others.

use hdf5_pure::{AttrValue, FileBuilder};
use judder_core::Activation::{Gelu, LeakyRelu, Linear, Relu, Tanh};
use judder_model::{Foreign, FormatError, from_keras};

const READABLE: &str = "; judder reads from Keras files one chain of Dense, Normalization, \
                        BatchNormalization, Rescaling and activations";
const ACTIVATIONS: &str = "; judder has linear, relu, tanh, sigmoid, leaky_relu, elu, selu, softplus, \
                           silu and gelu: use one of these, and train again";

/// A dense layer `a` of 3 inputs and 2 outputs, and what else its configuration says.
fn dense(name: &str, units: usize, more: &str) -> String {
    format!(r#"{{"class_name":"Dense","config":{{"name":"{name}","units":{units}{more}}}}}"#)
}

fn sequential(layers: &[String]) -> String {
    format!(
        r#"{{"class_name":"Sequential","config":{{"name":"s","layers":[{}]}}}}"#,
        layers.join(",")
    )
}

const KERNEL: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

enum Array {
    Single(Vec<u64>, Vec<f32>),
    Double(Vec<u64>, Vec<f64>),
    Bytes(Vec<u64>, Vec<u8>),
    Chunked(Vec<u64>, Vec<f32>),
}

/// The layers of a file, each with its arrays.
type Layers<'a> = [(&'a str, Vec<(&'a str, Array)>)];

fn kernel() -> (&'static str, Array) {
    ("kernel:0", Array::Single(vec![3, 2], KERNEL.to_vec()))
}

fn bias() -> (&'static str, Array) {
    ("bias:0", Array::Single(vec![2], vec![7.0, 8.0]))
}

/// A file as Keras lays it out.
fn file(config: Option<&str>, layers: &Layers<'_>, more: impl FnOnce(&mut FileBuilder)) -> Vec<u8> {
    let text = |text: &str| AttrValue::VarLenAsciiString(text.to_owned());
    let mut file = FileBuilder::new();
    if let Some(config) = config {
        file.set_attr("model_config", text(config));
    }
    file.set_attr("keras_version", text("2.2.4-tf"));
    let mut weights = file.create_group("model_weights");
    let names = layers.iter().map(|(name, _)| (*name).to_owned()).collect();
    weights.set_attr("layer_names", AttrValue::AsciiStringArray(names));
    for (name, arrays) in layers {
        let mut outer = weights.create_group(name);
        let path = |array: &str| format!("{name}/{array}");
        let paths = arrays.iter().map(|(array, _)| path(array)).collect();
        outer.set_attr("weight_names", AttrValue::AsciiStringArray(paths));
        let mut inner = outer.create_group(name);
        for (array, numbers) in arrays {
            let dataset = inner.create_dataset(array);
            match numbers {
                Array::Single(shape, values) => dataset.with_f32_data(values).with_shape(shape),
                Array::Double(shape, values) => dataset.with_f64_data(values).with_shape(shape),
                Array::Bytes(shape, values) => dataset.with_u8_data(values).with_shape(shape),
                Array::Chunked(shape, values) => {
                    dataset.with_f32_data(values).with_shape(shape).with_chunks(shape)
                }
            };
        }
        outer.add_group(inner.finish());
        weights.add_group(outer.finish());
    }
    file.add_group(weights.finish());
    more(&mut file);
    file.finish().unwrap()
}

fn read(config: &str, layers: &Layers<'_>) -> Result<Foreign, String> {
    from_keras(&file(Some(config), layers, |_| {})).map_err(|error| {
        let error = error.to_string();
        let known = [READABLE, ACTIVATIONS].into_iter().find_map(|way| error.strip_suffix(way));
        known.map_or(error.clone(), str::to_owned)
    })
}

/// One layer with a kernel and a bias.
fn one(more: &str) -> Result<Foreign, String> {
    read(&sequential(&[dense("a", 2, more)]), &[("a", vec![kernel(), bias()])])
}

#[test]
fn layers_are_read_in_the_order_of_the_model() {
    let layers = [
        r#"{"class_name":"InputLayer","config":{"name":"in","batch_input_shape":[null,3]}}"#.into(),
        dense("a", 2, r#","activation":"tanh","use_bias":true,"dtype":"float32""#),
        r#"{"class_name":"Dropout","config":{"name":"d","rate":0.2}}"#.into(),
        dense("b", 3, r#","activation":"relu","use_bias":false"#),
        dense("c", 1, r#","dtype":{"class_name":"DTypePolicy","config":{"name":"float32"}}"#),
    ];
    // Keras 3 leaves the `:0` away.
    let arrays = [
        (
            "c",
            vec![
                ("kernel", Array::Double(vec![3, 1], vec![0.1, 0.2, 0.3])),
                ("bias", Array::Double(vec![1], vec![0.4])),
            ],
        ),
        ("b", vec![("kernel:0", Array::Single(vec![2, 3], KERNEL.to_vec()))]),
        ("a", vec![bias(), kernel()]),
    ];
    let Foreign { network, metadata, ignored, .. } = read(&sequential(&layers), &arrays).unwrap();
    assert_eq!((metadata, ignored), (None, vec![]));
    let [a, b, c] = network.layers() else { panic!("{network:?}") };
    assert_eq!((a.weights(), a.bias()), (&[1.0, 3.0, 5.0, 2.0, 4.0, 6.0][..], &[7.0, 8.0][..]));
    assert_eq!((b.weights(), b.bias()), (&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0][..], &[0.0; 3][..]));
    assert_eq!((c.weights(), c.bias()), (&[0.1, 0.2, 0.3][..], &[0.4][..]));
    assert_eq!([a, b, c].map(|layer| layer.activation()), [Tanh, Relu, Linear]);
    // The list alone is what old versions wrote.
    let list = format!(r#"{{"class_name":"Sequential","config":[{}]}}"#, layers.join(","));
    assert_eq!(read(&list, &arrays).unwrap().network, network);
}

/// Operations of `keras.ops`, as Keras 3.15.1 says them.
#[test]
fn arithmetic_with_constants_is_folded() {
    let tensor = |of: &str| {
        format!(r#"{{"class_name":"__keras_tensor__","config":{{"keras_history":["{of}",0,0]}}}}"#)
    };
    let layer = |class: &str, name: &str, more: &str, args: &str| {
        format!(
            r#"{{"class_name":"{class}","name":"{name}","config":{{"name":"{name}"{more}}},"inbound_nodes":[{{"args":[{args}],"kwargs":{{}}}}]}}"#
        )
    };
    let layers = [
        r#"{"class_name":"InputLayer","name":"in","config":{"name":"in","batch_shape":[null,3]},"inbound_nodes":[]}"#.to_owned(),
        layer("Multiply", "m", "", &format!("{},2.0", tensor("in"))),
        layer("Dense", "a", r#","units":2"#, &tensor("m")),
        layer("Subtract", "s", "", &format!("3.0,{}", tensor("a"))),
        layer(
            "TrueDivide",
            "d",
            "",
            &format!(r#"{},{{"class_name":"__numpy__","config":{{"value":[1.0,4.0]}}}}"#, tensor("s")),
        ),
    ];
    let config = format!(
        r#"{{"class_name":"Functional","config":{{"layers":[{}],"input_layers":["in",0,0],"output_layers":["d",0,0]}}}}"#,
        layers.join(",")
    );
    let network = read(&config, &[("a", vec![kernel(), bias()])]).unwrap().network;
    let [one] = network.layers() else { panic!("{network:?}") };
    assert_eq!(one.weights(), [-2.0, -6.0, -10.0, -1.0, -2.0, -3.0]);
    assert_eq!(one.bias(), [-4.0, -1.25]);
}

#[test]
fn what_does_not_bear_on_the_network_is_told() {
    let config = sequential(&[dense("a", 2, "")]);
    let bytes = file(Some(&config), &[("a", vec![kernel(), bias()])], |file| {
        file.set_attr("training_config", AttrValue::VarLenAsciiString("{}".to_owned()));
        let optimizer = file.create_group("optimizer_weights");
        file.add_group(optimizer.finish());
        file.create_dataset("notes").with_f32_data(&[1.0]);
    });
    let ignored = from_keras(&bytes).unwrap().ignored;
    assert_eq!(ignored, ["`notes`", "`optimizer_weights`", "`training_config`"]);
    let bytes = file(Some(&config), &[("a", vec![kernel(), bias()])], |file| {
        for at in 0..12 {
            file.set_attr(&format!("{at:02}"), AttrValue::I64(at));
        }
    });
    let ignored = from_keras(&bytes).unwrap().ignored;
    assert_eq!((ignored.len(), &ignored[7][..], &ignored[8][..]), (9, "`07`", "4 more"));
}

#[test]
fn models_and_layers_of_other_kinds_are_refused_by_name() {
    let arrays = || [("a", vec![kernel(), bias()])];
    let good = dense("a", 2, "");
    let config = sequential(std::slice::from_ref(&good)).replace("Sequential", "Mine");
    let said = read(&config, &arrays()).unwrap_err();
    assert!(
        said.starts_with("holds a model of the class `Mine`; what a class of one's own"),
        "{said}"
    );
    for (class, way) in [
        (
            "LSTM",
            "; judder runs dense layers on the features of a window, not on its readings: use Dense on features",
        ),
        (
            "Conv1D",
            "; judder runs dense layers on the features of a window, not on its readings: use Dense on features",
        ),
        (
            "LayerNormalization",
            "; it mixes the numbers of a row, which no layer of judder does: leave it out, or put BatchNormalization in its place",
        ),
        (
            "Lambda",
            "; what a Lambda does is Python: use Rescaling, Normalization or Activation for it",
        ),
        ("Mine", ""),
    ] {
        let other = format!(r#"{{"class_name":"{class}","config":{{"name":"b"}}}}"#);
        let config = sequential(&[good.clone(), other]);
        let expected = format!("holds a layer `{class}` (`b`){way}");
        assert_eq!(read(&config, &arrays()).unwrap_err(), expected);
    }
    for (more, message) in [
        (r#","activation":"softmax""#, "holds the activation `softmax` of the layer `a`"),
        (r#","activation":"Relu""#, "holds the activation `Relu` of the layer `a`"),
        (
            r#","activation":{"class_name":"ThresholdedReLU"}"#,
            "holds the activation `ThresholdedReLU` of the layer `a`",
        ),
        (
            r#","dtype":{"class_name":"Policy","config":{"name":"int8_from_float32"}}"#,
            "holds the layer `a` in `int8_from_float32`; make the model after \
             `keras.config.set_dtype_policy(\"float32\")`, `set_weights(old.get_weights())`, and save it \
             again",
        ),
        (r#","use_bias":false"#, "holds `bias:0` in the layer `a`"),
    ] {
        assert_eq!(one(more).unwrap_err(), message);
    }
    for (more, activation) in [
        (r#","activation":null"#, Linear),
        (r#","activation":"linear""#, Linear),
        (r#","activation":{"class_name":"LeakyReLU"}"#, LeakyRelu(0.3)),
        (r#","activation":{"class_name":"function","config":"gelu"}"#, Gelu),
    ] {
        assert_eq!(one(more).unwrap().network.layers()[0].activation(), activation);
    }
    let quantised =
        [("a", vec![kernel(), bias(), ("kernel_scale:0", Array::Single(vec![2], vec![1.0; 2]))])];
    assert_eq!(
        read(&sequential(&[good]), &quantised).unwrap_err(),
        "holds `kernel_scale:0` in the layer `a`"
    );
}

#[test]
fn configurations_that_are_none() {
    let broken = "is not a readable Keras file: ";
    let arrays = || [("a", vec![kernel(), bias()])];
    let good = dense("a", 2, "");
    for (config, message) in [
        ("", "its configuration: EOF while parsing a value"),
        ("[]", "its configuration: a layer has no class_name"),
        ("{}", "its configuration: a layer has no class_name"),
        (
            r#"{"class_name":"Sequential","config":{}}"#,
            "its configuration: a model has no list of layers",
        ),
        (
            &sequential(&[r#"{"class_name":"Dense","config":{}}"#.into()]),
            "its configuration: a layer has no name",
        ),
        (
            &sequential(&[r#"{"class_name":"Dense","config":{"name":"a"}}"#.into()]),
            "the layer `a` does not say how many units it has",
        ),
        (&sequential(&[good.clone(), good.clone()]), "there are two layers `a`"),
        (&sequential(&[dense("b", 2, "")]), "there are weights of a layer `a`, but no such layer"),
        (&sequential(&[dense("a", 3, "")]), "the layer `a` has no kernel of 3 columns"),
        (&"[".repeat(100_000), "its configuration: "),
    ] {
        let error = read(config, &arrays()).unwrap_err();
        assert!(error.starts_with(&format!("{broken}{message}")), "{error}");
    }
    let error = read(&sequential(&[]), &[]).unwrap_err();
    assert!(error.contains("layer_names") || error.ends_with("there are no layers"), "{error}");
    let error = from_keras(&file(None, &arrays(), |_| {})).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{broken}it has no attribute `model_config`")), "{error}");
}

#[test]
fn arrays_of_other_kinds_are_refused_by_name() {
    let broken = "is not a readable Keras file: ";
    let with = |kernel: Array, bias: Array| {
        let arrays = [("a", vec![("kernel:0", kernel), ("bias:0", bias)])];
        read(&sequential(&[dense("a", 2, "")]), &arrays).unwrap_err()
    };
    let single = |shape: &[u64], values: &[f32]| Array::Single(shape.to_vec(), values.to_vec());
    let (kernel, bias) = (|| single(&[3, 2], &KERNEL), || single(&[2], &[7.0, 8.0]));
    assert_eq!(
        with(Array::Bytes(vec![3, 2], vec![1; 6]), bias()),
        "holds the array `a/kernel:0` of u8"
    );
    assert_eq!(
        with(Array::Chunked(vec![3, 2], KERNEL.to_vec()), bias()),
        "holds the array `a/kernel:0` in pieces"
    );
    assert_eq!(
        with(single(&[6], &KERNEL), bias()),
        format!("{broken}the layer `a` has no kernel of rows")
    );
    assert_eq!(
        with(kernel(), single(&[1, 2], &[7.0, 8.0])),
        format!("{broken}the layer `a` has no bias of 2 numbers")
    );
    assert_eq!(
        with(kernel(), single(&[2], &[f32::NAN, 8.0])),
        "does not hold an autoencoder that judder can run: the layer `a`: there is a number that \
         is not finite"
    );
    let config = sequential(&[dense("a", 2, "")]);
    for (arrays, message) in [
        (
            vec![],
            "the layer `a` has no kernel: call the model once on features, `model(x)`, and save it again",
        ),
        (vec![self::kernel()], "the layer `a` has no bias"),
        (
            vec![self::bias()],
            "the layer `a` has no kernel: call the model once on features, `model(x)`, and save it again",
        ),
    ] {
        let error = read(&config, &[("a", arrays)]).unwrap_err();
        assert!(error.starts_with(broken), "{error}");
        assert!(error.ends_with(message) || error.contains("weight_names"), "{error}");
    }
}

#[test]
fn files_of_other_formats() {
    let error = |bytes: &[u8]| from_keras(bytes).unwrap_err().to_string();
    assert!(error(b"PK\x03\x04").starts_with("is not a readable Keras file: "));
    assert!(error(&vec![0; (64 << 20) + 1]).starts_with("holds more than 64 MiB; "));
    for bytes in [&b""[..], b"\x89HDF\r\n\x1a\n", &[0; 4096]] {
        assert!(matches!(from_keras(bytes), Err(FormatError::Broken { .. })));
    }
}

/// Checksums keep most damage to such a file from going far; `real` and the fuzz targets damage
/// files that have none.
#[test]
fn damaged_files() {
    let config = sequential(&[dense("a", 2, "")]);
    let mut file = file(Some(&config), &[("a", vec![kernel(), bias()])], |_| {});
    super::damage(&mut file, 1);
}
