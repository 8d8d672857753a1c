//! Other networks than dense ones: what is wrong is named. The schema's own writer makes them.

use judder_core::Activation;
use judder_model::{Foreign, from_tflite, to_tflite};

use crate::networks::{network, singles, with_metadata};
use crate::runtimes::{output, python};

/// Makes one file of each line of `changes`, which it does to a model of the layers 4-3-2-4, `m`:
/// its graph `g`, its tensors `t`, its operators `o` and the options `f` of the first of them.
const CHANGE: &str = "\
import flatbuffers
from ai_edge_litert import schema_py_generated as schema
import copy
def again(g, count):
    'Makes the first layer follow itself so many times.'
    first, made = g.operators[0], []
    for at in range(count):
        g.tensors.append(copy.copy(g.tensors[3]))
        one = copy.copy(first)
        one.inputs = [0 if at == 0 else len(g.tensors) - 2, 1, 2]
        one.outputs = [len(g.tensors) - 1]
        made.append(one)
    g.operators, g.outputs = made, [len(g.tensors) - 1]
data = open('model.tflite', 'rb').read()
for at, change in enumerate(open('changes').read().splitlines()):
    m = schema.ModelT.InitFromPackedBuf(bytearray(data), 0)
    [g] = m.subgraphs
    t, o = g.tensors, g.operators
    f = o[0].builtinOptions
    exec(change)
    b = flatbuffers.Builder()
    b.Finish(m.Pack(b), b'TFL3')
    open(f'{at}.tflite', 'wb').write(b.Output())
";

/// What is read of the model with each change.
fn read(test: &str, changes: &[&str]) -> Option<Vec<Result<Foreign, String>>> {
    let python = python(test)?;
    let folder = tempfile::tempdir().unwrap();
    let network = network(&[4, 3, 2, 4], Activation::Tanh, 3);
    let file = to_tflite(&network, None).unwrap();
    std::fs::write(folder.path().join("model.tflite"), file).unwrap();
    std::fs::write(folder.path().join("changes"), changes.join("\n")).unwrap();
    output(&python, CHANGE, &[], folder.path());
    let read = |at| {
        let file = std::fs::read(folder.path().join(format!("{at}.tflite"))).unwrap();
        from_tflite(&file).map_err(|error| error.to_string())
    };
    Some((0..changes.len()).map(read).collect())
}

