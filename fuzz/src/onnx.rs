//! ONNX files, field by field: the messages of `onnx.proto`, whose numbers these are.

/// A message in the making.
#[derive(Default, Clone)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    pub(crate) fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.number(field << 3 | 2);
        self.number(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    pub(crate) fn int(mut self, field: u64, value: u64) -> Self {
        self.number(field << 3);
        self.number(value);
        self
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

const FLOAT: u64 = 1;
/// `data_location` of numbers in a file beside.
const EXTERNAL: u64 = 1;

fn shaped(name: &str, dims: &[u64]) -> Message {
    let message = dims.iter().fold(Message::default(), |message, &n| message.int(1, n));
    message.int(2, FLOAT).bytes(8, name)
}

/// A tensor of these numbers.
pub(crate) fn tensor(name: &str, dims: &[u64], values: &[f32]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    shaped(name, dims).bytes(9, raw)
}

/// A tensor whose numbers are where these keys and values say.
pub(crate) fn elsewhere(name: &str, dims: &[u64], entries: &[(&[u8], &[u8])]) -> Message {
    let entry = |message: Message, (key, value): &(&[u8], &[u8])| {
        message.bytes(13, Message::default().bytes(1, key).bytes(2, value))
    };
    entries.iter().fold(shaped(name, dims), entry).int(14, EXTERNAL)
}

/// An operator without attributes.
pub(crate) fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let message = inputs.iter().fold(Message::default(), |message, input| message.bytes(1, input));
    message.bytes(2, output).bytes(4, operator)
}

/// A file of a graph from `x`, rows of `inputs` numbers, to `y`, rows of `outputs`.
pub(crate) fn file(nodes: &[Message], tensors: &[Message], inputs: u64, outputs: u64) -> Vec<u8> {
    let row = |name: &str, count: u64| {
        let batch = Message::default().bytes(2, "N");
        let shape = Message::default().bytes(1, batch).bytes(1, Message::default().int(1, count));
        let kind = Message::default().bytes(1, Message::default().int(1, FLOAT).bytes(2, shape));
        Message::default().bytes(1, name).bytes(2, kind)
    };
    let graph = nodes.iter().fold(Message::default(), |graph, node| graph.bytes(1, node));
    let graph = tensors.iter().fold(graph.bytes(2, "g"), |graph, one| graph.bytes(5, one));
    let graph = graph.bytes(11, row("x", inputs)).bytes(12, row("y", outputs));
    let operators = Message::default().bytes(1, "").int(2, 18);
    Message::default().int(1, 8).bytes(7, graph).bytes(8, operators).0
}
