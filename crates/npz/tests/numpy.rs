//! NumPy itself reads what is written here, and what NumPy writes is read here.
//!
//! `$JUDDER_PYTHON` is a Python that has NumPy; `cargo xtask test tests` brings one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use judder_npz::Numbers::{F8, Text, U1};
use judder_npz::{Defect, Numbers, read_npy, read_npz, write_npz};

const SPACE: usize = 1 << 20;

/// A Python with NumPy, unless this run has none.
fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("JUDDER_PYTHON");
    if python.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: JUDDER_PYTHON is not set");
        eprintln!("skipped {test}: no NumPy; `cargo xtask test tests` brings it");
    }
    python
}

/// What a program prints, run in `folder`.
fn output(python: &OsString, program: &str, folder: &Path) -> String {
    let done = Command::new(python).args(["-c", program]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn hexadecimal(values: &[f64]) -> String {
    values.iter().map(|x| format!("{:016x}", x.to_bits())).collect::<Vec<_>>().join(" ")
}

#[test]
fn numpy_reads_what_is_written() {
    let Some(python) = python("numpy_reads_what_is_written") else { return };
    let odd = [f64::NAN, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX, 0.1];
    let counting: Vec<f64> = (0..24u8).map(f64::from).collect();
    let arrays: [(&str, &[usize], Numbers<'_>); 6] = [
        ("odd", &[2, 3], F8(&odd)),
        ("counting", &[2, 3, 4], F8(&counting)),
        ("one", &[], F8(&[-1.5])),
        ("row", &[6], F8(&odd)),
        ("empty", &[0, 3], F8(&[])),
        ("text", &[3], U1(&[0x68, 0xc3, 0xa4])),
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ours.npz"), write_npz(&arrays).unwrap()).unwrap();
    let program = "\
import numpy as np
with np.load('ours.npz', allow_pickle=False) as file:
    for name in file.files:
        a = file[name]
        assert a.dtype == ('u1' if name == 'text' else '<f8') and a.flags['C_CONTIGUOUS'], name
        assert name != 'text' or bytes(a).decode() == 'hä'
        bits = ' '.join('%016x' % bits for bits in a.astype('<f8').ravel().view('<u8'))
        print(name, list(a.shape), bits, sep='|')
";
    let expected: String = arrays
        .iter()
        .map(|(name, shape, values)| {
            let values = match values {
                F8(values) => values.to_vec(),
                U1(values) => values.iter().map(|&x| f64::from(x)).collect(),
                Text(_) => panic!("{name} is no numbers"),
            };
            format!("{name}|{shape:?}|{}\n", hexadecimal(&values))
        })
        .collect();
    assert_eq!(output(&python, program, folder.path()), expected);
}

#[test]
fn what_numpy_writes_is_read() {
    let Some(python) = python("what_numpy_writes_is_read") else { return };
    let program = "\
import numpy as np
arrays = {}
for kind in 'f8 f4 i2 i4 i8 u1'.split():
    for order in '<>':
        for layout in 'CF':
            for shape in [(), (5,), (3, 4), (2, 3, 4), (1, 1), (0, 3)]:
                count = int(np.prod(shape))
                a = (np.arange(count) * 37 % 101 - (0.0 if kind == 'u1' else 50.0)) / (8 if kind[0] == 'f' else 1)
                a = np.asarray(a.reshape(shape).astype(order + kind), order=layout)
                arrays[f'{len(arrays)}.{kind}'] = a
np.savez('stored.npz', **arrays)
np.savez_compressed('deflated.npz', **arrays)
np.save('alone.npy', arrays['6.f8'])
for name, a in arrays.items():
    bits = ' '.join('%016x' % bits for bits in a.astype('<f8').ravel(order='C').view('<u8'))
    print(name, list(a.shape), bits, sep='|')
";
    let folder = tempfile::tempdir().unwrap();
    let expected = output(&python, program, folder.path());
    assert_eq!(expected.lines().count(), 6 * 2 * 2 * 6);
    let open = |name: &str| File::open(folder.path().join(name)).unwrap();
    for name in ["stored.npz", "deflated.npz"] {
        let arrays = read_npz(open(name), SPACE).unwrap();
        let found: String = arrays
            .into_iter()
            .map(|(name, array)| {
                let array = array.unwrap_or_else(|defect| panic!("{name} {defect}"));
                format!("{name}|{:?}|{}\n", array.shape(), hexadecimal(array.values()))
            })
            .collect();
        assert_eq!(found, expected, "{name}");
    }
    let alone = read_npy(open("alone.npy"), SPACE).unwrap().unwrap();
    let line = format!("6.f8|{:?}|{}", alone.shape(), hexadecimal(alone.values()));
    assert_eq!(Some(line.as_str()), expected.lines().nth(6));
}

/// Texts that NumPy reads and writes, as one element.
#[test]
fn texts_are_written_and_read() {
    let Some(python) = python("texts_are_written_and_read") else { return };
    let long = "ä{\"x\": 1}\n".repeat(500);
    let texts = ["tanh", "leaky_relu(0.2)", "", "Größe √2 \u{1f300}", &long, "a\0b"];
    let names: Vec<String> = (0..texts.len()).map(|at| format!("text_{at}")).collect();
    let arrays: Vec<(&str, &[usize], Numbers<'_>)> =
        names.iter().zip(texts).map(|(name, text)| (name.as_str(), &[][..], Text(text))).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ours.npz"), write_npz(&arrays).unwrap()).unwrap();
    let program = "\
import io, numpy as np
theirs = {}
with np.load('ours.npz', allow_pickle=False) as file:
    for name in file.files:
        a = file[name]
        text = str(a)
        assert a.shape == () and a.dtype.kind == 'U' and a.item() == text, name
        print(name, text.encode().hex(), sep='|')
        theirs[name] = a
        # The bytes are those that NumPy writes itself.
        own = io.BytesIO()
        np.save(own, a)
        assert own.getvalue() == file.zip.read(name + '.npy'), name
        for at, form in enumerate([np.array([text]), a.astype('>U5000'), np.array([[text]], order='F'),
                np.bytes_(text.encode()), np.array([text.encode()])]):
            theirs[f'{name}_{at}'] = form
theirs['two'] = np.array(['a', 'b'])
np.savez('theirs.npz', **theirs)
";
    let hexadecimal =
        |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let expected: String = names
        .iter()
        .zip(texts)
        .map(|(name, text)| format!("{name}|{}\n", hexadecimal(text)))
        .collect();
    assert_eq!(output(&python, program, folder.path()), expected);
    for name in ["ours.npz", "theirs.npz"] {
        let open = File::open(folder.path().join(name)).unwrap();
        let found = read_npz(open, SPACE).unwrap();
        assert_eq!(found.len(), if name == "ours.npz" { texts.len() } else { 6 * texts.len() + 1 });
        for (array, found) in found {
            let found = found.unwrap_err();
            let at: Option<usize> = array.strip_prefix("text_").map(|at| at[..1].parse().unwrap());
            let Some(at) = at else {
                assert!(matches!(found, Defect::Type(_)), "{array}: {found}");
                continue;
            };
            assert_eq!(found, Defect::Text(texts[at].to_owned()), "{name} {array}");
        }
    }
}

/// Of other types and of objects there is a message, never numbers.
#[test]
fn what_numpy_has_beyond_numbers_is_refused() {
    let Some(python) = python("what_numpy_has_beyond_numbers_is_refused") else { return };
    let program = "\
import numpy as np
np.savez('others.npz', objects=np.array([{}, None]), text=np.array(['a', 'bc']),
    complex=np.array([1j]), bool=np.array([True]), half=np.zeros(2, 'f2'), word=np.zeros(2, 'u2'),
    time=np.array(['2026-01-01'], 'datetime64[s]'), table=np.zeros(2, [('x', 'f8'), ('y', 'f8')]))
";
    let folder = tempfile::tempdir().unwrap();
    output(&python, program, folder.path());
    let arrays = read_npz(File::open(folder.path().join("others.npz")).unwrap(), SPACE).unwrap();
    assert_eq!(arrays.len(), 8);
    for (name, array) in arrays {
        let error = array.unwrap_err().to_string();
        let table = name == "table" && error == "is a table of named fields";
        assert!(table || error.starts_with("holds "), "{name}: {error}");
    }
}
