//! Damaged files, and those that claim too much.

use judder_core::Activation::{Linear, Relu, Tanh};
use judder_model::{Foreign, FormatError, from_onnx, to_onnx};

use super::files::{bytes, file, int, message, node, tensor, value, weights};
use super::networks::{metadata, network};

/// What a file gives, having seen that it takes no more memory than it may.
fn read(bytes: &[u8]) -> Result<Foreign, FormatError> {
    let mut found = None;
    let allocated = allocation_counter::measure(|| found = Some(from_onnx(bytes)));
    let most = 64 * bytes.len() as u64 + (1 << 20);
    assert!(allocated.bytes_max <= most, "{} bytes for {}", allocated.bytes_max, bytes.len());
    let found = found.unwrap();
    if let Err(error) = &found {
        let text = error.to_string();
        assert!(text.len() < 700 && !text.contains(char::is_control), "{text}");
    }
    found
}

fn written() -> Vec<u8> {
    let mut at = 0.0;
    let counting = || {
        at += 0.125;
        at
    };
    to_onnx(&network(&[3, 2, 2, 3], &[Tanh, Relu, Linear], counting), Some(&metadata(3))).unwrap()
}

#[test]
fn no_part_of_a_file_is_the_whole() {
    let file = written();
    let whole = read(&file).unwrap();
    let mut less = 0;
    for length in 0..file.len() {
        match read(&file[..length]) {
            // The metadata stand at the end, and are none of what a network needs.
            Ok(part) => {
                assert_eq!((part.network, part.metadata), (whole.network.clone(), None));
                less += 1;
            }
            Err(error) => assert!(matches!(error, FormatError::Broken { .. }), "{length}: {error}"),
        }
    }
    assert_eq!(less, 1, "where the metadata begin");
}

#[test]
fn every_byte_may_be_any() {
    let mut file = written();
    let (mut good, mut bad) = (0, 0);
    for at in 0..file.len() {
        let byte = file[at];
        for other in [0x00, 0xff, byte ^ 0x01, byte ^ 0x80, byte.wrapping_add(8)] {
            file[at] = other;
            match read(&file) {
                Ok(_) => good += 1,
                Err(_) => bad += 1,
            }
        }
        file[at] = byte;
    }
    assert!(good > 100 && bad > 1000, "{good} read, {bad} refused");
}

#[test]
fn many_of_nothing_take_little_memory() {
    let many = |field: Vec<u8>| field.repeat(100_000);
    let in_graph = [1, 5, 11, 12, 13, 14, 15, 16].map(|tag| file(&[many(bytes(tag, &[]))], &[]));
    let in_model = [8, 14, 20, 25, 26].map(|tag| file(&[], &[many(bytes(tag, &[]))]));
    let in_node =
        [1, 2, 5, 9].map(|tag| file(&[node("Relu", &[], "", &[many(bytes(tag, &[]))])], &[]));
    let in_tensor = [1, 4, 5, 7, 10].map(|tag| {
        let ones = bytes(tag, &[1; 100_000]);
        file(&[message(5, &[ones, bytes(8, b"w")]), node("MatMul", &["x", "w"], "y", &[])], &[])
    });
    for file in in_graph.iter().chain(&in_model).chain(&in_node).chain(&in_tensor) {
        read(file).unwrap_err();
    }
    let good = [weights(), node("MatMul", &["x", "w"], "y", &[])];
    let entries = file(&good, &[many(message(14, &[bytes(1, b"k")]))]);
    let ignored = read(&entries).unwrap().ignored;
    let eight = ["`k`"; 8].join(", ");
    assert_eq!(ignored, [format!("metadata {eight} and 99992 more")]);
}

