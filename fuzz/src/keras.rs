//! An HDF5 file such as Keras writes, byte by byte: of the oldest version of the format, in which
//! nothing has a checksum.
//!
//! Numbers in names of functions are those of the messages in the "HDF5 File Format Specification
//! Version 3.0".

/// No address.
const NONE: [u8; 8] = [0xFF; 8];

/// The superblock, with the entry of the root group in it.
const SUPERBLOCK: usize = 96;

/// A group's object header, its tree and its heap of names.
#[derive(Clone, Copy)]
struct Group {
    header: u64,
    tree: u64,
    heap: u64,
}

/// A model of one dense layer, of 3 inputs and 2 outputs, and a dropout; the layer claims to have
/// `inputs`.
pub(crate) fn model(inputs: usize) -> Vec<u8> {
    let config = r#"{"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"Dense","config":{"name":"dense","units":2,"activation":"relu","use_bias":true,"dtype":"float32","batch_input_shape":[null,3]}},{"class_name":"Dropout","config":{"name":"dropout","rate":0.2}}]}}"#;
    let mut file = vec![0; SUPERBLOCK];
    let kernel = dataset(&mut file, &[inputs, 2], &[0.5, -1.0, 2.0, 0.25, 1.0, -0.125]);
    let bias = dataset(&mut file, &[2], &[0.0625, -3.0]);
    let dense = layer(&mut file, "dense", &[("bias:0", bias), ("kernel:0", kernel)]);
    let dropout = group(&mut file, &[], &[]);
    let layers = [("dense", dense.header), ("dropout", dropout.header)];
    finished(file, config, &layers)
}

/// What a Normalization layer has.
pub(crate) struct NormalizationFile {
    pub(crate) mean: [f32; 3],
    pub(crate) variance: [f32; 3],
    pub(crate) invert: bool,
}

/// A model of a Normalization layer of 3 numbers, before a dense one that changes nothing, or behind it where it
/// inverts.
pub(crate) fn normalization_file(of: NormalizationFile) -> Vec<u8> {
    let dense = r#"{"class_name":"Dense","config":{"name":"dense","units":3,"activation":"linear","use_bias":false,"batch_input_shape":[null,3]}}"#;
    let invert = of.invert;
    let normalization = format!(
        r#"{{"class_name":"Normalization","config":{{"name":"normalization","axis":[-1],"invert":{invert},"mean":null,"variance":null,"batch_input_shape":[null,3]}}}}"#
    );
    let both = if invert { [dense, &normalization] } else { [normalization.as_str(), dense] };
    let config = format!(
        r#"{{"class_name":"Sequential","config":{{"name":"s","layers":[{}]}}}}"#,
        both.join(",")
    );
    let mut file = vec![0; SUPERBLOCK];
    let identity = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let kernel = dataset(&mut file, &[3, 3], &identity);
    let mean = dataset(&mut file, &[3], &of.mean);
    let variance = dataset(&mut file, &[3], &of.variance);
    let dense = layer(&mut file, "dense", &[("kernel:0", kernel)]);
    let variables = [("mean:0", mean), ("variance:0", variance)];
    let normalization = layer(&mut file, "normalization", &variables);
    let layers = [("dense", dense.header), ("normalization", normalization.header)];
    finished(file, &config, &layers)
}

