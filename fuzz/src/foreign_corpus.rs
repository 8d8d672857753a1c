//! What the targets of [`foreign`](crate::foreign) start from.

use crate::fixtures::{self, KERAS};
use crate::foreign::is_quantised;
use crate::onnx::{Message, file, node, tensor};

/// Numbers at which scaling goes wrong.
const SIZES: [f32; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    9.81,
    1e-3,
    1e-7,
    1e-20,
    f32::MIN_POSITIVE,
    1e20,
    f32::MAX,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

fn numbered(parts: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    parts.enumerate().map(|(at, part)| [&[at as u8][..], &part].concat()).collect()
}

/// Configurations, each before the weights of its own model.
pub fn keras_configs() -> Vec<Vec<u8>> {
    numbered(KERAS.iter().map(|(config, _)| config.clone()))
}

/// Weights, each in the archive of its own model.
pub fn keras_weights() -> Vec<Vec<u8>> {
    numbered(KERAS.iter().map(|(_, weights)| weights.clone()))
}

/// Fields of external data: good ones, and locations that lead elsewhere.
pub fn onnx_beside() -> Vec<Vec<u8>> {
    let fields = |fields: &[&str]| {
        let parts: Vec<&[u8]> = fields.iter().map(|field| field.as_bytes()).collect();
        parts.join(&0xFE)
    };
    let mut all = vec![
        fields(&["m.onnx.data", "0", "36", "", "3,3"]),
        fields(&["m.onnx.data", "64", "36", "da39a3ee", "3,3"]),
        fields(&["m.onnx.data", "92", "36"]),
        fields(&["m.onnx.data", "18446744073709551615", "36"]),
        fields(&["m.onnx.data", "0", "18446744073709551615"]),
        fields(&["m.onnx.data", "-1", "36"]),
        fields(&["m.onnx.data", "0", "0", "", "0,3"]),
        fields(&["m.onnx.data", "0", "36", "", "4294967296,4294967296"]),
        fields(&["m.onnx.data"]),
    ];
    let locations = [
        "",
        ".",
        "..",
        "../m.onnx.data",
        "..\\m.onnx.data",
        "sub/m.onnx.data",
        "sub\\m.onnx.data",
        "./m.onnx.data",
        "sub/../m.onnx.data",
        "m.onnx.data/",
        "/etc/passwd",
        "/dev/zero",
        "C:m.onnx.data",
        "\\\\host\\share\\m.onnx.data",
        "file:///etc/passwd",
        "m.onnx.data\0",
        "\0",
        "m.onnx.data\0/../out.data",
        "sub",
        "missing.data",
    ];
    all.extend(locations.map(|location| fields(&[location, "0", "36", "", "3,3"])));
    all
}

/// Means and spreads of all sizes, in each form.
pub fn normalizations() -> Vec<Vec<u8>> {
    let forms = (0..6u8).flat_map(|form| SIZES.map(|size| (form, size)));
    let both = forms.flat_map(|(form, size)| {
        let row = |mean: f32, spread: f32| {
            let six = [9.81, mean, -0.5, 0.0004, spread, 2.5];
            let bytes: Vec<u8> = six.iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
            [&[form][..], &bytes].concat()
        };
        [row(size, 0.25), row(0.25, size)]
    });
    both.collect()
}

/// Mixtures as skl2onnx writes them, and some that are none.
pub fn onnx_mixtures() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = fixtures::fixtures(".onnx")
        .filter(|fixture| fixture.name.contains("mixture"))
        .map(|fixture| fixture.bytes.clone())
        .collect();
    let ends = |nodes: &[Message], tensors: &[Message]| {
        let nodes = [nodes, &[node("ReduceLogSumExp", &["h"], "y")]].concat();
        file(&nodes, tensors, 3, 1)
    };
    let one = tensor("w", &[3, 2], &[1.0, 2.0, 0.5, -1.0, 0.25, 0.125]);
    all.push(ends(&[node("MatMul", &["x", "w"], "h")], &[one]));
    all.push(ends(&[node("ReduceSumSquare", &["x"], "h")], &[]));
    all.push(ends(&[node("Div", &["x", "x"], "h")], &[]));
    // A value that doubles each time, and one matrix in many places: more than the file has bytes.
    let name = |at: usize, last: usize| match at {
        0 => "x".to_owned(),
        at if at == last => "h".to_owned(),
        at => format!("v{at}"),
    };
    let doubling: Vec<Message> = (0..28)
        .map(|at| {
            let from = name(at, 28);
            node("Concat", &[&from, &from], &name(at + 1, 28))
        })
        .collect();
    all.push(ends(&doubling, &[]));
    let square = tensor("w", &[3, 3], &[0.5; 9]);
    let often: Vec<Message> =
        (0..400).map(|at| node("MatMul", &[&name(at, 400), "w"], &name(at + 1, 400))).collect();
    all.push(ends(&often, &[square]));
    all
}

/// Quantised files as they are, and with one number at an edge.
pub fn tflite_quantised() -> Vec<Vec<u8>> {
    let count = fixtures::fixtures(".tflite").filter(|one| is_quantised(&one.name)).count();
    let edges: [[u8; 8]; 8] = [
        0u64.to_le_bytes(),
        1u64.to_le_bytes(),
        u64::MAX.to_le_bytes(),
        u64::from(f32::NAN.to_bits()).to_le_bytes(),
        u64::from(f32::INFINITY.to_bits()).to_le_bytes(),
        u64::from(f32::MAX.to_bits()).to_le_bytes(),
        u64::from(f32::MIN_POSITIVE.to_bits()).to_le_bytes(),
        (i64::from(i32::MAX) as u64).to_le_bytes(),
    ];
    let mut all: Vec<Vec<u8>> = (0..count).map(|at| vec![at as u8]).collect();
    for (at, edge) in edges.iter().enumerate() {
        for kind in 0..6u8 {
            for which in 0..12u8 {
                let file = (at + usize::from(kind) + usize::from(which)) as u8;
                all.push([&[file, kind, which, at as u8][..], edge].concat());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A corpus of which nothing is read would find nothing.
    #[test]
    fn the_corpus_is_mostly_good() {
        assert!(KERAS.len() >= 20 && keras_configs().len() == KERAS.len());
        assert!(fixtures::bytes(".h5").len() >= 20);
        let mixtures = onnx_mixtures();
        let read = |bytes: &&Vec<u8>| {
            let read = judder_model::from_onnx_in(bytes, std::path::Path::new("/nowhere"));
            matches!(read, Ok(judder_model::ForeignModel::Gaussians(_)))
        };
        assert_eq!(mixtures.iter().filter(read).count(), mixtures.len() - 5);
        assert!(fixtures::fixtures(".tflite").filter(|one| is_quantised(&one.name)).count() >= 20);
    }

    /// An edit that changes nothing tests nothing.
    #[test]
    fn edits_change_the_numbers_that_they_are_of() {
        let (mut changed, mut all) = (0, 0);
        for input in tflite_quantised().iter().filter(|input| input.len() > 1) {
            let files: Vec<_> =
                fixtures::fixtures(".tflite").filter(|one| is_quantised(&one.name)).collect();
            let mut bytes = files[usize::from(input[0]) % files.len()].bytes.clone();
            let before = bytes.clone();
            crate::flat::edit(&mut bytes, input[1..].try_into().unwrap());
            assert_eq!(bytes.len(), before.len());
            changed += usize::from(bytes != before);
            all += 1;
        }
        assert!(changed > all / 3, "{changed} of {all}");
    }
}
