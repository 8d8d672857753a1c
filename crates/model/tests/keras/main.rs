//! Networks in Keras' `.h5` files.
#![cfg(feature = "keras")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod made;
mod real;

use judder_model::from_keras;

/// Reads prefixes of a file, and the file with each byte changed: every one gives a network or an
/// error, in bounded memory and time. Of the prefixes, each `step`th.
fn damage(file: &mut [u8], step: usize) {
    let read = |file: &[u8]| {
        let (mut found, begun) = (None, std::time::Instant::now());
        let allocated = allocation_counter::measure(|| found = Some(from_keras(file)));
        let most = 64 * file.len() as u64 + (2 << 20);
        assert!(allocated.bytes_max <= most, "{} of {} bytes", allocated.bytes_max, file.len());
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
        if let Err(error) = found.as_ref().unwrap() {
            let text = error.to_string();
            assert!(text.len() < 1000 && !text.contains(char::is_control), "{text}");
        }
        found.unwrap().is_ok()
    };
    assert!(read(file));
    let good = (0..file.len()).step_by(step).filter(|&length| read(&file[..length])).count();
    assert_eq!(good, 0);
    let mut refused = 0;
    for at in 0..file.len() {
        let byte = file[at];
        // Most of a file is empty.
        let others: &[u8] = if byte == 0 { &[0xff] } else { &[0x00, 0xff, byte ^ 0x01] };
        for &other in others {
            file[at] = other;
            refused += usize::from(!read(file));
        }
        file[at] = byte;
    }
    assert!(refused > 1000, "{refused}");
}