#[test]
fn weights_that_are_used_again_and_again_are_refused() {
    let side = 64u64;
    let mut graph = vec![tensor("w", &[side, side], &[0.5; 64 * 64])];
    let name = |at: usize| if at == 0 { "x".to_owned() } else { format!("v{at}") };
    for at in 0..60 {
        let to = if at == 59 { "y".to_owned() } else { name(at + 1) };
        graph.push(node("MatMul", &[&name(at), "w"], &to, &[]));
    }
    let error = read(&file(&graph, &[])).unwrap_err().to_string();
    assert!(
        error.starts_with("holds the same numbers in so many places that they are many more "),
        "{error}"
    );
    // Twice is what tied weights do.
    let tied = [&graph[..2], &[node("MatMul", &["v1", "w"], "y", &[])]].concat();
    assert_eq!(read(&file(&tied, &[])).unwrap().network.layers().len(), 2);
}

#[test]
fn shapes_that_claim_too_much() {
    let relu = node("Relu", &["h"], "y", &[]);
    for shape in [
        &[u64::MAX, 1][..],
        &[1 << 62, 1 << 62],
        &[1 << 32, 1 << 32],
        &[1 << 63],
        &[0, 1 << 62],
        &[2, 3],
        &[0, 0],
        &[],
        &[4],
        &[1, 2, 2],
    ] {
        let graph = [
            tensor("w", shape, &[1.0, 2.0, 3.0, 4.0]),
            node("MatMul", &["x", "w"], "h", &[]),
            relu.clone(),
        ];
        read(&file(&graph, &[])).unwrap_err();
    }
    let wide = [tensor("w", &[1, 1025], &[1.0; 1025]), node("MatMul", &["x", "w"], "y", &[])];
    let error = read(&file(&wide, &[])).unwrap_err().to_string();
    assert!(error.ends_with("layer 0: it is wider than 1024 numbers"), "{error}");
    let not_finite = [tensor("w", &[1, 1], &[f32::NAN]), node("MatMul", &["x", "w"], "y", &[])];
    let error = read(&file(&not_finite, &[])).unwrap_err().to_string();
    assert!(error.ends_with("layer 0: there is a number that is not finite"), "{error}");
}

/// Sizes whose products are no numbers: of an input of so many that no layer takes, and of constants.
#[test]
fn sizes_that_claim_too_much() {
    for width in [1u64 << 20, 1 << 32, (1 << 62) + 1] {
        let dims = [message(1, &[int(1, 1)]), message(1, &[int(1, width)])];
        let kind = message(1, &[int(1, 1), message(2, &dims)]);
        let input = message(11, &[bytes(1, b"x"), message(2, &[kind])]);
        let graph = [input, value(12, "y"), node("Relu", &["x"], "y", &[])];
        let whole = [int(1, 8), message(8, &[int(2, 13)]), message(7, &graph)].concat();
        let error = read(&whole).unwrap_err().to_string();
        assert!(error.contains("numbers that no layer takes"), "{error}");
    }
    let to = [1u64 << 40, 1 << 40].map(u64::to_le_bytes).concat();
    let to = message(5, &[int(1, 2), int(2, 7), bytes(8, b"to"), bytes(9, &to)]);
    let graph = [
        weights(),
        to,
        node("Reshape", &["w", "to"], "v", &[]),
        node("MatMul", &["x", "v"], "y", &[]),
    ];
    let error = read(&file(&graph, &[])).unwrap_err().to_string();
    assert!(error.starts_with("holds `Reshape` of a constant of the shape [2, 2]"), "{error}");
}

/// Nesting that is deeper than a stack.
#[test]
fn messages_in_messages() {
    let mut deep = Vec::new();
    for _ in 0..20_000 {
        deep = bytes(7, &deep);
        if deep.len() > 60_000 {
            break;
        }
    }
    read(&deep).unwrap_err();
    // An end without a beginning, and a beginning without an end.
    for group in [&[0x3b, 0x3b, 0x3b][..], &[0x3c], &[0x3b; 10_000]] {
        read(group).unwrap_err();
    }
    read(&file(&[value(13, "z"), int(99, 7)], &[])).unwrap_err();
}
