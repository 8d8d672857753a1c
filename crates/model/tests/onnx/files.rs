//! The bytes of ONNX files, put together field by field, so that anything can be in them.

/// A field of bytes: a message, a text, numbers.
pub(crate) fn bytes(tag: u8, content: &[u8]) -> Vec<u8> {
    [key(tag, 2), varint(content.len() as u64), content.to_vec()].concat()
}

/// A whole number.
pub(crate) fn int(tag: u8, value: u64) -> Vec<u8> {
    [key(tag, 0), varint(value)].concat()
}

/// A number of single precision.
pub(crate) fn float(tag: u8, value: f32) -> Vec<u8> {
    [key(tag, 5), value.to_le_bytes().to_vec()].concat()
}

fn key(tag: u8, wire: u64) -> Vec<u8> {
    varint(u64::from(tag) << 3 | wire)
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A field of a message.
pub(crate) fn message(tag: u8, fields: &[Vec<u8>]) -> Vec<u8> {
    bytes(tag, &fields.concat())
}

/// A tensor of floats, in the graph.
pub(crate) fn tensor(name: &str, shape: &[u64], values: &[f32]) -> Vec<u8> {
    let dims: Vec<u8> = shape.iter().flat_map(|&n| int(1, n)).collect();
    let raw: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    message(5, &[dims, int(2, 1), bytes(8, name.as_bytes()), bytes(9, &raw)])
}

/// An operator, in the graph.
pub(crate) fn node(operator: &str, inputs: &[&str], output: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let inputs: Vec<u8> = inputs.iter().flat_map(|name| bytes(1, name.as_bytes())).collect();
    let output = bytes(2, output.as_bytes());
    message(1, &[inputs, output, bytes(4, operator.as_bytes()), more.concat()])
}

/// An input (11) or output (12) of the graph.
pub(crate) fn value(tag: u8, name: &str) -> Vec<u8> {
    message(tag, &[bytes(1, name.as_bytes())])
}

/// A file of a graph from `x` to `y`, and of other fields.
pub(crate) fn file(graph: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let graph = [graph, &[value(11, "x"), value(12, "y")]].concat();
    [int(1, 8), message(8, &[int(2, 13)]), message(7, &graph), more.concat()].concat()
}

/// Weights `w` of two inputs and two outputs.
pub(crate) fn weights() -> Vec<u8> {
    tensor("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0])
}
