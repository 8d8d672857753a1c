//! What is written is read again, here and by the schema's own reader.

use judder_core::Activation;
use judder_model::{
    FormatError, Layer, Network, Quantised, from_tflite, to_tflite, to_tflite_int8,
};
use proptest::prelude::*;

use crate::networks::{network, standardised, with_metadata};
use crate::runtimes::{output, python};

/// Networks of up to five layers of up to eight numbers, of any numbers that float32 holds.
fn networks() -> impl Strategy<Value = Network> {
    let number = any::<f32>().prop_filter("finite", |x| x.is_finite()).prop_map(f64::from);
    let numbers = proptest::collection::vec(number, 72);
    let activation = proptest::sample::select(Activation::ALL.to_vec());
    let layers = proptest::collection::vec((1usize..9, activation, numbers), 1..6);
    (1usize..9, layers).prop_map(|(mut inputs, layers)| {
        let layers = layers.into_iter().map(|(outputs, activation, numbers)| {
            let (weights, rest) = numbers.split_at(inputs * outputs);
            inputs = outputs;
            Layer::new(weights.to_vec(), rest[..outputs].to_vec(), activation).unwrap()
        });
        Network::new(layers.collect()).unwrap()
    })
}

fn bits(network: &Network) -> Vec<u64> {
    let layers = network.layers().iter();
    layers.flat_map(|one| one.weights().iter().chain(one.bias())).map(|x| x.to_bits()).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_bit_for_bit(network in networks(), said in any::<bool>()) {
        let metadata = said.then(|| with_metadata().1);
        let file = to_tflite(&network, metadata.as_ref()).unwrap();
        let read = from_tflite(&file).unwrap();
        prop_assert_eq!(bits(&read.network), bits(&network));
        prop_assert_eq!(&read.network, &network);
        prop_assert_eq!(&read.metadata, &metadata);
        prop_assert!(read.ignored.is_empty(), "{:?}", read.ignored);
        prop_assert_eq!(to_tflite(&read.network, read.metadata.as_ref()).unwrap(), file);
    }
}

#[test]
fn a_network_takes_about_a_thousand_bytes() {
    let network = network(&[6, 4, 6], Activation::Relu, 1);
    let rows = standardised(6, 100, 1);
    let quantised = Quantised::new(&network, rows.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(network.parameters(), 58);
    assert_eq!(to_tflite(&network, None).unwrap().len(), 1_120);
    assert_eq!(to_tflite_int8(&quantised, None).unwrap().len(), 1_296);
}

/// Kernels load 16 bytes at a time.
#[test]
fn numbers_stand_at_multiples_of_16_bytes() {
    let (network, metadata) = with_metadata();
    let file = to_tflite(&network, Some(&metadata)).unwrap();
    assert_eq!(file.len() % 16, 0);
    for layer in network.layers() {
        for numbers in [layer.weights(), layer.bias()] {
            let bytes: Vec<u8> = numbers.iter().flat_map(|&x| (x as f32).to_le_bytes()).collect();
            let at = file.windows(bytes.len()).position(|one| one == bytes).unwrap();
            assert_eq!(at % 16, 0, "{numbers:?}");
        }
    }
}

#[test]
fn numbers_beyond_float32_are_not_written() {
    let layer = |x| Layer::new(vec![1.0], vec![x], Activation::Linear).unwrap();
    let network = Network::new(vec![layer(0.0), layer(1e39)]).unwrap();
    let error = to_tflite(&network, None).unwrap_err();
    assert!(
        matches!(&error, FormatError::Network(what)
        if what == "layer 1 has a number that is too large for float32"),
        "{error}"
    );
}

#[test]
fn the_schema_reads_what_is_written() {
    let Some(python) = python("the_schema_reads_what_is_written") else { return };
    let program = "\
from ai_edge_litert import schema_py_generated as schema
whole = lambda numbers: [int(x) for x in numbers]
for name in ['float', 'int8']:
    data = open(name, 'rb').read()
    assert data[4:8] == b'TFL3'
    m = schema.ModelT.InitFromPackedBuf(bytearray(data), 0)
    [g] = m.subgraphs
    print(m.version, m.description, [e.name.decode() for e in m.metadata])
    print(bytes(m.buffers[m.metadata[0].buffer].data).decode())
    print(m.buffers[0].data, [(c.deprecatedBuiltinCode, c.builtinCode, c.version) for c in m.operatorCodes])
    for t in g.tensors:
        q = t.quantization
        print(t.name.decode(), whole(t.shape), t.type, q and (len(q.scale), len(q.zeroPoint)))
    for o in g.operators:
        options = o.builtinOptions
        fused = options and options.fusedActivationFunction
        print(o.opcodeIndex, whole(o.inputs), whole(o.outputs), o.builtinOptionsType, fused)
    print(whole(g.inputs), whole(g.outputs))
";
    let layers = network(&[3, 2, 4, 3], Activation::Tanh, 5).layers().to_vec();
    let relu = Layer::new(layers[1].weights().to_vec(), vec![0.0; 4], Activation::Relu).unwrap();
    let network = Network::new(vec![layers[0].clone(), relu, layers[2].clone()]).unwrap();
    let metadata = with_metadata().1;
    let rows = standardised(3, 100, 1);
    let quantised = Quantised::new(&network, rows.iter().map(Vec::as_slice)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("float", to_tflite(&network, Some(&metadata)).unwrap());
    write("int8", to_tflite_int8(&quantised, Some(&metadata)).unwrap());
    let expected = |kind: u8, bias: u8, scale: &str, versions: [u8; 2]| {
        let said = metadata.to_json();
        let [dense, tanh] = versions;
        format!(
            "3 None ['judder']\n{said}\n\
             None [(9, 9, {dense}), (28, 28, {tanh})]\n\
             features [1, 3] {kind} {scale}\n\
             0/weights [2, 3] {kind} {scale}\n0/bias [2] {bias} {scale}\n\
             0 [1, 2] {kind} {scale}\n0/tanh [1, 2] {kind} {scale}\n\
             1/weights [4, 2] {kind} {scale}\n1/bias [4] {bias} {scale}\n\
             1 [1, 4] {kind} {scale}\n\
             2/weights [3, 4] {kind} {scale}\n2/bias [3] {bias} {scale}\n\
             reconstruction [1, 3] {kind} {scale}\n\
             0 [0, 1, 2] [3] 8 0\n1 [3] [4] 0 None\n0 [4, 5, 6] [7] 8 1\n\
             0 [7, 8, 9] [10] 8 0\n[0] [10]\n"
        )
    };
    let found = output(&python, program, &[], folder.path());
    let wanted = expected(0, 0, "None", [1, 1]) + &expected(9, 2, "(1, 1)", [4, 2]);
    assert_eq!(found, wanted);
}