#[test]
fn what_cannot_be_run_is_named() {
    const READABLE: &str = "; judder reads from TensorFlow Lite files one chain of FULLY_CONNECTED, \
                            scaling by constants and activations";
    let cases = [
        ("m.version = 2", "a model of schema version 2, not 3"),
        ("m.subgraphs = [g, g]", "2 graphs"),
        ("m.subgraphs = []", "0 graphs"),
        (
            "g.inputs = [0, 3]",
            "the graph with 2 inputs, not 1; judder gives one row of features: convert a model of one \
             input",
        ),
        (
            "g.outputs = []",
            "the graph with 0 outputs, not 1; convert a model that gives the reconstruction alone",
        ),
        ("g.outputs = [1]", "a graph whose output does not depend on its input"),
        ("o.pop()", "a graph whose output no operator gives"),
        (
            "m.operatorCodes[1].deprecatedBuiltinCode = 0; m.operatorCodes[1].builtinCode = 3",
            "CONV_2D (`0/tanh`); judder runs dense layers on the features of a window, not on its \
             readings: use `Dense` on features",
        ),
        (
            "m.operatorCodes[1].deprecatedBuiltinCode = 0; m.operatorCodes[1].builtinCode = 25",
            "SOFTMAX (`0/tanh`); it mixes the numbers of a row, which no layer of judder does: leave \
             it out, or put `BatchNormalization` in its place",
        ),
        ("m.operatorCodes[1].builtinCode = 117", "HARD_SWISH (`0/tanh`)"),
        ("m.operatorCodes[1].builtinCode = 201", "number 201 (`0/tanh`)"),
        (
            "c = m.operatorCodes[1]; c.builtinCode = 32; c.customCode = b'Mine\\n'",
            "CUSTOM `Mine` (`0/tanh`)",
        ),
        (
            "m.operatorCodes[1].builtinCode = 47",
            "EXP (`0/tanh`), which makes no activation that judder has",
        ),
        (
            "o[0].inputs[0] = 4",
            "FULLY_CONNECTED (`0`) of the tensor `0/tanh`, which nothing before it gives",
        ),
        (
            "o[0], o[2] = o[2], o[0]",
            "FULLY_CONNECTED (`1`) of the tensor `0/tanh`, which nothing before it gives",
        ),
        ("o[1].inputs = [3, 3]", "TANH (`0/tanh`) with 2 inputs, not 1"),
        ("o[1].outputs = [4, 3]", "TANH with 2 outputs, not 1"),
        (
            "f.fusedActivationFunction = 3",
            "FULLY_CONNECTED (`0`), which makes no activation that judder has",
        ),
        ("f.fusedActivationFunction = 77", "FULLY_CONNECTED with the fused activation number 77"),
        ("f.weightsFormat = 1", "FULLY_CONNECTED (`0`) with shuffled weights"),
        (
            "o[0].builtinOptions2Type = 1; o[0].builtinOptions2 = schema.StablehloConcatenateOptionsT()",
            "FULLY_CONNECTED with options of the second kind",
        ),
        ("t[0].type = 7", "the tensor `features` of int16"),
        ("t[1].type = 18", "the tensor `0/weights` of bfloat16"),
        ("t[2].type = 99; t[2].name = 'x' * 5000", "of type 99"),
        ("t[3].isVariable = True", "the tensor `0` that is variable"),
        ("t[1].sparsity = schema.SparsityParametersT()", "the tensor `0/weights` that is sparse"),
        (
            "t[0].variantTensors = [schema.VariantSubTypeT()]",
            "the tensor `features` that is made of others",
        ),
        ("t[1].externalBuffer = 1", "the tensor `0/weights` whose numbers are outside of the file"),
        (
            "b = m.buffers[t[1].buffer]; b.data = None; b.offset = 4096; b.size = 48",
            "a buffer behind the tables of the file",
        ),
        (
            "t[1].buffer = 0",
            "FULLY_CONNECTED (`0`) of the tensor `0/weights`, which nothing before it gives",
        ),
        (
            "t[2].buffer = 0",
            "FULLY_CONNECTED (`0`) of the tensor `0/bias`, which nothing before it gives",
        ),
        ("t[3].buffer = 1", "a constant tensor among those that are computed"),
        ("t[0].shape = [2, 4]", "the tensor `features` of the shape [2, 4]"),
        ("t[0].shape = [1, -1]", "the tensor `features` of the shape [1, -1]"),
        ("t[0].shape = []", "the tensor `features` of the shape []"),
        ("t[0].shape = [5] * 9", "the tensor `features` of the shape [5, 5, 5, 5, 5, 5, ...]"),
        (
            "t[1].shape = [3, 2, 2]",
            "FULLY_CONNECTED (`0`) with weights of the shape [3, 2, 2], not two numbers",
        ),
        (
            "t[1].shape = [4, 3]; t[2].shape = [4]; m.buffers[2].data = [0] * 16",
            "FULLY_CONNECTED (`0`), whose weights for 3 numbers follow 4",
        ),
        ("g.operators = [o[0]] * 600", "600 operators, more than 512"),
        (
            "t[0].shape = t[3].shape = [1, 30]; t[1].shape = [30, 30]; t[2].shape = [30]; m.buffers[1].data = [0] * 3600; m.buffers[2].data = [0] * 120; again(g, 100)",
            "the same numbers in so many places that they are many more than it has bytes",
        ),
    ];
    let changes = cases.map(|(change, _)| change);
    let Some(read) = read("what_cannot_be_run_is_named", &changes) else { return };
    for ((change, what), read) in cases.into_iter().zip(read) {
        let error = read.unwrap_err();
        let shown = error.strip_prefix("holds ").and_then(|rest| rest.strip_suffix(READABLE));
        let exact = shown == Some(what) || error == format!("holds {what}");
        let long = change.contains("5000")
            && shown.is_some_and(|shown| shown.ends_with(what) && shown.len() < 300);
        assert!(exact || long, "{change}: {error}");
    }
}

#[test]
fn what_is_damaged_is_named() {
    let cases = [
        ("o[0].opcodeIndex = 7", "there is no entry 7 in a list of 2"),
        ("g.inputs = [77]; o[0].inputs[0] = 77", "there is no entry 77 in a list of 12"),
        ("g.inputs = [-1]; o[0].inputs[0] = -1", "there is no tensor -1"),
        ("t[1].buffer = 99", "there is no entry 99 in a list of 7"),
        ("o[0].inputs = [0]", "FULLY_CONNECTED (`0`) has 1 inputs"),
        ("t[0].type = 9", "the tensor `features` does not say what its integers stand for"),
        ("t[1].type = 1", "a tensor of the shape [3, 4] has 48 bytes"),
        (
            "o[1].opcodeIndex = 0; o[0].opcodeIndex = 1; o[0].inputs = [0]",
            "TANH (`0`) gives 4 numbers to a tensor of 3",
        ),
        ("o[1].outputs = [0]", "TANH (`features`) gives 3 numbers to a tensor of 4"),
        (
            "o[0].builtinOptionsType = 1; o[0].builtinOptions = schema.Conv2DOptionsT()",
            "FULLY_CONNECTED has the options of another operator",
        ),
        ("t[1].shape = [3, 5]", "a tensor of the shape [3, 5] has 48 bytes"),
        ("t[2].shape = [3, 1]", "a bias of the shape [3, 1] for 3 outputs"),
        ("m.buffers[1].data = m.buffers[1].data[:-1]", "a tensor of the shape [3, 4] has 47 bytes"),
        ("t[3].shape = [1, 2]", "FULLY_CONNECTED (`0`) gives 3 numbers to a tensor of 2"),
        (
            "m.operatorCodes[1].customCode = b'\\xff'; m.operatorCodes[1].builtinCode = 32",
            "a name is not UTF-8",
        ),
    ];
    let changes = cases.map(|(change, _)| change);
    let Some(read) = read("what_is_damaged_is_named", &changes) else { return };
    for ((change, what), read) in cases.into_iter().zip(read) {
        let expected = format!("is not a readable TensorFlow Lite file: {what}");
        assert_eq!(read.unwrap_err(), expected, "{change}");
    }
    let text = |bytes: &[u8]| from_tflite(bytes).unwrap_err().to_string();
    for bytes in [&b""[..], b"TFL3", b"\x08\0\0\0TFL2\0\0\0\0\0\0\0\0", b"PK\x03\x04 and so on"] {
        assert_eq!(
            text(bytes),
            "is not a readable TensorFlow Lite file: it does not have `TFL3` after four bytes"
        );
    }
    for first in [0u8, 4, 8, 12, 200] {
        let bytes = [&[first, 0, 0, 0], &b"TFL3"[..], &[0; 8]].concat();
        let error = text(&bytes);
        assert!(error.starts_with("is not a readable TensorFlow Lite file: "), "{error}");
    }
}