/// The group of a layer's variables, these in the order of their names.
fn layer(file: &mut Vec<u8>, name: &str, variables: &[(&str, u64)]) -> Group {
    let inner = group(file, variables, &[]);
    let paths: Vec<String> =
        variables.iter().map(|(variable, _)| format!("{name}/{variable}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    group(file, &[(name, inner.header)], &[strings("weight_names", &paths)])
}

/// The file of these layers, in the order of their names, with its root and superblock.
fn finished(mut file: Vec<u8>, config: &str, layers: &[(&str, u64)]) -> Vec<u8> {
    let names: Vec<&str> = layers.iter().map(|(name, _)| *name).collect();
    let weights = group(&mut file, layers, &[strings("layer_names", &names)]);
    let optimizer = group(&mut file, &[], &[]);
    let heap = global_heap(&mut file, config);
    let attributes = [text("model_config", heap, config), strings("backend", &["tensorflow"])];
    let children = [("model_weights", weights.header), ("optimizer_weights", optimizer.header)];
    let root = group(&mut file, &children, &attributes);
    let superblock = [
        &b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0"[..],
        &[0; 8],
        &NONE,
        &(file.len() as u64).to_le_bytes(),
        &NONE,
        &[0; 8],
        &root.header.to_le_bytes(),
        &1u64.to_le_bytes(),
        &root.tree.to_le_bytes(),
        &root.heap.to_le_bytes(),
    ];
    file.splice(..SUPERBLOCK, superblock.concat());
    file
}

/// Appends a block, and gives its address.
fn append(file: &mut Vec<u8>, block: &[u8]) -> u64 {
    let address = file.len() as u64;
    file.extend(padded(block));
    address
}

/// Filled up to a multiple of eight bytes.
fn padded(block: &[u8]) -> Vec<u8> {
    let mut block = block.to_vec();
    block.resize(block.len().next_multiple_of(8), 0);
    block
}

fn small(number: usize) -> [u8; 2] {
    (number as u16).to_le_bytes()
}

fn word(number: usize) -> [u8; 8] {
    (number as u64).to_le_bytes()
}

/// An object of messages, each with its number.
fn header(file: &mut Vec<u8>, messages: &[(u8, Vec<u8>)]) -> u64 {
    let mut all = Vec::new();
    for (number, body) in messages {
        let body = padded(body);
        all.extend([&[*number, 0][..], &small(body.len()), &[0; 4], &body].concat());
    }
    let length = (all.len() as u32).to_le_bytes();
    let start = [&[1, 0][..], &small(messages.len()), &[1, 0, 0, 0], &length, &[0; 4]];
    append(file, &[&start.concat()[..], &all].concat())
}

/// A group of these objects, in the order of their names, and attributes.
fn group(file: &mut Vec<u8>, children: &[(&str, u64)], attributes: &[Vec<u8>]) -> Group {
    let (mut names, mut entries, mut last) = (vec![0; 8], Vec::new(), 0);
    for (name, address) in children {
        last = names.len();
        entries.extend([&word(last)[..], &address.to_le_bytes(), &[0; 24]].concat());
        names.extend(padded(&[name.as_bytes(), &[0]].concat()));
    }
    let data = append(file, &names);
    let heap = [&b"HEAP\0\0\0\0"[..], &word(names.len()), &word(1), &data.to_le_bytes()];
    let heap = append(file, &heap.concat());
    let symbols = [&b"SNOD\x01\0"[..], &small(children.len()), &entries].concat();
    let symbols = append(file, &symbols).to_le_bytes();
    let used = small(usize::from(!children.is_empty()));
    let node = [&b"TREE\0\0"[..], &used, &NONE, &NONE, &[0; 8], &symbols, &word(last)];
    let tree = append(file, &node.concat());
    let table = [tree.to_le_bytes(), heap.to_le_bytes()].concat();
    let attributes = attributes.iter().map(|body| (0x0C, body.clone()));
    let messages: Vec<_> = [(0x11, table)].into_iter().chain(attributes).collect();
    Group { header: header(file, &messages), tree, heap }
}

fn dataspace(shape: &[usize]) -> Vec<u8> {
    let sizes: Vec<u8> = shape.iter().flat_map(|&n| word(n)).collect();
    [&[1, shape.len() as u8, 0, 0, 0, 0, 0, 0][..], &sizes].concat()
}

/// An array of single precision, in one piece.
fn dataset(file: &mut Vec<u8>, shape: &[usize], values: &[f32]) -> u64 {
    let values: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    let data = append(file, &values).to_le_bytes();
    let single = b"\x11\x20\x1f\0\x04\0\0\0\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0".to_vec();
    let layout = [&[3, 1][..], &data, &word(values.len())].concat();
    header(file, &[(0x01, dataspace(shape)), (0x03, single), (0x08, layout)])
}

fn attribute(name: &str, kind: &[u8], space: &[u8], data: &[u8]) -> Vec<u8> {
    let name = [name.as_bytes(), &[0]].concat();
    let sizes = [small(name.len()), small(kind.len()), small(space.len())].concat();
    [&[1, 0][..], &sizes, &padded(&name), &padded(kind), &padded(space), data].concat()
}

/// An attribute of texts that are all as long as the longest.
fn strings(name: &str, texts: &[&str]) -> Vec<u8> {
    let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    let kind = [&[0x13, 1, 0, 0][..], &(longest as u32).to_le_bytes()].concat();
    let fill = |text: &&str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(longest, 0);
        bytes
    };
    let data: Vec<u8> = texts.iter().flat_map(fill).collect();
    attribute(name, &kind, &dataspace(&[texts.len()]), &data)
}

/// A heap of one text.
fn global_heap(file: &mut Vec<u8>, text: &str) -> u64 {
    let object = [&[1, 0, 1, 0, 0, 0, 0, 0][..], &word(text.len()), &padded(text.as_bytes())];
    let (object, end) = (object.concat(), [0; 16]);
    let start = [&b"GCOL\x01\0\0\0"[..], &word(16 + object.len() + end.len())].concat();
    append(file, &[&start[..], &object, &end].concat())
}

/// An attribute of one text, which stands in a heap.
fn text(name: &str, heap: u64, text: &str) -> Vec<u8> {
    let kind = b"\x19\x01\0\0\x10\0\0\0\x10\0\0\0\x01\0\0\0\0\0\x08\0\0\0\0\0";
    let length = (text.len() as u32).to_le_bytes();
    let data = [&length[..], &heap.to_le_bytes(), &1u32.to_le_bytes()].concat();
    attribute(name, kind, &dataspace(&[]), &data)
}