#[test]
fn what_the_metadata_lack_is_named() {
    let entry = "e = schema.MetadataT(); e.name = 'judder'; e.buffer = len(m.buffers); \
                 b = schema.BufferT(); b.data = list(DATA); m.buffers.append(b); m.metadata = LIST";
    let with = |data: &str, list: &str| entry.replace("DATA", data).replace("LIST", list);
    let good = format!("{:?}.encode()", with_metadata().1.to_json());
    let (empty, two) = (with("b'{}'", "[e]"), with(&good, "[e, e]"));
    let later = with(&good.replacen(":2,", ":3,", 1), "[e]");
    let changes = [&empty[..], &two, &later, "m.buffers[1].data[2:4] = [128, 127]"];
    let Some(read) = read("what_the_metadata_lack_is_named", &changes) else { return };
    let errors: Vec<String> = read.into_iter().map(|read| read.unwrap_err()).collect();
    let ends = ["missing field `version` at line 1 column 2", "there are two of them"];
    let ends = ends.into_iter().chain(["it is of version 3, and this judder reads versions up to 2: use the judder that wrote it, or a newer one"]);
    for (error, end) in errors.iter().zip(ends) {
        let start = "the entry `judder`, which says what the model is, cannot be read: ";
        assert_eq!(error, &(start.to_owned() + end));
    }
    let end = "layer 0: there is a number that is not finite";
    assert!(errors[3].ends_with(end), "{}", errors[3]);
}

#[test]
fn other_ways_to_say_the_same_are_read() {
    let changes = [
        "",
        "o[0].inputs[2] = -1",
        "o[0].inputs = [0, 1]",
        "m.operatorCodes[1].builtinCode = 19; m.operatorCodes[1].deprecatedBuiltinCode = 19",
        "for c in m.operatorCodes: c.builtinCode = 0",
        "for c in m.operatorCodes: c.deprecatedBuiltinCode = 0",
        "for x in o: x.builtinOptionsType, x.builtinOptions = 0, None",
        "t[0].shape = [4]; t[3].shape = [1, 1, 3]; t[1].quantization = schema.QuantizationParametersT()",
        "for b in m.buffers: b.offset = 1",
        "e = schema.MetadataT(); e.name = 'reduced'; m.metadata = [e] * 12; m.description = 'MLIR\\n'; m.signatureDefs = [schema.SignatureDefT()] * 2",
    ];
    let Some(read) = read("other_ways_to_say_the_same_are_read", &changes) else { return };
    let read: Vec<Foreign> = read.into_iter().map(Result::unwrap).collect();
    let plain = &singles(&network(&[4, 3, 2, 4], Activation::Tanh, 3));
    for (change, foreign) in changes.iter().zip(&read) {
        let (first, expected) = (&foreign.network.layers()[0], &plain.layers()[0]);
        assert_eq!(first.weights(), expected.weights(), "{change}");
        match *change {
            "o[0].inputs[2] = -1" | "o[0].inputs = [0, 1]" => assert_eq!(first.bias(), [0.0; 3]),
            change if change.contains("19") => assert_eq!(first.activation(), Activation::Relu),
            _ => assert_eq!(&foreign.network, plain, "{change}"),
        }
        if !change.contains("reduced") {
            assert_eq!(foreign.ignored, [""; 0], "{change}");
        }
    }
    let mut expected = vec!["the description `MLIR`"];
    expected.extend(["the metadata entry `reduced`"; 7]);
    expected.extend(["5 more metadata entries", "2 signatures"]);
    assert_eq!(read.last().unwrap().ignored, expected);
}
